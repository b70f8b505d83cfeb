"""ModelManifest: dist/models/manifest.json, the SHA-256 and size of every graph model's files."""

from pathlib import Path


def generate(env):
    env.AddMethod(_model_manifest, "ModelManifest")
    env.AddMethod(_of_models, "OfModels")


def exists(env):
    return True


def _model_manifest(env, target, graphs):
    """graphs: the nodes of TfjsGraph; their folders tell model and number format."""
    folders = sorted({Path(str(node)).parent for node in env.Flatten(graphs)})
    models = " ".join(f"--model {folder.parent.name}={folder}:{folder.name}" for folder in folders)
    return env.PythonModule(target, graphs, "models.conversion.manifest", f"--out $TARGET {models}")


def _of_models(env, graphs, *models):
    """Those of the nodes of TfjsGraph that are of these models."""
    return [node for node in env.Flatten(graphs) if Path(str(node)).parents[1].name in models]
