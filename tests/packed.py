"""The packed tarball in a project of its own, as a shop would install it."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def pack(dist: Path, folder: Path) -> Path:
    """The tarball of dist, written into a folder."""
    run(["npm", "pack", str(dist), "--silent"], folder)
    (tarball,) = folder.glob("lunula-*.tgz")
    return tarball


def install(tarball: Path, project: Path) -> Path:
    """`npm install` of the tarball alone, without a network; the installed package."""
    (project / "package.json").write_text('{"name": "project", "private": true, "type": "module"}')
    run(["npm", "install", "--offline", "--ignore-scripts", "--no-package-lock", "--silent", str(tarball)], project)
    return project / "node_modules/lunula"


def run(command: list[str], folder: Path) -> str:
    """A command's output, with this repository's tools on the path and its libraries found. Fails with all it said."""
    libraries = ROOT / "node_modules"
    environment = {
        **os.environ,
        "NODE_PATH": str(libraries),  # where esbuild looks after the project's own node_modules
        "PATH": os.pathsep.join([str(libraries / ".bin"), os.environ["PATH"]]),
        "NO_COLOR": "1",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
