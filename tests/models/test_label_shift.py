"""Masks that lie beside what they outline: measured in the photos' edges, allowed for in training and in figures."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from models.data import augmentation as augment
from models.data.instance_masks import instances
from models.data.label_shift import label_shift
from models.data.photos import PhotoSet, load_photos
from models.evaluation.cases import examine
from models.evaluation.details import detail
from models.evaluation.label_shift import main, measure
from models.evaluation.metrics import score_photo
from models.evaluation.photos import Photo, pair
from models.evaluation.pseudo import PhotoMeta, read_meta
from models.evaluation.raster import rasterise
from models.evaluation.run import Result
from models.evaluation.tables import detail_tables
from tests.models.test_evaluation_raster import nail

SKIN, POLISH, SIDE, FINE = (214, 170, 140), (150, 20, 50), 240, 8
SHIFTED = "BoarArtem/nails-segmentation"
Polygon = list[tuple[float, float]]


def polygons(seed: int) -> list[Polygon]:
    """Nine ellipses as coarse as people click them."""
    random = np.random.default_rng(seed)
    made = []
    for row in range(3):
        for column in range(3):
            x, y = 40 + 80 * np.array([column, row]) + random.uniform(-8, 8, 2)
            along, across, turn = random.uniform(10, 20), random.uniform(7, 12), random.uniform(0, math.pi)
            corners = []
            for angle in np.arange(10) * math.pi / 5:
                u, v = along * math.cos(angle) + random.normal(0, 0.5), across * math.sin(angle) + random.normal(0, 0.5)
                cos, sin = math.cos(turn), math.sin(turn)
                corners.append((x + u * cos - v * sin, y + u * sin + v * cos))
            made.append(corners)
    return made


def exact(polygon: Polygon) -> np.ndarray:
    """Share of each pixel inside the polygon, whose corners are continuous coordinates."""
    large = Image.new("L", (SIDE * FINE, SIDE * FINE))
    ImageDraw.Draw(large).polygon([(x * FINE - 0.5, y * FINE - 0.5) for x, y in polygon], fill=255)
    return np.asarray(large.resize((SIDE, SIDE), Image.Resampling.BOX)) / 255


def by_corners(polygon: Polygon) -> np.ndarray:
    """The same by a painter that takes a corner for a pixel's centre: the nearest whole number."""
    image = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(image).polygon([(round(x), round(y)) for x, y in polygon], fill=1)
    return np.asarray(image)


def write(folder: Path, paint: Callable[[Polygon], np.ndarray], photos: int = 4) -> list[Photo]:
    """Photos with exact edges and noise, their masks as `paint` has them."""
    for kind in ("images", "masks"):
        (folder / kind).mkdir(parents=True)
    for seed in range(photos):
        image, mask = np.full((SIDE, SIDE, 3), SKIN, float), np.zeros((SIDE, SIDE), np.uint8)
        for label, polygon in enumerate(polygons(seed), 1):
            image += (np.array(POLISH) - image) * exact(polygon)[..., None]
            mask[paint(polygon) >= 0.5] = label
        image += np.random.default_rng(seed).normal(0, 6, image.shape)
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / "images" / f"{seed}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{seed}.png")
    return pair(folder / "images", folder / "masks")


def test_masks_painted_by_corners_are_found_half_a_pixel_off_and_exact_ones_in_place(tmp_path: Path) -> None:
    moved = measure(write(tmp_path / "corners", by_corners))
    assert moved.nails == 36
    assert (moved.x, moved.y) == pytest.approx((0.5, 0.5), abs=0.1)
    exactly = measure(write(tmp_path / "exact", exact))
    assert (exactly.x, exactly.y) == pytest.approx((0, 0), abs=0.1)
    assert max(moved.x_error, moved.y_error, exactly.x_error, exactly.y_error) < 0.1


def test_nails_of_the_skins_colour_are_no_edges_to_measure(tmp_path: Path) -> None:
    photos = write(tmp_path, exact, 1)
    Image.new("RGB", (SIDE, SIDE), SKIN).save(photos[0].image)
    with pytest.raises(ValueError, match="no nail differs enough"):
        measure(photos)


def test_the_command_prints_a_row_a_folder_and_says_what_is_wrong_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "set", exact, 2)
    monkeypatch.setattr("sys.argv", ["label_shift", "--data", str(tmp_path / "set")])
    main()
    assert "18" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["label_shift", "--data", str(tmp_path / "missing")])
    with pytest.raises(SystemExit):
        main()
    assert "no such folder" in capsys.readouterr().err


def test_only_a_source_that_is_known_for_it_is_shifted(tmp_path: Path) -> None:
    assert label_shift({"source": SHIFTED}) == 0.5
    assert label_shift({"source": "somebody/else"}) == label_shift({}) == 0
    rows = [{"id": "a", "nails": [], "source": SHIFTED}, {"id": "b", "nails": []}]
    (tmp_path / "meta.json").write_text(json.dumps(rows))
    meta = read_meta(tmp_path / "meta.json")
    assert (meta["a"].label_shift, meta["b"].label_shift) == (0.5, 0)


