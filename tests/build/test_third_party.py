"""The licence and vulnerability report of dist."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.build.workshop import ROOT

sys.path.insert(0, str(ROOT / "site_scons"))

from dependency_report import bundled_packages, lock_fingerprint, report

LOCK = json.loads((ROOT / "package-lock.json").read_text())
AUDIT = {"fingerprint": lock_fingerprint(["idb"], LOCK), "checked": True, "findings": []}


def test_dist_names_what_is_bundled_with_its_licence(dist: Path) -> None:
    text = (dist / "THIRD_PARTY.md").read_text()
    named = set(re.findall(r"^\| (\S+) \| \d", text, re.MULTILINE))
    backends = {f"@tensorflow/tfjs-backend-{name}" for name in ("wasm", "webgl", "webgpu")}
    assert {"@tensorflow/tfjs-core", "idb", *backends} <= named
    assert "@tensorflow/tfjs-converter" not in named
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text), "a date would change from build to build"


def test_only_what_is_in_the_output_counts(tmp_path: Path) -> None:
    inputs = {
        "../x/node_modules/@a/b/c.js": {"bytesInOutput": 7},
        "node_modules/@a/b/node_modules/long/long.js": {"bytesInOutput": 7},
        "node_modules/dropped/index.js": {"bytesInOutput": 0},
        "sdk_src/src/index.ts": {"bytesInOutput": 9},
    }
    metafile = tmp_path / "bundle.json"
    metafile.write_text(json.dumps({"outputs": {"out.js": {"inputs": inputs}}}))
    assert bundled_packages([metafile]) == ["@a/b", "long"]


@pytest.mark.parametrize(
    ("audit", "expected"),
    [
        ({}, "Not checked: the packages have changed"),
        ({**AUDIT, "fingerprint": "older"}, "Not checked: the packages have changed"),
        ({**AUDIT, "checked": False, "reason": "no registry answered"}, "Not checked: no registry answered"),
        (AUDIT, "None in the registry's advisories"),
        ({**AUDIT, "findings": [{"package": "idb", "severity": "high", "title": "bad"}]}, "- idb: high, bad"),
    ],
)
def test_vulnerabilities_are_told_as_they_are_known(audit: dict[str, object], expected: str) -> None:
    text = report(["idb"], LOCK, audit, str(ROOT / "node_modules"))
    assert expected in text
    assert "ISC License" in text
