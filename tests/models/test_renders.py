"""Renders: same seed same bytes, and labels that agree with one another."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.data.renders import look
from models.data.renders.__main__ import main
from models.data.renders.mesh import HandMesh, load_hand
from models.data.renders.scene import Picture, render

SIZE = 192
COUNT = 10


@pytest.fixture(scope="module")
def hand() -> HandMesh:
    return load_hand()


@pytest.fixture(scope="module")
def pictures(hand: HandMesh) -> list[Picture]:
    return [render(hand, (7, index), SIZE) for index in range(COUNT)]


def test_same_seed_same_picture_and_another_seed_another(hand: HandMesh, pictures: list[Picture]) -> None:
    again = render(hand, (7, 0), SIZE)
    assert again.rgb.tobytes() == pictures[0].rgb.tobytes()
    assert again.mask.tobytes() == pictures[0].mask.tobytes()
    assert again.nails == pictures[0].nails
    assert pictures[1].rgb.tobytes() != pictures[0].rgb.tobytes()


def test_nails_are_found_in_most_pictures(pictures: list[Picture]) -> None:
    assert sum(len(picture.nails) for picture in pictures) >= 2 * COUNT


def test_mask_holds_exactly_the_labelled_nails(pictures: list[Picture]) -> None:
    for picture in pictures:
        assert set(np.unique(picture.mask)) - {0} == {nail["label"] for nail in picture.nails}
        fingers = [nail["finger"] for nail in picture.nails]
        assert len(set(fingers)) == len(fingers)
        for nail in picture.nails:
            assert (picture.mask == nail["label"]).sum() == nail["area"]
            assert np.isfinite(picture.depth[picture.mask == nail["label"]]).all()


def test_keypoints_lie_at_the_ends_of_unoccluded_masks(pictures: list[Picture]) -> None:
    checked = 0
    for picture in pictures:
        for nail in picture.nails:
            base, tip = np.array(nail["base"]), np.array(nail["tip"])
            chord = np.linalg.norm(tip - base)
            facing = -np.array(nail["rotation"])[2, 2]
            if nail["visible"] < 0.97 or chord < 8 or facing < 0.5 or nail["shape"] == "stiletto":
                continue
            rows, columns = np.nonzero(picture.mask == nail["label"])
            along = (np.stack([columns, rows], 1) + 0.5 - base) @ (tip - base) / chord
            # Perspective and the plate's droop let its sides reach a little past the middle line's ends.
            assert abs(along.min()) <= 1.5 + 0.15 * chord
            assert abs(along.max() - chord) <= 1.5 + 0.15 * chord
            checked += 1
    assert checked >= 5


def test_rotation_is_orthonormal_and_its_axis_projects_onto_the_keypoints(pictures: list[Picture]) -> None:
    for picture in pictures:
        for nail in picture.nails:
            rotation = np.array(nail["rotation"])
            np.testing.assert_allclose(rotation.T @ rotation, np.eye(3), atol=1e-4)
            assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-4)
            np.testing.assert_allclose(nail["rotation_6d"], [*rotation[:, 0], *rotation[:, 1]], atol=1e-5)
            base, tip = np.array(nail["base_3d"]), np.array(nail["tip_3d"])
            np.testing.assert_allclose(rotation[:, 0] * np.linalg.norm(tip - base), tip - base, atol=1e-4)
            projected = tip[:2] / tip[2] * picture.focal + SIZE / 2
            np.testing.assert_allclose(projected, nail["tip"], atol=0.02)


def test_fingers_stand_in_order_across_the_hand(pictures: list[Picture]) -> None:
    for picture in pictures:
        bases = {nail["finger"]: np.array(nail["base_3d"]) for nail in picture.nails}
        if {1, 2, 4} <= bases.keys():
            assert np.linalg.norm(bases[1] - bases[2]) < np.linalg.norm(bases[1] - bases[4])


@pytest.mark.parametrize("ita", [-60.0, -30.0, 10.0, 28.0, 41.0, 55.0, 70.0])
def test_skin_colour_has_the_angle_asked_for(ita: float) -> None:
    colour = look.skin_colour(ita, np.random.default_rng(3))
    xyz = np.linalg.inv([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.204, 1.057]]) @ colour
    _, fy, fz = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    measured = np.degrees(np.arctan2(116 * fy - 16 - 50, 200 * (fy - fz)))
    assert measured == pytest.approx(ita, abs=6)  # clipping to the gamut moves the darkest a little


def test_whole_ita_range_is_drawn(hand: HandMesh) -> None:
    angles = [render(hand, (11, index), 64).ita for index in range(24)]
    assert min(angles) < -30
    assert max(angles) > 55


def test_command_writes_the_photo_sets_layout(tmp_path: Path) -> None:
    main(["--count", "2", "--seed", "3", "--size", "96", "--depth", "--out", str(tmp_path)])
    rows = json.loads((tmp_path / "labels.json").read_text())
    assert len(rows) == 2
    for row in rows:
        assert np.array(Image.open(tmp_path / "images" / f"{row['id']}.png")).shape == (96, 96, 3)
        mask = np.array(Image.open(tmp_path / "masks" / f"{row['id']}.png"))
        assert int(mask.max()) == len(row["nails"])
        assert np.array(Image.open(tmp_path / "depth" / f"{row['id']}.png")).shape == (96, 96)


def test_thumb_of_a_left_hand_seen_from_the_back_is_on_the_right(pictures: list[Picture]) -> None:
    checked = 0
    for picture in pictures:
        nails = {nail["finger"]: nail for nail in picture.nails}
        if not {1, 4} <= nails.keys():
            continue
        forward = np.array(nails[1]["rotation"])[:2, 0] + np.array(nails[4]["rotation"])[:2, 0]
        sideways = np.array(nails[1]["base"]) - np.array(nails[4]["base"])  # from the little finger to the thumb's side
        turn = forward[0] * sideways[1] - forward[1] * sideways[0]
        assert (turn > 0) == (picture.hand == "left")
        checked += 1
    assert checked >= 2
