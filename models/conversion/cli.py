"""What all the conversion command lines share: arguments, progress lines, errors."""

import argparse
import difflib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from models.conversion.errors import ConversionError
from models.spec import SPECS, ModelSpec

# Relative to the repository's root, where SCons runs the steps.
PHOTOS = Path("sdk_src/app/samples")
NODE_MODULES = Path("node_modules")


def model_spec(name: str) -> ModelSpec:
    """The spec of a model. Raises ConversionError with the nearest name for an unknown one."""
    if name in SPECS:
        return SPECS[name]
    near = difflib.get_close_matches(name, SPECS, n=1, cutoff=0.0)
    raise ConversionError(f"no model is called {name!r}; did you mean {near[0]!r}? (known: {', '.join(SPECS)})")


def existing(path: Path, what: str) -> Path:
    """The path, if there is something there; else a ConversionError that says what is missing."""
    if path.exists():
        return path
    raise ConversionError(f"{what} not found: {path} does not exist; build it first or correct the path")


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser whose description is the module's docstring."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def add_model(arguments: argparse.ArgumentParser) -> None:
    """--model; the name is checked by `model_spec`."""
    arguments.add_argument("--model", required=True, metavar="NAME", help=f"one of {', '.join(SPECS)}")


def add_gate(arguments: argparse.ArgumentParser) -> None:
    """What a gate against PyTorch needs."""
    arguments.add_argument("--checkpoint", required=True, type=Path, metavar="FILE", help="safetensors weights")
    arguments.add_argument("--photos", type=Path, default=PHOTOS, metavar="DIR", help="photos that the gate runs on")


def progress(text: str) -> None:
    """One line for the person who waits."""
    print(f"  {text}", flush=True)


def progress_ops(step: str, counts: Mapping[str, int]) -> None:
    """Operator counts after a step, most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    progress(f"{step}: {sum(counts.values())} operators: " + ", ".join(f"{op} {n}" for op, n in ordered))


def run(main: Callable[[Sequence[str] | None], None], argv: Sequence[str] | None = None) -> int:
    """Runs a step's main; a ConversionError becomes one message on stderr and the exit code 1."""
    start = time.monotonic()
    try:
        main(argv)
    except ConversionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    progress(f"done in {time.monotonic() - start:.1f} s")
    return 0
