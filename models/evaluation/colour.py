"""sRGB, linear light and CIELAB (IEC 61966-2-1; CIE 15, D65), and the individual typology angle of skin."""

import numpy as np

# Linear sRGB to XYZ, each row divided by D65's white point: white becomes (1, 1, 1).
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]]
)
_TO_XYZ /= _TO_XYZ.sum(axis=1, keepdims=True)

# Skin by ITA in degrees (Chardon, Cretois and Hourseau 1991; the two
# darkest bins as del Bino and Bernerd 2013 name them).
ITA_BINS = (("very light", 55.0), ("light", 41.0), ("intermediate", 28.0), ("tan", 10.0), ("brown", -30.0))
DARKEST = "dark"


def to_linear(rgb: np.ndarray) -> np.ndarray:
    """Linear light 0..1, float64, of 8-bit sRGB."""
    value = np.asarray(rgb, np.float64) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """8-bit sRGB of linear light; what is out of 0..1 is clipped."""
    value = np.clip(linear, 0, 1)
    encoded = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB [..., 3] (L* 0..100) of 8-bit sRGB [..., 3]."""
    xyz = to_linear(rgb) @ _TO_XYZ.T
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ita(lab: np.ndarray) -> float:
    """Individual typology angle in degrees: arctan((L* - 50) / b*). Skin has b* > 0."""
    return float(np.degrees(np.arctan2(lab[0] - 50, lab[2])))


def ita_bin(angle: float) -> str:
    """The bin's name: very light > 55 >= light > 41 >= intermediate > 28 >= tan > 10 >= brown > -30 >= dark."""
    return next((name for name, bound in ITA_BINS if angle > bound), DARKEST)
