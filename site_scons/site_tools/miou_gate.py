"""MiouGate: scores the built dist in Chromium against PyTorch on the samples; fails past the bounds (DESIGN §3)."""


def generate(env):
    env.AddMethod(_miou_gate, "MiouGate")


def exists(env):
    return True


def _miou_gate(env, target, dist, photos, masks, native, checkpoints, engine="cascade"):
    """The figures as JSON. dist: the nodes that the SDK fetches."""
    arguments = f"--dist dist --photos {photos} --masks {masks} --checkpoints $CHECKPOINTS"
    arguments += f" --engine {engine} --json $TARGET"
    node = env.PythonModule(target, [dist, native, checkpoints], "models.evaluation.gate", arguments)
    env.Depends(node, [env.Files(photos, ".jpg"), env.Files(masks), "models/evaluation/page.js"])
    return node
