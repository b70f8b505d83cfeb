"""SavedModel: an ONNX file to a frozen SavedModel in NCHW, by onnx-tf; fails where it differs from PyTorch."""

from pathlib import Path


def generate(env):
    env.AddMethod(_saved_model, "SavedModel")


def exists(env):
    return True


def _saved_model(env, onnx, checkpoint, photos, model=None):
    """The one file of a SavedModel whose graph is frozen: saved_model.pb."""
    model = model or Path(str(checkpoint)).stem
    arguments = (
        f"--model {model} --onnx ${{SOURCES[0]}} --checkpoint ${{SOURCES[1]}} --photos {photos} --out ${{TARGET.dir}}"
    )
    node = env.PythonModule(
        f"build/models/{model}/nchw/saved_model.pb",
        [onnx, checkpoint],
        "models.conversion.onnx_to_saved_model",
        arguments,
        pins=("numpy", "onnx", "onnx-tf", "tensorflow", "torch"),
    )
    env.Depends(node, env.Files(photos, ".jpg"))
    return node
