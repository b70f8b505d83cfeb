"""Runs units/*.test.ts, the tests of pure logic, in Node."""

import subprocess
from pathlib import Path

import pytest

from tests.sdk.conftest import HERE, bundle_with_esbuild

UNITS = sorted((HERE / "units").glob("*.test.ts"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name.removesuffix(".test.ts"))
def test_unit(unit: Path, repo_root: Path, node: str, tmp_path: Path) -> None:
    bundle = bundle_with_esbuild(
        repo_root, unit, tmp_path / "unit.test.mjs", "--format=esm", "--platform=node", "--sourcemap=inline"
    )
    done = subprocess.run(
        [node, "--enable-source-maps", "--test", bundle], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_units() -> None:
    assert len(UNITS) > 5
