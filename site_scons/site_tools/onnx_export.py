"""Onnx: a checkpoint to an ONNX file of fixed shapes; fails where it differs from PyTorch."""

from pathlib import Path


def generate(env):
    env.AddMethod(_onnx, "Onnx")


def exists(env):
    return True


def _onnx(env, checkpoint, photos, model=None):
    model = model or Path(str(checkpoint)).stem
    arguments = f"--model {model} --checkpoint $SOURCE --photos {photos} --out $TARGET"
    node = env.PythonModule(
        f"build/models/{model}/{model}.onnx",
        checkpoint,
        "models.conversion.export_onnx",
        arguments,
        pins=("numpy", "onnx", "onnxruntime", "torch"),
    )
    env.Depends(node, env.Files(photos, ".jpg"))
    return node
