"""Runs the Node scripts beside this file with the TF.js packages of a node_modules folder."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversion.errors import ConversionError

SCRIPTS = Path(__file__).parent / "node"


def node(script: str, node_modules: Path, *arguments: str) -> Any:
    """What a script prints, parsed as JSON. Raises ConversionError with the script's last words if it fails."""
    if not (node_modules / "@tensorflow").is_dir():
        raise ConversionError(f"no TF.js packages in {node_modules}: run `npm ci` first, or pass --node-modules DIR")
    command = ["node", str(SCRIPTS / script), str(node_modules), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except FileNotFoundError as error:
        raise ConversionError("node is not on the PATH: run ./bootstrap, or install Node 20 or newer") from error
    if done.returncode != 0:
        raise ConversionError(f"{script} failed: {done.stderr.strip()[-2000:] or f'exit code {done.returncode}'}")
    # TF.js greets on stdout in some builds; the answer is the last line.
    return json.loads(done.stdout.strip().splitlines()[-1])


class TfjsRunner:
    """Runs a TF.js graph model on the WASM backend in Node; all inputs in one process."""

    def __init__(self, model: Path, outputs: Sequence[str], node_modules: Path) -> None:
        self._model = model
        self._outputs = list(outputs)
        self._node_modules = node_modules

    def run_all(self, images: Sequence[NDArray[np.float32]]) -> list[dict[str, NDArray[np.float32]]]:
        """Inputs [N, H, W, 3] -> outputs by spec name, one dict an input."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{number}" for number in range(len(images))]
            for file, image in zip(files, images, strict=True):
                file.write_bytes(np.ascontiguousarray(image, "<f4").tobytes())
            inputs = [{"file": str(f), "shape": image.shape} for f, image in zip(files, images, strict=True)]
            request = Path(folder) / "request.json"
            request.write_text(json.dumps({"inputs": inputs, "outputs": self._outputs}))
            shapes = node("run.mjs", self._node_modules, str(self._model), str(request))
            return [
                {name: np.fromfile(f"{file}.{name}.out", "<f4").reshape(shape) for name, shape in entry.items()}
                for file, entry in zip(files, shapes, strict=True)
            ]
