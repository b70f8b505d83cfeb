"""Plots of the benchmark's report as inline SVG: nothing from outside."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 520, 260, 48, 40, 14  # px
BAR, GAP, NAME, LONGEST, VALUE = 18, 8, 170, 320, 120  # px
COLORS = {
    "capture": "#8f8a86",
    "frame": "#5b8db8",
    "hand": "#c79a3a",
    "roi": "#4aa3a0",
    "pass1": "#b5475f",
    "pass2": "#7a5ea8",
    "post": "#5d9a54",
}

Stages = dict[str, float]


def stacked(rows: Sequence[tuple[float, Stages]], along: str) -> str:
    """Milliseconds by stage, stacked, over what is along; a column a row."""
    most = max(sum(stages.get(name, 0) for name in COLORS) for _, stages in rows) or 1
    step = (WIDTH - LEFT) / len(rows)
    shapes = []
    for tick in range(5):
        y, value = TOP + (HEIGHT - TOP - BOTTOM) * (1 - tick / 4), most * tick / 4
        shapes.append(f'<path class="line" d="M{LEFT} {y:.1f}H{WIDTH}"/>')
        shapes.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>')
    for index, (at, stages) in enumerate(rows):
        x, y = LEFT + index * step + step * 0.15, float(HEIGHT - BOTTOM)
        for name, color in COLORS.items():
            height = stages.get(name, 0) / most * (HEIGHT - TOP - BOTTOM)
            y -= height
            shapes.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{height:.1f}" fill="{color}">'
                f"<title>{name} {stages.get(name, 0):.2f} ms</title></rect>"
            )
        middle = x + step * 0.35
        shapes.append(f'<text x="{middle:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{at:g}</text>')
    shapes.append(f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{escape(along)}</text>')
    return _svg(WIDTH, HEIGHT, shapes, f"milliseconds of each stage over {along}")


def bars(rows: Sequence[tuple[str, float, float]], name: str) -> str:
    """A bar a row, median, and a thin line up to the 95th percentile; milliseconds."""
    most = max(high for _, _, high in rows) or 1
    shapes = []
    for index, (label, middle, high) in enumerate(rows):
        y = index * (BAR + GAP)
        length, reach = middle / most * LONGEST, high / most * LONGEST
        shapes += [
            f'<text x="{NAME - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="bar" x="{NAME}" y="{y}" width="{length:.1f}" height="{BAR}"/>',
            f'<path class="line" d="M{NAME + length:.1f} {y + BAR / 2}H{NAME + reach:.1f}"/>',
            f'<text x="{NAME + reach + 6:.1f}" y="{y + 14}">{middle:.1f}, p95 {high:.1f}</text>',
        ]
    return _svg(NAME + LONGEST + VALUE, len(rows) * (BAR + GAP), shapes, name)


def legend() -> str:
    """What the colours of `stacked` mean."""
    return " ".join(f'<span style="color:{color}">■</span> {name}' for name, color in COLORS.items())


def _svg(width: int, height: int, shapes: Sequence[str], name: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(name)}">{"".join(shapes)}</svg>'
    )
