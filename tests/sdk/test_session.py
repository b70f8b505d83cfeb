"""NailTryOn in Chromium, on the built dist: sources, errors, life and death of the worker, video, memory."""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from models.evaluation.static_server import Answer, StaticServer
from models.spec import TIERS
from tests.conftest import Sample
from tests.sdk.gt_nails import data_url

Evaluate = Callable[..., Any]

# In the page: `tryOn`, what it told, and small helpers.
SETUP = """async (options) => {
  const sdk = await import('/index.js')
  window.told = []
  window.codeOf = (promise) => promise.then(() => 'no error', ({ code, message }) => [code, message])
  window.bitmapOf = async (url) => createImageBitmap(await (await fetch(url)).blob())
  window.create = async (more) => {
    window.tryOn = await sdk.NailTryOn.create({ assets: '/', store: 'memory', ...options, ...more })
    for (const type of ['frame', 'state', 'error', 'recovered']) {
      tryOn.addEventListener(type, ({ detail }) => {
        told.push([type, detail.state ?? detail.error?.code ?? detail.backend])
      })
    }
  }
  window.until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}"""


@pytest.fixture
def opened(page: Page, server: StaticServer) -> Callable[..., Page]:
    """`opened(backend="webgl")`: a page with a ready `tryOn`; create=False leaves that to the test."""
    server.faults["/blank"] = lambda _: Answer(b"<!doctype html>", headers={"Content-Type": "text/html"})
    page.goto(f"{server.url}/blank")

    def run(*, create: bool = True, **options: Any) -> Page:
        page.evaluate(SETUP, {"backend": "wasm", **options})
        if create:
            page.evaluate("create()")
        return page

    return run


def workers_left(page: Page, count: int) -> bool:
    """Waits until the page has so many workers; the browser tells of their end a little later."""
    while len(page.workers) != count:
        page.wait_for_timeout(20)
    return True


def url_of(sample: Sample, scale: float = 1) -> str:
    with Image.open(sample.photo) as photo:
        size = (round(photo.width * scale), round(photo.height * scale))
        return data_url(photo.convert("RGB").resize(size, Image.Resampling.BICUBIC))


