"""TfjsGraph: a SavedModel to a TensorFlow.js graph model with quantised weights in 4 MiB shards."""

from pathlib import Path

from SCons.Action import Action
from stop import failed


def generate(env):
    env.AddMethod(_tfjs_graph, "TfjsGraph")


def exists(env):
    return True


def _tfjs_graph(env, saved_model, checkpoint, dtype, photos, kernels, shards, model=None, root="dist/models"):
    """model.json and its shards in ROOT/MODEL/DTYPE; another number of `shards` is an error."""
    model = model or Path(str(checkpoint)).stem
    folder = f"{root}/{model}/{dtype}"
    names = [f"group1-shard{k}of{shards}.bin" for k in range(1, shards + 1)]
    nodes = env.PythonModule(
        [f"{folder}/{name}" for name in ["model.json", *names]],
        [saved_model, kernels],
        "models.conversion.tfjs",
        f"--model {model} --dtype {dtype} --photos {photos} --out ${{TARGET.dir}}"
        " --saved-model ${SOURCES[0].dir} --kernels ${SOURCES[1]}",
        pins=("numpy", "tensorflow", "tensorflowjs"),
    )
    env.Depends(nodes, [env.Files("models/conversion/node"), env.Files(photos, ".jpg")])
    env.AddPostAction(nodes, Action(_check_shards, None))
    return nodes


def _check_shards(target, source, env):
    expected = {node.name for node in target[0].get_executor().get_all_targets()}
    # Compressed siblings may be there from the build before.
    found = {path.name for path in Path(str(target[0].dir)).iterdir() if path.suffix not in {".br", ".gz"}}
    if found != expected:
        return failed(
            f"{target[0].dir} holds {', '.join(sorted(found))}; SConstruct expects {', '.join(sorted(expected))}:"
            " correct its number of shards."
        )
    return None
