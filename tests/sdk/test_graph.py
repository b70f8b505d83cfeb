"""Our graph executor gives what tfjs-converter gives: for each operator, and for every built network."""

import subprocess
from pathlib import Path

from tests.sdk.conftest import HERE, bundle_with_esbuild


def test_graphs_compute_what_the_converter_computes(repo_root: Path, dist_dir: Path, node: str, tmp_path: Path) -> None:
    options = ["--format=esm", "--platform=node", "--main-fields=module,main", "--log-level=error"]
    # tfjs-core's own `require`s of Node's modules, which it makes only where there is no fetch.
    options.append("--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url)")
    script = HERE / "graphs" / "against_converter.ts"
    bundle = bundle_with_esbuild(repo_root, script, tmp_path / "against_converter.mjs", *options)
    # RT-DETR would take minutes on this backend: tests/sdk/test_rtdetr.py compares it whole.
    found = sorted(path.parent for path in dist_dir.glob("models/*/*/model.json"))
    models = [path for path in found if "rtdetr" not in path.parent.name]
    assert models
    done = subprocess.run([node, bundle, *models], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "graphs alike" in done.stdout
    print(done.stdout)
