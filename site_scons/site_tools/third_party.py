"""ThirdParty: the licence and vulnerability report of what esbuild bundled. Audit: asks the registry for advisories."""

import json
import subprocess
from datetime import date
from pathlib import Path

from dependency_report import audit_lines, bundled_packages, lock_fingerprint, newer_audit, report
from SCons.Action import Action

_LOCK = "package-lock.json"
_COMMAND = ["npm", "audit", "--json"]
_TIMEOUT_S = 120


def generate(env):
    env.AddMethod(_third_party, "ThirdParty")
    env.AddMethod(_audit, "Audit")


def exists(env):
    return True


def _third_party(env, target, audit):
    """audit: the committed file that Audit writes. Every bundle has to be declared before."""
    node = env.Command(target, [audit, *env["METAFILES"]], Action(_write, "third party: $TARGET"))
    env.Depends(node, [_LOCK, "LICENSE", "site_scons/dependency_report.py"])
    return node


def _audit(env, path):
    """The action that writes the file."""
    metafiles = [str(node) for node in env["METAFILES"]]
    return Action(lambda target, source, env: _ask(path, metafiles), f"audit: {path}")


def _write(target, source, env):
    audit, *metafiles = source
    lock = json.loads(Path(_LOCK).read_text())
    text = report(bundled_packages(map(str, metafiles)), lock, json.loads(audit.get_text_contents()))
    Path(str(target[0])).write_text(text, encoding="utf-8")


def _ask(path, metafiles):
    """Writes what the registry says; a registry that says nothing leaves an answer about these versions as it is."""
    lock = json.loads(Path(_LOCK).read_text())
    packages = bundled_packages(metafiles)
    before = json.loads(Path(path).read_text()) if Path(path).is_file() else {}
    now = {"fingerprint": lock_fingerprint(packages, lock), "asked": date.today().isoformat(), **_heard(packages)}
    text = json.dumps(newer_audit(before, now), indent=2)
    Path(path).write_text(text + "\n")
    print("\n".join(audit_lines(now["fingerprint"], json.loads(text))))


def _heard(packages):
    try:
        done = subprocess.run(_COMMAND, check=False, capture_output=True, text=True, timeout=_TIMEOUT_S)
        answer = json.loads(done.stdout or "{}")
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = {}
    if "vulnerabilities" not in answer:
        status = answer.get("statusCode")
        return {"checked": False, "reason": f"the registry answered {status}" if status else "no registry answered"}
    findings = [
        {"package": name, "severity": found["severity"], "title": via["title"]}
        for name, found in sorted(answer["vulnerabilities"].items())
        for via in found["via"]
        if name in packages and isinstance(via, dict)  # text: another package that this one depends on
    ]
    return {"checked": True, "findings": findings}
