"""Where masks lie against their photos' edges: `python -m models.evaluation.label_shift --data DIR …`.

Masks that were painted from polygons lie half a pixel too far right and below if the painter takes a corner at (x, y)
for the centre of pixel (x, y) and not for its upper left corner. No network is needed to see it: a nail of another
colour than the skin around it has an edge in the photo, and on average the mask ends there, unless it is moved.

For each clearly coloured nail and each axis the photo's differences along the axis, signed so that a step from skin to
nail is positive, are averaged over the mask's border, at offsets of -REACH to REACH pixels from it. Left and right
borders (upper and lower) count together: the edge lies inside both where a mask is too large, left of both where it is
moved right. The offset is the centroid of the mean of all nails' profiles, over what stands above its ends.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from scipy import ndimage

from models.evaluation.metrics import IGNORE
from models.evaluation.photos import Photo, load_rgb, read_folder

REACH = 4  # px
LEAST_CONTRAST = 40.0  # of sRGB, Euclidean, between the nail's mean and its surroundings'
RING = (2, 5)  # px around a nail: the surroundings
RESAMPLES = 200  # of the bootstrap over photos

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """px by which masks lie right of (x) and below (y) the photos' edges; standard errors by a bootstrap of photos."""

    nails: int
    x: float
    y: float
    x_error: float
    y_error: float


def profiles(image: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Floats:
    """[nails, 2, 2 REACH + 1]: mean difference at each offset, along x and along y; 1: the whole step to the nail."""
    pixels = image.astype(np.float64)
    made = []
    for label in np.unique(labels):
        inside = labels == label
        if label in (0, IGNORE) or _near_border(inside):
            continue
        near, far = (ndimage.binary_dilation(inside, iterations=reach) for reach in RING)
        ring = far & ~near & (labels == 0)
        if not ring.any():
            continue
        step = pixels[inside].mean(0) - pixels[ring].mean(0)
        contrast = np.linalg.norm(step)
        if contrast >= LEAST_CONTRAST:
            plane = pixels @ (step / contrast**2)  # 0 to 1 from the skin to the nail
            made.append([_profile(plane, inside), _profile(plane.T, inside.T)])
    return np.array(made).reshape(-1, 2, 2 * REACH + 1)


def measure(photos: list[Photo]) -> Shift:
    """Of all photos' clearly coloured nails. Raises ValueError where there is none."""
    found = [profiles(np.asarray(load_rgb(photo.image)), photo.labels()) for photo in photos]
    found = [one for one in found if len(one)]
    if not found:
        raise ValueError("no nail differs enough from the skin around it")
    sums, counts = np.array([one.sum(0) for one in found]), np.array([len(one) for one in found])
    draws = np.random.default_rng(0).integers(len(found), size=(RESAMPLES, len(found)))
    spread = np.array([_centroid(sums[draw].sum(0) / counts[draw].sum()) for draw in draws]).std(0)
    # The edge lies as far left of the border as the mask lies right of the edge.
    x, y = -_centroid(sums.sum(0) / counts.sum())
    return Shift(int(counts.sum()), float(x), float(y), float(spread[0]), float(spread[1]))


def _profile(plane: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    """Along the second axis. Between pixels c and c + 1 lies border c; offset 0 is the mask's own border."""
    change = np.diff(inside.astype(np.int8), axis=1)
    row, column = np.nonzero(change)
    difference = np.diff(plane, axis=1)
    offsets = np.arange(-REACH, REACH + 1)
    return (difference[row[:, None], column[:, None] + offsets] * change[row, column][:, None]).mean(0)


def _centroid(mean: Floats) -> Floats:
    """[2, offsets] -> [2]."""
    above = mean - np.minimum(mean[:, :1], mean[:, -1:])
    return np.asarray((above * np.arange(-REACH, REACH + 1)).sum(1) / above.sum(1))


def _near_border(inside: npt.NDArray[np.bool_]) -> bool:
    rows, columns = np.nonzero(inside)
    height, width = inside.shape
    least = REACH + 2
    return bool(min(rows.min(), columns.min(), height - 1 - rows.max(), width - 1 - columns.max()) < least)


def main() -> None:
    """Prints a row for each folder."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.label_shift", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with images/ and masks/")
    table = Table("folder", "coloured nails", "masks lie right by, px", "below by, px")
    for folder in parser.parse_args().data:
        try:
            shift = measure(read_folder(folder))
        except (ValueError, OSError) as error:
            parser.error(f"{folder}: {error}")
        table.add_row(
            str(folder),
            str(shift.nails),
            f"{shift.x:+.2f} ± {shift.x_error:.2f}",
            f"{shift.y:+.2f} ± {shift.y_error:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
