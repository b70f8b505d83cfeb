"""Every state of the app that a person can come to, and the way there: for the contact sheet and for axe."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.app_page import AppPage

Way = Callable[[AppPage], None]


def welcome(app: AppPage) -> None:
    app.state("ready")


def painted(app: AppPage, sample: int = 1) -> None:
    app.hook(f"sample-{sample}").click()
    app.state("painted")


def camera(app: AppPage) -> None:
    app.hook("start-camera").click()
    app.state("camera")
    expect(app.hook("status")).to_contain_text("found")


def panel(name: str, sample: int = 1) -> Way:
    """A tab of the palette, with a painted hand above it."""

    def way(app: AppPage) -> None:
        painted(app, sample)
        app.hook(f"tab-{name}").click()

    return way


def finish(app: AppPage) -> None:
    app.hook("swatch-midnight").click()
    panel("finish")(app)
    app.hook("finish-glitter").check()
    expect(app.hook("canvas")).to_have_attribute("data-finish", "glitter")


def nail_art(app: AppPage) -> None:
    app.hook("swatch-rowan").click()
    panel("finish")(app)
    app.hook("finish-pattern").check()
    expect(app.hook("canvas")).to_have_attribute("data-finish", "pattern")


def shape(app: AppPage) -> None:
    app.hook("swatch-peony").click()
    panel("shape")(app)
    app.hook("shape-almond").check()


def fingers(app: AppPage) -> None:
    app.hook("swatch-sage").click()
    panel("fingers")(app)
    app.hook("finger-ring").check()
    app.hook("tab-color").click()
    app.hook("swatch-antique-gold").click()
    app.hook("tab-fingers").click()


def looks(app: AppPage) -> None:
    panel("looks")(app)
    app.hook("look-party").click()


def search(app: AppPage) -> None:
    panel("color", 2)(app)
    app.hook("search").fill("pin")


def favourites(app: AppPage) -> None:
    for name in ("mulberry", "lagoon", "apricot"):
        app.hook(f"swatch-{name}").click()
        app.hook("favourite-button").click()
    painted(app, 3)
    app.hook("filter-favourites").click()


def empty(app: AppPage) -> None:
    painted(app, 3)
    app.hook("filter-favourites").click()


def slider(app: AppPage) -> None:
    app.hook("swatch-fuchsia").click()
    painted(app, 2)
    app.hook("slider-button").click()
    app.hook("split").fill("48")


def zoomed(app: AppPage) -> None:
    app.hook("swatch-deep-water").click()
    painted(app)
    app.hook("picture").focus()
    for _ in range(2):
        app.page.keyboard.press("+")
    for _ in range(3):
        app.page.keyboard.press("ArrowUp")


def share(app: AppPage) -> None:
    painted(app)
    app.hook("share-button").click()


def settings(app: AppPage) -> None:
    app.state("ready")
    app.hook("settings-button").click()


def refused(app: AppPage) -> None:
    painted(app)
    app.choose_file(b"not a picture")
    app.state("error")


def nothing_found(app: AppPage, picture: Path) -> None:
    app.choose_photo(picture)
    app.state("painted")


def statistics(app: AppPage) -> None:
    app.hook("settings-button").click()
    app.hook("setting-statistics").check()
    app.hook("settings-close").click()
    camera(app)
    expect(app.hook("tensors")).not_to_be_empty()


def frozen(app: AppPage) -> None:
    camera(app)
    app.hook("freeze-button").click()
    app.state("painted")


STILL: dict[str, Way] = {
    "welcome": welcome,
    "painted": painted,
    "finish": finish,
    "nail art": nail_art,
    "shape": shape,
    "fingers": fingers,
    "looks": looks,
    "search": search,
    "favourites": favourites,
    "no favourites": empty,
    "before and after": slider,
    "zoomed": zoomed,
    "share": share,
    "settings": settings,
    "refused file": refused,
}
"""Without a camera."""

LIVE: dict[str, Way] = {"camera": camera, "frozen": frozen, "statistics": statistics}
"""With one."""
