"""What of a network with queries (RT-DETR) is compared in a gate: the detections that are kept, each with its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.conversion.errors import GateError

if TYPE_CHECKING:
    from models.conversion.gates import Array, Stage


def kept_detections(step: str, reference: Stage, stage: Stage, strict: bool = True) -> tuple[Stage, Stage]:
    """Both stages, showing only the detections that the reference keeps, in the reference's order; and all slots.

    What is not kept is shown nowhere. Near-ties of the query selection come out in another order in another arithmetic,
    so queries are matched first: by box and score. step: for the message; strict: raises GateError where the two keep
    another number of detections.
    """
    shown: dict[int, dict[str, Array]] = {}

    def expected(image: Array) -> dict[str, Array]:
        if id(image) in shown:
            return shown[id(image)]
        outputs = reference(image)
        keep = np.flatnonzero(outputs["scores"][0, :, 0] > 0)
        shown[id(image)] = {name: x if name.startswith("nail_") else x[:, keep] for name, x in outputs.items()}
        return shown[id(image)]

    def actual(image: Array) -> dict[str, Array]:
        outputs = stage(image)
        ours, theirs = (np.concatenate([x["boxes"], x["scores"]], 2)[0] for x in (expected(image), outputs))
        order: list[int] = []
        for query in ours:
            distance = np.abs(theirs - query).max(1)
            distance[order] = np.inf
            order.append(int(distance.argmin()))
        extra = int((outputs["scores"][0, :, 0] > 0).sum()) - len(ours)
        if extra and strict:
            raise GateError(f"{step} keeps {extra:+d} detections beside the reference's {len(ours)}; expected the same")
        return {name: x if name.startswith("nail_") else x[:, order] for name, x in outputs.items()}

    return expected, actual
