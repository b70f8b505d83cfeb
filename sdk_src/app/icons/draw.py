"""Draw the app's icons from icon.svg with Pillow: the same bytes for the same Pillow, no SVG renderer needed.

    python sdk_src/app/icons/draw.py --svg sdk_src/app/icons/icon.svg --out DIR [--shortcuts NAME.svg …]

Writes the six PNG files that manifest.webmanifest and index.html name, and one, shortcut-NAME.png, for each shortcut.
Reads only the part of SVG that these files use; anything else in them is an error, not a silently missing shape.
"""

import argparse
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageColor, ImageDraw

CANVAS = 512  # side of icon.svg's viewBox
OVERSAMPLE = 4  # polygons are drawn at 4x and averaged down: 16 levels of coverage per pixel
SHORTCUT_SIZE = 96  # what the web manifest's users ask for
CURVE_STEPS = 48  # straight pieces per Bézier curve: under 0.1 px of sagitta at 512 px
SAFE_ZONE = 0.8  # a maskable icon keeps its motif in the middle 80 % (W3C Web App Manifest, icon masks)

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """One filled outline of icon.svg, in viewBox units."""

    id: str
    fill: str
    opacity: float
    outline: list[Point]  # empty for the ground, which is a rounded rectangle
    radius: float = 0.0


def _bezier(p0: Point, p1: Point, p2: Point, p3: Point) -> Iterable[Point]:
    for step in range(1, CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield (a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1])


def outline(path: str) -> list[Point]:
    """Flatten an SVG path of absolute M, L, C and Z commands into a polygon."""
    points: list[Point] = []
    for command, arguments in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command in "ML" and len(pairs) == 1:
            points.append(pairs[0])
        elif command == "C" and len(pairs) == 3:
            points.extend(_bezier(points[-1], *pairs))
        elif command != "Z":
            raise ValueError(f"path command {command!r} with {len(numbers)} numbers; use absolute M, L, C and Z")
    return points


def read_shapes(svg: Path) -> list[Shape]:
    """The shapes of an icon, bottom first."""
    shapes = []
    for element in ElementTree.parse(svg).getroot():
        tag = element.tag.rsplit("}", 1)[-1]
        attributes = element.attrib
        identity, fill = attributes.get("id", ""), attributes["fill"]
        opacity = float(attributes.get("fill-opacity", "1"))
        if tag == "path":
            shapes.append(Shape(identity, fill, opacity, outline(attributes["d"])))
        elif tag == "rect" and identity == "ground":
            shapes.append(Shape(identity, fill, opacity, [], float(attributes["rx"])))
        else:
            raise ValueError(f"{svg.name}: <{tag} id={identity!r}> is nothing that draw.py can draw; use <path>")
    return shapes


def _coverage(shape: Shape, size: int, scale: float, rounded: bool) -> Image.Image:
    """How much of each pixel the shape covers, 0..255; `scale` shrinks the motif about the middle."""
    side = size * OVERSAMPLE
    unit = side / CANVAS
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    if shape.outline:
        shift = CANVAS / 2 * (1 - scale)
        at = [((x * scale + shift) * unit, (y * scale + shift) * unit) for x, y in shape.outline]
        draw.polygon(at, fill=255)
    elif rounded:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), shape.radius * unit, fill=255)
    else:
        mask.paste(255, (0, 0, side, side))
    return mask.resize((size, size), Image.Resampling.BOX)


def draw_colour(shapes: list[Shape], size: int, *, scale: float = 1.0, rounded: bool = True) -> Image.Image:
    """The icon in colour, RGBA; full-bleed when not rounded (maskable icons, iOS)."""
    icon = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    for shape in shapes:
        alpha = _coverage(shape, size, scale, rounded).point(lambda value, k=shape.opacity: round(value * k))
        layer = Image.new("RGBA", (size, size), ImageColor.getrgb(shape.fill))
        layer.putalpha(alpha)
        icon.alpha_composite(layer)
    return icon


def draw_monochrome(shapes: list[Shape], size: int) -> Image.Image:
    """White on transparent: the nail with its lunula cut out. The system colours it."""
    by_id = {shape.id: shape for shape in shapes}
    nail = _coverage(by_id["nail"], size, SAFE_ZONE, True)
    lunula = _coverage(by_id["lunula"], size, SAFE_ZONE, True)
    icon = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    icon.putalpha(ImageChops.subtract(nail, lunula))
    return icon


def main() -> None:
    """Command line: draw every icon into --out."""
    parser = argparse.ArgumentParser(description="Draw the app's icons from icon.svg.")
    parser.add_argument("--svg", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shortcuts", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    shapes = read_shapes(options.svg)
    icons = {
        "icon-192.png": draw_colour(shapes, 192),
        "icon-512.png": draw_colour(shapes, 512),
        "maskable-192.png": draw_colour(shapes, 192, scale=SAFE_ZONE, rounded=False),
        "maskable-512.png": draw_colour(shapes, 512, scale=SAFE_ZONE, rounded=False),
        "monochrome-512.png": draw_monochrome(shapes, 512),
        "apple-touch-icon.png": draw_colour(shapes, 180, scale=0.9, rounded=False),
    }
    for svg in options.shortcuts:
        icons[f"shortcut-{svg.stem}.png"] = draw_colour(read_shapes(svg), SHORTCUT_SIZE)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, icon in icons.items():
        icon.save(options.out / name, format="PNG", optimize=True)


if __name__ == "__main__":
    main()
