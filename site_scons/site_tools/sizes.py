"""Sizes: what a browser downloads, as JSON, held to budgets; prints what grew since the committed baseline."""

import json
from fnmatch import fnmatch
from pathlib import Path

from SCons.Action import Action
from stop import failed

# Name, patterns below dist, the compressed form that counts, most bytes: all files of a row together.
_BUDGETS = [
    # All that a live try-on with one polish (cream, gloss or matte) loads, TensorFlow.js aside.
    ("SDK: index, worker, renderer", ["index.js", "worker.js", "renderer.js"], "gz", 30_720),
    ("on demand: other finishes, shapes", ["finishes.js"], "gz", 5_400),
    ("on demand: photos", ["still.js", "photo.js"], "gz", 2_000),
    ("on demand: tilted nails", ["tilt.js"], "gz", 800),
    ("on demand: metrics for the page", ["metrics.js"], "gz", 600),
    ("on demand: a digest without https", ["digest.js"], "gz", 700),
    ("on demand: painting without WebGL", ["canvas_renderer.js"], "gz", 5_200),
    ("core", ["lunula_core.wasm"], "gz", 40_000),
    ("TensorFlow.js with WASM", ["backend_wasm.js"], "br", 130_000),
    ("TensorFlow.js with WASM and threads", ["backend_wasm_threads.js"], "br", 130_000),
    ("TensorFlow.js with WebGL", ["backend_webgl.js"], "br", 130_000),
    ("TensorFlow.js with WebGPU", ["backend_webgpu.js"], "br", 130_000),
    ("RT-DETR's loop", ["rtdetr.js"], "gz", 3_300),
    ("RT-DETR's WASM", ["backend_wasm_rtdetr.js"], "br", 130_000),
    ("RT-DETR's WASM with threads", ["backend_wasm_threads_rtdetr.js"], "br", 130_000),
    ("RT-DETR's WebGL", ["backend_webgl_rtdetr.js"], "br", 130_000),
    ("RT-DETR's WebGPU", ["backend_webgpu_rtdetr.js"], "br", 130_000),
    ("RT-DETR, regions, float16", ["models/nail_rtdetr/float16/*"], "br", 20_000_000),
    ("RT-DETR, regions, uint8", ["models/nail_rtdetr/uint8/*"], "br", 10_000_000),
    ("RT-DETR, full frame, float16", ["models/nail_rtdetr_full/float16/*"], "br", 20_000_000),
    ("RT-DETR, full frame, uint8", ["models/nail_rtdetr_full/uint8/*"], "br", 10_000_000),
]
# Brotli bytes of what the service worker keeps (scripts, styles, pages, WASM), TensorFlow.js aside. Pictures have no
# compressed form and are not in it.
_SHELL_MOST = 150_000
_TENSORFLOW = ["backend_*", "tfjs-*"]
# Brotli bytes of a single shard of the cascade: a cut connection loses no more. RT-DETR's are of 4 MiB before brotli.
_SHARD_MOST = 3_500_000


def generate(env):
    env.AddMethod(_sizes, "Sizes")


def exists(env):
    return True


def _sizes(env, target, compressed, baseline, precache):
    """compressed: the nodes of Compressed; baseline: a committed file of the same form; precache: of Precache."""
    node = env.Command(target, [baseline, precache, compressed], Action(_measure, "sizes: $TARGET"))
    env.Depends(node, env.Value(repr((_BUDGETS, _SHELL_MOST, _TENSORFLOW, _SHARD_MOST))))
    return node


def _measure(target, source, env):
    baseline, precache, *compressed = source
    shell = [file["url"] for file in json.loads(precache.get_text_contents())["precache"]]
    sizes = {str(Path(str(node)).relative_to("dist")): node.get_size() for node in compressed}
    before = json.loads(baseline.get_text_contents())
    for line in [*_growth(before, sizes), *(text for text, _ in _rows(sizes, shell))]:
        print(f"  {line}")
    faults = [text for text, good in _rows(sizes, shell) if not good]
    if faults:
        return failed("too large: " + "; ".join(" ".join(fault.split()) for fault in faults))
    Path(str(target[0])).write_text(json.dumps(dict(sorted(sizes.items())), indent=2) + "\n")
    return None


def _rows(sizes, shell):
    """A line for each budget, and whether it is kept."""
    for name, patterns, form, most in _BUDGETS:
        found = [size for path, size in sizes.items() if any(fnmatch(path, f"{each}.{form}") for each in patterns)]
        if found:
            yield f"{name:36} {sum(found):>9,} of {most:>9,} bytes, {form}", sum(found) <= most
    ours = [path for path in [*shell, "sw.js"] if not any(fnmatch(path, each) for each in _TENSORFLOW)]
    found = sum(sizes.get(f"{path}.br", 0) for path in ours)
    yield f"{'app shell without TensorFlow.js':36} {found:>9,} of {_SHELL_MOST:>9,} bytes, br", found <= _SHELL_MOST
    shards = [size for path, size in sizes.items() if path.endswith(".bin.br") and "rtdetr" not in path]
    largest = max(shards, default=0)
    yield f"{'largest shard':36} {largest:>9,} of {_SHARD_MOST:>9,} bytes, br", largest <= _SHARD_MOST


def _growth(before, now):
    """What another brotli size has than in the baseline."""
    for path in sorted({path for path in before | now if path.endswith(".br")}):
        old, new = before.get(path, 0), now.get(path, 0)
        if old != new:
            yield f"{path.removesuffix('.br'):36} {new:>9,} bytes, br: {new - old:+,} since docs/sizes.json"
