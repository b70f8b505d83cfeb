"""What of others is in the bundles: packages, licences, what is known of their vulnerabilities. As Markdown.

Nothing that changes between two builds of one commit: vulnerabilities, and when they were asked for, come from a
committed file that `scons audit` writes. No build asks anybody.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")
_LICENCE_FILES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license")


def bundled_packages(metafiles: Iterable[str | Path]) -> list[str]:
    """Names of the npm packages of which something is in a bundle, by esbuild's metafiles."""
    found: set[str] = set()
    for path in metafiles:
        for output in json.loads(Path(path).read_text())["outputs"].values():
            used = [name for name, part in output["inputs"].items() if part["bytesInOutput"] > 0]
            found |= {match[-1] for name in used if (match := _PACKAGE.findall(name))}
    return sorted(found)


def lock_fingerprint(packages: list[str], lock: dict[str, Any]) -> str:
    """Of the versions that were audited; another version makes the audit stale."""
    versions = [f"{name}@{lock['packages'][f'node_modules/{name}']['version']}" for name in packages]
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:16]


def report(packages: list[str], lock: dict[str, Any], audit: dict[str, Any], folder: str = "node_modules") -> str:
    """The whole report. audit: what `scons audit` wrote, see newer_audit."""
    rows: list[str] = []
    texts: dict[str, list[str]] = {}
    for name in packages:
        entry = lock["packages"][f"node_modules/{name}"]
        rows.append(f"| {name} | {entry['version']} | {entry['license']} | `{entry['integrity']}` |")
        texts.setdefault(_licence(Path(folder, name), entry["license"]), []).append(f"{name} {entry['version']}")
    lines = [
        "# Third-party software",
        "",
        "What of other packages is in the scripts and .wasm files of this folder, by the bundler's own account and the",
        "lock file. The integrity hash is that of the package which was installed.",
        "",
        "| package | version | licence | integrity |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        "## Known vulnerabilities",
        "",
        *audit_lines(lock_fingerprint(packages, lock), audit),
        "",
        "## Licences",
    ]
    for text, names in sorted(texts.items(), key=lambda item: item[1]):
        lines += ["", f"### {', '.join(names)}", "", "```", text.strip(), "```"]
    return "\n".join(lines) + "\n"


def newer_audit(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What to keep of two answers, {fingerprint, asked, checked, findings or reason}: the newer one that says anything.

    `tried` is then what came of asking later, {asked, reason}.
    """
    if now["checked"] or not before.get("checked") or before["fingerprint"] != now["fingerprint"]:
        return now
    return {**before, "tried": {"asked": now["asked"], "reason": now["reason"]}}


def audit_lines(fingerprint: str, audit: dict[str, Any]) -> list[str]:
    """What is known, when and how it was asked for, and how to ask again."""
    again = "`scons audit` asks again, by `npm audit`; it needs a registry that answers audits, no build does."
    if audit.get("fingerprint") != fingerprint:
        return ["Not checked: the packages have changed since the last `scons audit`.", "", again]
    asked = f"on {audit['asked']}, by `npm audit`"
    if not audit["checked"]:
        return [f"Not checked: {audit['reason']} when it was last asked, {asked}.", "", again]
    findings = [f"- {finding['package']}: {finding['severity']}, {finding['title']}" for finding in audit["findings"]]
    lines = [f"Last asked {asked}.", "", *(findings or ["None in the registry's advisories for these versions."])]
    if tried := audit.get("tried"):
        lines += [
            "",
            f"Asked again on {tried['asked']}: {tried['reason']}; what is above still stands for these versions.",
        ]
    return [*lines, "", again]


def _licence(package: Path, name: str) -> str:
    for file in _LICENCE_FILES:
        if (package / file).is_file():
            return (package / file).read_text(encoding="utf-8")
    # TensorFlow.js's packages name the licence and leave its text out.
    if name == "Apache-2.0":
        return Path("LICENSE").read_text(encoding="utf-8")
    raise FileNotFoundError(f"{package} has no licence file; its package.json says {name}")
