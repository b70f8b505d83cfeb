"""What a page does with the SDK when nothing is wrong: the same in Chromium, Firefox and WebKit."""

import numpy as np

from tests.conftest import Sample
from tests.faults.conftest import Session

SCALE = 0.7  # of the photo in the fixture `hand`


def test_detects_the_nails_of_a_photo(session: Session, hand: str, samples: list[Sample]) -> None:
    page = session(backend="auto")
    found = page.evaluate(
        """
        const nails = await tryOn.detect(await bitmapOf(arg))
        return { nails: nails.map(({ center, finger, contour }) => ({ center, finger, points: contour.length / 2 })) }
        """,
        hand,
    )
    labels = samples[0].labels()
    hit = [int(labels[int(n["center"]["y"] / SCALE), int(n["center"]["x"] / SCALE)]) for n in found["nails"]]
    assert len(set(hit) - {0}) >= 3, "nails of the photo"
    assert hit.count(0) <= 1
    assert all(nail["points"] >= 8 for nail in found["nails"])


def test_paints_a_live_video_and_holds_while_the_page_is_hidden(session: Session, hand: str) -> None:
    page = session()
    found = page.evaluate(
        """
        await film(arg)
        tryOn.polish = { color: '#0000ff', finish: 'cream' }
        await tryOn.start(video, canvas)
        const details = []
        // The film's first frames are black in some engines, and a nail that is lost is found again.
        tryOn.addEventListener('frame', ({ detail }) => detail.nails.length >= 3 && details.push(detail))
        await until(() => details.length >= 8)
        const ids = details.slice(3).map(({ nails }) => nails.map(({ id }) => id))
        const { timings, latencyMs } = details.at(-1)
        // The canvas is a frame or more ahead of the event: a nail that was lost in between is bare there.
        let pixel
        await until(() => {
          const { x, y } = details.at(-1).nails[0].center
          pixel = Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data)
          return pixel[2] > pixel[0] + 30
        })
        const hide = (hidden) => {
          Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
        }
        hide(true)
        await wait(500) // the inference in flight comes back
        const [hidden, before] = [tryOn.state, details.length]
        await wait(500)
        const held = details.length - before
        hide(false)
        await until(() => details.length > before + 1)
        const shown = tryOn.state
        tryOn.stop()
        return { ids, pixel, timings, latencyMs, hidden, held, shown, size: [canvas.width, video.videoWidth] }
        """,
        hand,
    )
    assert len(set.intersection(*map(set, found["ids"]))) >= 3, "ids stay"
    assert found["pixel"][2] > found["pixel"][0] + 30, "painted blue"
    # WebKit's clocks tick in milliseconds, each thread's its own.
    assert found["latencyMs"] + 2 >= found["timings"]["total"] > 0
    assert (found["hidden"], found["held"], found["shown"]) == ("paused", 0, "running")
    assert len(set(found["size"])) == 1


MEANS = {"chromium": "VideoFrame", "firefox": "VideoFrame", "webkit": "ImageBitmap"}


def test_frames_of_a_video_go_to_the_worker_by_the_means_that_the_engine_bears(session: Session, hand: str) -> None:
    """Transferred, so that the page keeps none. WebKit's VideoFrames, drawn in a worker, blank its videos."""
    page = session()
    found = page.evaluate(
        """
        const frames = []
        const post = Worker.prototype.postMessage
        Worker.prototype.postMessage = function (message, ...rest) {
          post.call(this, message, ...rest)
          const frame = message.argument?.frame
          if (frame) frames.push([frame.constructor.name, frame.format ?? frame.width])
        }
        await film(arg)
        await tryOn.start(video, canvas)
        await until(() => frames.length >= 5)
        tryOn.stop()
        return frames
        """,
        hand,
    )
    assert {name for name, _ in found} == {MEANS[page.engine]}
    assert {left for _, left in found} <= {None, 0}, "nothing is left on the page"


def test_starts_on_a_camera(session: Session) -> None:
    page = session()
    found = page.evaluate(
        """
        const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
        document.body.append(video)
        const stream = await sdk.openCamera()
        video.srcObject = stream
        await video.play()
        await tryOn.start(video, document.createElement('canvas'))
        await until(() => count('frame') >= 2)
        tryOn.stop()
        sdk.closeCamera(stream)
        return { states: told.filter(({ type }) => type === 'state').map(({ state }) => state), errors: count('error') }
        """
    )
    assert found == {"states": ["running", "ready"], "errors": 0}


def test_the_element_paints_a_photo(session: Session, hand: str) -> None:
    page = session(create=False)
    found = page.evaluate(
        """
        await import('/element.js')
        const element = document.createElement('lunula-try-on')
        Object.assign(element, { assets: '/', backend: 'wasm', color: '#0000ff', src: arg })
        const painted = new Promise((resolve, reject) => {
          element.addEventListener('painted', ({ detail }) => resolve(detail.nails))
          element.addEventListener('error', ({ detail }) => reject(detail.error))
        })
        document.body.append(element)
        const nails = await painted
        const canvas = element.shadowRoot.querySelector('canvas')
        const context = canvas.getContext('2d')
        const pixels = nails.map(({ center: { x, y } }) => Array.from(context.getImageData(x, y, 1, 1).data))
        const { width, height } = canvas
        element.remove()
        return { pixels, width, height }
        """,
        hand,
    )
    assert len(found["pixels"]) >= 3
    blue = np.array(found["pixels"])[:, 2].astype(int) - np.array(found["pixels"])[:, 0]
    assert (blue > 30).sum() >= 3
