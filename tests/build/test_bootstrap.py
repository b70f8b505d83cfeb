"""./bootstrap does nothing twice, and stops with nothing half done where it cannot install."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.build.workshop import MADE, ROOT, copy_sources

# What the script itself calls, beside what it looks for.
TOOLS = [
    "bash",
    "cat",
    "comm",
    "cut",
    "dirname",
    "env",
    "grep",
    "head",
    "id",
    "sed",
    "sha256sum",
    "sort",
    "tr",
    "uname",
]


def bootstrap(folder: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PATH": path} if path else {})}
    command = [str(folder / "bootstrap"), *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Sources with nothing installed."""
    folder = copy_sources(tmp_path / "bare")
    for name in (".venv", "node_modules"):
        (folder / name).unlink()
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for the PATH with the least programs."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def script(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def nothing_made(folder: Path) -> bool:
    return not any((folder / name).exists() for name in MADE)


def test_second_run_does_nothing() -> None:
    stamps = sorted((ROOT / ".bootstrap").glob("*.stamp"))
    if len(stamps) < 3:
        pytest.skip("this tree was not set up by ./bootstrap")
    before = [stamp.stat().st_mtime_ns for stamp in stamps]
    result = bootstrap(ROOT)
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "all is set up" in result.stderr
    assert [stamp.stat().st_mtime_ns for stamp in stamps] == before


def test_off_debian_it_names_what_to_install(bare: Path, tools: Path) -> None:
    result = bootstrap(bare, "dist", path=str(tools))
    assert result.returncode == 1
    for needed in ("Python 3.11", "emcc 3.1.6", "Node 20", "Chromium", "clang++"):
        assert needed in result.stderr
    assert nothing_made(bare)


def test_off_debian_an_old_emcc_is_not_enough(bare: Path, tools: Path) -> None:
    script(tools / "emcc", "echo 'emcc (Emscripten gcc/clang-like replacement) 3.1.5 ()'")
    assert "emcc 3.1.6" in bootstrap(bare, path=str(tools)).stderr
    script(tools / "emcc", "echo 'emcc (Emscripten gcc/clang-like replacement) 3.1.10 ()'")
    assert "emcc 3.1.6" not in bootstrap(bare, path=str(tools)).stderr


@pytest.mark.parametrize(("version", "enough"), [("v18.19.0", False), ("v20.0.0", True), ("v24.1.0", True)])
def test_off_debian_a_new_node_is_not_asked_for(bare: Path, tools: Path, version: str, enough: bool) -> None:
    # node -e PROGRAM, with another version told to the same program.
    (tools / "real-node").symlink_to(shutil.which("node", path=os.defpath) or shutil.which("node") or "node")
    script(
        tools / "node",
        f"""shift; exec real-node -e "
      Object.defineProperty(process, 'versions', {{ value: {{ node: '{version[1:]}' }} }})
      $1" """,
    )
    script(tools / "npm", "")
    assert ("Node 20" in bootstrap(bare, path=str(tools)).stderr) != enough


def test_without_root_it_names_the_packages(bare: Path, tools: Path) -> None:
    script(tools / "id", "echo 1000")
    script(tools / "apt-get", "echo called >> calls")
    script(tools / "dpkg-query", "echo 'ii  emscripten'; echo 'ii  clang'; exit 1")
    result = bootstrap(bare, "dist", path=str(tools))
    assert result.returncode == 1
    command = next(line for line in result.stderr.splitlines() if "sudo apt-get install" in line)
    assert {"chromium", "clang-format", "python3.11"} <= set(command.split())
    assert not {"emscripten", "clang"} & set(command.split())
    assert "emcc 3.1.6" in result.stderr
    assert not (bare / "calls").exists()
    assert nothing_made(bare)


def test_lock_files_name_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)
    for lock in sorted((ROOT / "requirements").iterdir()):
        assert not re.search(r"://|^--(index|extra|find)", lock.read_text(), re.MULTILINE), lock


def test_every_python_library_but_torch_is_locked_by_hash() -> None:
    for name in ("python", "node", "uv"):
        lines = (ROOT / f"requirements/{name}.txt").read_text().replace("\\\n", " ").splitlines()
        assert all("--hash=sha256:" in line for line in lines if line.strip())
