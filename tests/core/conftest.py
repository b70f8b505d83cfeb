"""The native library, the shipped WASM module and Node."""

import os
import shutil
from pathlib import Path

import pytest

from models.evaluation.core import Core
from tests.core.native_build import ROOT, compile_core, write_specs


@pytest.fixture(scope="session")
def specs_include(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_specs(tmp_path_factory.mktemp("specs"))


@pytest.fixture(scope="session")
def core_library(tmp_path_factory: pytest.TempPathFactory, specs_include: Path) -> Path:
    out = tmp_path_factory.mktemp("native") / "liblunula_core.so"
    return compile_core(out, specs_include, ["-O2", "-fPIC", "-shared"])


@pytest.fixture
def core(core_library: Path) -> Core:
    return Core(core_library)


@pytest.fixture(scope="session")
def wasm() -> Path:
    """The module of dist/ (LUNULA_DIST names another folder)."""
    module = Path(os.environ.get("LUNULA_DIST", ROOT / "dist")) / "lunula_core.wasm"
    if not module.is_file():
        pytest.fail("dist/lunula_core.wasm is not built; run `scons core` first", False)
    return module


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.fail("node is not installed; ./bootstrap installs it", False)
    return found
