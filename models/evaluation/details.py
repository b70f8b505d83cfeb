"""Everything beyond the summary: subsets, boundary, calibration, fingers, and what was asked for on top."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.evaluation.calibration import Bin, expected_calibration_error, reliability
from models.evaluation.cases import PhotoCase, all_nails
from models.evaluation.edge_cases import EdgeCase
from models.evaluation.fingers import FingerFigures, finger_figures
from models.evaluation.metrics import Summary, summarise
from models.evaluation.negatives import Negatives
from models.evaluation.renders import RenderFigures
from models.evaluation.subsets import Subset, mean, subsets


@dataclass(frozen=True)
class Details:
    """boundary_f: mean over matched nails. negatives, edge_cases, renders: None or () where they were not asked for.

    as_drawn: the summary where the masks were drawn, None where no mask is known to be stored elsewhere.
    """

    boundary_f: float | None
    ece: float | None
    reliability: list[Bin]
    fingers: FingerFigures
    subsets: list[Subset]
    negatives: Negatives | None
    edge_cases: tuple[EdgeCase, ...]
    renders: RenderFigures | None = None
    as_drawn: Summary | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data without nan."""
        return {
            "boundary_f": self.boundary_f,
            "ece": self.ece,
            "reliability": [
                {name: None if value != value else value for name, value in asdict(one).items()}
                for one in self.reliability
            ],
            "fingers": self.fingers.as_dict(),
            "subsets": [asdict(subset) for subset in self.subsets],
            "negatives": self.negatives.as_dict() if self.negatives else None,
            "degradations": [case.as_dict() for case in self.edge_cases],
            "renders": self.renders.as_dict() if self.renders else None,
            "as_drawn": self.as_drawn.as_dict() if self.as_drawn else None,
        }


def detail(
    cases: Sequence[PhotoCase],
    negatives: Negatives | None = None,
    edge_cases: Sequence[EdgeCase] = (),
    renders: RenderFigures | None = None,
) -> Details:
    """The details of examined photos."""
    nails = all_nails(cases)
    confidences = [value for case in cases for value in case.score.confidences]
    correct = [iou is not None for case in cases for iou in case.score.matched]
    bins = reliability(confidences, correct)
    return Details(
        boundary_f=mean([nail.boundary for nail in nails if nail.boundary is not None]),
        ece=expected_calibration_error(bins) if confidences else None,
        reliability=bins,
        fingers=finger_figures(nails),
        subsets=subsets(cases),
        negatives=negatives,
        edge_cases=tuple(edge_cases),
        renders=renders,
        as_drawn=summarise([case.as_drawn or case.score for case in cases]) if any(c.as_drawn for c in cases) else None,
    )
