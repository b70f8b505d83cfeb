"""Two kinds of plot as inline SVG: a reliability diagram and horizontal bars. No library, nothing from outside."""

from collections.abc import Sequence
from html import escape

from models.evaluation.calibration import Bin

SIDE, MARGIN = 320, 36  # px
BAR, GAP, NAME_WIDTH, BAR_WIDTH, VALUE_WIDTH = 16, 6, 190, 320, 60  # px


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Part correct over confidence; a bar for each bin, its opacity by how many predictions it holds."""
    most = max((one.count for one in bins), default=0) or 1
    shapes = []
    for one in bins:
        if not one.count:
            continue
        x, width, height = MARGIN + one.low * SIDE, (one.high - one.low) * SIDE, one.correct * SIDE
        shapes.append(
            f'<rect class="bar" x="{x:.1f}" y="{MARGIN + SIDE - height:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'opacity="{0.25 + 0.75 * one.count / most:.2f}"><title>{one.count} predictions, confidence '
            f"{one.confidence:.3f}, correct {one.correct:.3f}</title></rect>"
        )
        middle = MARGIN + one.confidence * SIDE
        shapes.append(f'<circle cx="{middle:.1f}" cy="{MARGIN + SIDE - height:.1f}" r="3"/>')
    low, high = MARGIN, MARGIN + SIDE
    shapes.append(f'<path class="line" d="M{low} {high}L{high} {low}M{low} {low}V{high}H{high}"/>')
    for tick in range(0, 11, 2):
        at = tick / 10 * SIDE
        shapes.append(f'<text x="{low + at:.0f}" y="{high + 16}" text-anchor="middle">{tick / 10:.1f}</text>')
        shapes.append(f'<text x="{low - 6}" y="{high - at + 4:.0f}" text-anchor="end">{tick / 10:.1f}</text>')
    return _svg(SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, shapes, "reliability diagram: part correct over confidence")


def bars(rows: Sequence[tuple[str, float | None]], top: float, name: str) -> str:
    """One bar a row, full at `top`; nothing drawn where there is no value, or one below 0."""
    shapes = []
    for k, (label, value) in enumerate(rows):
        y = k * (BAR + GAP)
        text = "–" if value is None else f"{value:.3f}"
        length = min(max(value or 0.0, 0.0) / top, 1.0) * BAR_WIDTH
        shapes.append(f'<text x="{NAME_WIDTH - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>')
        shapes.append(f'<rect class="bar" x="{NAME_WIDTH}" y="{y}" width="{length:.1f}" height="{BAR}"/>')
        shapes.append(f'<text x="{NAME_WIDTH + length + 6:.1f}" y="{y + 13}">{text}</text>')
    return _svg(NAME_WIDTH + BAR_WIDTH + VALUE_WIDTH, len(rows) * (BAR + GAP), shapes, name)


def _svg(width: int, height: int, shapes: Sequence[str], name: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(name)}">{"".join(shapes)}</svg>'
    )
