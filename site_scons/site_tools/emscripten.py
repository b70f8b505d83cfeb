"""Wasm: C++ sources to one standalone WebAssembly module, without JavaScript glue and without imports."""

import re
import subprocess
from pathlib import Path

from SCons.Action import Action
from stop import failed

# Oldest emcc with the SIMD and STANDALONE_WASM behaviour used here; Debian 12 has it.
_LEAST = (3, 1, 6)

_FLAGS = [
    "-std=c++17",
    "-O3",  # the core is a few kB: -Os saves little and loses loop vectorisation
    "-msimd128",
    "-mnontrapping-fptoint",  # float to int without a range check each; every browser with SIMD has it
    "-ffp-contract=off",  # as the native core, so that both round alike
    "-fno-exceptions",
    "-fno-rtti",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-sSTANDALONE_WASM",
    "--no-entry",
    # The page grows the memory to hold the arena and the frame; nothing inside allocates.
    "-sALLOW_MEMORY_GROWTH",
    "-sINITIAL_MEMORY=2MB",
    "-sTOTAL_STACK=256KB",
    "-Wl,--export=__heap_base",
]


def generate(env):
    env["EMCC"] = "emcc"
    env["EMFLAGS"] = _FLAGS
    env["EMEXPORTS"] = _exports
    env.AddMethod(_wasm, "Wasm")


def exists(env):
    return env.Detect("emcc")


def _wasm(env, target, source, headers, include, exports):
    """The module `target` from C++ `source` files; exports: a file with one exported name a line."""
    check = Action(_check_version, None)
    folders = [f"-I{folder}" for folder in include]
    command = "$EMCC $EMFLAGS $INCLUDE ${EMEXPORTS(EXPORTS)} $SOURCES -o $TARGET"
    compile_ = Action(command, "wasm: $TARGET")
    # Debian's emcc runs its own JavaScript under whichever node comes first, and needs Debian's acorn there.
    environment = {**env["ENV"], "NODE_PATH": "/usr/share/nodejs"}
    node = env.Command(target, source, [check, compile_], ENV=environment, EXPORTS=exports, INCLUDE=folders)
    env.Depends(node, [headers, exports])
    return node


def _exports(path):
    names = [line.partition("#")[0].strip() for line in Path(path).read_text().splitlines()]
    return "-sEXPORTED_FUNCTIONS=" + ",".join("_" + name.lstrip("_") for name in names if name)


def _check_version(target, source, env):
    least = ".".join(map(str, _LEAST))
    try:
        text = subprocess.run(
            [env["EMCC"], "--version"], env=env["ENV"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        return failed(f"emcc does not run ({error}); install Emscripten {least} or newer.")
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    if not found or tuple(map(int, found.groups())) < _LEAST:
        version = found.group() if found else "of no readable version"
        return failed(f"emcc is {version}; Lunula needs {least} or newer.")
    return None
