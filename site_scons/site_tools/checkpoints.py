"""Checkpoint: the file of a network's weights; a missing one stops the build with the nearest that exists."""

import difflib
from pathlib import Path

from stop import stop


def generate(env):
    env.AddMethod(_checkpoint, "Checkpoint")


def exists(env):
    return True


def _checkpoint(env, name, optional=False):
    """optional: only what is made of it stops when it is missing."""
    folder = Path(env["CHECKPOINTS"])
    path = folder / f"{name}.safetensors"
    if not (optional or path.exists() or env.GetOption("help")):
        existing = {other.stem: str(other) for other in sorted(folder.glob("*.safetensors"))}
        near = difflib.get_close_matches(name, existing, 1, 0)
        hint = f"the nearest that exists is {existing[near[0]]}" if near else f"{folder} holds no checkpoint"
        stop(f"the checkpoint {path} is missing; {hint}.")
    return env.File(str(path))
