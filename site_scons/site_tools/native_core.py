"""NativeCore: the C++ sources as a shared object of this machine, for Python (ctypes).

The tests compile the same sources once more, with AddressSanitizer and UndefinedBehaviorSanitizer.
"""

from SCons.Action import Action

_FLAGS = [
    "-std=c++17",
    "-O2",
    "-ffp-contract=off",  # WebAssembly has no fused multiply-add
    "-fPIC",
    "-shared",
    "-fno-exceptions",
    "-fno-rtti",
    "-Wall",
    "-Wextra",
    "-Werror",
]


def generate(env):
    env["CLANG"] = "clang++"
    env["CLANGFLAGS"] = _FLAGS
    env.AddMethod(_native_core, "NativeCore")


def exists(env):
    return env.Detect("clang++")


def _native_core(env, target, source, headers, include):
    action = Action("$CLANG $CLANGFLAGS $INCLUDE $SOURCES -o $TARGET", "native core: $TARGET")
    node = env.Command(target, source, action, INCLUDE=[f"-I{folder}" for folder in include])
    env.Depends(node, headers)
    return node
