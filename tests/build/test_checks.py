"""The linters look at the sources wherever the checkout lies."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.build.workshop import copy_sources


@pytest.mark.parametrize("parent", ["build", "dist"])
def test_biome_finds_the_sources_below_a_folder_that_is_called_as_an_output(tmp_path: Path, parent: str) -> None:
    folder = copy_sources(tmp_path / parent / "lunula")
    command = ["node_modules/.bin/biome", "lint", "--colors=off"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    checked = re.search(r"Checked (\d+) files", result.stdout + result.stderr)
    assert checked, result.stderr
    assert int(checked.group(1)) > 50


@pytest.mark.parametrize("parent", ["build", "dist"])
def test_ruff_finds_the_sources_below_a_folder_that_is_called_as_an_output(tmp_path: Path, parent: str) -> None:
    folder = copy_sources(tmp_path / parent / "lunula")
    command = [".venv/bin/python", "-m", "ruff", "check", "--show-files"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert len(result.stdout.splitlines()) > 50
    assert str(folder / "SConstruct") in result.stdout
