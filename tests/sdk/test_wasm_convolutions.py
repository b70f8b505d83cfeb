"""The built convolutions of sdk_src/kernels against plain loops: graphs/convolutions.ts, in Node."""

import os
import subprocess
from pathlib import Path

from tests.sdk.conftest import HERE, bundle_with_esbuild

RELAXED = "--experimental-wasm-relaxed-simd"


def test_convolutions_give_what_plain_loops_give(repo_root: Path, dist_dir: Path, node: str, tmp_path: Path) -> None:
    options = ("--format=esm", "--platform=node", "--main-fields=module,main")
    script = bundle_with_esbuild(repo_root, HERE / "graphs" / "convolutions.ts", tmp_path / "it.test.mjs", *options)
    known = subprocess.run([node, "--v8-options"], check=True, capture_output=True, text=True).stdout
    flags = [RELAXED] if RELAXED in known else []  # newer ones need none
    environment = {**os.environ, "LUNULA_DIST": str(dist_dir)}
    command = [node, *flags, "--test", str(script)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 4" in done.stdout
