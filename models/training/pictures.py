"""A training's pictures: its curves as one SVG, its examples side by side as one JPEG."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT, LEFT, GAP = 560, 110, 64, 34  # px of one curve
EXAMPLE = 288  # px, the longest side of one example
COLUMNS = 4


def write_curves(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """One panel a curve: [(step, value), …] over the same steps. A curve of one point or none is left out."""
    shown = {name: points for name, points in curves.items() if len(points) > 1}
    last = max((points[-1][0] for points in shown.values()), default=1)
    parts = []
    for row, (name, points) in enumerate(shown.items()):
        values = [value for _, value in points]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        top = row * (HEIGHT + GAP) + 20
        heights = [HEIGHT * (1 - (value - low) / span) for value in values]
        places = [LEFT + WIDTH * step / last for step, _ in points]
        line = " ".join(f"{x:.1f},{top + y:.1f}" for x, y in zip(places, heights, strict=True))
        parts.append(
            f'<text x="{LEFT}" y="{top - 6}">{escape(name)}: {values[-1]:.4g} at step {points[-1][0]:.0f}</text>'
            f'<text x="{LEFT - 6}" y="{top + 8}" text-anchor="end">{high:.3g}</text>'
            f'<text x="{LEFT - 6}" y="{top + HEIGHT}" text-anchor="end">{low:.3g}</text>'
            f'<path d="M{LEFT} {top}V{top + HEIGHT}H{LEFT + WIDTH}" stroke="#999" fill="none"/>'
            f'<polyline points="{line}" fill="none" stroke="#8a0f2c" stroke-width="1.5"/>'
        )
    height = len(shown) * (HEIGHT + GAP) + 10
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" font-family="sans-serif"'
    )
    path.write_text(f'{head} font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n')


def write_examples(pictures: Sequence[Image.Image], path: Path) -> None:
    """The pictures in rows of four."""
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * EXAMPLE, rows * EXAMPLE), "white")
    for k, picture in enumerate(pictures):
        picture.thumbnail((EXAMPLE - 4, EXAMPLE - 4))
        sheet.paste(picture, (k % COLUMNS * EXAMPLE + 2, k // COLUMNS * EXAMPLE + 2))
    sheet.save(path, quality=85)
