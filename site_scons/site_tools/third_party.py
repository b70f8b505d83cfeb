"""ThirdParty: the licence and vulnerability report of what esbuild bundled. Audit: asks the registry for advisories."""

import json
import subprocess
from pathlib import Path

from dependency_report import bundled_packages, lock_fingerprint, report
from SCons.Action import Action

_LOCK = "package-lock.json"


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


def _audit(env, target):
    """Actions that write the file."""
    metafiles = [str(node) for node in env["METAFILES"]]
    return Action(lambda target_, source, env_: _ask(target, metafiles), f"audit: {target}")


def _write(target, source, env):
    audit, *metafiles = source
    lock = json.loads(Path(_LOCK).read_text())
    text = report(bundled_packages(map(str, metafiles)), lock, json.loads(audit.get_text_contents()))
    Path(str(target[0])).write_text(text, encoding="utf-8")


def _ask(target, metafiles):
    lock = json.loads(Path(_LOCK).read_text())
    packages = bundled_packages(metafiles)
    done = subprocess.run(["npm", "audit", "--json"], check=False, capture_output=True, text=True)
    answer = json.loads(done.stdout or "{}")
    fingerprint = lock_fingerprint(packages, lock)
    Path(target).write_text(json.dumps({"fingerprint": fingerprint, **_heard(answer, packages)}, indent=2) + "\n")


def _heard(answer, packages):
    if "vulnerabilities" not in answer:
        status = answer.get("statusCode")
        reason = f"the registry answered {status}" if status else "no registry answered"
        return {"checked": False, "reason": f"{reason} to `npm audit`."}
    findings = [
        {"package": name, "severity": found["severity"], "title": via["title"]}
        for name, found in sorted(answer["vulnerabilities"].items())
        for via in found["via"]
        if name in packages and isinstance(via, dict)  # text: another package that this one depends on
    ]
    return {"checked": True, "findings": findings}
