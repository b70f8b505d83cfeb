"""The packed tarball, as npm, TypeScript and bundlers see it."""

import shutil
from pathlib import Path

import pytest

from tests.packed import install, pack, run

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def tarball(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(dist, tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="module")
def project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the tarball and the type tests in it."""
    folder = tmp_path_factory.mktemp("project")
    install(tarball, folder)
    shutil.copy(HERE / "types/public_api.ts", folder)
    return folder


def test_publint_has_nothing_to_say(tarball: Path) -> None:
    assert "All good!" in run(["publint", "run", str(tarball), "--strict"], tarball.parent)


def test_are_the_types_wrong(tarball: Path) -> None:
    """They are not: attw exits with 0. The package is ESM only, and worker.js is there to be fetched, not imported."""
    command = ["attw", str(tarball), "--profile", "esm-only", "--exclude-entrypoints", "./worker.js", "--no-emoji"]
    told = run(command, tarball.parent)
    assert told.count("node16 (from ESM): OK (ESM)") == 2  # lunula and lunula/element
    assert told.count("bundler: OK") == 4  # and package.json, look.schema.json


@pytest.mark.parametrize(("module", "resolution"), [("esnext", "bundler"), ("nodenext", "nodenext")])
def test_public_types(project: Path, module: str, resolution: str) -> None:
    """What public_api.ts uses is allowed, and what it expects to be refused is refused."""
    options = ["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022"]
    libraries = ["--lib", "es2023,dom,dom.iterable", "--module", module, "--moduleResolution", resolution]
    run(["tsc", *options, *libraries, "public_api.ts"], project)
