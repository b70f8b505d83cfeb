"""What happens between the models' arrival and the first painted frame."""

from collections.abc import Callable

from playwright.sync_api import Page

from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import Sample
from tests.sdk.session_page import url_of
from tests.sdk.test_video import FILM

# Runs before worker.js: counts the shader programs that TensorFlow.js links.
COUNT_PROGRAMS = b"""const prototype = WebGL2RenderingContext.prototype
const link = prototype.linkProgram
self.programs = 0
prototype.linkProgram = function (...a) {
  self.programs++
  return link.apply(this, a)
}
"""


def test_webgl_compiles_its_shaders_before_it_is_ready(
    opened: Callable[..., Page], server: StaticServer, samples: list[Sample]
) -> None:
    script = {"Content-Type": "text/javascript"}
    server.faults["/worker.js"] = lambda body: Answer(COUNT_PROGRAMS + body, headers=script)
    page = opened(backend="webgl")
    page.evaluate("async (url) => { window.photo = await bitmapOf(url) }", url_of(samples[0]))
    ready = page.workers[0].evaluate("programs")
    assert page.evaluate("tryOn.detect(photo).then(({ length }) => length)") >= 3
    later = page.workers[0].evaluate("programs") - ready
    print(f"{ready} programs before ready, {later} for the first photo")
    # Some depend on how a picture's shape lies in textures.
    assert later < 0.25 * ready


def test_the_backend_is_opened_while_the_models_come(opened: Callable[..., Page], server: StaticServer) -> None:
    opened()
    paths = server.paths()
    shards = [index for index, path in enumerate(paths) if path.endswith(".bin")]
    assert paths.index("/backend_wasm.js") < max(shards)


def test_first_painted_frame_on_wasm(opened: Callable[..., Page], samples: list[Sample]) -> None:
    page = opened(create=False)
    page.evaluate(FILM, url_of(samples[0]))
    times = page.evaluate(
        """async () => {
          const at = {}
          const onProgress = ({ phase }) => { at[phase] ??= performance.now() }
          await create({ onProgress })
          const painted = new Promise((resolve) => {
            tryOn.addEventListener('frame', ({ detail }) => { if (detail.nails.length) resolve(performance.now()) })
          })
          await tryOn.start(video, canvas)
          return { ready: at.ready - at.backend, painted: (await painted) - at.backend }
        }"""
    )
    print(f"after the models: ready {times['ready']:.0f} ms, first painted frame {times['painted']:.0f} ms")
    assert 0 <= times["ready"] < times["painted"]
