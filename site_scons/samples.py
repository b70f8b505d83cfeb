"""The sample photos of the app."""

import json
from pathlib import Path
from typing import Any


def demo_samples(listing: str) -> list[dict[str, Any]]:
    """The entries of samples.json that the start page shows, as in the file."""
    samples: list[dict[str, Any]] = json.loads(Path(listing).read_text())["samples"]
    return [sample for sample in samples if sample["demo"]]
