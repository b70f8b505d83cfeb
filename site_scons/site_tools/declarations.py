"""Declarations: the SDK's .d.ts files, by tsc, which checks the types on the way."""

import shutil
from pathlib import Path

from SCons.Action import Action


def generate(env):
    env["TSC"] = "node_modules/.bin/tsc"
    env.AddMethod(_declarations, "Declarations")


def exists(env):
    return True


def _declarations(env, folder, source, project, roots):
    """One .d.ts in `folder` for each .ts source; roots: {source folder: folder below `folder` that mirrors it}."""
    moves = {
        str(Path(str(node)).with_suffix(".d.ts")): str(Path(folder, _mirrored(str(node), roots)).with_suffix(".d.ts"))
        for node in env.Flatten([source])
        if not node.name.endswith(".d.ts")  # written by hand, for a module that the bundler makes
    }
    emitted = Path("build/types")

    def clear(target, source, env):
        # The folder too: a source that is gone would leave its types behind.
        for stale in (emitted, Path(folder)):
            shutil.rmtree(stale, ignore_errors=True)

    actions = [
        Action(clear, None),
        Action(f"$TSC -p {project} --outDir {emitted}", f"types: {folder}"),
        Action(lambda target, source, env: _move(emitted, moves), None),
    ]
    nodes = env.Command(sorted(moves.values()), source, actions)
    env.Clean(nodes, str(emitted))
    env.Depends(nodes, [project, "tsconfig.json", "package-lock.json"])
    return nodes


def _mirrored(path, roots):
    for root, mirror in roots.items():
        if Path(path).is_relative_to(root):
            return Path(mirror, Path(path).relative_to(root))
    raise ValueError(f"{path} is in none of {', '.join(roots)}")


def _move(emitted, moves):
    for source, target in moves.items():
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(emitted / source, target)
