"""The licence and vulnerability report of dist."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.build.workshop import ROOT

sys.path.insert(0, str(ROOT / "site_scons"))

from dependency_report import bundled_packages, lock_fingerprint, newer_audit, report

LOCK = json.loads((ROOT / "package-lock.json").read_text())
DAY = "2026-05-04"
AUDIT: dict[str, Any] = {"fingerprint": lock_fingerprint(["vue"], LOCK), "asked": DAY, "checked": True, "findings": []}
REFUSED: dict[str, Any] = {**AUDIT, "asked": "2026-05-05", "checked": False, "reason": "no registry answered"}


def test_dist_names_what_is_bundled_with_its_licence(dist: Path) -> None:
    text = (dist / "THIRD_PARTY.md").read_text()
    named = set(re.findall(r"^\| (\S+) \| \d", text, re.MULTILINE))
    backends = {f"@tensorflow/tfjs-backend-{name}" for name in ("wasm", "webgl", "webgpu")}
    assert {"@tensorflow/tfjs-core", "idb", *backends} <= named
    assert "@tensorflow/tfjs-converter" not in named
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    committed = json.loads((ROOT / "docs" / "audit.json").read_text())
    dates = set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text))
    assert dates <= {committed["asked"], committed.get("tried", {}).get("asked")}, "a date of the build would change"
    assert "`scons audit` asks again" in text


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
        (REFUSED, "Not checked: no registry answered when it was last asked, on 2026-05-05"),
        (AUDIT, f"Last asked on {DAY}, by `npm audit`.\n\nNone in the registry's advisories"),
        ({**AUDIT, "findings": [{"package": "vue", "severity": "high", "title": "bad"}]}, "- vue: high, bad"),
        (newer_audit(AUDIT, REFUSED), "Asked again on 2026-05-05: no registry answered; what is above still stands"),
    ],
)
def test_vulnerabilities_are_told_as_they_are_known(audit: dict[str, Any], expected: str) -> None:
    text = report(["vue"], LOCK, audit, str(ROOT / "node_modules"))
    assert expected in text
    assert "`scons audit` asks again" in text
    assert "The MIT License" in text


def test_a_registry_that_says_nothing_takes_no_answer_away() -> None:
    assert newer_audit(AUDIT, REFUSED)["findings"] == []
    assert newer_audit(REFUSED, AUDIT) == AUDIT
    assert newer_audit({**AUDIT, "fingerprint": "older"}, REFUSED) == REFUSED
    assert newer_audit({}, REFUSED) == REFUSED
