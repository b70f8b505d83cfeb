"""NailTryOn on video, in Chromium, on the built dist: start and stop, memory, tracking, the moving overlay."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from models.spec import TIERS
from tests.conftest import Sample
from tests.sdk.session_page import url_of

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
    page.evaluate("video.srcObject.getVideoTracks()[0].stop()")
    page.evaluate("video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    assert ["error", "camera-ended"] in page.evaluate("told")
    assert page.evaluate("tryOn.state") == "ready"


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


# A camera that stores its picture turned (degrees clockwise to upright) or mirrored and says so in each frame.
TURNED_CAMERA = """async ([url, rotation, flip]) => {
  const photo = await bitmapOf(url)
  const { width, height } = photo
  const [w, h] = rotation % 180 ? [height, width] : [width, height]
  const stored = new OffscreenCanvas(w, h)
  const context = stored.getContext('2d')
  context.translate(w / 2, h / 2)
  context.rotate((-rotation * Math.PI) / 180)
  if (flip) context.scale(-1, 1) // a frame is turned first, then mirrored
  context.drawImage(photo, -width / 2, -height / 2)
  const track = new MediaStreamTrackGenerator({ kind: 'video' })
  const writer = track.writable.getWriter()
  const film = setInterval(() => {
    void writer.write(new VideoFrame(stored, { timestamp: 1000 * performance.now(), rotation, flip }))
  }, 40)
  const video = Object.assign(document.createElement('video'), { srcObject: new MediaStream([track]), muted: true })
  await video.play()
  const expected = (await tryOn.detect(photo)).map(({ center }) => center)
  const details = []
  tryOn.addEventListener('frame', ({ detail }) => details.push(detail))
  await tryOn.start(video, document.createElement('canvas'))
  await until(() => details.length >= 6)
  tryOn.stop()
  clearInterval(film)
  const found = details.at(-1).nails.map(({ center }) => center)
  const near = found.filter((a) => expected.some((b) => Math.hypot(a.x - b.x, a.y - b.y) < 8)).length
  return { size: [video.videoWidth, video.videoHeight], photo: [width, height], near, found: found.length }
}"""


@pytest.mark.parametrize(("rotation", "flip"), [(90, False), (270, True), (0, True)])
def test_turned_and_mirrored_frames_have_the_nails_of_upright_ones(
    opened: Callable[..., Page], samples: list[Sample], rotation: int, flip: bool
) -> None:
    seen = opened().evaluate(TURNED_CAMERA, [url_of(samples[0]), rotation, flip])
    assert seen["size"] == seen["photo"]
    assert seen["near"] == seen["found"] >= 3
