"""Three ways from PyTorch into a browser, in one page, taking turns: python -m tests.bench.three_ways [--out FILE].

(a) the product: ONNX -> onnx-tf -> TensorFlow.js, as in dist; (b) the same ONNX file in onnxruntime-web; (c) the
network written natively in Keras with copied weights, converted by tensorflowjs (`nail_heatmap` only). All compute on
WASM with one thread. Prints size, operators, error against PyTorch and milliseconds of each. Needs `scons rtdetr`.
"""

import argparse
import base64
import gzip
import json
import statistics
import subprocess
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Playwright, sync_playwright

from models.conversion import gates, tfjs, tfjs_files
from models.conversion.export_onnx import load_network
from models.conversion.gate_inputs import gate_inputs
from models.conversion.kept_detections import kept_detections
from models.conversion.quiet_tensorflow import tensorflow
from models.evaluation.chromium import open_chromium
from models.evaluation.dist_session import BLANK, add_pages
from models.evaluation.static_server import MIME_TYPES, Answer, StaticServer
from models.spec import NAIL_HEATMAP, NAIL_RTDETR, ModelSpec
from tests.bench import keras_heatmap
from tests.conftest import PHOTOS, ROOT

INPUTS = 2  # different photos that are computed
ORT = ROOT / "node_modules" / "onnxruntime-web" / "dist"
ORT_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
TFJS_WASM = "tfjs-backend-wasm-simd.wasm"


@dataclass(frozen=True)
class Way:
    """One way for one network. path: a folder of TensorFlow.js, or an ONNX file."""

    name: str
    kind: str  # "tfjs" or "onnx"
    path: Path


@dataclass(frozen=True)
class Row:
    """What was found. Sizes in bytes, of the runtime packed with gzip; error: largest absolute difference."""

    network: str
    way: str
    model_bytes: int
    runtime_gzip_bytes: int
    operators: int
    error: float
    median_ms: float
    least_ms: float


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tests.bench.three_ways", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--checkpoints", type=Path, default=ROOT / "models" / "checkpoints", metavar="DIR")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE.json")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        rows = compare(options.dist, options.checkpoints, options.rounds, playwright)
    tell(rows)
    if options.out:
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def compare(dist: Path, checkpoints: Path, rounds: int, playwright: Playwright) -> list[Row]:
    """Every way of both networks. Raises FileNotFoundError for what is not built."""
    tensorflow()  # before onnx
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = {spec.name: ways_of(spec, dist, checkpoints, folder) for spec in (NAIL_HEATMAP, NAIL_RTDETR)}
        chunk = bundle([way.path for found in ways.values() for way in found if way.kind == "tfjs"], folder)
        rows = []
        with StaticServer(dist) as server, open_chromium(playwright) as chromium:
            add_pages(server)
            mount(server, "/three_ways/backend.js", chunk)
            mount(server, "/three_ways/page.js", Path(__file__).with_name("three_ways.js"))
            for file in ORT_FILES:
                mount(server, f"/three_ways/ort/{file}", ORT / file)
            page = chromium.context.new_page()
            page.set_default_timeout(300_000)
            page.goto(server.url + BLANK)
            for spec in (NAIL_HEATMAP, NAIL_RTDETR):
                rows += measure(page, server, spec, ways[spec.name], checkpoints, rounds, chunk)
    return rows


def ways_of(spec: ModelSpec, dist: Path, checkpoints: Path, folder: Path) -> list[Way]:
    """(a), (b) and, for nail_heatmap, (c), which is made here."""
    product = dist / "models" / spec.name / "float16"
    onnx = ROOT / "build" / "models" / spec.name / f"{spec.name}.onnx"
    for path in (product / "model.json", onnx):
        if not path.is_file():
            raise FileNotFoundError(f"{path} is not built; run `scons rtdetr` first")
    ways = [Way("onnx-tf and TF.js", "tfjs", product), Way("onnxruntime-web", "onnx", onnx)]
    if spec is NAIL_HEATMAP:
        size = spec.example_shape[1]
        keras_heatmap.write(checkpoints / f"{spec.name}.safetensors", size, folder / "saved_model")
        tfjs_files.write(tfjs.convert(spec, folder / "saved_model"), "float16", folder / "keras")
        ways.append(Way("Keras and TF.js", "tfjs", folder / "keras"))
    return ways


def bundle(models: list[Path], folder: Path) -> Path:
    """TensorFlow.js on WASM with the kernels of all these graphs, as the build bundles it."""
    entry, out = "sdk_src/src/backends/tfjs/wasm.ts", folder / "backend.js"
    graphs = [path / "model.json" for path in models]
    command: list[str | Path] = ["node", "site_scons/node/bundle_backend.mjs", "wasm", entry, out]
    subprocess.run([*command, folder / "metafile.json", *graphs], check=True, cwd=ROOT)
    return out


