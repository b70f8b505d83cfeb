"""The whole command on two sample photos, through PyTorch and through dist: figures, edge cases, page, masks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models.evaluation.degradations import DEGRADATIONS
from models.evaluation.photos import pair
from tests.conftest import MASKS, PHOTOS


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """images/, masks/, meta.json that calls every nail a thumb, and one hand-free photo."""
    folders = {name: tmp_path / name for name in ("images", "masks", "empty")}
    for folder in folders.values():
        folder.mkdir()
    rows: list[dict[str, Any]] = []
    for photo in pair(PHOTOS, MASKS)[:2]:
        shutil.copy(photo.image, folders["images"])
        shutil.copy(photo.mask, folders["masks"])
        labels = [int(label) for label in set(photo.labels().ravel().tolist()) - {0}]
        landmarks = [[50, 100, 0]] * 5 + [[30, 40, 0]] * 12 + [[70, 45, 0]] * 4
        rows.append(
            {
                "id": photo.name,
                "nails": [{"label": label} for label in labels],
                "mediapipe_hands": [{"handedness": "Left", "landmarks": landmarks}],
                "pseudo_fingers": [{"hand": 0, "finger": 0, "dir": [0, -1], "cost": 0.1} for _ in labels],
            }
        )
    (tmp_path / "meta.json").write_text(json.dumps(rows))
    Image.new("RGB", (320, 240), (90, 120, 90)).save(folders["empty"] / "wall.png")
    return tmp_path


@pytest.mark.parametrize("via", ["torch", "dist"])
def test_everything_at_once(data: Path, via: str, repo_root: Path, request: pytest.FixtureRequest) -> None:
    dist = request.getfixturevalue("dist_dir") if via == "dist" else data
    words: list[str | Path] = ["--data", data, "--engine", "cascade", "--via", via, "--dist", dist]
    words += ["--meta", data / "meta.json", "--negatives", data / "empty", "--degradations"]
    words += ["--json", data / "figures.json", "--report", data / "page.html", "--out", data / "out"]
    command = [sys.executable, "-m", "models.evaluation", *map(str, words)]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads((data / "figures.json").read_text())
    details = made["details"]
    assert made["ran"]["via"] == via
    assert made["summary"]["matched_iou"] > 0.7
    assert details["negatives"] == {"photos": 1, "false_nails": 0, "by_photo": {}, "per_photo": 0}
    assert [case["name"] for case in details["degradations"]] == list(DEGRADATIONS)
    assert all(case["summary"]["nails"] == made["summary"]["nails"] for case in details["degradations"])
    assert details["fingers"]["nails"] > 0
    assert sum(row["count"] for row in details["reliability"]) == made["summary"]["predictions"]
    page = (data / "page.html").read_text()
    assert page.count("data:image/jpeg") == 2
    assert page.count("<svg") == 6
    assert sorted(path.stem for path in (data / "out").iterdir()) == [photo.name for photo in pair(PHOTOS, MASKS)[:2]]
