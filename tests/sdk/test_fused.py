"""RT-DETR with fused operators gives what it gives operator by operator. Long: it needs `scons rtdetr`.

Operator by operator on WASM: TensorFlow.js's convolutions on WebGL are wrong where what they unroll an image to is more
than a texture is long (432x432, and a longest side of 16,384 or less).
"""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.dist_session import BLANK, add_pages
from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import ROOT, Sample
from tests.sdk.session_page import url_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")
PAGE = ROOT / "tests" / "bench" / "fused.js"


@pytest.mark.parametrize(
    ("backend", "model"),
    [
        ("wasm", "nail_rtdetr"),
        ("wasm", "nail_rtdetr_full"),
        ("webgl", "nail_rtdetr"),
        ("webgl", "nail_rtdetr_full"),
        ("webgpu", "nail_rtdetr"),
    ],
)
def test_fused_operators_give_the_same(
    dist_dir: Path, playwright: Playwright, samples: list[Sample], backend: str, model: str
) -> None:
    if not (dist_dir / "models/rtdetr.json").is_file():
        pytest.fail(f"{dist_dir.name}/ holds no RT-DETR; run `scons rtdetr` first", False)
    with StaticServer(dist_dir) as server, open_chromium(playwright, args=WEBGPU) as chromium:
        add_pages(server)
        page_script = Answer(PAGE.read_bytes(), headers={"Content-Type": "text/javascript"})
        server.faults["/fused.js"] = lambda _: page_script
        page = chromium.context.new_page()
        page.set_default_timeout(300_000)
        page.goto(server.url + BLANK)
        found = page.evaluate(
            """async ([name, model, photo]) => {
              const { error, load, once, pixels } = await import('/fused.js')
              const opened = async (name) =>
                (await import(`/backend_${name}_rtdetr.js`)).open(new URL('/', location.href).href, () => {})
              const plain = await opened('wasm')
              const { networks: [reference], shape } = await load(plain, model, [false])
              const image = await pixels(photo, shape)
              const theirs = await once(reference, image, shape)
              plain.close()
              const backend = await opened(name)
              const before = backend.memory().tensors
              const { networks: [network] } = await load(backend, model, [true])
              const ours = await once(network, image, shape)
              const errors = theirs.values.map((values, at) => error(ours.values[at], values))
              network.dispose()
              await new Promise((resolve) => setTimeout(resolve))
              const grown = backend.memory().tensors - before
              return { errors, lengths: theirs.values.map(({ length }) => length), grown }
            }""",
            [backend, model, url_of(samples[0])],
        )
    side = 128 if model == "nail_rtdetr" else 216
    assert found["lengths"] == [160, 80, 200, 80, 5 * side * side]
    assert max(found["errors"]) < 1e-4
    assert found["grown"] == 0
