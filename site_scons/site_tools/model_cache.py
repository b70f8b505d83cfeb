"""CachedIn: an environment whose products are kept in a folder, for the next clone with the same sources."""

from pathlib import Path


def generate(env):
    env.AddMethod(_cached_in, "CachedIn")


def exists(env):
    return True


def _cached_in(env, folder):
    """A clone of `env` with SCons's CacheDir in `folder`; without one where it cannot be written or is ''."""
    clone = env.Clone()
    if not folder or env.GetOption("help"):
        return clone
    try:
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
        clone.CacheDir(folder)
    except OSError as error:
        print(f"lunula: converted models are not kept for the next clone: {error}")
    return clone
