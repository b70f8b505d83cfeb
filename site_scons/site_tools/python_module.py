"""PythonModule: runs `python -m MODULE`, again when a source file or a pinned library of that module changes."""

import re
from pathlib import Path

from python_sources import python_sources
from SCons.Action import Action

_LOCKS = [Path("requirements/python.txt"), Path("requirements/torch.txt")]


def generate(env):
    env.AddMethod(_python_module, "PythonModule")
    env.AddMethod(_pins, "Pins")


def exists(env):
    return True


def _python_module(env, target, source, module, arguments, pins=(), title=None):
    """A node of what `python -m module arguments` writes; $SOURCE and $TARGET stand in `arguments` as in any command.

    pins: the libraries whose versions (the lock files) the result depends on.
    """
    action = Action(f"$PYTHON -m {module} {arguments}", f"{title or module.rpartition('.')[2]}: $TARGET")
    nodes = env.Command(target, source, action)
    env.Depends(nodes, python_sources(module))
    env.Depends(nodes, env.Pins(*pins))
    return nodes


def _pins(env, *libraries):
    """A value node of the pinned versions, so that an upgrade of another library rebuilds nothing."""
    locked = "\n".join(lock.read_text() for lock in _LOCKS)
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", locked, re.MULTILINE))
    return env.Value("\n".join(f"{name}=={pinned[name]}" for name in libraries))
