"""CIEDE2000, as Sharma, Wu and Dalal write it down (2005)."""

import numpy as np

from models.evaluation.colour import to_lab


def delta_e(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Between sRGB pictures or colours, uint8 [..., 3]: float [...]. 1 is just visible."""
    return delta_e_lab(to_lab(np.asarray(one)), to_lab(np.asarray(other)))


def delta_e_lab(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Between CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    a1, a2 = a1 * g, a2 * g
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0, (h2 - h1 + 180) % 360 - 180)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)
    sl = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = np.exp(-(((hue - 275) / 25) ** 2)) * 60
    rt = -np.sin(np.radians(rotation)) * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return np.asarray(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)))


def _cos(degrees: np.ndarray) -> np.ndarray:
    return np.asarray(np.cos(np.radians(degrees)))
