"""WasmThreads: the two scripts that the threads of TensorFlow.js's WASM run, as files of their own.

TensorFlow.js keeps them in strings and starts them from blob: addresses, which a strict policy (CSP) forbids.
"""

import re
from pathlib import Path

from SCons.Action import Action
from stop import failed

_NAME = "tfjs-backend-wasm-threaded-simd"
_PACKAGE = "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out"


def generate(env):
    env.AddMethod(_wasm_threads, "WasmThreads")


def exists(env):
    return True


def _wasm_threads(env, folder):
    glue = env.Install(folder, f"{_PACKAGE}/{_NAME}.js")
    source = f"{_PACKAGE}/{_NAME}.worker.js"
    return [glue, env.Command(f"{folder}/{_NAME}.worker.js", source, Action(_unpack, "threads: $TARGET"))]


def _unpack(target, source, env):
    script = re.search(r"wasmWorkerContents = `(.*)`", source[0].get_text_contents(), re.DOTALL)
    if script is None:
        return failed(f"{source[0]} holds no wasmWorkerContents: TensorFlow.js has changed, see {__name__}.py")
    Path(str(target[0])).write_text(script[1] + "\n", encoding="utf-8")
    return None
