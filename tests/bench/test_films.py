"""The films' truth and the scores, by overlays whose faults are known; the SDK itself on films, as a long test."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from models.evaluation.static_server import StaticServer
from tests.bench.sequences.films import FILMS, FPS, Nail, frame, truth
from tests.bench.sequences.run import GIVEN, develop, projector, watch
from tests.bench.sequences.score import Drawn, score

SPEED = 120.0  # pixels a second


def moving(seconds: float = 2.0) -> list[list[Nail]]:
    """A nail that goes to and fro."""
    times = np.arange(int(seconds * FPS)) / FPS
    return [[Nail(1, 300 + SPEED * np.sin(3 * t) / 3, 200.0, 40.0, 1.0)] for t in times]


def drawn(film: list[list[Nail]]) -> list[list[Drawn]]:
    return [[Drawn(nail.id, nail.x, nail.y) for nail in nails] for nails in film]


def test_a_perfect_overlay_has_no_fault() -> None:
    found = score(moving(), drawn(moving()))
    assert (found.error_px, found.jitter_px, found.ghost_ms, found.switches) == (0, 0, 0, 0)
    assert found.covered == 1
    assert found.lag_ms == pytest.approx(0)


def test_lag_is_told_in_milliseconds() -> None:
    late = drawn([*moving()[:3], *moving()[:-3]])  # three frames
    assert score(moving(), late).lag_ms == pytest.approx(3000 / FPS, rel=0.1)


def test_jitter_is_told_apart_from_an_offset() -> None:
    random = np.random.default_rng(1)
    offset = [[Drawn(1, nails[0].x + 5, nails[0].y)] for nails in moving()]
    assert score(moving(), offset).jitter_px == pytest.approx(0)
    shaken = [[Drawn(1, nails[0].x + random.normal(), nails[0].y + random.normal())] for nails in moving()]
    assert score(moving(), shaken).jitter_px == pytest.approx(2, rel=0.3)  # two axes, and differences


def test_ghosts_and_missed_nails() -> None:
    film = moving()
    gone: list[list[Nail]] = [nails if index < 30 else [] for index, nails in enumerate(film)]
    found = score(gone, drawn(film[:36]) + [[] for _ in film[36:]])
    assert found.ghost_ms == pytest.approx(6 * 1000 / FPS)
    assert score(film, drawn(film[:30]) + [[] for _ in film[30:]]).covered == pytest.approx(0.5)


def test_a_ghost_that_the_networks_see_is_not_held_by_the_tracker() -> None:
    gone: list[list[Nail]] = [[] for _ in range(9)]
    overlay = [[Drawn(1, 50, 100)] for _ in gone]
    given = {index: [Drawn(0, 53, 100)] for index in range(5)}
    found = score(gone, overlay, given)
    assert (found.ghost_ms, found.held_ms) == (pytest.approx(9 * 1000 / FPS), pytest.approx(4 * 1000 / FPS))


def test_films_are_alike_each_time_and_tell_what_is_hidden() -> None:
    crossing = FILMS[-1]
    pictures = [frame(crossing, 45) for _ in range(2)]
    np.testing.assert_array_equal(pictures[0][0], pictures[1][0])
    assert pictures[0][1] == pictures[1][1]
    before, during = truth(crossing, 0.0), truth(crossing, 1.5)
    assert all(nail.visible > 0.95 for nail in before if nail.id < 10)
    assert any(nail.visible < 0.5 for nail in during if nail.id < 10) or len(during) < 10


def test_what_the_networks_found_is_told_apart_from_what_is_drawn() -> None:
    film = [[Nail(1, 100, 100, 40, 1.0), Nail(2, 300, 100, 40, 1.0)] for _ in range(4)]
    given = {0: [Drawn(0, 100, 100)], 2: [Drawn(0, 100, 100), Drawn(0, 310, 100)]}
    found = score(film, drawn(film), given)
    assert (found.found, found.covered) == (0.75, 1)


def test_what_is_drawn_outside_the_picture_is_no_ghost() -> None:
    gone: list[list[Nail]] = [[] for _ in range(6)]
    assert score(gone, [[Drawn(1, -5, 100)] for _ in gone]).ghost_ms == 0
    assert score(gone, [[Drawn(1, 5, 100)] for _ in gone]).ghost_ms > 0


# Film, what the tracker is given, milliseconds of an inference; most error (median, pixels), jitter, lag, ghost; least
# share of nails drawn. The issue's own bounds (jitter 0.5, lag 33, ghost 150) where inferences keep up with the film.
BOUNDS = [
    ("at rest", "networks", 25, 1, 0.5, None, 150, 0.85),
    ("moving", "networks", 25, 4, 4, 33, 150, 0.7),
    ("leaving and entering", "networks", 25, 1, 2, 33, 150, 0.6),
    ("two hands crossing", "networks", 25, 1, 2, None, 600, 0.7),  # a false nail: docs/performance.md
    ("moving", "truth", 25, 2.5, 2, 33, 150, 0.95),
    ("moving", "truth", 80, 11, 6, 33, 150, 0.85),
    ("two hands crossing", "truth", 25, 1, 1, None, 150, 0.95),
]


@pytest.mark.long
@pytest.mark.parametrize(("name", "given", "latency", "error", "jitter", "lag", "ghost", "covered"), BOUNDS)
def test_the_overlay_keeps_to_the_nails(
    page: Page,
    server: StaticServer,
    tmp_path: Path,
    name: str,
    given: str,
    latency: float,
    error: float,
    jitter: float,
    lag: float | None,
    ghost: float,
    covered: float,
) -> None:
    film = next(film for film in FILMS if film.name == name)
    with projector(page, server, tmp_path):
        found = watch(page, server, develop(film), latency, GIVEN[given])
    assert found.error_px < error
    assert found.jitter_px < jitter
    assert found.ghost_ms <= ghost
    assert found.held_ms <= 150
    assert found.covered > covered
    assert lag is None or abs(found.lag_ms) < lag
