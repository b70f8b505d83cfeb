"""WebGL contexts that are lost, in the backend and in the renderer."""

from typing import Any

import pytest

from tests.faults.conftest import Session
from tests.faults.engines import EnginePage

NO_WEBGL_IN_WORKERS = "its workers have no WebGL that TensorFlow.js can use: it computes with WASM"
LOSE = {"idle": "inWorker('loseContext()')", "inference": "inWorker('loseWithinInference()')"}
# Gives the page the renderer's contexts.
CATCH = """
window.contexts = []
const open = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (...words) {
  const context = open.apply(this, words)
  if (context && words[0] === 'webgl2' && !contexts.includes(context)) contexts.push(context)
  return context
}
window.loseContext = () => contexts.at(-1).getExtension('WEBGL_lose_context').loseContext()
"""


def detect_after(page: EnginePage, fault: str) -> dict[str, Any]:
    """Does this to the worker or the page, then asks for a still's nails."""
    found: dict[str, Any] = page.evaluate(
        """
        const before = count('recovered')
        const start = performance.now()
        new Function(arg)()
        await wait(50)
        const nails = await tryOn.detect(photo)
        const told_ = told.filter(({ type }) => type === 'recovered').slice(before)
        return { nails: nails.length, told: told_, backend: tryOn.backend, ms: performance.now() - start }
        """,
        fault,
    )
    print(f"healed in {found['ms']:.0f} ms")
    return found


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("idle", marks=pytest.mark.fault("backend-lost-idle", webkit=NO_WEBGL_IN_WORKERS)),
        pytest.param("inference", marks=pytest.mark.fault("backend-lost-inference", webkit=NO_WEBGL_IN_WORKERS)),
    ],
)
@pytest.mark.fault("backend-lost-twice", webkit=NO_WEBGL_IN_WORKERS)
def test_a_lost_backend_heals_on_a_new_context_and_then_on_wasm(session: Session, hand: str, when: str) -> None:
    page = session(backend="webgl")
    count = page.evaluate("window.photo = await bitmapOf(arg); return (await tryOn.detect(photo)).length", hand)
    assert count >= 3
    for losses in (1, 2):
        found = detect_after(page, LOSE[when])
        assert found["nails"] == count
        (told,) = found["told"]
        assert (told["part"], told["from"]) == ("backend", "context-lost")
        assert told["backend"] == found["backend"]
        if losses == 2:
            assert found["backend"] == "wasm"
        elif found["backend"] == "wasm":
            break  # this machine compiles shaders for so long that WASM goes on sooner
    assert page.evaluate("return tryOn.state") == "ready"


PAINT = """
canvas ??= document.body.appendChild(document.createElement('canvas'))
const nails = await tryOn.paint(photo, canvas)
const { x, y } = nails[0].center
return { at: [x, y], rgb: Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data) }
"""


@pytest.mark.fault("renderer-lost-idle")
@pytest.mark.fault("renderer-lost-twice")
def test_a_lost_renderer_paints_on(session: Session, hand: str) -> None:
    """A still before and after each of two losses: the same colour, an event each time."""
    page = session(before=CATCH)
    page.evaluate("window.canvas = undefined; window.photo = await bitmapOf(arg)", hand)
    first = page.evaluate(PAINT)
    assert first["rgb"][0] > first["rgb"][2] + 40, "the default polish is red"
    assert page.evaluate("return contexts.length") == 1
    for losses in (1, 2):
        # Another context is made at the earliest half a second after the last.
        page.evaluate("await wait(600); loseContext(); await wait(20)")
        again = page.evaluate(PAINT)
        assert again["at"] == first["at"]
        assert max(abs(a - b) for a, b in zip(again["rgb"], first["rgb"], strict=True)) <= 6
        found = page.evaluate("return told.filter(({ type }) => type === 'recovered')")
        assert [(event["part"], event["from"]) for event in found] == [("renderer", "context-lost")] * losses
        assert page.evaluate("return contexts.length") == 2, "after the second loss Canvas 2D paints"


@pytest.mark.fault("renderer-lost-video")
def test_a_renderer_lost_in_a_video_paints_the_next_frame(session: Session, hand: str) -> None:
    page = session(before=CATCH)
    found = page.evaluate(
        """
        await film(arg)
        await tryOn.start(video, canvas)
        const frames = () => told.filter(({ type, nails }) => type === 'frame' && nails >= 3).length
        await until(() => frames() >= 3)
        const start = performance.now()
        loseContext()
        await until(() => count('recovered') > 0)
        const ms = performance.now() - start
        const before = frames()
        await until(() => frames() > before + 2)
        const { state } = tryOn
        tryOn.stop()
        return { ms, state, parts: told.filter(({ type }) => type === 'recovered').map(({ part }) => part) }
        """,
        hand,
    )
    print(f"painted again after {found['ms']:.0f} ms")
    assert found["state"] == "running"
    assert found["parts"] == ["renderer"]
