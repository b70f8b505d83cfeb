"""WasmConvolutions: convolutions for the memory of TensorFlow.js's WASM, for every browser and with relaxed SIMD.

Clang 14 writes fused multiply-adds by a number that the specification gave up. So the source calls an imported function
in their place, and the call becomes the instruction in the module's text, through WABT.
"""

import re
import subprocess
from pathlib import Path

from SCons.Action import Action
from stop import failed

_FLAGS = [
    "--target=wasm32",
    "-std=c++17",
    "-O3",
    "-fno-unroll-loops",  # what matters is unrolled by hand: 23 kB otherwise, and no faster
    "-msimd128",
    "-ffp-contract=off",
    "-fno-builtin",  # there is no memcpy to call
    "-fno-exceptions",
    "-fno-rtti",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-nostdlib",
    "-Wl,--no-entry",
    "-Wl,--import-memory",
    *(f"-Wl,--export={name}" for name in ("pointwise", "spatial", "depthwise")),
]
_NAME = "lunula_convolution"


def generate(env):
    env["WASMCLANG"] = "clang++"
    env["WASMCLANGFLAGS"] = _FLAGS
    env.AddMethod(_wasm_convolutions, "WasmConvolutions")


def exists(env):
    return env.Detect("clang++")


def _wasm_convolutions(env, folder, source):
    """Two modules in `folder`."""
    compile_ = Action("$WASMCLANG $WASMCLANGFLAGS $DEFINES $SOURCES -o $TARGET", "wasm: $TARGET")
    check = Action(_check_stack, None)
    plain = env.Command(f"{folder}/{_NAME}.wasm", source, [compile_, check], DEFINES=[])
    called = env.Command(f"build/{_NAME}_called.wasm", source, [compile_, check], DEFINES=["-DLUNULA_RELAXED"])
    relaxed = env.Command(f"{folder}/{_NAME}_relaxed.wasm", called, Action(_relax, "relaxed SIMD: $TARGET"))
    return [plain, relaxed]


def _text(path, env):
    command = ["wasm2wat", "--generate-names", str(path)]
    return subprocess.run(command, env=env["ENV"], capture_output=True, text=True, check=True).stdout


def _check_stack(target, source, env):
    """A stack of its own would lie in the midst of TensorFlow.js's memory."""
    if "(global" in _text(target[0], env):
        return failed(f"{target[0]} has a stack: pass numbers in the place of structs, and keep arrays in registers.")
    return None


def _relax(target, source, env):
    text = _text(source[0], env)
    text = re.sub(r"\n[^\n]*\(import \"simd\"[^\n]*", "", text)
    text = text.replace("call $simd.relaxed_madd", "f32x4.relaxed_madd")
    written = Path(str(source[0])).with_suffix(".wat")
    written.write_text(text)
    command = ["wat2wasm", "--enable-relaxed-simd", str(written), "-o", str(target[0])]
    subprocess.run(command, env=env["ENV"], check=True)
