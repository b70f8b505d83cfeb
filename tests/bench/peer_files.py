"""What the peers of the benchmark load, served beside dist: from node_modules and build/, never part of dist."""

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from models.conversion.quiet_tensorflow import tensorflow
from models.evaluation.static_server import MIME_TYPES, Answer, FaultHook, StaticServer
from tests.conftest import ROOT
from tests.sdk.conftest import bundle_with_esbuild

PACKAGES = ROOT / "node_modules"
HANDS = PACKAGES / "@mediapipe" / "hands"
PAGE = ROOT / "tests" / "bench" / "peers" / "page.ts"


def mount_peers(server: StaticServer, scratch: Path) -> None:
    """Adds /peers/… to a server of dist. scratch: a folder for the page's bundle."""
    folders = {
        "tasks-vision": PACKAGES / "@mediapipe" / "tasks-vision" / "wasm",
        "hands": HANDS,
        "onnxruntime": PACKAGES / "onnxruntime-web" / "dist",
    }
    for name, folder in folders.items():
        for path in folder.iterdir():
            if path.is_file() and path.suffix != ".map":
                server.faults[f"/peers/{name}/{path.name}"] = _file(path)
    for model in ("nail_heatmap", "nail_patch"):
        content = of_any_size(ROOT / "build" / "models" / model / f"{model}.onnx")
        server.faults[f"/peers/models/{model}.onnx"] = _content(content, ".bin")
    server.faults["/peers/hand_landmarker.task"] = lambda _: _answer(hand_landmarker(), ".bin")
    bundle = bundle_with_esbuild(
        ROOT,
        PAGE,
        scratch / "peers.js",
        "--format=esm",
        "--target=es2022",
        "--alias:lunula=./index.js",
        "--external:./index.js",
        "--conditions=onnxruntime-web-use-extern-wasm",
    )
    script = bundle.read_text().replace('"./index.js"', '"/index.js"')
    server.faults["/peers/page.js"] = _content(script.encode(), ".js")
    html = '<!doctype html><meta charset="utf-8"><base href="/"><script src="/peers/hands/hands.js"></script>'
    html += '<body><script type="module" src="/peers/page.js"></script>'
    server.faults["/peers/page.html"] = _content(html.encode(), ".html")


def _file(path: Path) -> FaultHook:
    return lambda _: _answer(path.read_bytes(), path.suffix)


def _content(content: bytes, suffix: str) -> FaultHook:
    return lambda _: _answer(content, suffix)


def _answer(content: bytes, suffix: str) -> Answer:
    kind = ".js" if suffix == ".mjs" else suffix
    return Answer(content, headers={"Content-Type": MIME_TYPES.get(kind, "application/octet-stream")})


def of_any_size(onnx_file: Path) -> bytes:
    """The ONNX file without fixed dimensions: its graph holds none beside those of its inputs and outputs."""
    tensorflow()  # before onnx: the conversion's tests may share this process
    import onnx

    model = onnx.load(onnx_file)
    del model.graph.value_info[:]
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.ClearField("shape")
    return bytes(model.SerializeToString())


def hand_landmarker() -> bytes:
    """The model file of tasks-vision's hand landmarker, put together from MediaPipe's Python package (Apache-2.0).

    Those in @mediapipe/hands lack the metadata that tasks-vision asks for.
    """
    modules = mediapipe() / "mediapipe" / "modules"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.write(modules / "palm_detection" / "palm_detection_full.tflite", "hand_detector.tflite")
        archive.write(modules / "hand_landmark" / "hand_landmark_full.tflite", "hand_landmarks_detector.tflite")
    return out.getvalue()


def mediapipe() -> Path:
    """The Python package's files, from the registry the first time; it is never imported, so any system's will do."""
    folder = ROOT / "build" / "peers"
    if not (folder / "mediapipe").is_dir():
        system = ["--python-platform", "x86_64-manylinux_2_17", "--python-version", "3.11"]
        uv = shutil.which("uv", path=f"{ROOT / '.bootstrap/uv/bin'}:{os.environ['PATH']}")
        if uv is None:
            raise FileNotFoundError("uv not found; ./bootstrap installs it")
        install = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", *system]
        subprocess.run([*install, "--target", folder, "-r", ROOT / "requirements" / "peers.txt"], check=True)
    return folder
