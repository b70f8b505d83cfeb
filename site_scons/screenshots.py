"""The app's screenshots for the web manifest, from the pictures themselves."""

import json
from pathlib import Path
from typing import Any

from PIL import Image


def screenshots(listing: str) -> list[dict[str, Any]]:
    """The manifest's entries for the pictures that screenshots.json, beside them, names: widest last.

    An entry's form factor follows from the picture's shape: "narrow" (phone) is taller than wide.
    """
    folder = Path(listing).parent
    entries = []
    for named in json.loads(Path(listing).read_text())["screenshots"]:
        with Image.open(folder / named["file"]) as picture:
            width, height = picture.size
            kind = Image.MIME[picture.format or ""]
        entries.append(
            {
                "src": f"screenshots/{named['file']}",
                "sizes": f"{width}x{height}",
                "type": kind,
                "form_factor": "narrow" if height > width else "wide",
                "label": named["label"],
            }
        )
    return sorted(entries, key=lambda entry: entry["form_factor"])
