"""Figures on renders: exact truth gives exact figures, and rotations are compared in degrees."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from models.data.renders.__main__ import main as draw_renders
from models.evaluation.cases import NailCase, PhotoCase
from models.evaluation.metrics import score_photo
from models.evaluation.photos import DataError
from models.evaluation.renders import degrees_between, read_renders, render_figures


@pytest.fixture(scope="module")
def tar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("renders") / "renders.tar"
    draw_renders(["--count", "3", "--size", "160", "--seed", "2", "--processes", "1", "--out", str(path)])
    return path


def test_a_tar_gives_photos_and_the_rotations_of_what_is_visible(tar: Path, tmp_path: Path) -> None:
    photos, rotations = read_renders(tar, tmp_path)
    assert [photo.name for photo in photos] == sorted(rotations)
    rows = json.loads(tar.with_suffix(".json").read_text())
    visible = sum(nail["visible"] >= 0.5 for row in rows for nail in row["nails"])
    assert sum(map(len, rotations.values())) == visible > 0


def test_a_tar_without_rows_is_refused(tar: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.tar"
    alone.write_bytes(tar.read_bytes())
    with pytest.raises(DataError, match=r"alone\.json beside it cannot be read"):
        read_renders(alone, tmp_path / "out")


def test_degrees_are_the_angle_of_the_turn_between() -> None:
    def about_z(degrees: float) -> list[float]:
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return [c, s, 0, -s, c, 0]

    assert degrees_between(about_z(10), about_z(10)) == pytest.approx(0, abs=1e-4)
    assert degrees_between(about_z(10), about_z(-25)) == pytest.approx(35)
    # A half turn about the axis: the nail seen from below.
    assert degrees_between([1, 0, 0, 0, 1, 0], [1, 0, 0, 0, -1, 0]) == pytest.approx(180)


def test_rotations_count_for_matched_nails_that_are_known() -> None:
    truth = np.zeros((40, 40), np.uint8)
    truth[5:15, 5:15], truth[25:35, 25:35] = 1, 2
    flat = [1.0, 0, 0, 0, 1, 0]
    tilted = [math.cos(0.2), 0, math.sin(0.2), 0, 1, 0]
    nails = tuple(
        NailCase(label, 10, None, None, {"rotation": tilted}, 1.0, 1.0)  # type: ignore[arg-type]
        for label in (1, 2)
    )
    case = PhotoCase("one", score_photo(truth, truth, [0.9, 0.8]), None, None, nails)
    figures = render_figures([case], {"one": {1: flat}})
    assert (figures.renders, figures.nails, figures.rotations) == (1, 2, 1)
    assert figures.rotation_median == pytest.approx(math.degrees(0.2), abs=1e-4)
    assert figures.matched_iou == figures.boundary_f == figures.recall == figures.precision == 1
