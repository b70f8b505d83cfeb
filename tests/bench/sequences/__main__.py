"""Films of rendered hands with exact truth: how the live overlay keeps to the nails.

python -m tests.bench.sequences [--out FILE.json] [--save DIR: the films as pictures, to look at]
"""

import argparse
import json
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.bench.sequences.films import FILMS
from tests.bench.sequences.run import develop, projector, rows
from tests.conftest import ROOT, TIMEOUT_MS


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.sequences", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--save", type=Path, metavar="DIR")
    options = parser.parse_args()
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        StaticServer(options.dist) as server,
        sync_playwright() as playwright,
        open_chromium(playwright) as chromium,
    ):
        page = chromium.context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        with projector(page, server, Path(folder)):
            for film in FILMS:
                developed = develop(film)
                for index, (jpeg, _) in enumerate(developed if options.save else []):
                    options.save.mkdir(parents=True, exist_ok=True)
                    (options.save / f"{film.name} {index:03d}.jpg").write_bytes(jpeg)
                for row in rows(page, server, film, developed):
                    found.append(row)
                    print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
