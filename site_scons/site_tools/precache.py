"""Precache: the JSON list of the app shell's files with a content hash each, for the service worker's template."""

import hashlib
import json
from pathlib import Path

from SCons.Action import Action


def generate(env):
    env.AddMethod(_precache, "Precache")


def exists(env):
    return True


def _precache(env, target, source, root, manifest):
    """Writes {precache: [{url, revision}], revision, manifest_version}; urls are relative to the folder `root`."""
    action = Action(_write, "precache: $TARGET", varlist=["ROOT"])
    return env.Command(target, [manifest, source], action, ROOT=root)


def precache_document(files, version):
    """files: address below dist -> bytes; version: of the models' manifest."""
    entries = [{"url": url, "revision": hashlib.sha256(files[url]).hexdigest()[:16]} for url in sorted(files)]
    whole = hashlib.sha256(json.dumps(entries).encode()).hexdigest()[:16]
    return {"precache": entries, "revision": whole, "manifest_version": version}


def _write(target, source, env):
    manifest, *shell = source
    files = {Path(str(node)).relative_to(env["ROOT"]).as_posix(): node.get_contents() for node in shell}
    document = precache_document(files, json.loads(manifest.get_text_contents())["version"])
    Path(str(target[0])).write_text(json.dumps(document, indent=1) + "\n")
