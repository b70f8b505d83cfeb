"""What is in dist, as a host would serve it and as npm would pack it."""

import gzip
import json
import re
import subprocess
import tarfile
from pathlib import Path

import brotli
import pytest

from tests.build.workshop import ROOT

# Names that look like addresses and are never fetched: XML namespaces, and where Emscripten's glue says to read on.
NAMES = [
    rb"http://www\.w3\.org/(2000/svg|1999/xhtml|1999/xlink)",
    rb"https://emscripten\.org/docs/porting/pthreads\.html#blocking-on-the-main-browser-thread",
]
LEGAL = {"LICENSE", "ATTRIBUTIONS.md", "README.md", "THIRD_PARTY.md", "samples/samples.json"}
ADDRESS = re.compile(rb"(?:https?|wss?)://[\w.-]+[^\s\"'`<>)\\]*")
FETCHED = {".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".wasm", ".bin"}


def files(dist: Path) -> list[Path]:
    return sorted(path for path in dist.rglob("*") if path.is_file())


def test_no_address_outside_the_origin(dist: Path) -> None:
    found = []
    for path in files(dist):
        name = str(path.relative_to(dist))
        if name not in LEGAL and path.suffix not in {".br", ".gz", ".jpg", ".png"}:
            addresses = ADDRESS.findall(path.read_bytes())
            found += [(name, a) for a in addresses if not any(re.fullmatch(known, a) for known in NAMES)]
    assert found == []


def test_every_fetched_file_has_its_compressed_siblings(dist: Path) -> None:
    fetched = [p for p in files(dist) if p.suffix in FETCHED and "types" not in p.parts and p.name != "package.json"]
    assert len(fetched) > 10
    for path in fetched:
        data = path.read_bytes()
        assert brotli.decompress(Path(f"{path}.br").read_bytes()) == data, path
        packed = Path(f"{path}.gz").read_bytes()
        assert gzip.decompress(packed) == data, path
        assert packed[4:8] == bytes(4), "the time in the header must not tell when it was built"


def test_manifest_of_the_models_tells_the_truth(dist: Path) -> None:
    import hashlib

    # One an engine; those of RT-DETR are there after `scons rtdetr`.
    manifests = sorted((dist / "models").glob("*.json"))
    entries = [
        entry
        for manifest in manifests
        for model in json.loads(manifest.read_text())["models"].values()
        for variant in model["variants"].values()
        for entry in [variant["model"], *variant["shards"]]
    ]
    listed = {entry["path"] for entry in entries}
    there = {str(p.relative_to(dist / "models")) for p in files(dist / "models") if p.suffix not in {".br", ".gz"}}
    assert there - {manifest.name for manifest in manifests} == listed
    for entry in entries:
        data = (dist / "models" / entry["path"]).read_bytes()
        assert len(data) == entry["bytes"] <= 4 << 20
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]


def test_precache_lists_the_app_shell(dist: Path) -> None:
    import hashlib

    entries = json.loads((ROOT / "build/precache.json").read_text())["precache"]
    urls = {entry["url"] for entry in entries}
    assert {"index.html", "app.js", "app.css", "index.js", "worker.js", "lunula_core.wasm"} <= urls
    assert {str(p.relative_to(dist)) for p in files(dist) if p.suffix == ".wasm"} <= urls
    assert not any(url.startswith("models/") or url in ("sw.js", "package.json") for url in urls)
    for entry in entries:
        assert hashlib.sha256((dist / entry["url"]).read_bytes()).hexdigest()[:16] == entry["revision"]


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the packed tarball among its node_modules."""
    folder = tmp_path_factory.mktemp("project")
    subprocess.run(["npm", "pack", str(dist), "--silent"], cwd=folder, check=True, capture_output=True)
    (tarball,) = folder.glob("lunula-*.tgz")
    package = folder / "node_modules/lunula"
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    package.parent.mkdir()
    (folder / "package").rename(package)
    return folder


def test_tarball_is_dist(dist: Path, installed: Path) -> None:
    package = installed / "node_modules/lunula"
    assert {str(p.relative_to(package)) for p in files(package)} == {str(p.relative_to(dist)) for p in files(dist)}


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_types_of_the_tarball_work_in_a_strict_project(installed: Path, resolution: str) -> None:
    (installed / "page.ts").write_text(
        """import { LunulaError, NailTryOn, type Nail } from 'lunula'
export async function paint(photo: Blob, canvas: HTMLCanvasElement): Promise<string> {
  const tryOn = await NailTryOn.create({ assets: '/', engine: 'cascade', backend: 'auto', precision: 'float16' })
  tryOn.polish = { color: '#8a0f2c', finish: 'gloss' }
  const nails: Nail[] = await tryOn.paint(photo, canvas)
  // @ts-expect-error: a typed result, no any
  const wrong: number = nails[0]
  return nails.map((nail) => `${wrong} ${nail.finger} ${nail.confidence.toFixed(2)}`).join()
}
export const offline = (error: unknown) => error instanceof LunulaError && error.code === 'offline-not-cached'
"""
    )
    (installed / "package.json").write_text('{"type": "module"}')
    options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2023,dom,dom.iterable"]
    module = {"bundler": "esnext", "nodenext": "nodenext"}[resolution]
    command = [
        str(ROOT / "node_modules/.bin/tsc"),
        *options,
        "--module",
        module,
        "--moduleResolution",
        resolution,
        "page.ts",
    ]
    result = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
