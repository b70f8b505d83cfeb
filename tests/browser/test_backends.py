"""Every backend gives the same nails, in Chromium; the choice is measured, remembered and measured again."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.core import Core
from models.evaluation.dist_session import DistSession, SdkError
from models.evaluation.nail import Nail
from models.evaluation.static_server import Answer, StaticServer
from tests.browser.contours import hausdorff
from tests.conftest import TIMEOUT_MS, Sample

CONTOUR_PX = 1.0
# Chromium's own software adapter: right, but of no speed.
WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")


def test_hausdorff_of_known_polygons() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    assert hausdorff(square, square + np.array([0.5, 0])) == 0.5
    # A vertex on an edge adds no distance; a spike of 3 px does.
    assert hausdorff(square, np.insert(square, 1, [5, 0], axis=0)) == 0
    assert hausdorff(square, np.insert(square, 1, [5, -3], axis=0)) == 3


@pytest.fixture
def webgpu_page(playwright: Playwright) -> Iterator[Page]:
    with open_chromium(playwright, args=WEBGPU) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        yield chromium.context.new_page()


def test_webgl_gives_the_nails_of_wasm(
    shared_session: DistSession, open_session: Callable[..., DistSession], samples: list[Sample]
) -> None:
    webgl = open_session(backend="webgl", store="memory")
    assert (webgl.backend, shared_session.backend) == ("webgl", "wasm")
    assert_same_nails(shared_session, webgl, samples[::3])


def test_webgpu_gives_the_nails_of_wasm(
    shared_session: DistSession, webgpu_page: Page, server: StaticServer, samples: list[Sample]
) -> None:
    webgpu = DistSession(webgpu_page, server).create(backend="webgpu", store="memory")
    assert webgpu.backend == "webgpu"
    assert_same_nails(shared_session, webgpu, samples[:1])  # software: 20 s a photo


CUT = """
async ([name, assets, picture, affines, size, batch]) => {
  const { open } = await import(`${assets}backend_${name}.js`)
  const backend = await open(assets, () => {})
  await backend.check()
  const canvas = new OffscreenCanvas(picture.width, picture.height)
  const pixels = new Uint8ClampedArray(picture.rgba)
  canvas.getContext('2d').putImageData(new ImageData(pixels, picture.width), 0, 0)
  const frame = canvas.transferToImageBitmap() // a VideoFrame needs a graphics card in Chromium
  const taken = backend.crops.take(frame, picture)
  frame.close()
  const input = backend.crops.cut(new Float32Array(affines.flat()), size, 1, batch) // 1: nail_patch
  const tensor = input.tensor([batch, size.height, size.width, 3])
  const values = Array.from(await tensor.data())
  tensor.dispose()
  backend.close()
  return { taken, values: values.slice(0, affines.length * size.width * size.height * 3) }
}
"""
AFFINES = [
    [1, 0, 3, 0, 1, 2],  # pixel on pixel
    [2.5, 0, -20, 0, 2.5, -12],  # smaller, over two borders
    [0.4, -0.3, 20, 0.3, 0.4, 10],  # turned and larger
    [-1, 0, 40, 0, 1, 0],  # mirrored
    [-3.1, 1.2, 60, -1.1, -2.9, 50],  # turned, mirrored and smaller
]


@pytest.mark.parametrize("backend", ["webgpu", "webgl"])
def test_a_device_cuts_what_the_core_samples(backend: str, webgpu_page: Page, server: StaticServer) -> None:
    """Tracked frames stay on the device: the shader's crops against the native core's."""
    picture = np.random.default_rng(1).integers(0, 256, (48, 64, 4), np.uint8)
    picture[..., 3] = 255
    size = (20, 24)
    expected = Core().sample(picture, np.array(AFFINES, np.float32), size, "nail_patch")
    webgpu_page.goto(server.url + "/index.html")
    found = webgpu_page.evaluate(
        CUT,
        [
            backend,
            server.url + "/",
            {"width": 64, "height": 48, "rgba": picture.reshape(-1).tolist()},
            AFFINES,
            {"width": size[0], "height": size[1]},
            8,
        ],
    )
    assert found["taken"]
    np.testing.assert_allclose(np.reshape(found["values"], expected.shape), expected, atol=2e-4)


# A patch by our kernels, then on another device after a fault. in_groups: only our shaders have it.
EXECUTOR = """
async ([assets, folder, fault]) => {
  const { createShaderModule } = GPUDevice.prototype
  const { requestDevice } = GPUAdapter.prototype
  let device
  GPUAdapter.prototype.requestDevice = async function (...words) {
    device = await requestDevice.apply(this, words)
    return device
  }
  const { open } = await import(`${assets}backend_webgpu.js`)
  const graph = await (await fetch(`${folder}/model.json`)).text()
  const { weightsManifest, signature } = JSON.parse(graph)
  const weights = await (await fetch(`${folder}/${weightsManifest[0].paths[0]}`)).arrayBuffer()
  const outputs = Object.fromEntries(Object.entries(signature.outputs).map(([name, node]) => [name, node.name]))
  const files = { graph, weights, input: Object.values(signature.inputs)[0].name, outputs }
  const input = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => Math.sin(i * 0.73))
  const run = (network) => network.run(input, [1, 64, 64, 3], Object.keys(outputs))
  let [compiled, losses] = [0, 0]
  const opened = async (change) => {
    GPUDevice.prototype.createShaderModule = function (words) {
      const ours = words.code.includes('in_groups: u32')
      compiled += ours
      return createShaderModule.call(this, ours ? { ...words, code: change(words.code) } : words)
    }
    const backend = await open(assets, () => losses++)
    await backend.check()
    return backend
  }
  const found = {}
  const healthy = await opened((code) => code)
  const network = healthy.load(files)
  const expected = await run(network)
  found.ours = compiled > 0 && healthy.crops !== undefined
  if (fault === 'lost') {
    const running = run(network).then(() => 'came', () => 'rejected')
    device.destroy()
    found.running = await running
    await new Promise((resolve) => setTimeout(resolve, 50))
    Object.assign(found, { losses, told: healthy.lost })
  }
  healthy.close()
  const changes = {
    lost: (code) => code,
    wrong: (code) => code.replace('sum0 = vec4f(0)', 'sum0 = vec4f(1)'),
    invalid: (code) => `${code} this is no shader`,
  }
  const other = await opened(changes[fault])
  const values = await run(other.load(files))
  found.trusted = other.crops !== undefined
  found.worst = Math.max(
    ...expected.flatMap((output, k) => Array.from(output, (value, at) => Math.abs(value - values[k][at]))),
  )
  other.close()
  return found
}
"""


@pytest.mark.parametrize("fault", ["wrong", "invalid", "lost"])
def test_networks_go_on_when_our_kernels_fail_on_webgpu(fault: str, webgpu_page: Page, server: StaticServer) -> None:
    """Kernels that compute wrongly or do not compile: TensorFlow.js's take over. A lost device: another does."""
    webgpu_page.goto(server.url + "/index.html")
    found = webgpu_page.evaluate(EXECUTOR, [server.url + "/", "/models/nail_patch/float16", fault])
    assert found["ours"]
    assert found["worst"] < 1e-3
    assert found["trusted"] == (fault == "lost"), "what was found wrong cuts no inputs either"
    if fault == "lost":
        assert (found["running"], found["losses"], found["told"]) == ("rejected", 1, True)


