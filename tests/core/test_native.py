"""The C++ tests in native/, under AddressSanitizer and UndefinedBehaviorSanitizer; and a fuzzer under both."""

import subprocess
from pathlib import Path

import pytest

from tests.core.native_build import NATIVE_TESTS, ROOT, compile_core, sanitizers


@pytest.mark.parametrize("name", ["test_session", "test_sample", "test_decode"])
def test_under_sanitizers(name: str, tmp_path: Path, specs_include: Path) -> None:
    flags = [*sanitizers(), f"-I{NATIVE_TESTS}"]
    program = compile_core(tmp_path / name, specs_include, flags, [NATIVE_TESTS / f"{name}.cpp"])
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# What networks and frames may hold, and what a caller may pass: together they call every exported function.
FUZZERS = ["fuzz_core", "fuzz_arguments"]


@pytest.fixture(scope="module", params=FUZZERS)
def fuzzer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, specs_include: Path) -> Path:
    flags = [*sanitizers(",fuzzer"), f"-I{NATIVE_TESTS}"]
    out = tmp_path_factory.mktemp("fuzz") / request.param
    return compile_core(out, specs_include, flags, [NATIVE_TESTS / f"{request.param}.cpp"])


def fuzz(fuzzer: Path, folder: Path, seconds: int) -> None:
    limits = [f"-max_total_time={seconds}", "-max_len=512", "-timeout=20", f"-artifact_prefix={folder}/"]
    done = subprocess.run([fuzzer, *limits, "-seed=1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def test_the_fuzzers_call_every_exported_function() -> None:
    exported = (ROOT / "sdk_src/core/exports.txt").read_text().split("\n")
    functions = {line for line in exported if line.startswith("lunula_")}
    called = "".join((NATIVE_TESTS / f"{name}").read_text() for name in [*[f"{f}.cpp" for f in FUZZERS], "pipeline.h"])
    called += (NATIVE_TESTS / "check.h").read_text()
    assert functions
    assert {name for name in functions if f"{name}(" not in called} == set()


def test_short_fuzz(fuzzer: Path, tmp_path: Path) -> None:
    """With two targets 30 seconds."""
    fuzz(fuzzer, tmp_path, seconds=15)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_long_fuzz(fuzzer: Path, tmp_path: Path) -> None:
    """With two targets 10 minutes."""
    fuzz(fuzzer, tmp_path, seconds=300)
