"""Bundle: TypeScript or CSS to one minified file of today's JavaScript, by esbuild.

BackendBundle: TensorFlow.js with one backend, and of its kernels those that the built graphs use.
"""

import re
from pathlib import Path

from SCons.Action import Action

_SCRIPT = "site_scons/node/bundle.mjs"
_SCRIPT_PARTS = [_SCRIPT, "site_scons/node/minify_glsl.mjs"]
_NAMES_SCRIPT = "site_scons/node/internal_names.mjs"
_BACKEND_SCRIPT = "site_scons/node/bundle_backend.mjs"

# Addresses in the messages and comments of libraries; the names of XML namespaces are no addresses.
_ADDRESS = re.compile(r"https?://(?!www\.w3\.org/)[\w.-]+\.[a-z]{2,}[^\s\"'`<>()\\]*")


def generate(env):
    env["METAFILES"] = []  # what each bundle is made of, for ThirdParty
    env.AddMethod(_internal_names, "InternalNames")
    env.AddMethod(_bundle, "Bundle")
    env.AddMethod(_backend_bundle, "BackendBundle")


def exists(env):
    return True


def _internal_names(env, target, sources):
    """Short names for the members that only the SDK's own files see, as JSON for `Bundle`."""
    action = Action(f"node {_NAMES_SCRIPT} $TARGET", "names: $TARGET")
    return env.Command(target, [_NAMES_SCRIPT, sources, "package-lock.json"], action)


def _bundle(env, target, entry, sources, flags=(), names=()):
    """The bundle of `entry`; sources: every file of the repository it may import; names: of InternalNames."""
    command = f"node {_SCRIPT} $SOURCE $TARGETS $BUNDLEFLAGS"
    flags = [*flags, *(f"--names:{node}" for node in env.Flatten([names]))]
    return _with_metafile(env, target, entry, command, [sources, names, _SCRIPT_PARTS], BUNDLEFLAGS=flags)


def _backend_bundle(env, target, entry, graphs, sources):
    """The chunk of the backend that `entry` is named after; the model.json files of `graphs` tell the operators."""
    variant = Path(entry).stem
    models = sorted({str(node) for node in env.Flatten(graphs) if node.name == "model.json"})
    command = f"node {_BACKEND_SCRIPT} {variant} $SOURCE $TARGETS {' '.join(models)}"
    return _with_metafile(env, target, entry, command, [sources, graphs, _BACKEND_SCRIPT])


def _with_metafile(env, target, entry, command, needs, **variables):
    """The bundle's node; esbuild's account of what is in it goes to build/bundles."""
    actions = [Action(command, "bundle: $TARGET"), Action(_leave_out_addresses, None)]
    targets = [target, f"build/bundles/{Path(target).name}.json"]
    bundle, metafile = env.Command(targets, entry, actions, **variables)
    env.Depends(bundle, [needs, "tsconfig.json", "package-lock.json"])
    env["METAFILES"] += [metafile]
    return [bundle]


def _leave_out_addresses(target, source, env):
    """No address outside the origin is in dist, not even in an error message of a library."""
    path = Path(str(target[0]))
    path.write_text(_ADDRESS.sub("[address left out]", path.read_text(encoding="utf-8")), encoding="utf-8")
