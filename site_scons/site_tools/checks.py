"""Lint, Format, Typecheck, Pytest: what the tasks of the same names run."""

_BIOME = "node_modules/.bin/biome"
_TSC = "node_modules/.bin/tsc"
_CPP_ROOMS = ["sdk_src/core", "sdk_src/kernels", "tests/core"]


def generate(env):
    env.AddMethod(_lint, "Lint")
    env.AddMethod(_format, "Format")
    env.AddMethod(_typecheck, "Typecheck")
    env.AddMethod(_pytest, "Pytest")


def exists(env):
    return True


def _lint(env):
    clang_format = f"clang-format --dry-run --Werror {_cpp_files(env)}"
    return ["$PYTHON -m ruff check", "$PYTHON -m ruff format --check", f"{_BIOME} ci --colors=off", clang_format]


def _format(env):
    ruff = ["$PYTHON -m ruff check --fix --unsafe-fixes --exit-zero", "$PYTHON -m ruff format"]
    return [*ruff, f"{_BIOME} check --write --colors=off", f"clang-format -i {_cpp_files(env)}"]


def _typecheck(env):
    return ["$PYTHON -m mypy", f"{_TSC} -p tsconfig.json", f"{_TSC} -p tests/tsconfig.json"]


def _pytest(env, marks):
    """marks: an expression of pytest's markers, '' for every test."""
    return [f'$PYTHON -m pytest -m "{marks}" $TESTS']


def _cpp_files(env):
    files = [env.Files(room, ".h", ".cpp") for room in _CPP_ROOMS]
    return " ".join(map(str, env.Flatten(files)))
