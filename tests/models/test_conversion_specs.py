"""The generated forms of models/spec.py say what Python says."""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from models.conversion import specs
from models.spec import FINGERS, SPECS, TIERS


def test_typescript_holds_of_every_spec_what_pages_need() -> None:
    text = specs.typescript()
    constants = dict(re.findall(r"^export const (\w+) = (.*?) as const$", text, re.MULTILINE | re.DOTALL))
    assert json.loads(constants["FINGERS"]) == list(FINGERS)
    assert json.loads(constants["TIERS"]) == list(TIERS)
    needed = {name: {"outputs": spec.outputs, "constants": spec.constants} for name, spec in SPECS.items()}
    expected = json.loads(json.dumps(needed, default=asdict))
    assert {name: json.loads(constants[name]) for name in SPECS} == expected


def test_header_gives_every_constant_its_type_and_value() -> None:
    text = specs.header()
    for spec in SPECS.values():
        (body,) = re.findall(rf"namespace {spec.name} \{{\n(.*?)\}}  // namespace {spec.name}", text, re.DOTALL)
        found = dict(re.findall(r"constexpr (?:int|float) (\w+) = (.+);", body))
        for name, value in spec.constants.items():
            kind = "int" if isinstance(value, int) else "float"
            assert f"constexpr {kind} {name} = " in body
            assert float(found[name].removesuffix("f")) == value
        for name in ("mean", "std"):
            (values,) = re.findall(rf"constexpr float {name}\[3\] = \{{(.+)\}};", body)
            assert tuple(float(v.removesuffix("f")) for v in values.split(", ")) == getattr(spec.normalisation, name)


def test_both_say_what_they_come_from(tmp_path: Path) -> None:
    files = [tmp_path / "new" / "model_specs.h", tmp_path / "new" / "specs.ts"]
    specs.main(["--header", str(files[0]), "--typescript", str(files[1])])
    for file in files:
        assert file.read_text().startswith("// Generated from models/spec.py")


def test_a_model_is_rendered_by_its_own_name() -> None:
    assert "nail_heatmap" not in specs.header({"nail_patch": SPECS["nail_patch"]})


@pytest.mark.parametrize(
    "module", ["export_onnx", "onnx_to_saved_model", "nhwc", "tfjs", "kernels", "manifest", "gates"]
)
def test_importing_a_step_imports_no_framework(module: str) -> None:
    frameworks = {"tensorflow", "torch", "onnx"}
    code = f"import sys, models.conversion.{module}; print(sorted({frameworks} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
