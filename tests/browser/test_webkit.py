"""Safari's engine, WebKitGTK, paints a photo on WASM."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from models.evaluation.dist_session import BLANK, SCRIPT, add_pages
from models.evaluation.static_server import StaticServer
from tests.browser.pictures import changed, iou, pixels
from tests.conftest import Sample

RUNNER = Path(__file__).with_name("webkit_runner.py")
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's python3-gi is built for it alone

PROGRAM = """
const {{ call }} = await import('{script}')
const step = async (name, options) => {{
  const {{ value, error }} = await call(name, options, 100_000)
  if (error) throw new Error(`${{name}}: ${{error.code ?? error.name}}: ${{error.message}}`)
  return value
}}
const {{ backend }} = await step('create', {options})
const {{ png, nails }} = await step('paint', {photo})
return {{ backend, png, nails: nails.length }}
"""


def run_in_webkit(server: StaticServer, program: str, folder: Path) -> Any:
    """What the program, the body of an async function, returns in an empty page of dist's origin."""
    if shutil.which("xvfb-run") is None:
        pytest.fail("xvfb-run is missing: install Debian's xvfb, python3-gi and gir1.2-webkit2-4.1", False)
    add_pages(server)
    file = folder / "program.js"
    file.write_text(program)
    done = subprocess.run(
        ["xvfb-run", "-a", SYSTEM_PYTHON, str(RUNNER), server.url + BLANK, str(file)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"')]
    assert lines, f"no answer from WebKit:\n{done.stdout}\n{done.stderr}"
    answer = json.loads(lines[-1])
    assert "value" in answer, answer.get("error")
    return answer["value"]


def test_the_runner_is_webkit(server: StaticServer, tmp_path: Path) -> None:
    agent = run_in_webkit(server, "return navigator.userAgent", tmp_path)
    assert "AppleWebKit" in agent
    assert "Chrome" not in agent


@pytest.mark.parametrize("backend", ["wasm", "auto"])
def test_webkit_paints_a_photo(server: StaticServer, samples: list[Sample], tmp_path: Path, backend: str) -> None:
    sample = samples[0]
    photo = {
        "photo": base64.b64encode(sample.photo.read_bytes()).decode(),
        "type": "image/jpeg",
        "polish": {"color": "#8a0f2c", "finish": "cream"},
    }
    options = json.dumps({"backend": backend})
    painted = run_in_webkit(server, PROGRAM.format(script=SCRIPT, options=options, photo=json.dumps(photo)), tmp_path)
    if backend == "wasm":
        assert painted["backend"] == "wasm"
    assert painted["nails"] > 0
    places = changed(sample.photo, pixels(base64.b64decode(painted["png"])))
    assert iou(places, sample.labels() > 0) > 0.45