def mount(server: StaticServer, url: str, path: Path) -> None:
    """Serves a file of any folder."""
    ending = ".js" if path.suffix == ".mjs" else path.suffix
    answer = Answer(path.read_bytes(), headers={"Content-Type": MIME_TYPES.get(ending, "application/octet-stream")})
    server.faults[url] = lambda _: answer


def measure(
    page: Any, server: StaticServer, spec: ModelSpec, ways: list[Way], checkpoints: Path, rounds: int, chunk: Path
) -> list[Row]:
    """The ways of one network, interleaved."""
    images = gate_inputs(spec, PHOTOS)[:INPUTS]
    root = f"/three_ways/{spec.name}"
    for number, image in enumerate(images):
        body = Answer(image.tobytes())
        server.faults[f"{root}/{number}.raw"] = lambda _, body=body: body  # type: ignore[misc]
    asked = []
    for number, way in enumerate(ways):
        for file in way.path.iterdir() if way.kind == "tfjs" else [way.path]:
            if file.suffix in {".json", ".bin", ".onnx"}:
                mount(server, f"{root}/{number}/{file.name}", file)
        path = f"{root}/{number}" if way.kind == "tfjs" else f"{root}/{number}/{way.path.name}"
        asked.append({"name": way.name, "kind": way.kind, "path": path})
    names = [output.name for output in spec.outputs]
    found = page.evaluate(
        "async (task) => (await import('/three_ways/page.js')).compare(task)",
        {
            "ways": asked,
            "inputs": [f"{root}/{number}.raw" for number in range(len(images))],
            "shape": list(images[0].shape),
            "outputs": names,
            "rounds": rounds,
        },
    )
    reference = gates.torch_stage(spec, load_network(spec, checkpoints / f"{spec.network or spec.name}.safetensors"))
    rows = []
    for way, times, answers in zip(ways, found["times"], found["answers"], strict=True):
        error = error_of(spec, reference, images, answers)
        sizes = model_bytes(way), runtime_bytes(way, chunk, server.root)
        rows.append(Row(spec.name, way.name, *sizes, operators(way), error, statistics.median(times), min(times)))
    return rows


def error_of(spec: ModelSpec, reference: gates.Stage, images: list[gates.Array], answers: list[list[str]]) -> float:
    """The largest difference of a raw output, of kept detections where there are queries."""
    expected = {id(image): reference(image) for image in images}
    given = {}
    for image, answer in zip(images, answers, strict=True):
        arrays = [np.frombuffer(base64.b64decode(text), np.float32) for text in answer]
        shapes = [value.shape for value in expected[id(image)].values()]
        names = [output.name for output in spec.outputs]
        given[id(image)] = {n: a.reshape(s) for n, a, s in zip(names, arrays, shapes, strict=True)}
    stages: tuple[gates.Stage, gates.Stage] = (lambda image: expected[id(image)], lambda image: given[id(image)])
    if "queries" in spec.constants:
        stages = kept_detections("this way", *stages, strict=False)
    return max(difference.value for difference in gates.compare(*stages, images))


def operators(way: Way) -> int:
    """Nodes of the graph, constants left out."""
    if way.kind == "tfjs":
        nodes = json.loads((way.path / "model.json").read_text())["modelTopology"]["node"]
        return sum(node["op"] not in ("Const", "Placeholder") for node in nodes)
    import onnx

    counts = Counter(node.op_type for node in onnx.load(way.path).graph.node)
    return sum(counts.values()) - counts["Constant"] - counts["Identity"]


def model_bytes(way: Way) -> int:
    """Bytes of the model's files, unpacked."""
    if way.kind == "onnx":
        return way.path.stat().st_size
    return sum(file.stat().st_size for file in way.path.iterdir() if file.suffix in {".json", ".bin"})


def runtime_bytes(way: Way, chunk: Path, dist: Path) -> int:
    """Bytes of what computes, packed with gzip."""
    files = [ORT / file for file in ORT_FILES] if way.kind == "onnx" else [chunk, dist / TFJS_WASM]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def tell(rows: list[Row]) -> None:
    """One line each."""
    print("                                   model MB  runtime MB, gzip  operators    error   median ms   least ms")
    for row in rows:
        sizes = f"{row.model_bytes / 1e6:8.2f}  {row.runtime_gzip_bytes / 1e6:16.2f}"
        times = f"{row.median_ms:10.1f} {row.least_ms:10.1f}"
        print(f"{row.network:13} {row.way:18} {sizes} {row.operators:10}  {row.error:8.2g}  {times}")


if __name__ == "__main__":
    main()
