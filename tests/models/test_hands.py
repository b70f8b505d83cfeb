"""The hand detector: average precision, decoding, what is known about a photo's hands, and that its training runs."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.data.hands import HandSet, hands_of, load_hands
from models.evaluation.average_precision import average_precision, hits, iou
from models.evaluation.hand_boxes import decode_hands
from models.losses import giou
from models.networks import build, load, multiply_adds
from models.spec import HAND_DETECTOR
from models.training.hand_batch import Crop, batch
from models.training.hands import loss

UNIT, STRIDE = HAND_DETECTOR.constants["box_unit"], HAND_DETECTOR.constants["stride"]
NAIL = {"label": 1, "box_xyxy": [40, 40, 49, 55], "area": 120}


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, float).reshape(-1, 4)


def test_iou_of_known_boxes() -> None:
    square = boxes((0, 0, 10, 10))
    assert iou(square, boxes((0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30)))[0] == pytest.approx([1, 1 / 3, 0])
    assert giou(torch.tensor([0.0, 0, 10, 10]), torch.tensor([10.0, 0, 20, 10])).item() == pytest.approx(0)
    assert giou(torch.tensor([0.0, 0, 10, 10]), torch.tensor([30.0, 0, 40, 10])).item() == pytest.approx(-0.5)


def test_a_true_box_counts_once_for_the_best_score() -> None:
    truth = boxes((0, 0, 10, 10))
    found = boxes((0, 0, 10, 9), (0, 0, 10, 10))
    assert hits(found, np.array([0.4, 0.9]), truth).tolist() == [False, True]


def test_average_precision_of_a_ranking_worked_by_hand() -> None:
    # Two true boxes; ranked: right (P 1), wrong, right (P 2/3). AP = (1 + 2/3) / 2.
    truth = [boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10))]
    found = [boxes((0, 0, 10, 10), (50, 50, 60, 60)), boxes((0, 0, 10, 10))]
    scores = [np.array([0.9, 0.8]), np.array([0.7])]
    assert average_precision(found, scores, truth) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([boxes()], [np.zeros(0)], [boxes((0, 0, 1, 1))]) == 0


def maps(*hands: tuple[int, int, float, tuple[float, float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Maps with hands (row, column, logit, sides in pixels) and nothing else."""
    _, height, width, _ = HAND_DETECTOR.outputs[0].shape
    scores, sides = np.full((height, width, 1), -9.0), np.zeros((height, width, 4))  # type: ignore[arg-type]
    for row, column, logit, reach in hands:
        scores[row, column], sides[row, column] = logit, np.array(reach) / UNIT
    return scores, sides


def test_decoding_gives_the_box_around_the_cell() -> None:
    found = decode_hands(*maps((3, 5, 2.0, (10, 20, 30, 40))))
    x, y = 5.5 * STRIDE, 3.5 * STRIDE
    assert found.boxes[0] == pytest.approx([x - 10, y - 20, x + 30, y + 40])
    assert found.scores[0] == pytest.approx(1 / (1 + np.exp(-2)))


def test_decoding_keeps_two_hands_and_one_box_of_each() -> None:
    big = (40, 40, 40, 40)
    found = decode_hands(*maps((3, 3, 3.0, big), (3, 4, 2.9, big), (8, 8, 2.0, big), (3, 9, 1.0, (30, 30, 30, 30))))
    assert len(found.boxes) == 2
    assert found.scores[0] > found.scores[1] > 0.8
    # A fingertip's small box inside the hand's is no second hand.
    assert len(decode_hands(*maps((5, 5, 3.0, (80, 80, 80, 80)), (5, 7, 2.0, (12, 12, 12, 12)))).boxes) == 1


def test_boxes_end_with_the_picture() -> None:
    found = decode_hands(*maps((0, 0, 2.0, (100, 100, 400, 10))))
    assert found.boxes[0].tolist() == [0, 0, 192, 18]


