"""The trees that the tests of the build work on."""

import shutil
from pathlib import Path

import pytest

from tests.build.workshop import ROOT, copy_sources


@pytest.fixture(scope="session")
def dist() -> Path:
    """The built dist of this tree."""
    folder = ROOT / "dist"
    if not (folder / "package.json").exists():
        pytest.fail("dist is not built: run the tests with `scons test`, or `scons dist` first")
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Sources without anything built."""
    return copy_sources(tmp_path / "sources")


@pytest.fixture
def built(tmp_path: Path, dist: Path) -> Path:
    """Sources with everything built, as in this tree."""
    folder = copy_sources(tmp_path / "built")
    for name in ("build", "dist"):
        shutil.copytree(ROOT / name, folder / name)
    return folder
