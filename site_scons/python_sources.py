"""Finds the repository's own Python files that `python -m MODULE` imports, without importing them."""

import ast
from functools import cache
from pathlib import Path


def python_sources(module: str) -> list[str]:
    """Paths, sorted, of the module, of everything of the repository it imports, and of their packages' `__init__`."""
    found: set[Path] = set()
    waiting = [module, f"{module}.__main__"]
    while waiting:
        name = waiting.pop()
        for path in _files(name):
            if path not in found:
                found.add(path)
                waiting.extend(_imports(path))
    return sorted(map(str, found))


def _files(name: str) -> list[Path]:
    """The module's file and the `__init__.py` of each package on its way; nothing for a library or a mere name."""
    parts = name.split(".")
    files = [Path(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    files.append(Path(*parts).with_suffix(".py"))
    return [path for path in files if path.exists()]


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Every dotted name that the file's import statements may mean, those inside functions included."""
    package = list(path.parent.parts)
    names = []
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            stem = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*stem, *([node.module] if node.module else [])])
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return tuple(names)