def test_landmarks_make_a_sure_hand_and_nails_alone_an_unsure_one() -> None:
    landmarks = [[50 + 5 * k, 60 + 3 * (k % 4), 0.0] for k in range(21)]
    row = {"nails": [NAIL], "mediapipe_hands": [{"landmarks": landmarks}], "pseudo_fingers": [{"hand": 0}]}
    hands, complete = hands_of(row)
    assert complete
    assert len(hands) == 1
    assert hands[0].sure
    assert hands[0].is_nail.sum() == 1
    (alone,), complete = hands_of({"nails": [NAIL]})
    assert complete
    assert not alone.sure
    assert hands_of({"nails": []}) == ([], False)


def test_ten_nails_of_unknown_hands_are_two_hands() -> None:
    nails = [{"label": k, "box_xyxy": [20 * k + 200 * (k > 4), 40, 20 * k + 9 + 200 * (k > 4), 55]} for k in range(10)]
    hands, _ = hands_of({"nails": nails})
    assert [len(hand.points) for hand in hands] == [5, 5]


@pytest.fixture
def hand_set(tmp_path: Path) -> HandSet:
    """Four photos of a box each, which is all that a box detector needs to see."""
    return load_hands([written(tmp_path) / "train"], tmp_path / "meta.json")


def written(folder: Path) -> Path:
    rows = []
    (folder / "train/images").mkdir(parents=True)
    for k in range(4):
        canvas = np.full((200, 160, 3), 60, np.uint8)
        canvas[40 + 10 * k : 140, 30:120] = (220, 170, 140)
        Image.fromarray(canvas).save(folder / f"train/images/{k}.png")
        rows.append({"id": str(k), "width": 160, "height": 200, "boxes_xyxy": [[30, 40 + 10 * k, 120, 140]]})
    (folder / "meta.json").write_text(json.dumps(rows))
    return folder


def test_a_batch_knows_its_boxes(hand_set: HandSet) -> None:
    torch.manual_seed(0)
    images, truth = batch(hand_set, len(hand_set), Crop(16, (0.6, 0.9), 2))
    assert images.shape == (16, 3, 192, 192)
    assert truth.strong.any()
    assert not truth.weak.any()
    box = truth.box[truth.strong]
    assert (box >= 0).all()
    assert (box <= 192).all()
    assert (box[:, 2:] > box[:, :2]).all()
    # The last is a backdrop, the one before it a photo painted over.
    assert not truth.strong[-2:].any()


def test_the_loss_falls(hand_set: HandSet) -> None:
    torch.manual_seed(0)
    net = build("hand_detector").train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    values = []
    for _ in range(12):
        optimizer.zero_grad()
        value = loss(net, hand_set, len(hand_set), Crop(8, (0.6, 1.2), 1))
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert np.mean(values[-3:]) < 0.85 * np.mean(values[:3])


def test_the_network_keeps_its_budget() -> None:
    network = build("hand_detector")
    assert multiply_adds(network, (1, 3, 192, 192)) <= 30e6
    assert sum(p.numel() for p in network.parameters()) <= 500_000


def test_a_training_runs_writes_pictures_and_a_checkpoint(repo_root: Path, tmp_path: Path) -> None:
    data = written(tmp_path / "data" / "hands").parent
    row = {"id": "0", "width": 160, "height": 200, "nails": [NAIL]}
    (data / "meta.json").write_text(json.dumps([row]))
    (data / "train").symlink_to(data / "hands" / "train")
    command = [sys.executable, "-m", "models.training", "hand_detector", "--data", data, "--train", "train"]
    command += ["--val", "train", "--out", tmp_path, "--device", "cpu", "--batch", "4", "--steps", "2"]
    done = subprocess.run([str(c) for c in command], cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "val AP50" in done.stdout
    assert (tmp_path / "hand_detector.examples.jpg").stat().st_size > 1000
    load("hand_detector", tmp_path / "hand_detector.safetensors")
