"""Compiles the core's sources natively, into folders of the tests."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "sdk_src" / "core"
NATIVE_TESTS = Path(__file__).resolve().parent / "native"

_LANGUAGE = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
# float-cast-overflow is in no group: a float too large for its int is the likeliest mistake of this code.
_CHECKS = "address,undefined,float-cast-overflow"
SANITIZE = ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"]


def sanitizers(more: str = "") -> list[str]:
    return [*SANITIZE, f"-fsanitize={_CHECKS}{more}"]


def write_specs(folder: Path) -> Path:
    """Generates model_specs.h from models/spec.py, as the build does."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "models.conversion.specs", "--header", str(folder / "model_specs.h")]
    subprocess.run([*command, "--typescript", str(folder / "specs.ts")], cwd=ROOT, check=True)
    return folder


def compile_core(out: Path, specs: Path, flags: Sequence[str], more_sources: Sequence[Path] = ()) -> Path:
    """The core and more_sources as one file with clang++ and `flags`."""
    compiler = shutil.which("clang++")
    if compiler is None:
        pytest.fail("clang++ is not installed; ./bootstrap installs it", False)
    sources = [str(path) for path in (*sorted((CORE / "src").glob("*.cpp")), *more_sources)]
    includes = [f"-I{path}" for path in (CORE / "include", CORE / "src", specs)]
    done = subprocess.run(
        [compiler, *_LANGUAGE, *flags, *includes, *sources, "-o", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out
