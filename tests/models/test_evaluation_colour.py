"""CIELAB, ITA and the estimates of skin and polish, on colours whose values are known."""

import numpy as np
import pytest

from models.evaluation.colour import ita, ita_bin, to_lab, to_linear, to_srgb
from models.evaluation.skin import colours, looks_like_skin, ring

LIGHT_SKIN, DARK_SKIN = (241, 194, 160), (92, 58, 40)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((119, 119, 119), (50.03, 0, 0)),
        # The published CIELAB of sRGB's primaries (D65).
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.74, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ],
)
def test_lab_of_known_colours(rgb: tuple[int, int, int], lab: tuple[float, float, float]) -> None:
    assert to_lab(np.array(rgb, np.uint8)) == pytest.approx(lab, abs=0.02)


def test_every_8_bit_value_comes_back_from_linear_light() -> None:
    values = np.arange(256, dtype=np.uint8)
    assert (to_srgb(to_linear(values)) == values).all()


def test_ita_of_known_colours() -> None:
    assert ita(np.array([70.0, 10.0, 20.0])) == pytest.approx(45)
    assert ita(np.array([50.0, 10.0, 20.0])) == pytest.approx(0)
    assert ita(np.array([30.0, 10.0, 20.0])) == pytest.approx(-45)


@pytest.mark.parametrize(
    ("angle", "name"),
    [
        (55.1, "very light"),
        (55.0, "light"),
        (41.0, "intermediate"),
        (28.0, "tan"),
        (10.0, "brown"),
        (-30.0, "dark"),
        (-80.0, "dark"),
    ],
)
def test_the_bins_bounds_belong_to_the_darker_bin(angle: float, name: str) -> None:
    assert ita_bin(angle) == name


def picture(skin: tuple[int, int, int], nail: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A 20x20 nail in skin 60 px wide, beside a blue ground."""
    rgb, labels = np.empty((80, 80, 3), np.uint8), np.zeros((80, 80), np.uint8)
    rgb[:] = (40, 80, 200)
    rgb[10:70, 10:70] = skin
    rgb[14:34, 30:50], labels[14:34, 30:50] = nail, 1
    return rgb, labels


@pytest.mark.parametrize("skin", [LIGHT_SKIN, DARK_SKIN])
def test_skin_and_nail_get_their_own_colour_and_the_ground_none(skin: tuple[int, int, int]) -> None:
    found = colours(*picture(skin, (200, 0, 30)))
    assert found.skin is not None
    assert found.skin == pytest.approx(to_lab(np.array(skin, np.uint8)))
    assert found.nails[1] == pytest.approx(to_lab(np.array((200, 0, 30), np.uint8)))
    assert found.polished(1) is True


def test_a_nail_a_little_pinker_than_skin_is_bare() -> None:
    assert colours(*picture(LIGHT_SKIN, (248, 205, 180))).polished(1) is False


def test_lightness_weighs_half_in_the_distance() -> None:
    rgb, labels = picture(LIGHT_SKIN, (225, 178, 145))
    found = colours(rgb, labels)
    skin, nail = to_lab(np.array(LIGHT_SKIN, np.uint8)), to_lab(np.array((225, 178, 145), np.uint8))
    step = nail - skin
    assert found.distance(1) == pytest.approx(np.sqrt((step[0] / 2) ** 2 + step[1] ** 2 + step[2] ** 2))


def test_without_skin_nothing_is_said() -> None:
    rgb, labels = picture((40, 80, 200), (200, 0, 30))
    found = colours(rgb, labels)
    assert found.skin is None
    assert found.polished(1) is None


def test_skin_of_every_tone_looks_like_skin_and_grey_green_and_blue_do_not() -> None:
    skin = np.array([[LIGHT_SKIN, (224, 172, 105), (141, 85, 36), DARK_SKIN]], np.uint8)
    other = np.array([[(128, 128, 128), (60, 160, 60), (40, 80, 200), (255, 255, 255)]], np.uint8)
    assert looks_like_skin(to_lab(skin)).all()
    assert not looks_like_skin(to_lab(other)).any()


def test_the_ring_keeps_its_distance_from_the_nail() -> None:
    nail = np.zeros((80, 80), bool)
    nail[30:50, 30:50] = True
    made = ring(nail)
    # A nail of 20 px: the ring lies more than 2 and at most 8 px off.
    assert not made[30:50, 28:52].any()
    assert made[40, 27]
    assert made[40, 22]
    assert not made[40, 21]
