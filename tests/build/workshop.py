"""A copy of the repository to build in, so that no test touches the tree it runs from."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What ./bootstrap and the build make; everything else is source.
MADE = {".venv", "node_modules", ".bootstrap", "build", "dist", ".git"}
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache")


def copy_sources(to: Path) -> Path:
    """The sources in folder `to`, with the installed libraries linked in."""
    to.mkdir(parents=True)
    for path in ROOT.iterdir():
        if path.name in MADE or path.name.endswith("_cache"):
            continue
        if path.is_dir():
            shutil.copytree(path, to / path.name, ignore=CACHES)
        else:
            shutil.copy2(path, to / path.name)
    for name in (".venv", "node_modules"):
        (to / name).symlink_to(ROOT / name)
    return to


def run_scons(folder: Path, *words: str, cache: Path | str = "") -> subprocess.CompletedProcess[str]:
    """`scons` in a folder with its output; cache: where converted models are kept, '' for nowhere."""
    command = [str(folder / ".venv/bin/python"), "-m", "SCons", *words, f"CACHE={cache}"]
    environment = {**os.environ, "PWD": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
