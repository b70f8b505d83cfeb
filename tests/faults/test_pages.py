"""Pages that make it hard: a strict policy, isolation or none, a frame, a sub-path; and none that sends anything."""

import os
import shutil
from pathlib import Path

import pytest

from models.evaluation.static_server import MIME_TYPES, Answer, StaticServer
from tests.conftest import Sample
from tests.faults.conftest import Session
from tests.faults.engines import OpenPage
from tests.proxy import Proxy

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
ASSETS = "shop/static/lunula"
PAGE = """<!doctype html><meta charset=utf-8><title>Shop</title><link rel=icon href=static/lunula/icons/icon.svg>
<script type=module src=page.js></script>"""
FRAME = PAGE + "<iframe src=page.html></iframe>"
# Paints a photo, then tells how many nails it has, whether the page is isolated, and what the policy refused.
SCRIPT = """
const refused = []
document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => refused.push(violatedDirective))
globalThis.painted = (async () => {
  const { NailTryOn } = await import('./static/lunula/index.js')
  const tryOn = await NailTryOn.create({ backend: 'wasm', store: 'memory' })
  const photo = await (await fetch('./static/lunula/samples/PHOTO')).blob()
  const nails = await tryOn.paint(photo, document.body.appendChild(document.createElement('canvas')))
  await tryOn.close()
  return { nails: nails.length, refused, isolated: crossOriginIsolated }
})()
"""


@pytest.mark.parametrize(
    "isolated",
    [
        pytest.param(True, marks=pytest.mark.fault("csp-isolated")),
        pytest.param(False, marks=pytest.mark.fault("csp-plain")),
    ],
    ids=["isolated", "plain"],
)
@pytest.mark.fault("csp-frame")
@pytest.mark.fault("csp-path")
def test_a_strict_policy_under_a_sub_path_and_in_a_frame(
    open_page: OpenPage, dist_dir: Path, samples: list[Sample], tmp_path: Path, isolated: bool
) -> None:
    shutil.copytree(dist_dir, tmp_path / ASSETS, copy_function=os.link)
    with StaticServer(tmp_path, isolated=isolated) as server:
        server.headers["Content-Security-Policy"] = POLICY
        script = SCRIPT.replace("PHOTO", samples[0].photo.name)
        for name, text in {"frame.html": FRAME, "page.html": PAGE, "page.js": script}.items():
            answer = Answer(text.encode(), headers={"Content-Type": MIME_TYPES[Path(name).suffix]})
            server.faults[f"/shop/{name}"] = lambda _, answer=answer: answer  # type: ignore[misc]
        page = open_page()
        page.goto(f"{server.url}/shop/frame.html")
        outer = page.evaluate(PAINTED.format("window"))
        inner = page.evaluate(PAINTED.format("document.querySelector('iframe').contentWindow"))
    assert outer["nails"] >= 3
    assert outer["refused"] == []
    assert inner == outer
    assert outer["isolated"] is isolated or page.engine == "webkit"


# WebKit may say that a page is there before its module has run.
PAINTED = "while (!{0}.painted) await new Promise((done) => setTimeout(done, 20)); return {0}.painted"

TRY_ON = """
window.stream = await sdk.openCamera()
window.video = document.body.appendChild(document.createElement('video'))
Object.assign(video, { muted: true, playsInline: true, srcObject: stream })
const canvas = document.body.appendChild(document.createElement('canvas'))
video.play().catch(() => {})
await tryOn.start(video, canvas)
await until(() => count('frame') >= 5)
tryOn.polish = { color: '#14a046', finish: 'matte' }
tryOn.stop()
sdk.closeCamera(stream)
const photo = await bitmapOf(arg)
const still = document.createElement('canvas')
await tryOn.detect(photo)
const { length } = await tryOn.paint(photo, still)
inWorker("setTimeout(() => { throw new Error('gone') })")
await until(() => count('recovered') > 0)
await tryOn.paint(photo, still)
return length
"""


@pytest.mark.fault("nothing-sent")
def test_a_whole_try_on_asks_its_own_origin_for_its_own_files_only(
    session: Session, fault_server: StaticServer, dist_dir: Path, hand: str
) -> None:
    """Loading, camera, stills, another polish, a worker that dies: everything that leaves the machine is seen."""
    with Proxy() as proxy:
        page = session(page={"proxy": proxy.address}, store="indexeddb")
        since = len(fault_server.requests)
        assert page.evaluate(TRY_ON, hand) >= 3
        own = {f"/{path.relative_to(dist_dir)}" for path in dist_dir.rglob("*")} | {"/blank", "/favicon.ico"}
        assert set(fault_server.paths()) <= own
        assert {request.method for request in fault_server.requests} <= {"GET", "HEAD"}
        # A photo's scripts; the worker that took over loads its own and looks for a newer version; nothing else.
        modules = ("/lunula_core.wasm", "/lunula_convolution", "/tfjs-backend")
        allowed = ("/still.js", "/photo.js", "/worker.js", "/backend_", *modules, "/models/manifest.json")
        assert [path for path in fault_server.paths(since) if not path.startswith(allowed)] == []
        assert proxy.asked == []
        page.evaluate("await fetch('http://elsewhere.example/pixel.gif').catch(() => 0)")
        assert any("elsewhere.example" in line for line in proxy.asked), "the instrument sees a request"
