"""Nhwc: a SavedModel in NCHW to one in NHWC with free sizes; fails where it differs from PyTorch."""

from pathlib import Path


def generate(env):
    env.AddMethod(_nhwc, "Nhwc")


def exists(env):
    return True


def _nhwc(env, saved_model, checkpoint, photos, model=None):
    model = model or Path(str(checkpoint)).stem
    arguments = (
        f"--model {model} --saved-model ${{SOURCES[0].dir}} --checkpoint ${{SOURCES[1]}} --photos {photos}"
        " --out ${TARGET.dir}"
    )
    node = env.PythonModule(
        f"build/models/{model}/nhwc/saved_model.pb",
        [saved_model, checkpoint],
        "models.conversion.nhwc",
        arguments,
        pins=("numpy", "tensorflow", "torch"),
    )
    env.Depends(node, env.Files(photos, ".jpg"))
    return node
