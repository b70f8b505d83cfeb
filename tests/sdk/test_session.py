"""NailTryOn in Chromium, on the built dist: sources, errors, life and death of the worker, memory."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import Sample
from tests.sdk.gt_nails import data_url
from tests.sdk.session_page import url_of, workers_left


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


def test_two_hands_are_told_apart_and_a_photo_without_hands_is_left_alone(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    hands = [Image.open(sample.photo).convert("RGB").resize((400, 400)) for sample in samples[:2]]
    pair = Image.new("RGB", (1000, 420), (120, 130, 140))
    for hand, x in zip(hands, (0, 600), strict=True):
        pair.paste(hand, (x, 10))
    detect = "async (url) => (await tryOn.detect(await bitmapOf(url))).map(({ hand, center }) => [hand, center.x])"
    page = opened()
    found = page.evaluate(detect, data_url(pair))
    sides = {hand: {x > 500 for other, x in found if other == hand} for hand in (0, 1)}
    assert sorted(sides.values(), key=sum) == [{False}, {True}]
    assert page.evaluate(detect, data_url(Image.new("RGB", (640, 480), (120, 130, 140)))) == []


def test_the_r6d_variant_tells_rotations_and_is_fetched_only_when_asked_for(
    opened: Callable[..., Page], samples: list[Sample]
) -> None:
    page = opened(create=False)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.evaluate("create()")
    assert any("nail_patch/" in url for url in fetched)
    assert not any("nail_patch_r6d/" in url for url in fetched)
    fetched.clear()
    detect = "async (url) => (await tryOn.detect(await bitmapOf(url))).map(({ rotation }) => rotation)"
    page.evaluate("tryOn.close().then(() => create({ variant: 'r6d' }))")
    rotations = page.evaluate(detect, url_of(samples[0]))
    assert any("nail_patch_r6d/" in url for url in fetched)
    assert not any("nail_patch/" in url for url in fetched)
    assert len(rotations) >= 3
    for axis, across in np.array(rotations).reshape(-1, 2, 3):
        np.testing.assert_allclose([axis @ axis, across @ across, axis @ across], [1, 1, 0], atol=1e-4)
        assert np.cross(axis, across)[2] < 0, "the nail's outside looks at the camera"


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


# The worker itself, without the SDK around it.
RAW_WORKER = """async (protocol) => {
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
    worker.postMessage({ lunula: protocol, id, call, argument })
  })
  const source = { width: 640, height: 480 }
  const frame = () => ({ frame: new ImageData(640, 480), source })
  const early = await ask('track', frame())
  const choice = { engine: 'cascade', variant: 'standard', backend: 'wasm', precision: 'float16', store: 'memory' }
  const options = { assets: location.origin + '/', targetFps: 30, tier: 'auto', ...choice }
  const ready = await ask('init', options)
  const frames = await Promise.all([1, 2, 3, 4, 5].map(() => ask('track', frame())))
  const wrong = await ask('dance', null)
  const still = await ask('detect', frame())
  worker.terminate()
  return {
    early: early.error?.code,
    ready: ready.result?.backend,
    frames: frames.map(({ result }) => result && result.nails),
    wrong: wrong.error,
    still: still.result?.nails,
  }
}"""


def test_the_worker_computes_one_frame_at_a_time_and_the_newest_wins(
    opened: Callable[..., Page], repo_root: Path
) -> None:
    messages = (repo_root / "sdk_src" / "src" / "worker" / "messages.ts").read_text()
    (protocol,) = re.findall(r"PROTOCOL = (\d+)", messages)
    answer = opened(create=False).evaluate(RAW_WORKER, int(protocol))
    assert answer["early"] == "worker-failed"
    assert answer["ready"] == "wasm"
    assert answer["frames"] == [[], None, None, None, []]
    assert answer["wrong"]["code"] == "worker-failed"
    assert "dance" in answer["wrong"]["details"]["detail"]
    assert answer["still"] == []


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


def test_metrics_tell_times_and_errors_and_no_picture(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened(create=False)
    metrics = page.evaluate(
        """async (url) => {
          const metrics = []
          await create({ onMetric: (metric) => metrics.push(structuredClone(metric)), metricsSampleRate: 1 })
          await tryOn.detect(await bitmapOf(url))
          const refused = codeOf(tryOn.detect(new ImageData(640, 480), { signal: AbortSignal.timeout(0) }))
          await refused
          return metrics
        }""",
        url_of(samples[0]),
    )
    start, still = metrics[:2]
    assert (start["type"], start["backend"], len(start["modelVersion"])) == ("start", "wasm", 16)
    assert start["totalMs"] > start["modelsMs"] > 0
    assert set(still) == {"type", "backend", "modelVersion", "mode", "timings", "tier", "latencyMs"}
    assert still["latencyMs"] >= still["timings"]["total"] > 0