def assert_same_nails(one: DistSession, other: DistSession, samples: list[Sample]) -> None:
    worst = 0.0
    for sample in samples:
        photo = sample.photo.read_bytes()
        pairs = matched(one.detect(photo), other.detect(photo))
        assert pairs, sample.name
        for nail, twin in pairs:
            assert nail["finger"] == twin["finger"]
            assert abs(nail["confidence"] - twin["confidence"]) < 0.02
            worst = max(worst, hausdorff(nail["contour"], twin["contour"]))
    print(f"largest contour distance {worst:.6f} px")
    assert worst <= CONTOUR_PX


def test_only_the_chosen_backend_is_loaded(open_session: Callable[..., DistSession], server: StaticServer) -> None:
    open_session(backend="webgl", store="memory")
    assert chunks(server) == {"/backend_webgl.js"}


def test_a_backend_that_is_not_there_is_said_to_be_missing(
    open_session: Callable[..., DistSession], server: StaticServer
) -> None:
    with pytest.raises(SdkError) as raised:
        open_session(backend="webgpu", store="memory")  # this Chromium has no adapter
    assert raised.value.code == "backend-unavailable"
    assert "webgpu" in raised.value.message


def test_the_measured_choice_is_remembered_until_the_browser_changes(page: Page, server: StaticServer) -> None:
    first = DistSession(page, server).create()
    measured = chunks(server)
    assert {"/backend_wasm.js", "/backend_webgl.js"} <= measured
    remembered = json.loads(page.evaluate("localStorage.getItem('lunula:backend')"))
    assert remembered["variant"].startswith(first.backend)
    first.close()

    seen = len(server.requests)
    again = DistSession(page, server).create()
    assert again.backend == first.backend
    assert chunks(server, seen) == {f"/backend_{remembered['variant']}.js"}
    again.close()

    of_another_version = json.dumps({**remembered, "browser": "old"})
    page.evaluate("(text) => localStorage.setItem('lunula:backend', text)", of_another_version)
    seen = len(server.requests)
    DistSession(page, server).create()
    assert chunks(server, seen) == measured


