"""Cameras that are refused, taken away or turned: a typed error or a silent resume, one question each time."""

from typing import Any

import pytest

from tests.faults.conftest import Session
from tests.faults.engines import Camera

# Counts the questions for a camera.
COUNT = """
window.asked = 0
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
window.answer = ask
navigator.mediaDevices.getUserMedia = (constraints) => {
  window.asked++
  return answer(constraints)
}
"""
OPEN = """
const code = await codeOf(sdk.openCamera())
return { code, asked }
"""
# The camera in a video and on the canvas, until three frames have come back.
START = """
window.stream = await sdk.openCamera()
window.video = document.body.appendChild(document.createElement('video'))
Object.assign(video, { muted: true, playsInline: true, srcObject: stream })
window.canvas = document.body.appendChild(document.createElement('canvas'))
video.play().catch(() => {})
await tryOn.start(video, canvas)
await until(() => count('frame') >= 3)
"""
HIDE = """
Object.defineProperty(document, 'hidden', { value: arg, configurable: true })
document.dispatchEvent(new Event('visibilitychange'))
"""


@pytest.mark.parametrize(
    ("camera", "code"),
    [
        pytest.param("denied", "camera-denied", marks=pytest.mark.fault("camera-denied")),
        pytest.param("none", "camera-missing", marks=pytest.mark.fault("camera-missing")),
    ],
)
def test_a_camera_that_is_not_to_be_had_is_a_typed_error(session: Session, camera: Camera, code: str) -> None:
    page = session(create=False, before=COUNT, page={"camera": camera})
    assert page.evaluate(OPEN) == {"code": code, "asked": 1}


@pytest.mark.fault("camera-busy")
def test_a_busy_camera_is_a_typed_error(session: Session) -> None:
    """Needs another program that has the camera; what the browser then says is said for it."""
    page = session(create=False, before=COUNT)
    page.evaluate("window.answer = () => Promise.reject(new DOMException('in use', 'NotReadableError'))")
    assert page.evaluate(OPEN) == {"code": "camera-busy", "asked": 1}


@pytest.mark.fault("camera-unplugged")
@pytest.mark.fault("camera-ended-hidden")
@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "hidden"])
def test_a_camera_that_ends_is_told_once_and_can_be_opened_again(session: Session, hidden: bool) -> None:
    page = session(before=COUNT)
    page.evaluate(START)
    assert page.evaluate("return asked") == 1
    if hidden:
        page.evaluate(HIDE, True)
        assert page.evaluate("return tryOn.state") == "paused"
    if not page.take_camera_away():
        # Unplugging ends the track and sends the event; a page can do the first alone. Hidden, the event is missed.
        page.evaluate("stream.getVideoTracks()[0].stop()")
        if not hidden:
            page.evaluate("stream.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    if hidden:
        page.evaluate(HIDE, False)
    page.evaluate("await until(() => count('error') > 0)")
    found: dict[str, Any] = page.evaluate(
        "return { codes: told.map(({ code }) => code).filter(Boolean), state: tryOn.state, asked }"
    )
    assert found == {"codes": ["camera-ended"], "state": "ready", "asked": 1}
    assert page.evaluate("return codeOf(tryOn.start(video, canvas))") == "camera-ended"


@pytest.mark.fault("camera-hidden")
def test_a_camera_goes_on_when_the_page_is_shown_again(session: Session) -> None:
    page = session(before=COUNT)
    page.evaluate(START)
    page.evaluate(HIDE, True)
    # The one that was under way may still come.
    held = page.evaluate("await wait(500); const held = count('frame'); await wait(300); return [held, count('frame')]")
    assert held[0] == held[1]
    page.evaluate(HIDE, False)
    page.evaluate("await until(() => count('frame') > arg + 2)", held[1])
    assert page.evaluate("return [tryOn.state, asked, count('error')]") == ["running", 1, 0]


@pytest.mark.fault("camera-turned")
def test_a_turned_phone_is_followed(session: Session, hand: str) -> None:
    """What a browser does then: the same track has frames of another size."""
    page = session()
    found = page.evaluate(
        """
        await film(arg, { width: 640, height: 480 })
        await tryOn.start(video, canvas)
        const withNails = () => told.filter(({ type, nails }) => type === 'frame' && nails >= 3).length
        await until(() => withNails() >= 3)
        Object.assign(screen_, { width: 480, height: 640 })
        await until(() => canvas.width === 480)
        const before = withNails()
        await until(() => withNails() > before + 2)
        const { state } = tryOn
        tryOn.stop()
        return { size: [canvas.width, canvas.height], state, errors: count('error') }
        """,
        hand,
    )
    assert found == {"size": [480, 640], "state": "running", "errors": 0}


@pytest.mark.fault("video-empty")
def test_a_video_without_a_picture_is_a_typed_error(session: Session) -> None:
    codes = session().evaluate(
        """
        const start = (video) => codeOf(tryOn.start(video, document.createElement('canvas')))
        const element = (fields) => Object.assign(document.createElement('video'), { muted: true }, fields)
        // A second of silence: 8,000 samples of 8 bits.
        const wav = new Uint8Array(8044).fill(128)
        const view = new DataView(wav.buffer)
        const text = (at, letters) => wav.set(new TextEncoder().encode(letters), at)
        text(0, 'RIFF'); view.setUint32(4, 8036, true); text(8, 'WAVEfmt '); view.setUint32(16, 16, true)
        view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, 8000, true)
        view.setUint32(28, 8000, true); view.setUint16(32, 1, true); view.setUint16(34, 8, true)
        text(36, 'data'); view.setUint32(40, 8000, true)
        const sound = element({ src: URL.createObjectURL(new Blob([wav], { type: 'audio/wav' })), preload: 'auto' })
        const never = element({})
        const waiting = start(never)
        setTimeout(() => tryOn.stop(), 300)
        const stopped = await waiting
        return {
          stopped,
          sound: await start(sound),
          stream: await start(element({ srcObject: new MediaStream() })),
          nothing: await start(element({ src: '/blank' })),
          canvas: await codeOf(tryOn.detect(Object.assign(document.createElement('canvas'), { width: 0, height: 0 }))),
        }
        """
    )
    assert codes == {
        "stopped": "aborted",
        "sound": "image-unusable",
        "stream": "image-unusable",
        "nothing": "image-unusable",
        "canvas": "image-too-small",
    }