def test_every_kind_of_source_gives_the_same_nails_and_stays_usable(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    counts = opened().evaluate(
        """async (url) => {
          const blob = await (await fetch(url)).blob()
          const bitmap = await createImageBitmap(blob)
          const image = Object.assign(new Image(), { src: url })
          const { width, height } = bitmap
          const canvas = Object.assign(document.createElement('canvas'), { width, height })
          canvas.getContext('2d').drawImage(bitmap, 0, 0)
          const offscreen = new OffscreenCanvas(width, height)
          offscreen.getContext('2d').drawImage(bitmap, 0, 0)
          const pixels = canvas.getContext('2d').getImageData(0, 0, width, height)
          const found = []
          for (const source of [blob, bitmap, image, canvas, offscreen, pixels, bitmap]) {
            found.push((await tryOn.detect(source)).map(({ center }) => [Math.round(center.x), Math.round(center.y)]))
          }
          return found
        }""",
        url_of(samples[0]),
    )
    assert len(counts[0]) >= 3
    assert all(found == counts[0] for found in counts)


def test_nails_are_plain_data_in_the_sources_pixels(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened()
    detect = """async (url) => {
      const nails = structuredClone(await tryOn.detect(await bitmapOf(url)))
      return nails.map((nail) => ({ ...nail, mask: { ...nail.mask, data: nail.mask.data.length },
        contour: Array.from(nail.contour) }))
    }"""
    small, large = page.evaluate(detect, url_of(samples[0])), page.evaluate(detect, url_of(samples[0], 4))
    assert [nail["id"] for nail in small] == list(range(1, len(small) + 1))
    for nail in small:
        assert set(nail) == {
            *("id", "hand", "finger", "confidence", "center", "size", "direction", "keypoints", "mask", "contour")
        }
        assert nail["mask"]["data"] == nail["mask"]["width"] * nail["mask"]["height"]
        rect, xs = nail["mask"]["rect"], nail["contour"][::2]
        assert min(xs) == pytest.approx(rect["x"], abs=1)
        assert max(xs) == pytest.approx(rect["x"] + rect["width"], abs=1)
    best = small[0]
    twin = min(
        large,
        key=lambda nail: (
            abs(nail["center"]["x"] - 4 * best["center"]["x"]) + abs(nail["center"]["y"] - 4 * best["center"]["y"])
        ),
    )
    assert twin["center"]["x"] == pytest.approx(4 * best["center"]["x"], abs=12)
    assert twin["size"]["length"] == pytest.approx(4 * best["size"]["length"], rel=0.25)


def test_exif_rotation_is_applied(opened: Callable[..., Page], samples: list[Sample]) -> None:
    with Image.open(samples[0].photo) as photo:
        upright = photo.convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying, to be turned 90 degrees clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif, quality=95)
    size = opened().evaluate(
        """async (bytes) => {
          const canvas = document.createElement('canvas')
          const nails = await tryOn.paint(new Blob([new Uint8Array(bytes)]), canvas)
          return [canvas.width, canvas.height, nails.length]
        }""",
        list(out.getvalue()),
    )
    assert tuple(size[:2]) == upright.size
    assert size[2] >= 3


def test_paint_shows_the_photo_at_full_size_and_repaints_without_detecting(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    result = opened().evaluate(
        """async (url) => {
          const canvas = document.createElement('canvas')
          const photo = await bitmapOf(url)
          const at = ({ x, y }) => Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data)
          const nails = await tryOn.paint(photo, canvas)
          const red = at(nails[0].center)
          tryOn.polish = { color: '#0000ff', finish: 'matte' }
          const before = performance.now()
          const same = await tryOn.paint(photo, canvas, { nails })
          const sizes = [photo.width, photo.height, canvas.width, canvas.height]
          return { red, blue: at(nails[0].center), same: same === nails, sizes, pixels: at({ x: 0, y: 0 }) }
        }""",
        url_of(samples[0], 2),
    )
    assert result["sizes"][:2] == result["sizes"][2:]
    assert result["same"]
    assert result["red"][0] > result["red"][2] + 40
    assert result["blue"][2] > result["blue"][0] + 100


def test_of_two_paints_on_one_canvas_the_later_one_stays(opened: Callable[..., Page], samples: list[Sample]) -> None:
    equal = opened().evaluate(
        """async ([one, two]) => {
          const pixels = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
          const canvas = document.createElement('canvas')
          const alone = document.createElement('canvas')
          const photos = await Promise.all([bitmapOf(one), bitmapOf(two)])
          await Promise.all(photos.map((photo) => tryOn.paint(photo, canvas)))
          await tryOn.paint(photos[1], alone)
          const [a, b] = [pixels(canvas), pixels(alone)]
          return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= 2)
        }""",
        [url_of(samples[0]), url_of(samples[1])],
    )
    assert equal


@pytest.mark.parametrize("backend", ["wasm", "webgl"])
def test_tensors_and_core_memory_are_flat(opened: Callable[..., Page], samples: list[Sample], backend: str) -> None:
    page = opened(backend=backend)
    assert page.evaluate("tryOn.backend") == backend
    photos = [url_of(sample) for sample in samples[: 6 if backend == "wasm" else 2]]
    reports = page.evaluate(
        """async (urls) => {
          const reports = []
          for (const url of [...urls, ...urls]) {
            await tryOn.detect(await bitmapOf(url))
            reports.push(JSON.stringify(await tryOn.memory()))
          }
          return reports
        }""",
        photos,
    )
    assert len(set(reports)) == 1


def test_wrong_options_are_refused_with_what_was_expected(opened: Callable[..., Page]) -> None:
    page = opened()
    refused = page.evaluate(
        """async () => {
          const caught = (run) => { try { run() } catch ({ code, message }) { return [code, message] } }
          const webgl = document.createElement('canvas')
          webgl.getContext('webgl2')
          const photo = new ImageData(64, 64)
          return [
            await codeOf(create({ backend: 'metal' })),
            caught(() => { tryOn.polish = { color: 'red', finish: 'gloss' } }),
            await codeOf(tryOn.detect('photo.jpg')),
            await codeOf(tryOn.paint(photo, webgl)),
            await codeOf(tryOn.paint(photo, {})),
            await codeOf(tryOn.start(document.createElement('canvas'), webgl)),
          ]
        }"""
    )
    assert {code for code, _ in refused} == {"option-invalid"}
    assert '"#8a0f2c"' not in refused[1][1]
    assert page.evaluate("tryOn.polish.color") == "#8a0f2c"


def test_close_ends_the_worker_and_everything_that_waits(opened: Callable[..., Page]) -> None:
    page = opened()
    assert len(page.workers) == 1
    codes = page.evaluate(
        """async () => {
          const waiting = codeOf(tryOn.detect(new ImageData(640, 480)))
          await new Promise((resolve) => setTimeout(resolve))
          await tryOn.close()
          await tryOn.close()
          const canvas = document.createElement('canvas')
          const video = document.createElement('video')
          const later = [tryOn.detect(new ImageData(64, 64)), tryOn.start(video, canvas), tryOn.memory()]
          return Promise.all([waiting, ...later.map(codeOf)])
        }"""
    )
    assert {code for code, _ in codes} == {"session-closed"}
    assert page.evaluate("tryOn.state") == "closed"
    assert ["state", "closed"] in page.evaluate("told")
    assert workers_left(page, 0)


def test_a_signal_stops_loading_and_detecting(opened: Callable[..., Page]) -> None:
    page = opened(create=False)
    codes = page.evaluate(
        """async () => {
          const loading = new AbortController()
          const stopped = create({ signal: loading.signal, onProgress: () => loading.abort() })
          const first = await codeOf(stopped)
          await create()
          const detecting = new AbortController()
          const waiting = codeOf(tryOn.detect(new ImageData(640, 480), { signal: detecting.signal }))
          setTimeout(() => detecting.abort())
          const next = await tryOn.detect(new ImageData(640, 480))
          const late = codeOf(tryOn.detect(new ImageData(64, 64), { signal: AbortSignal.abort() }))
          return [first[0], (await waiting)[0], (await late)[0], next.length]
        }"""
    )
    assert codes[:3] == ["aborted"] * 3
    assert workers_left(page, 1)


def test_a_worker_that_throws_rejects_what_waits_and_tells(opened: Callable[..., Page]) -> None:
    page = opened()
    # Twenty stills are more than the worker can answer before it dies.
    page.evaluate("window.waiting = Array.from({ length: 20 }, () => codeOf(tryOn.detect(new ImageData(640, 480))))")
    page.workers[0].evaluate("setTimeout(() => { throw new Error('out of memory') })")
    codes = page.evaluate("Promise.all(waiting)")
    assert codes[-1][0] == "worker-failed"
    assert "out of memory" in codes[-1][1]
    assert page.evaluate("tryOn.state") == "failed"
    assert page.evaluate("codeOf(tryOn.detect(new ImageData(64, 64)))")[0] == "worker-failed"
    assert ["error", "worker-failed"] in page.evaluate("told")
    page.evaluate("create()")
    assert page.evaluate("tryOn.detect(new ImageData(64, 64))") == []


STALE = b"onmessage = ({ data }) => postMessage({ lunula: 0, id: data.id, result: null })"
WORKER_FAULTS = {
    "missing": Answer(b"no", 404),
    "a page of HTML": Answer(b"<!doctype html>", headers={"Content-Type": "text/html"}),
    "throws": Answer(b"throw new Error('broken')", headers={"Content-Type": "text/javascript"}),
    "of another version": Answer(STALE, headers={"Content-Type": "text/javascript"}),
}


@pytest.mark.parametrize("fault", WORKER_FAULTS)
def test_a_worker_that_does_not_start_is_a_typed_error(
    opened: Callable[..., Page], server: StaticServer, fault: str
) -> None:
    server.faults["/worker.js"] = lambda _: WORKER_FAULTS[fault]
    page = opened(create=False)
    assert page.evaluate("codeOf(create())")[0] == "worker-failed"
    assert workers_left(page, 0)


def test_without_its_wasm_file_the_backend_is_unavailable(opened: Callable[..., Page], server: StaticServer) -> None:
    server.faults["/tfjs-backend-wasm-simd.wasm"] = lambda _: Answer(b"no", 404)
    page = opened(create=False)
    code, message = page.evaluate("codeOf(create())")
    assert code == "backend-unavailable"
    assert "wasm" in message


# Runs before worker.js: gives the test the worker's WebGL context.
CATCH_WEBGL = b"""const open = OffscreenCanvas.prototype.getContext
OffscreenCanvas.prototype.getContext = function (...a) {
  const context = open.apply(this, a)
  if (a[0] === 'webgl2') self.caught = context
  return context
}
"""


@pytest.mark.parametrize("when", ["idle", "during an inference"])
def test_a_lost_context_heals_on_wasm(
    opened: Callable[..., Page], server: StaticServer, samples: list[Sample], when: str
) -> None:
    server.faults["/worker.js"] = lambda body: Answer(CATCH_WEBGL + body, headers={"Content-Type": "text/javascript"})
    page = opened(backend="webgl")
    page.evaluate("async (url) => { window.photo = await bitmapOf(url) }", url_of(samples[0]))
    lose = "caught.getExtension('WEBGL_lose_context').loseContext()"
    if when == "idle":
        page.workers[0].evaluate(lose)
        page.evaluate("window.nails = tryOn.detect(photo)")
    else:
        page.evaluate("window.nails = tryOn.detect(photo); 0")
        page.workers[0].evaluate(lose)
    assert page.evaluate("nails.then(({ length }) => length)") >= 3
    assert page.evaluate("tryOn.backend") == "wasm"
    assert ["recovered", "wasm"] in page.evaluate("told")


# The worker itself, without the SDK around it.
RAW_WORKER = """async () => {
  const worker = new Worker('/worker.js', { type: 'module' })
  const answers = []
  const waiting = new Map()
  worker.onmessage = ({ data }) => {
    if (data.notice) return
    answers.push(data.id)
    waiting.get(data.id)?.(data)
  }
  let id = 0
  const ask = (call, argument) => new Promise((resolve) => {
    waiting.set(++id, resolve)
    worker.postMessage({ lunula: 2, id, call, argument })
  })
  const source = { width: 640, height: 480 }
  const frame = () => ({ frame: new ImageData(640, 480), source })
  const early = await ask('track', frame())
  const choice = { engine: 'cascade', backend: 'wasm', precision: 'float16', store: 'memory', targetFps: 30 }
  const options = { assets: location.origin + '/', ...choice }
  const ready = await ask('init', options)
  const frames = await Promise.all([1, 2, 3, 4, 5].map(() => ask('track', frame())))
  const wrong = await ask('dance', null)
  const still = await ask('detect', frame())
  worker.terminate()
  return {
    early: early.error?.code,
    ready: ready.result.backend,
    frames: frames.map(({ result }) => result && result.nails),
    wrong: wrong.error,
    still: still.result?.nails,
  }
}"""


def test_the_worker_computes_one_frame_at_a_time_and_the_newest_wins(opened: Callable[..., Page]) -> None:
    answer = opened(create=False).evaluate(RAW_WORKER)
    assert answer["early"] == "worker-failed"
    assert answer["ready"] == "wasm"
    assert answer["frames"] == [[], None, None, None, []]
    assert answer["wrong"]["code"] == "worker-failed"
    assert "dance" in answer["wrong"]["message"]
    assert answer["still"] == []


# A film of one photo that moves, without a camera.
FILM = """async (url) => {
  const photo = await bitmapOf(url)
  const { width, height } = photo
  const screen = Object.assign(document.createElement('canvas'), { width, height })
  const context = screen.getContext('2d')
  let step = 0
  setInterval(() => context.drawImage(photo, (step++ % 5) - 2, 0), 40)
  window.video = Object.assign(document.createElement('video'), { srcObject: screen.captureStream(25), muted: true })
  window.canvas = document.createElement('canvas')
  void video.play()
}"""


def test_a_video_is_painted_paused_resumed_and_stopped(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened()
    page.evaluate(FILM, url_of(samples[0]))
    page.evaluate("tryOn.start(video, canvas)")
    detail = page.evaluate(
        """async () => {
          const details = []
          tryOn.addEventListener('frame', ({ detail }) => details.push(detail))
          await until(() => details.length >= 8)
          const ids = details.slice(3).map(({ nails }) => nails.map(({ id }) => id))
          const { nails, fps, latencyMs, timings } = details.at(-1)
          const { x, y } = nails[0].center
          const painted = Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data)
          return { ids, fps, latencyMs, timings, painted, size: [canvas.width, canvas.height, video.videoWidth] }
        }"""
    )
    assert detail["size"][0] == detail["size"][2]
    assert len(set.intersection(*map(set, detail["ids"]))) >= 3  # the hand's nails keep their ids
    assert detail["fps"] > 0
    assert detail["latencyMs"] >= detail["timings"]["total"] > 0
    assert detail["painted"][0] > detail["painted"][2] + 30

    count = "told.filter(([type]) => type === 'frame').length"
    page.evaluate("tryOn.pause()")
    held = page.evaluate(f"new Promise((resolve) => setTimeout(() => resolve({count}), 300))")
    assert page.evaluate(f"new Promise((resolve) => setTimeout(() => resolve({count}), 300))") == held
    assert page.evaluate("tryOn.state") == "paused"
    page.evaluate("tryOn.resume()")
    page.wait_for_function(f"{count} > {held}")

    hide = """(hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }"""
    page.evaluate(hide, True)
    assert page.evaluate("tryOn.state") == "paused"
    page.evaluate(hide, False)
    assert page.evaluate("tryOn.state") == "running"
    page.evaluate("tryOn.stop()")
    assert page.evaluate("tryOn.state") == "ready"


def test_tensors_are_flat_over_a_video(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened()
    page.evaluate(FILM, url_of(samples[1]))
    page.evaluate("tryOn.start(video, canvas)")
    reports = page.evaluate(
        """async () => {
          const reports = []
          for (let i = 0; i < 4; i++) {
            const frames = told.length
            await until(() => told.length > frames + 5)
            const { tensors, coreBytes } = await tryOn.memory()
            reports.push(`${tensors} ${coreBytes}`)
          }
          return reports
        }"""
    )
    assert len(set(reports)) == 1


def test_the_end_of_a_camera_is_told(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened()
    page.evaluate(FILM, url_of(samples[0]))
    page.evaluate("tryOn.start(video, canvas)")
    # What the browser does when the camera is unplugged; `stop()` alone sends no event.
    page.evaluate("video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    assert ["error", "camera-ended"] in page.evaluate("told")


def test_stop_ends_a_start_that_waits_for_its_video(opened: Callable[..., Page]) -> None:
    code = opened().evaluate(
        """async () => {
          const starting = codeOf(tryOn.start(document.createElement('video'), document.createElement('canvas')))
          await new Promise((resolve) => setTimeout(resolve, 200))
          tryOn.stop()
          return starting
        }"""
    )
    assert code[0] == "aborted"


def test_a_video_that_cannot_be_played_is_a_typed_error(opened: Callable[..., Page]) -> None:
    code = opened().evaluate(
        """() => codeOf(tryOn.start(Object.assign(document.createElement('video'), { src: '/index.js' }),
          document.createElement('canvas')))"""
    )
    assert code[0] == "image-unusable"


def test_no_rejection_is_left_unhandled(opened: Callable[..., Page]) -> None:
    page = opened(create=False)
    page.evaluate(
        "window.unhandled = []; addEventListener('unhandledrejection', ({ reason }) => unhandled.push(`${reason}`))"
    )
    page.evaluate("create()")
    page.evaluate("window.waiting = codeOf(tryOn.detect(new ImageData(640, 480))); 0")
    page.workers[0].evaluate("setTimeout(() => { throw new Error('gone') })")
    page.evaluate("waiting")
    page.evaluate("tryOn.close()")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    assert page.evaluate("unhandled") == []


# A film of 640 x 480 pixels and 25 frames a second: a photo as large as fits, moved to and fro by `speed` pixels in two
# frames, with a camera's noise in every pixel.
CAMERA_FILM = """async ([url, speed]) => {
  const photo = await bitmapOf(url)
  const screen = Object.assign(document.createElement('canvas'), { width: 640, height: 480 })
  const context = screen.getContext('2d')
  const scale = Math.min(600 / photo.width, 480 / photo.height)
  const [width, height] = [photo.width * scale, photo.height * scale]
  const noises = Array.from({ length: 8 }, () => {
    const noise = new ImageData(640, 480)
    for (let i = 0; i < noise.data.length; i += 4) {
      noise.data.fill(256 * Math.random(), i, i + 3)
      noise.data[i + 3] = 14
    }
    return createImageBitmap(noise)
  })
  const grain = await Promise.all(noises)
  let step = 0
  setInterval(() => {
    const turn = (step * speed) % 160
    context.fillRect(0, 0, 640, 480)
    const left = (600 - width) / 2 + Math.min(turn, 160 - turn) / 2
    context.drawImage(photo, left, (480 - height) / 2, width, height)
    context.drawImage(grain[step++ % 8], 0, 0)
  }, 40)
  window.video = Object.assign(document.createElement('video'), { srcObject: screen.captureStream(25), muted: true })
  window.canvas = document.createElement('canvas')
  window.details = []
  tryOn.addEventListener('frame', ({ detail }) => details.push(detail))
  void video.play()
}"""


def test_on_a_still_hand_nails_keep_their_ids_and_do_not_tremble(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    page = opened()
    page.evaluate(CAMERA_FILM, [url_of(samples[0]), 0])
    page.evaluate("tryOn.start(video, canvas)")
    frames = page.evaluate(
        """async () => {
          await until(() => details.length >= 50)
          const plain = ({ tier, nails }) => ({ tier, nails: nails.map(({ id, center }) => [id, center]) })
          return details.slice(10).map(plain)
        }"""
    )
    assert {frame["tier"] for frame in frames} <= set(TIERS)
    seen = Counter(id_ for frame in frames for id_, _ in frame["nails"])
    # A weak nail of this photo comes and goes; the others must be there nearly always, under one id.
    steady = [nail for nail, times in seen.items() if times >= 0.9 * len(frames)]
    assert len(steady) >= 3
    for nail in steady:
        path = np.array([[at["x"], at["y"]] for frame in frames for id_, at in frame["nails"] if id_ == nail])
        jitter = np.sqrt(((path - path.mean(axis=0)) ** 2).sum(axis=1).mean())
        print(f"nail {nail}: {jitter:.2f} px RMS")
        assert jitter <= 0.5


def test_the_overlay_moves_with_the_video_between_two_inferences(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    page = opened()
    page.evaluate(CAMERA_FILM, [url_of(samples[0]), 4])
    page.evaluate("tryOn.polish = { color: '#0000ff', finish: 'matte' }")
    page.evaluate("tryOn.start(video, canvas)")
    moved = page.evaluate(
        """async () => {
          const context = canvas.getContext('2d', { willReadFrequently: true })
          const blueCentre = () => {
            const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height)
            let [sum, count] = [0, 0]
            for (let i = 0; i < data.length; i += 4) {
              if (data[i + 2] > data[i] + 80) { sum += (i / 4) % width; count++ }
            }
            return count > 100 ? sum / count : NaN
          }
          // Consecutive frames of the video without a result in between.
          let moved = 0
          let last = { x: NaN, results: -1 }
          const look = () => {
            const now = { x: blueCentre(), results: details.length }
            if (now.results === last.results && Math.abs(now.x - last.x) > 0.5) moved++
            last = now
            video.requestVideoFrameCallback(look)
          }
          await until(() => details.length >= 5)
          video.requestVideoFrameCallback(look)
          await until(() => moved >= 10)
          return moved
        }"""
    )
    assert moved >= 10
