"""Runs before SConstruct: hands over to the SCons of .venv, so that any `scons` on the PATH builds the same."""

import os
import sys
from pathlib import Path

_VENV = Path(".venv").absolute()
_PYTHON = _VENV / "bin" / "python"

if Path(sys.prefix) != _VENV:
    if not _PYTHON.exists():
        sys.exit("lunula: .venv is missing; run ./bootstrap first.")
    os.execv(_PYTHON, [str(_PYTHON), "-m", "SCons", *sys.argv[1:]])
