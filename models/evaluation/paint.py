"""Paints the nails of a photo with the built `dist`, in headless Chromium: what `scons paint` calls."""

import argparse
import json
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.dist_session import DistSession
from models.evaluation.photos import MIME
from models.evaluation.static_server import StaticServer

_SCHEMA = Path(__file__).parents[2] / "sdk_src" / "src" / "look" / "look.schema.json"
FINISHES = tuple(json.loads(_SCHEMA.read_text())["$defs"]["polish"]["properties"]["finish"]["enum"])


def paint(dist: Path, photo: Path, polish: dict[str, str], backend: str = "wasm") -> tuple[bytes, int]:
    """The painted photo at its full size as PNG, and how many nails were painted. Raises SdkError, OSError."""
    with (
        sync_playwright() as playwright,
        StaticServer(dist, isolated=True) as server,
        open_chromium(playwright) as chromium,
    ):
        session = DistSession(chromium.context.new_page(), server).create(backend=backend, store="memory")
        png, nails = session.paint(photo.read_bytes(), polish, MIME.get(photo.suffix.lower(), ""))
        return png, len(nails)


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 with a sentence for what is wrong."""
    options = _parser().parse_args(arguments)
    problem = _problem(options)
    if problem:
        print(f"paint: {problem}", file=sys.stderr)
        return 1
    try:
        png, nails = paint(options.dist, options.photo, {"color": options.color, "finish": options.finish})
        options.out.write_bytes(png)
    except (OSError, RuntimeError) as error:
        print(f"paint: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: {nails} nail{'' if nails == 1 else 's'} painted {options.color}, {options.finish}")
    return 0


def _problem(options: argparse.Namespace) -> str | None:
    if not options.photo.is_file():
        return f"no such photo: {options.photo}"
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", options.color):
        return f"{options.color!r} is no colour; write six hexadecimal digits, such as '#8a0f2c'"
    if options.out.suffix.lower() != ".png":
        return f"--out {options.out}: the painted photo is written as PNG, so the name must end in .png"
    if not options.out.resolve().parent.is_dir():
        return f"no such folder: {options.out.resolve().parent}"
    if not (options.dist / "index.js").is_file():
        return f"{options.dist} holds no built SDK (no index.js); run `scons dist` first"
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m models.evaluation.paint", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument("--photo", type=Path, required=True, metavar="FILE", help="JPEG, PNG or WebP")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    parser.add_argument("--color", required=True, metavar="#RRGGBB")
    parser.add_argument("--finish", choices=FINISHES, default="gloss")
    return parser


if __name__ == "__main__":
    sys.exit(main())
