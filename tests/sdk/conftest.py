"""Parts of the SDK bundled by themselves, for tests that need no `dist`; a page with a try-on, for those that do."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from models.evaluation.static_server import StaticServer
from tests.sdk.session_page import open_page

HERE = Path(__file__).parent


def bundle_with_esbuild(root: Path, entry: Path, out: Path, *options: str) -> Path:
    """Bundles a TypeScript file of this folder as the build does. Raises AssertionError with esbuild's message."""
    esbuild = root / "node_modules" / ".bin" / "esbuild"
    command: list[str | Path] = [
        esbuild,
        entry,
        "--bundle",
        f"--tsconfig={root / 'tsconfig.json'}",
        f"--outfile={out}",
        *options,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def page_bundle(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`page_bundle("renderer")`: pages/renderer.ts as a classic script that fills `window`."""
    return page_bundler(repo_root, tmp_path_factory.mktemp("pages"))


def page_bundler(root: Path, out: Path) -> Callable[[str], Path]:
    """Bundles pages of this folder, by name, into another folder, by the script that makes dist."""

    def bundled(name: str) -> Path:
        script = root / "site_scons" / "node" / "bundle.mjs"
        page, made = HERE / "pages" / f"{name}.ts", out / f"{name}.js"
        command: list[str | Path] = ["node", script, page, made, out / f"{name}.json", "--format:iife"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
        assert done.returncode == 0, done.stderr
        return made

    return bundled


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    assert found, "node is not on the path; ./bootstrap sets it up"
    return found


@pytest.fixture
def opened(page: Page, server: StaticServer) -> Callable[..., Page]:
    """`opened(backend="webgl")`: a page with a ready `tryOn`; create=False leaves that to the test."""
    return open_page(page, server)