def test_a_remembered_backend_that_fails_is_measured_again(page: Page, server: StaticServer) -> None:
    session = DistSession(page, server)
    remember(page, "webgl")
    server.faults["/backend_webgl.js"] = lambda _: Answer(b"gone", 404)
    assert session.create().backend == "wasm"


def chunks(server: StaticServer, since: int = 0) -> set[str]:
    """Backends that were fetched, from the since-th request on."""
    return {path for path in server.paths(since) if path.startswith("/backend_")}


def test_threads_give_the_nails_of_one_thread_under_a_strict_policy(
    page: Page, serve: Callable[..., StaticServer], shared_session: DistSession, samples: list[Sample]
) -> None:
    server = serve(isolated=True)
    server.headers["Content-Security-Policy"] = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
    session = DistSession(page, server)
    remember(page, "wasm_threads")
    session.create(backend="wasm")
    assert chunks(server) == {"/backend_wasm_threads.js"}
    assert_same_nails(shared_session, session, samples[:2])


def test_without_isolation_there_are_no_threads(page: Page, server: StaticServer) -> None:
    session = DistSession(page, server)
    remember(page, "wasm_threads")
    session.create(backend="wasm")
    assert chunks(server) == {"/backend_wasm.js"}


def remember(page: Page, variant: str) -> None:
    """As if an earlier visit had measured it."""
    page.evaluate(
        """(variant) => {
          const browser = `${navigator.userAgent} ${crossOriginIsolated ? 'isolated' : 'plain'}`
          localStorage.setItem('lunula:backend', JSON.stringify({ browser, variant }))
        }""",
        variant,
    )


def matched(ones: list[Nail], others: list[Nail]) -> list[tuple[Nail, Nail]]:
    """Each nail with the other side's nearest; both sides must report the same number, one to one."""
    assert len(ones) == len(others)
    if not ones:
        return []
    place = np.array([[nail["center"]["x"], nail["center"]["y"]] for nail in others])
    nearest = [int(np.hypot(*(place - [nail["center"]["x"], nail["center"]["y"]]).T).argmin()) for nail in ones]
    assert len(set(nearest)) == len(ones), "two nails of one backend are nearest to the same nail of the other"
    return [(nail, others[k]) for nail, k in zip(ones, nearest, strict=True)]
