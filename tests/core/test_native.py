"""The C++ tests in native/, under AddressSanitizer and UndefinedBehaviorSanitizer; and a fuzzer under both."""

import subprocess
from pathlib import Path

import pytest

from tests.core.native_build import NATIVE_TESTS, compile_core, sanitizers


@pytest.mark.parametrize("name", ["test_session", "test_sample", "test_decode"])
def test_under_sanitizers(name: str, tmp_path: Path, specs_include: Path) -> None:
    flags = [*sanitizers(), f"-I{NATIVE_TESTS}"]
    program = compile_core(tmp_path / name, specs_include, flags, [NATIVE_TESTS / f"{name}.cpp"])
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory: pytest.TempPathFactory, specs_include: Path) -> Path:
    flags = [*sanitizers(",fuzzer"), f"-I{NATIVE_TESTS}"]
    out = tmp_path_factory.mktemp("fuzz") / "fuzz_core"
    return compile_core(out, specs_include, flags, [NATIVE_TESTS / "fuzz_core.cpp"])


def fuzz(fuzzer: Path, folder: Path, seconds: int) -> None:
    limits = [f"-max_total_time={seconds}", "-max_len=512", "-timeout=20", f"-artifact_prefix={folder}/"]
    done = subprocess.run([fuzzer, *limits, "-seed=1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def test_short_fuzz(fuzzer: Path, tmp_path: Path) -> None:
    fuzz(fuzzer, tmp_path, seconds=10)


@pytest.mark.long
def test_long_fuzz(fuzzer: Path, tmp_path: Path) -> None:
    fuzz(fuzzer, tmp_path, seconds=240)
