"""MediaPipe's palm detector on a folder of photos: `PYTHON palm_detector.py PHOTO … > palms.json`.

Runs in an environment of its own (mediapipe==0.10.14 needs other packages than Lunula), so it imports nothing of ours.
Writes {photo: [[x0, y0, x1, y1, score], …]}, boxes of palms in photo pixels, the best first, at most two.
"""

import json
import sys
from pathlib import Path

import numpy as np
from mediapipe.python.solution_base import SolutionBase  # type: ignore[import-not-found]
from PIL import Image

GRAPH = "mediapipe/modules/hand_landmark/hand_landmark_tracking_cpu.binarypb"


def main() -> None:
    """MediaPipe's own defaults: the full model, at most two hands, score 0.5."""
    graph = SolutionBase(
        binary_graph_path=GRAPH,
        side_inputs={"model_complexity": 1, "num_hands": 2, "use_prev_landmarks": False},
        calculator_params={
            "palmdetectioncpu__TensorsToDetectionsCalculator.min_score_thresh": 0.5,
            "handlandmarkcpu__ThresholdingCalculator.threshold": 0.5,
        },
        outputs=["palm_detections"],
    )
    found = {}
    for name in sys.argv[1:]:
        rgb = np.asarray(Image.open(name).convert("RGB"))
        height, width = rgb.shape[:2]
        detections = graph.process(input_data={"image": rgb}).palm_detections or []
        boxes = []
        for detection in detections:
            box = detection.location_data.relative_bounding_box
            corners = (box.xmin, box.ymin, box.xmin + box.width, box.ymin + box.height)
            sides = [v * side for v, side in zip(corners, (width, height, width, height), strict=True)]
            boxes.append([*sides, float(detection.score[0])])
        found[Path(name).stem] = sorted(boxes, key=lambda b: -b[4])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
