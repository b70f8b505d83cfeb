"""Our executor on WebGL, in software, against WASM's kernels: every built network, at several sizes and batches."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Playwright

from models.evaluation.static_server import Answer, StaticServer
from tests.faults.engines import Engine, x_display

# Of an output's largest value: what the probe allows a backend.
TOLERANCE = 1e-4
# Network, shapes of its input, how it is stored. A tracked hand's sizes; batches that are padded to, and one patch.
CASES: dict[str, tuple[list[list[int]], str]] = {
    "hand_detector": ([[1, 192, 192, 3]], "float16"),
    "nail_heatmap": ([[1, 256, 192, 3], [1, 64, 128, 3], [1, 128, 64, 3]], "float16"),
    "nail_patch": ([[5, 64, 64, 3], [1, 64, 64, 3]], "uint8"),
    "nail_patch_r6d": ([[2, 64, 64, 3]], "float16"),
}
SETUP = """
window.backends = {}
for (const name of ['wasm', 'webgl']) {
  const { open } = await import(`/backend_${name}.js`)
  backends[name] = await open(location.origin + '/', () => {})
  await backends[name].check()
}
// TensorFlow.js draws elements, our executor arrays.
window.calls = { drawElements: 0, drawArrays: 0, readPixels: 0 }
for (const name of Object.keys(calls)) {
  const draw = WebGL2RenderingContext.prototype[name]
  WebGL2RenderingContext.prototype[name] = function (...words) {
    calls[name]++
    return draw.apply(this, words)
  }
}
window.filesOf = async (folder) => {
  const graph = await (await fetch(`${folder}/model.json`)).text()
  const { weightsManifest, signature } = JSON.parse(graph)
  const weights = await (await fetch(`${folder}/${weightsManifest[0].paths[0]}`)).arrayBuffer()
  const outputs = Object.fromEntries(Object.entries(signature.outputs).map(([name, node]) => [name, node.name]))
  return { graph, weights, input: Object.values(signature.inputs)[0].name, outputs }
}
window.off = (got, expected) => {
  if (got.length !== expected.length) return 1
  const most = Math.max(...expected.map(Math.abs))
  return Math.max(...got.map((value, at) => Math.abs(value - expected[at]))) / most
}
"""
# Twice, the second with another input and started before the first is there.
COMPARE = """
const [folder, shapes] = arg
const files = await filesOf(folder)
const outputs = Object.keys(files.outputs)
const { wasm, webgl } = backends
const found = []
const networks = { wasm: wasm.load(files), webgl: webgl.load(files) }
for (const shape of [...shapes, shapes[0]]) {
  const length = shape.reduce((product, side) => product * side)
  const inputs = [0, 1].map((run) => Float32Array.from({ length }, (_, i) => 1.5 * Math.sin(i * 0.73 + run)))
  const results = {}
  for (const [name, network] of Object.entries(networks)) {
    await backends[name].activate()
    if (name === 'webgl') Object.assign(calls, { drawElements: 0, drawArrays: 0, readPixels: 0 })
    await network.prepare(shape, outputs)
    results[name] = await Promise.all(inputs.map((input) => network.run(input, shape, outputs)))
  }
  const errors = results.wasm.flatMap((run, k) => run.map((values, output) => off(results.webgl[k][output], values)))
  found.push({ worst: Math.max(...errors), calls: { ...calls }, memory: webgl.memory().tensorBytes })
}
for (const network of Object.values(networks)) network.dispose()
return found
"""


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest, playwright: Playwright, server_of_dist: StaticServer) -> Iterator[Any]:
    with x_display() as display:
        engine = Engine(request.param, playwright, display)
        opened = engine.open()
        opened.goto(f"{server_of_dist.url}/blank")
        opened.evaluate(SETUP)
        yield opened
        opened.close()
        engine.close()


@pytest.fixture(scope="module")
def server_of_dist(dist_dir: Any) -> Iterator[StaticServer]:
    with StaticServer(dist_dir) as server:
        server.faults["/blank"] = lambda _: Answer(b"<!doctype html>", headers={"Content-Type": "text/html"})
        yield server


@pytest.mark.parametrize("name", CASES)
def test_networks_at_several_sizes(page: Any, name: str) -> None:
    shapes, precision = CASES[name]
    found = page.evaluate(COMPARE, [f"/models/{name}/{precision}", shapes])
    print(f"{page.engine}, {name}: off by {max(each['worst'] for each in found):.1e} at most")
    assert max(each["worst"] for each in found) < TOLERANCE
    for each in found:
        assert each["calls"]["drawElements"] == 0, "TensorFlow.js's kernels computed it"
        assert each["calls"]["drawArrays"] > 50
        assert each["calls"]["readPixels"] == 1, "two runs that are started together are read together"
    assert found[-1]["memory"] == found[-2]["memory"], "a size that was there before takes nothing"
