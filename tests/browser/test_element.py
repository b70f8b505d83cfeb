"""<lunula-try-on>: what a page without a build step gets, in Chromium."""

import base64
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.dist_session import BLANK, add_pages
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import MIME_TYPES, Answer, StaticServer
from tests.browser.pictures import changed, iou, pixels
from tests.conftest import TIMEOUT_MS, Sample

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
# Keeps every event of every element in `events`, as [type, detail's summary], and what the policy refused.
RECORDER = """
self.events = []
self.refused = []
document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective))
for (const type of ['ready', 'progress', 'painted', 'frame', 'state', 'recovered', 'error'])
  document.addEventListener(type, ({ target, detail }) => {
    if (target.localName !== 'lunula-try-on') return
    events.push([type, detail.error?.code ?? detail.nails?.length ?? detail.state ?? ''])
  }, { capture: true })
"""

Open = Callable[[str], Page]


def write_page(server: StaticServer, body: str, path: str = "/shop/index.html") -> str:
    """A page in a folder of its own with the element's script; its address."""
    html = (
        "<!doctype html><meta charset=utf-8><title>Shop</title><link rel=icon href=/icons/none.png>"
        f"<script src=recorder.js></script><script type=module src=/element.js></script>{body}"
    )
    served = {path: (html, ".html"), "/shop/recorder.js": (RECORDER, ".js")}
    for name, (text, kind) in served.items():
        headers = {"Content-Type": MIME_TYPES[kind], **server.headers}
        server.faults[name] = lambda _, text=text, headers=headers: Answer(text.encode(), headers=headers)  # type: ignore[misc]
    return server.url + path


@pytest.fixture
def open_page(page: Page, server: StaticServer) -> Open:
    """Opens a page with this body."""

    def opened(body: str) -> Page:
        page.goto(write_page(server, body))
        return page

    return opened


def wait_for(page: Page, event: str, count: int = 1) -> None:
    page.wait_for_function("([type, count]) => events.filter(([t]) => t === type).length >= count", arg=[event, count])


def events(page: Page, name: str) -> list[Any]:
    found: list[Any] = page.evaluate("(name) => events.filter(([type]) => type === name).map(([, it]) => it)", name)
    return found


def picture(page: Page) -> np.ndarray:
    """uint8 [H, W, 3]: what the element's canvas holds."""
    url = page.locator("lunula-try-on canvas").evaluate("(canvas) => canvas.toDataURL('image/png')")
    return pixels(base64.b64decode(url.partition(",")[2]))


def tag(sample: Sample, more: str = "") -> str:
    return f'<lunula-try-on backend="wasm" color="#8a0f2c" src="/samples/{sample.photo.name}" {more}></lunula-try-on>'


def text(page: Page, part: str) -> str:
    return page.locator(f"lunula-try-on [part={part}]").inner_text()


def test_paints_a_photo_and_repaints_it_in_another_colour(open_page: Open, samples: list[Sample]) -> None:
    sample = samples[0]
    page = open_page(tag(sample, 'finish="cream"'))
    wait_for(page, "painted")
    truth = sample.labels() > 0
    red = picture(page)
    assert iou(changed(sample.photo, red), truth) >= 0.5
    assert text(page, "status") == f"{events(page, 'painted')[0]} nails painted"
    assert len(events(page, "ready")) == 1
    assert events(page, "progress")

    page.locator("lunula-try-on").evaluate("(element) => { element.color = '#14a046' }")
    wait_for(page, "painted", 2)
    green = picture(page)
    assert page.locator("lunula-try-on").get_attribute("color") == "#14a046"
    inside = changed(sample.photo, red) & truth
    assert red[inside].mean(axis=0)[0] > red[inside].mean(axis=0)[1] + 30
    assert green[inside].mean(axis=0)[1] > green[inside].mean(axis=0)[0] + 30
    assert len(events(page, "ready")) == 1, "another colour needs no other session"


