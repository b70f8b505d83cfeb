"""Screenshots of every state of the app at phone size in both themes, as one picture: what `scons contact_sheet` calls.

It also writes the screenshots of the web manifest and of the README.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, Playwright, sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.browser.app_states import LIVE, STILL, Way

PHONE = {"width": 390, "height": 844}
SCALE = 2
HAND = "kg_4c4a6402-e402.jpg"
# Of a picture in the sheet, pixels.
THUMB = (260, 563)
LABEL = 26
PER_ROW = 9

DESKTOP = {"width": 1280, "height": 800}
OTHERS: dict[str, tuple[str, dict[str, int], str]] = {
    "arabic": ("looks", PHONE, "ar"),
    "german": ("settings", PHONE, "de"),
    "small": ("painted", {"width": 360, "height": 640}, "en"),
    "small start": ("welcome", {"width": 360, "height": 640}, "en"),
    "landscape": ("shape", {"width": 844, "height": 390}, "en"),
    "desktop": ("looks", DESKTOP, "en"),
    "desktop colours": ("painted", DESKTOP, "en"),
    "desktop start": ("welcome", DESKTOP, "en"),
}
"""Further pictures: which state, screen size, language."""

# A phone that is held upright gives upright frames, whatever was asked for; Chromium's fake camera crops instead.
UPRIGHT = """
  const media = navigator.mediaDevices
  const open = media.getUserMedia.bind(media)
  media.getUserMedia = () => open({ video: true })
"""

MANIFEST = {
    "narrow-painted.webp": "painted, light",
    "narrow-welcome.webp": "welcome, light",
    "wide-painted.webp": "desktop colours",
    "wide-welcome.webp": "desktop start",
}
"""The web manifest's screenshots."""

README = ["painted, light", "fingers, dark", "before and after, light"]


def shoot(
    playwright: Playwright,
    url: str,
    states: dict[str, Way],
    *,
    theme: str,
    size: dict[str, int],
    language: str = "en",
    film: Path | None = None,
) -> Iterator[tuple[str, Image.Image]]:
    """Each state's name and its screenshot, from a fresh start with what is stored kept."""
    look: dict[str, Any] = {"viewport": size, "device_scale_factor": SCALE, "color_scheme": theme, "locale": language}
    with open_chromium(playwright, camera=film, has_touch=True, reduced_motion="reduce", **look) as chromium:
        context = chromium.context
        context.set_default_timeout(60_000)
        for name, way in states.items():
            page = context.new_page()
            page.add_init_script(UPRIGHT)
            app = AppPage(page).open(f"{url}/?backend=wasm")
            app.ready_offline()
            way(app)
            page.wait_for_timeout(700)
            # On a slow machine a screenshot may fall between two inferences, when the nails are held back.
            shots = [screenshot(page) for _ in range(6 if film else 1)]
            yield name, max(shots, key=redness)
            page.evaluate("localStorage.clear()")
            page.close()


def screenshot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def redness(picture: Image.Image) -> int:
    """How many pixels are as red as the first shade of the palette on a nail."""
    red, green, blue = (np.asarray(picture)[..., channel].astype(int) for channel in range(3))
    return int(((red > 100) & (green < red - 80) & (blue < red - 50)).sum())


def sheet(pictures: list[tuple[str, Image.Image]]) -> Image.Image:
    """All pictures with their names, PER_ROW a row."""
    rows = [pictures[start : start + PER_ROW] for start in range(0, len(pictures), PER_ROW)]
    gap = 16
    width, height = PER_ROW * (THUMB[0] + gap) + gap, len(rows) * (THUMB[1] + LABEL + gap) + gap
    paper = Image.new("RGB", (width, height), "#e6e1e3")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(15)
    for y, row in enumerate(rows):
        for x, (name, picture) in enumerate(row):
            left, top = gap + x * (THUMB[0] + gap), gap + y * (THUMB[1] + LABEL + gap)
            small = picture.copy()
            small.thumbnail(THUMB, Image.Resampling.LANCZOS)
            draw.text((left, top), name, "#251b20", font)
            paper.paste(small, (left, top + LABEL))
    return paper


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tests.browser.contact_sheet", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"))
    parser.add_argument("--out", type=Path, default=Path("docs/app.jpg"), help="the contact sheet")
    parser.add_argument("--each", type=Path, default=Path("build/contact_sheet"), help="folder of the single pictures")
    parser.add_argument("--manifest", type=Path, default=Path("sdk_src/app/screenshots"), help="folder")
    parser.add_argument("--readme", type=Path, default=Path("docs/screens.jpg"), help="the README's picture")
    parser.add_argument("--only", nargs="*", help="states; the sheet is not written then")
    options = parser.parse_args(arguments)
    options.each.mkdir(parents=True, exist_ok=True)
    film = options.each / "hand.y4m"
    write_y4m([options.dist / "samples" / HAND], film, size=(576, 768), frames=4)

    def wanted(states: dict[str, Way]) -> dict[str, Way]:
        return {name: way for name, way in states.items() if not options.only or name in options.only}

    pictures: dict[str, Image.Image] = {}

    def keep(name: str, picture: Image.Image) -> None:
        pictures[name] = picture
        picture.save(options.each / f"{name.replace(', ', '-').replace(' ', '_')}.png")
        print(name, flush=True)

    with sync_playwright() as playwright, StaticServer(options.dist, isolated=True) as server:
        for theme in ("light", "dark"):
            for states, camera in ((STILL, None), (LIVE, film)):
                some = wanted(states)
                if some:
                    for name, picture in shoot(playwright, server.url, some, theme=theme, size=PHONE, film=camera):
                        keep(f"{name}, {theme}", picture)
        for name, (state, size, language) in OTHERS.items():
            for label, way in wanted({name: STILL[state]}).items():
                shots = shoot(playwright, server.url, {label: way}, theme="light", size=size, language=language)
                for each, picture in shots:
                    keep(each, picture)
    if not options.only:
        whole = sheet(list(pictures.items()))
        small = (whole.width * 2 // 3, whole.height * 2 // 3)
        whole.resize(small, Image.Resampling.LANCZOS).save(options.out, quality=60, optimize=True)
        print(f"{options.out}: {len(pictures)} pictures, {options.out.stat().st_size:,} bytes")
        beside([pictures[name] for name in README]).save(options.readme, quality=80, optimize=True)
        for file, name in MANIFEST.items():
            pictures[name].save(options.manifest / file, quality=82, method=6)
    return 0


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Phones in a row on white, half their size."""
    gap = 28
    small = [
        picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS) for picture in pictures
    ]
    width, height = small[0].size
    paper = Image.new("RGB", (len(small) * (width + gap) - gap, height), "white")
    for at, picture in enumerate(small):
        paper.paste(picture, (at * (width + gap), 0))
    return paper


if __name__ == "__main__":
    sys.exit(main())