@pytest.fixture
def both(tmp_path: Path) -> tuple[PhotoSet, PhotoSet]:
    """The same photos: masks by corners of a shifted source; exact masks."""
    made = []
    for name, paint, source in (("corners", by_corners, SHIFTED), ("exact", exact, "else")):
        write(tmp_path / name, paint, 1)
        (tmp_path / f"{name}.json").write_text(json.dumps([{"id": "0", "nails": [], "source": source}]))
        made.append(load_photos([tmp_path / name], tmp_path / f"{name}.json"))
    return made[0], made[1]


def test_training_sees_nails_where_they_are(both: tuple[PhotoSet, PhotoSet]) -> None:
    """From every side alike: a view and its half turn show the same nail."""
    stored, truth = both
    assert torch.allclose(stored.center[:, :9].sort(1).values, truth.center[:, :9].sort(1).values, atol=0.3)
    index, whole = torch.tensor([0, 0]), torch.full((2, 2), 120.0)
    turns, one = torch.tensor([0.0, math.pi]), torch.ones(2)
    affine = augment.similarity(one, turns, one, whole, whole)

    def centers(of: PhotoSet) -> torch.Tensor:
        """[9, 2, 2] of the nails as they are seen."""
        grid, made = torch.arange(SIDE) + 0.5, []
        for label in range(1, 10):
            seen = augment.view(of, index, affine, SIDE, label=torch.tensor([label] * 2, dtype=torch.uint8)).nail
            sums = torch.stack([(seen * grid).sum((1, 2)), (seen * grid[:, None]).sum((1, 2))], 1)
            made.append(sums / seen.sum((1, 2))[:, None])
        return torch.stack(made)

    def beside(of: PhotoSet) -> torch.Tensor:
        """[2, 2] px from where nails truly are to where they are seen, upright and turned: mean of the nails."""
        return (centers(of) - centers(truth)).mean(0)

    assert beside(stored).abs().max() < 0.15
    unshifted = beside(replace(stored, label_shift=torch.zeros(1)))
    assert torch.allclose(unshifted, torch.tensor([[0.5, 0.5], [-0.5, -0.5]]), atol=0.15)


def test_boxes_are_where_the_nails_are(both: tuple[PhotoSet, PhotoSet]) -> None:
    index, middle, one = torch.tensor([0, 0]), torch.full((2, 2), 120.0), torch.ones(2)
    affine = augment.similarity(0.83 * one, torch.tensor([0.0, math.pi]), one, middle, middle)  # no whole pixels

    def beside(of: PhotoSet) -> torch.Tensor:
        boxes, wanted = (instances(photos, index, affine, SIDE, 9).boxes[..., :2] for photos in (of, both[1]))
        nearest = (boxes[:, :, None] - wanted[:, None]).norm(dim=3).argmin(2)
        moved = boxes - wanted.gather(1, nearest[..., None].expand(-1, -1, 2))
        return moved.mean(1) * SIDE * 0.83

    assert beside(both[0]).abs().max() < 0.2
    assert beside(replace(both[0], label_shift=torch.zeros(1))).abs().min() > 0.3


def test_figures_where_masks_were_drawn_stand_beside_those_where_they_are_stored(tmp_path: Path) -> None:
    found = [nail((40.0, 40.0), (12.0, 8.0), 0.3, finger="index", direction=0.0)]
    truth = rasterise(found, 80, 80, 0.5)
    photo = Photo(tmp_path / "a.png", tmp_path / "mask.png")
    Image.new("RGB", (80, 80), SKIN).save(photo.image)
    Image.fromarray(truth).save(photo.mask)
    labels = rasterise(found, 80, 80)
    result = Result(photo, found, labels, score_photo(truth, labels, [0.9]))

    known = detail([examine(result, {"a": PhotoMeta(label_shift=0.5)})])
    assert known.as_drawn is not None
    assert known.as_drawn.matched_iou == 1
    assert result.score.matched[0] is not None
    assert result.score.matched[0] < 0.95
    assert known.as_dict()["as_drawn"]["recall"] == 1
    assert "where the masks were drawn" in detail_tables(known)[0].title
    unknown = detail([examine(result, {})])
    assert unknown.as_drawn is None
    assert all("drawn" not in table.title for table in detail_tables(unknown))


def test_a_shift_moves_a_nail_that_crosses_the_border_too() -> None:
    edge = [nail((0.0, 30.0), (12.0, 8.0), 0.0)]
    assert np.array_equal(rasterise(edge, 60, 60, 1.0)[1:, 1:], rasterise(edge, 60, 60)[:-1, :-1])
    assert rasterise(edge, 60, 60, 1.0)[:, 0].any()