def test_looks_fingers_shapes_and_lengths_are_attributes_and_properties(open_page: Open, samples: list[Sample]) -> None:
    sample = samples[0]
    page = open_page(tag(sample, 'finish="matte" ring="#14a046"'))
    element = page.locator("lunula-try-on")
    wait_for(page, "painted")
    look = "(element) => element.tryOn.look"
    assert element.evaluate(look)["fingers"]["ring"]["color"] == "#14a046"
    assert element.evaluate(look)["polish"]["finish"] == "matte"
    natural = changed(sample.photo, picture(page)).sum()

    element.evaluate("(element) => Object.assign(element, { shape: 'almond', length: 0.5, thumb: '#0b6b5f' })")
    wait_for(page, "painted", 2)
    assert changed(sample.photo, picture(page)).sum() > 1.2 * natural
    assert element.get_attribute("length") == "0.5"
    assert element.evaluate(look)["fingers"]["thumb"]["color"] == "#0b6b5f"

    # A look, whose fields the other attributes change; JSON, an object or the part of a link.
    velvet = {"polish": {"color": "#3b1030", "finish": "cat-eye"}, "fingers": {"index": {"finish": "cream"}}}
    element.evaluate("(element, look) => { element.look = look }", velvet)
    wait_for(page, "painted", 3)
    now = element.evaluate(look)
    assert (now["polish"]["color"], now["polish"]["finish"], now["polish"]["shape"]) == ("#8a0f2c", "matte", "almond")
    assert now["fingers"]["index"]["finish"] == "cream"
    element.evaluate("(element) => ['color', 'finish', 'ring'].forEach((name) => element.removeAttribute(name))")
    wait_for(page, "painted", 4)
    assert element.evaluate("(element) => [element.color, element.finish, element.ring]") == [
        "#3b1030",
        "cat-eye",
        None,
    ]
    assert element.evaluate(look)["polish"]["finish"] == "cat-eye"
    link = """async (element) => {
      const { lookToHash } = await import('/index.js')
      element.look = lookToHash({ polish: { color: '#123456', finish: 'gloss' } })
    }"""
    element.evaluate(link)
    wait_for(page, "painted", 5)
    assert element.evaluate("(element) => element.color") == "#123456"
    element.evaluate("(element) => { element.look = 'Party' }")
    wait_for(page, "painted", 6)
    assert element.evaluate(look)["name"] == "Party"

    for wrong in ("{", "l1.nonsense", '{"polish": {"color": "blue", "finish": "gloss"}}'):
        before = len(events(page, "error"))
        element.evaluate("(element, look) => { element.look = look }", wrong)
        wait_for(page, "error", before + 1)
        assert "look" in text(page, "error")
    assert set(events(page, "error")) == {"option-invalid"}
    assert element.evaluate(look)["name"] == "Party", "the last look stays"


def test_a_given_file_wins_over_src_until_it_is_taken_back(open_page: Open, samples: list[Sample]) -> None:
    page = open_page(tag(samples[0]))
    wait_for(page, "painted")
    script = "async (element, url) => element.show(await (await fetch(url)).blob())"
    page.locator("lunula-try-on").evaluate(script, f"/samples/{samples[1].photo.name}")
    wait_for(page, "painted", 2)
    assert picture(page).shape[:2] == samples[1].labels().shape
    page.locator("lunula-try-on").evaluate("(element) => element.show(null)")
    wait_for(page, "painted", 3)
    assert picture(page).shape[:2] == samples[0].labels().shape


def test_survives_a_move_and_closes_when_removed(open_page: Open, samples: list[Sample]) -> None:
    page = open_page(tag(samples[0]) + "<main></main>")
    wait_for(page, "painted")
    page.evaluate(
        """async () => {
          self.element = document.querySelector('lunula-try-on')
          self.first = element.tryOn
          document.querySelector('main').append(element)
          await new Promise((resolve) => setTimeout(resolve, 100))
          document.body.moveBefore?.(element, document.querySelector('main'))
          await new Promise((resolve) => setTimeout(resolve, 100))
        }"""
    )
    assert page.evaluate("element.tryOn === first && first.state") == "ready"
    page.evaluate("element.remove()")
    page.wait_for_function("first.state === 'closed'")
    assert page.evaluate("element.tryOn") is None
    page.evaluate("document.body.append(element)")
    wait_for(page, "painted", 2)
    assert page.evaluate("element.tryOn !== first && element.tryOn.state") == "ready"
    assert events(page, "error") == []


def test_removed_while_it_loads_leaves_no_session(open_page: Open, samples: list[Sample]) -> None:
    page = open_page(tag(samples[0]))
    wait_for(page, "progress")
    page.evaluate("self.element = document.querySelector('lunula-try-on'); element.remove()")
    page.wait_for_timeout(1500)
    assert page.evaluate("element.tryOn") is None
    assert len(page.workers) == 0
    assert events(page, "error") == []


def test_what_is_wrong_is_shown_and_sent_and_can_be_put_right(open_page: Open, samples: list[Sample]) -> None:
    sample = samples[0]
    page = open_page(tag(sample).replace("#8a0f2c", "red"))
    element = page.locator("lunula-try-on")
    wait_for(page, "error")
    assert "polish.color" in text(page, "error")
    assert not page.locator("lunula-try-on canvas").is_visible(), "nothing is painted in a colour nobody asked for"
    element.evaluate("(element) => element.setAttribute('color', '#8a0f2c')")
    wait_for(page, "painted")
    assert page.locator("lunula-try-on [part=error]").text_content() == ""

    element.evaluate("(element) => { element.opacity = 3 }")
    wait_for(page, "error", 2)
    assert page.locator("lunula-try-on canvas").is_visible(), "the last polish stays"
    element.evaluate("(element) => { element.opacity = null }")
    wait_for(page, "painted", 2)

    element.evaluate("(element) => { element.src = '/nowhere.jpg' }")
    wait_for(page, "error", 3)
    assert "404" in text(page, "error")
    assert page.locator("lunula-try-on [role=alert]").is_visible()
    element.evaluate("(element) => { element.assets = '/nowhere/' }")
    wait_for(page, "error", 4)
    assert element.evaluate("(element) => element.tryOn") is None
    element.evaluate("(element, src) => { element.src = src; element.assets = null }", f"/samples/{sample.photo.name}")
    wait_for(page, "painted", 3)
    assert element.evaluate("(element) => element.error") is None
    assert events(page, "error")[:3] == ["option-invalid", "option-invalid", "image-unusable"]
    assert events(page, "error")[3] in ("asset-missing", "worker-failed")


