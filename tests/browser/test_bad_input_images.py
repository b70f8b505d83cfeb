"""Files that are no usable photo: a typed error with a sentence, and the session goes on."""

import io

import pytest
from PIL import Image

from models.evaluation.dist_session import DistSession, SdkError
from tests.browser.sentences import assert_sentence
from tests.conftest import Sample


def png(width: int, height: int) -> bytes:
    """A white picture with one bit a pixel: 12,000 x 9,000 are a few kB in the file and 432 MB decoded."""
    out = io.BytesIO()
    Image.new("1", (width, height), 1).save(out, "PNG", optimize=True)
    return out.getvalue()


BAD = {
    "text": (b"This is a letter, not a photo.", "image-unusable"),
    "empty": (b"", "image-unusable"),
    "only a JPEG header": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image-unusable"),
    "1x1": (png(1, 1), "image-too-small"),
    "63x640": (png(63, 640), "image-too-small"),
    "12000x9000": (png(12_000, 9_000), "image-too-large"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("action", ["detect", "paint"])
def test_a_bad_image_is_refused_and_the_next_good_one_works(
    shared_session: DistSession, samples: list[Sample], name: str, action: str
) -> None:
    content, code = BAD[name]
    with pytest.raises(SdkError) as refused:
        getattr(shared_session, action)(content, mime="image/png")
    assert refused.value.code == code
    assert_sentence(refused.value.message)
    assert len(shared_session.detect(samples[0].photo.read_bytes())) > 0


def test_the_smallest_allowed_image_is_taken(shared_session: DistSession) -> None:
    assert shared_session.detect(png(64, 64), mime="image/png") == []
