"""ModelManifest: dist/models/manifest.json, the SHA-256 and size of every graph model's files."""

from pathlib import Path


def generate(env):
    env.AddMethod(_model_manifest, "ModelManifest")


def exists(env):
    return True


def _model_manifest(env, target, graphs):
    """graphs: the nodes of TfjsGraph; their folders tell model and number format."""
    folders = sorted({Path(str(node)).parent for node in env.Flatten(graphs)})
    models = " ".join(f"--model {folder.parent.name}={folder}:{folder.name}" for folder in folders)
    return env.PythonModule(target, graphs, "models.conversion.manifest", f"--out $TARGET {models}")
