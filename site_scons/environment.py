"""The environment that every command of the build runs in."""

import os
from pathlib import Path

_LEFT_OUT = {"PYTHONPATH", "PYTHONHOME", "NODE_PATH", "NODE_OPTIONS"}


def command_environment() -> dict[str, str]:
    """This process's environment with the tools of .venv and node_modules first, and fixed hashes."""
    environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    paths = [str(Path(".venv/bin").absolute()), environment.get("PATH", os.defpath)]
    environment |= {
        "PATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "CUDA_VISIBLE_DEVICES": "",  # conversions must not differ from machine to machine
    }
    return environment


def default_cache() -> str:
    """Where converted models are kept from build to build."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return str(Path(home, "lunula", "scons"))


def from_environment(name: str) -> str:
    """A yes-or-no variable's default: `HTTPS=1 scons serve` means `scons serve HTTPS=1`."""
    return os.environ.get(name, "no")