def test_works_under_a_strict_content_security_policy(page: Page, server: StaticServer, samples: list[Sample]) -> None:
    server.headers["Content-Security-Policy"] = POLICY
    page.goto(write_page(server, tag(samples[0])))
    wait_for(page, "painted")
    assert page.evaluate("refused") == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_function("refused.length === 1")  # the instrument itself: the policy is in force
    assert page.locator("lunula-try-on video").evaluate("(video) => getComputedStyle(video).display") == "none"


def test_is_named_for_screen_readers_and_its_parts_can_be_styled(page: Page, server: StaticServer) -> None:
    style = "<style>lunula-try-on::part(status), lunula-try-on::part(error) { color: rgb(1, 2, 3) }</style>"
    page.goto(write_page(server, style + "<lunula-try-on backend=wasm></lunula-try-on>"))
    wait_for(page, "ready")
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value")) for node in nodes if "role" in node}
    assert ("group", "Nail polish try-on") in named
    status = page.locator("lunula-try-on [role=status]")
    assert status.get_attribute("aria-live") == "polite"
    assert status.evaluate("(status) => getComputedStyle(status).color") == "rgb(1, 2, 3)"
    page.evaluate("document.querySelector('lunula-try-on').texts = { label: 'Nagellack anprobieren' }")
    assert page.locator("lunula-try-on canvas").get_attribute("aria-label") == "Nagellack anprobieren"


def test_properties_set_before_the_script_came_are_kept(page: Page, server: StaticServer) -> None:
    add_pages(server)
    page.goto(server.url + BLANK)
    result = page.evaluate(
        """async () => {
          const element = document.createElement('lunula-try-on')
          Object.assign(element, { color: '#123456', backend: 'wasm', camera: false, texts: { label: 'Nails' } })
          document.body.append(element)
          await import('/element.js')
          return [element.getAttribute('color'), element.getAttribute('backend'), element.camera, element.texts.label]
        }"""
    )
    assert result == ["#123456", "wasm", False, "Nails"]


@pytest.fixture
def camera_page(playwright: Playwright, samples: list[Sample], tmp_path: Path) -> Iterator[Page]:
    film = tmp_path / "hands.y4m"
    write_y4m([samples[0].photo, samples[5].photo], film, size=(320, 240), frames=10)
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        yield chromium.context.new_page()


def test_paints_the_camera_and_lets_it_go(camera_page: Page, server: StaticServer) -> None:
    page = camera_page
    page.goto(write_page(server, "<lunula-try-on backend=wasm camera facing=user></lunula-try-on>"))
    wait_for(page, "frame", 3)
    element, canvas = page.locator("lunula-try-on"), page.locator("lunula-try-on canvas")
    assert canvas.is_visible()
    assert canvas.evaluate("(canvas) => getComputedStyle(canvas).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    assert "running" in events(page, "state")
    video = "document.querySelector('lunula-try-on').shadowRoot.querySelector('video')"
    track = f"self.track = {video}.srcObject.getTracks()[0]"
    assert page.evaluate(f"({track}).readyState") == "live"

    element.evaluate("(element) => { element.camera = false }")
    page.wait_for_function("track.readyState === 'ended'")
    assert not canvas.is_visible()
    element.evaluate("(element) => { element.facing = null; element.camera = true }")
    before = len(events(page, "frame"))
    wait_for(page, "frame", before + 2)
    assert canvas.evaluate("(canvas) => getComputedStyle(canvas).transform") == "none"
    page.evaluate(track)
    element.evaluate("(element) => element.remove()")
    page.wait_for_function("track.readyState === 'ended'")
    assert events(page, "error") == []


def test_without_a_camera_it_says_so_and_a_photo_still_works(open_page: Open, samples: list[Sample]) -> None:
    page = open_page(tag(samples[0], "camera"))
    wait_for(page, "error")
    assert events(page, "error")[0] in ("camera-missing", "camera-denied")
    assert text(page, "error").lower().count("camera") >= 1
    page.locator("lunula-try-on").evaluate("(element) => { element.camera = false }")
    wait_for(page, "painted")
    assert text(page, "status").endswith("painted")


def test_a_server_that_renders_pages_may_import_it(dist_dir: Path) -> None:
    node = shutil.which("node")
    assert node
    script = "const { LunulaTryOnElement } = await import(process.argv[1]); console.log(typeof LunulaTryOnElement)"
    command = [node, "--input-type=module", "-e", script, str(dist_dir / "element.js")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "function", done.stderr
