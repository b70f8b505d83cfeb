"""Renders: same seed same bytes, and labels that agree with one another."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.data.photos import load_photos
from models.data.renders import look
from models.data.renders.__main__ import main
from models.data.renders.mesh import HandMesh, load_hand
from models.data.renders.raster import project, rasterise
from models.data.renders.scene import Picture, render

SIZE = 192
COUNT = 14


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
        fingers = [(nail["hand"], nail["finger"]) for nail in picture.nails]
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
            base, tip = np.array(nail["base_3d"]), np.array(nail["tip_3d"])
            np.testing.assert_allclose(rotation[:, 0] * np.linalg.norm(tip - base), tip - base, atol=1e-4)
            projected = tip[:2] / tip[2] * picture.focal + SIZE / 2
            np.testing.assert_allclose(projected, nail["tip"], atol=0.02)


def test_fingers_stand_in_order_across_the_hand(pictures: list[Picture]) -> None:
    for picture in pictures:
        if picture.views != ["back"]:
            continue
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
    angles = [render(hand, (11, index), 64).ita for index in range(60)]
    assert min(angles) < -30
    assert max(angles) > 55


def test_command_writes_the_photo_sets_layout(tmp_path: Path) -> None:
    tar = tmp_path / "renders.tar"
    main(["--count", "3", "--seed", "3", "--size", "96", "--depth", "--processes", "2", "--out", str(tar)])
    rows = json.loads((tmp_path / "renders.json").read_text())
    assert [row["id"] for row in rows] == [f"render_3_{index:06d}" for index in range(3)]
    photos = load_photos([tar], tmp_path / "renders.json")
    with tarfile.open(tar) as archive:
        assert json.load(archive.extractfile("renders.json")) == rows  # type: ignore[arg-type]
        for index, row in enumerate(rows):
            mask = np.array(Image.open(archive.extractfile(f"masks/{row['id']}.png")))  # type: ignore[arg-type]
            depth = np.array(Image.open(archive.extractfile(f"depth/{row['id']}.png")))  # type: ignore[arg-type]
            assert mask.shape == depth.shape == (96, 96)
            assert int(mask.max()) == len(row["nails"])
            fingers = {nail["label"]: nail["finger"] for nail in row["nails"]}
            known = photos.present[index] & (photos.finger[index] >= 0)
            for label, finger in zip(photos.label[index][known], photos.finger[index][known], strict=True):
                assert fingers[int(label)] == int(finger)


def test_command_stops_in_time_with_a_whole_tar(tmp_path: Path) -> None:
    tar = tmp_path / "renders.tar"
    main(["--count", "500", "--size", "64", "--processes", "1", "--minutes", "0", "--out", str(tar)])
    rows = json.loads((tmp_path / "renders.json").read_text())
    assert 1 <= len(rows) < 500
    with tarfile.open(tar) as archive:
        assert len(archive.getnames()) == 2 * len(rows) + 1


def test_hands_views_and_pictures_without_a_hand(hand: HandMesh) -> None:
    drawn = [render(hand, (5, index), 64) for index in range(60)]
    assert {len(picture.hands) for picture in drawn} == {0, 1, 2}
    assert {view for picture in drawn for view in picture.views} == {"back", "palm", "side"}
    assert all(not picture.nails for picture in drawn if not picture.hands)


def test_spans_find_what_a_test_of_every_pixel_finds() -> None:
    random = np.random.default_rng(1)
    points = np.concatenate([random.uniform(-1, 1, (30, 2)), random.uniform(2, 3, (30, 1))], 1)
    triangles = np.arange(30).reshape(10, 3)
    size, focal = 40, 60.0
    buffers = rasterise(points, triangles, focal, size)
    flat = project(points[triangles], focal, size)
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1) + 0.5
    nearest, owner = np.full((size, size), np.inf), np.full((size, size), -1)
    for index, (a, b, c) in enumerate(flat):
        matrix = np.stack([b - a, c - a], 1)
        second, third = np.moveaxis((grid - a) @ np.linalg.inv(matrix).T, -1, 0)
        inside = (second >= 0) & (third >= 0) & (second + third <= 1)
        share = np.stack([1 - second - third, second, third], -1)
        depth = 1 / (share / points[triangles[index], 2]).sum(-1)
        closer = inside & (depth < nearest)
        nearest[closer], owner[closer] = depth[closer], index
    np.testing.assert_array_equal(buffers.triangle, owner)
    np.testing.assert_allclose(buffers.depth[owner >= 0], nearest[owner >= 0], rtol=1e-5)


def test_rotation_6d_is_what_a_camera_that_looks_at_the_nail_sees(pictures: list[Picture]) -> None:
    for picture in pictures:
        for nail in picture.nails:
            middle = (np.array(nail["base_3d"]) + np.array(nail["tip_3d"])) / 2
            normal = np.cross(nail["rotation_6d"][:3], nail["rotation_6d"][3:])
            # The angle between the normal and the ray stays what it was.
            ray = middle / np.linalg.norm(middle)
            assert normal[2] == pytest.approx(ray @ np.array(nail["rotation"])[:, 2], abs=0.02)


def test_thumb_of_a_left_hand_seen_from_the_back_is_on_the_right(pictures: list[Picture]) -> None:
    checked = 0
    for picture in pictures:
        nails = {nail["finger"]: nail for nail in picture.nails}
        if picture.views != ["back"] or not {1, 4} <= nails.keys():
            continue
        forward = np.array(nails[1]["rotation"])[:2, 0] + np.array(nails[4]["rotation"])[:2, 0]
        sideways = np.array(nails[1]["base"]) - np.array(nails[4]["base"])  # from the little finger to the thumb's side
        turn = forward[0] * sideways[1] - forward[1] * sideways[0]
        assert (turn > 0) == (picture.hands == ["left"])
        checked += 1
    assert checked >= 2
