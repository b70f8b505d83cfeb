"""Files: every file below a folder, in a fixed order."""

from pathlib import Path


def generate(env):
    env.AddMethod(_files, "Files")


def exists(env):
    return True


def _files(env, folder, *endings):
    """File nodes below `folder` whose names end in one of `endings`, or all of them; caches left out."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [env.File(str(path)) for path in paths if not endings or path.name.endswith(endings)]
