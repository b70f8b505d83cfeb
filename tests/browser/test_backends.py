"""Safari's way: WASM gives the same nails as WebGL, in Chromium."""

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Browser

from models.evaluation.dist_session import DistSession
from models.evaluation.nail import Nail
from models.evaluation.static_server import StaticServer
from tests.browser.contours import hausdorff
from tests.conftest import Sample

CONTOUR_PX = 1.0


def test_hausdorff_of_known_polygons() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    assert hausdorff(square, square + np.array([0.5, 0])) == 0.5
    # A vertex on an edge adds no distance; a spike of 3 px does.
    assert hausdorff(square, np.insert(square, 1, [5, 0], axis=0)) == 0
    assert hausdorff(square, np.insert(square, 1, [5, -3], axis=0)) == 3


def test_wasm_and_webgl_give_the_same_nails(
    shared_session: DistSession, open_session: Callable[..., DistSession], samples: list[Sample]
) -> None:
    webgl = open_session(backend="webgl", store="memory")
    assert (webgl.backend, shared_session.backend) == ("webgl", "wasm")
    worst = 0.0
    for sample in samples[::3]:
        photo = sample.photo.read_bytes()
        pairs = matched(shared_session.detect(photo), webgl.detect(photo))
        assert pairs, sample.name
        for one, other in pairs:
            assert one["finger"] == other["finger"]
            assert abs(one["confidence"] - other["confidence"]) < 0.02
            worst = max(worst, hausdorff(one["contour"], other["contour"]))
    print(f"largest contour distance {worst:.6f} px")
    assert worst <= CONTOUR_PX


def test_threads_change_nothing(
    browser: Browser, serve: Callable[..., StaticServer], shared_session: DistSession, samples: list[Sample]
) -> None:
    """shared_session is cross-origin isolated (threads); a plain static host gives no isolation."""
    context = browser.new_context()
    plain = DistSession(context.new_page(), serve(isolated=False)).create(backend="wasm", store="memory")
    photo = samples[0].photo.read_bytes()
    pairs = matched(shared_session.detect(photo), plain.detect(photo))
    assert max(hausdorff(one["contour"], other["contour"]) for one, other in pairs) <= CONTOUR_PX
    context.close()


def matched(ones: list[Nail], others: list[Nail]) -> list[tuple[Nail, Nail]]:
    """Each nail with the other side's nearest; both sides must report the same number, one to one."""
    assert len(ones) == len(others)
    if not ones:
        return []
    place = np.array([[nail["center"]["x"], nail["center"]["y"]] for nail in others])
    nearest = [int(np.hypot(*(place - [nail["center"]["x"], nail["center"]["y"]]).T).argmin()) for nail in ones]
    assert len(set(nearest)) == len(ones), "two nails of one backend are nearest to the same nail of the other"
    return [(nail, others[k]) for nail, k in zip(ones, nearest, strict=True)]
