"""Odd pictures: the same nails as in the plain form of the same picture."""

import base64
import io
import math

import pytest
from PIL import Image

from tests.conftest import Sample
from tests.faults.conftest import Session
from tests.faults.engines import EnginePage

Size = tuple[int, int]
DETECT = """
const bytes = Uint8Array.from(atob(arg), (character) => character.charCodeAt(0))
const canvas = document.createElement('canvas')
const nails = await tryOn.paint(new Blob([bytes]), canvas)
const at = nails.map(({ center }) => [center.x / canvas.width, center.y / canvas.height])
return { size: [canvas.width, canvas.height], at }
"""


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.fault("picture-8k")
@pytest.mark.fault("picture-exif")
@pytest.mark.fault("picture-grey")
@pytest.mark.fault("picture-transparent")
@pytest.mark.fault("picture-animated")
def test_odd_pictures_have_the_nails_of_plain_ones(session: Session, samples: list[Sample]) -> None:
    page = session()
    with Image.open(samples[0].photo) as file:
        photo = file.convert("RGB")
    photo.thumbnail((960, 540))
    wide = Image.new("RGB", (960, 540), "white")
    wide.paste(photo, ((960 - photo.width) // 2, (540 - photo.height) // 2))
    plain = encoded(wide)

    large = encoded(wide.resize((7680, 4320), Image.Resampling.BICUBIC), "JPEG", quality=92)
    assert_same_nails(page, plain, large, (7680, 4320))

    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying, to be turned 90 degrees clockwise
    lying = wide.transpose(Image.Transpose.ROTATE_90)
    assert_same_nails(page, plain, encoded(lying, "JPEG", exif=exif, quality=95), wide.size)

    grey = wide.convert("L")
    assert_same_nails(page, encoded(grey.convert("RGB")), encoded(grey, "JPEG", quality=95), wide.size, least=0)

    clear = wide.convert("RGBA")
    clear.putalpha(wide.convert("L").point(lambda value: 0 if value > 250 else 255))
    flat = Image.new("RGBA", wide.size, "white")
    flat.alpha_composite(clear)
    assert_same_nails(page, encoded(flat.convert("RGB")), encoded(clear), wide.size)

    blank = Image.new("RGB", wide.size, "navy")
    for kind in ("GIF", "WEBP", "PNG"):
        moving = encoded(wide, kind, save_all=True, append_images=[blank], duration=100, loop=0)
        assert_same_nails(page, plain, moving, wide.size)


def assert_same_nails(page: EnginePage, plain: bytes, odd: bytes, size: Size, least: int = 3) -> None:
    """As many, at the same places to 2 % of the picture's sides: compression and resampling move the weak ones."""
    expected, found = (page.evaluate(DETECT, base64.b64encode(picture).decode()) for picture in (plain, odd))
    assert tuple(found["size"]) == size
    assert len(expected["at"]) >= least
    assert abs(len(found["at"]) - len(expected["at"])) <= 1
    near = [min(math.dist(one, other) for other in expected["at"]) for one in found["at"] if expected["at"]]
    assert sum(distance < 0.02 for distance in near) >= len(near) - 1
