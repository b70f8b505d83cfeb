"""What is built again, and what is not."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.build.workshop import copy_sources, run_scons

MODELS = ("hand_detector", "nail_heatmap", "nail_patch", "nail_patch_r6d")


def built_targets(output: str) -> set[str]:
    """The targets of a build's progress lines, `kind: target`; conversions' own lines are indented."""
    lines = [line for line in output.splitlines() if ": " in line and not line.startswith((" ", "scons:"))]
    return {line.split(": ", 1)[1] for line in lines}


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_second_build_does_nothing(built: Path) -> None:
    result = run_scons(built, "dist")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "scons: `dist' is up to date." in result.stdout
    assert built_targets(result.stdout) == set()


def test_changed_template_rebuilds_what_depends_on_it(built: Path) -> None:
    template = built / "templates/index.html.j2"
    template.write_text(template.read_text() + "<!-- changed -->\n")
    result = run_scons(built, "dist")
    assert result.returncode == 0, result.stdout + result.stderr
    pages = ["dist/index.html", "dist/sw.js"]  # the service worker knows the page by its hash
    packed = [f"{page}{ending}" for page in pages for ending in (".br", ".gz")]
    assert built_targets(result.stdout) == {*pages, *packed, "build/precache.json", "build/sizes.json"}


def test_touched_file_rebuilds_nothing(built: Path) -> None:
    os.utime(built / "models/spec.py")
    os.utime(built / "templates/sw.js.j2")
    assert "scons: `dist' is up to date." in run_scons(built, "dist").stdout


def test_changed_converter_is_seen_and_a_template_is_none_of_its_business(built: Path) -> None:
    converter = built / "models/conversion/tfjs.py"
    converter.write_text(converter.read_text() + "# changed\n")
    output = run_scons(built, "-n", "models").stdout
    targets = built_targets(output)
    assert {f"dist/models/{model}/{dtype}/model.json" for model in MODELS for dtype in ("float16", "uint8")} <= targets
    assert not any(target.startswith("build/models/") and target.endswith(".onnx") for target in targets)
    assert "dist/index.html" not in targets


def test_undefined_name_in_a_template_stops_the_build(built: Path) -> None:
    template = built / "templates/manifest.webmanifest.j2"
    template.write_text(template.read_text().replace("product.short_name", "product.shortname"))
    result = run_scons(built, "dist/manifest.webmanifest")
    assert result.returncode != 0
    assert "manifest.webmanifest.j2" in result.stderr
    assert "shortname" in result.stderr


@pytest.mark.long
@pytest.mark.timeout(3600)  # two cold conversions
def test_two_clean_builds_are_byte_identical(tmp_path: Path) -> None:
    found = []
    for name, jobs in (("first", "-j1"), ("second/elsewhere", "-j2")):
        folder = copy_sources(tmp_path / name)
        result = run_scons(folder, jobs, "package")
        assert result.returncode == 0, result.stdout + result.stderr
        found.append(hashes(folder / "dist"))
        (tarball,) = (folder / "build").glob("*.tgz")
        found[-1][tarball.name] = hashlib.sha256(tarball.read_bytes()).hexdigest()
    assert found[0] == found[1]
