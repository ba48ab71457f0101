"""The project's own source, read as text and syntax: what the tests of this folder measure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = "refractory"
# Made by runs, tests and tools; never part of the project.
NOT_OURS = {
    ".git",
    ".venv",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "__pycache__",
    "build",
    "dist",
}


@dataclass(frozen=True)
class Module:
    """One Python module: its dotted name and its text."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax of the module."""
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """The first word under the package: `records` for refractory.records.store; empty for the package itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def lines(self) -> int:
        """Lines of the module."""
        return len(self.text.splitlines())


@dataclass(frozen=True)
class Function:
    """One function or method: where it stands and how long it is without its docstring."""

    module: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    is_public: bool

    @property
    def name(self) -> str:
        """Dotted name, the module included."""
        return f"{self.module}.{self.node.name}"

    @property
    def lines(self) -> int:
        """Lines from `def` to the end; the docstring does not count, for rules deserve room."""
        first = self.node.body[0]
        has_docstring = ast.get_docstring(self.node, clean=False) is not None
        said = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
        return (self.node.end_lineno or 0) - self.node.lineno + 1 - said


def read_modules(source: Path = SOURCE) -> tuple[Module, ...]:
    """Read all modules of the package, in the order of their names."""
    modules = []
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules.append(Module(name, path.read_text(encoding="utf-8")))
    return tuple(modules)


def find_functions(module: Module) -> Iterator[Function]:
    """Find all functions and methods of a module; public ones stand at its top level without an underscore."""
    top = set(module.tree.body)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(module.name, node, is_public=node in top and not node.name.startswith("_"))


def find_imports(module: Module, names: frozenset[str]) -> set[str]:
    """Find the modules of the package that a module imports, wherever in its text.

    An import inside a function or under TYPE_CHECKING counts: who reads the module must know the other one.
    """
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}, line {node.lineno}: imports are written in full"
            if node.module and node.module.split(".")[0] == PACKAGE:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found.add(inner if inner in names else node.module)
    return found


def find_project_files(*suffixes: str) -> list[Path]:
    """Find the project's own files, by suffix or all."""
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and not NOT_OURS & set(path.relative_to(ROOT).parts)
        and not any(part.endswith(".egg-info") for part in path.parts)
        and (not suffixes or path.suffix in suffixes)
    ]


MODULES = read_modules()
NAMES = frozenset(module.name for module in MODULES)
