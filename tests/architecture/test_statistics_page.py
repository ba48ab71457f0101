"""The page of statistics names every function, and what it shows can be run."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "statistics.md"
VERBS = ("estimate_", "find_", "derive_", "fit_", "adjust_")
WRITTEN = tomllib.loads((ROOT / "docs" / "statistics.toml").read_text(encoding="utf-8"))
# What takes a curve, or a table of persons and visits, that would fill the page.
WITHOUT = {
    "survival.find_log_log_interval",
    "segments.fit_segments",
    "segments.fit_projections",
    "imputation.find_why_not",
    "imputation.derive_completed_sets",
    "combined.fit_firth_to_sets",
}
NAMED = [name for row in WRITTEN["quantity"] for name in row["functions"]]


def _tool():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "write_statistics_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _public() -> set[str]:
    found = set()
    for path in (ROOT / "src" / "refractory" / "statistics").glob("*.py"):
        if path.stem not in WRITTEN["inner"]:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
            found |= {f"{path.stem}.{name}" for name in functions if name.startswith(VERBS)}
    return found


def test_every_function_of_statistics_has_a_place_on_the_page_and_no_other():
    assert sorted(NAMED) == sorted(_public()), "add it to docs/statistics.toml, then run the tool below"


def test_the_page_is_what_the_tool_writes():
    assert PAGE.read_text(encoding="utf-8") == _tool().write_page(), (
        "mend with: .venv/bin/python tools/write_statistics_reference.py"
    )


@pytest.mark.parametrize("path", sorted({path for row in WRITTEN["quantity"] for path in row["tests"]}))
def test_each_test_that_the_page_names_exists(path):
    assert (ROOT / path).is_file()


def test_every_function_but_those_of_parts_has_an_example():
    without = [name for name in NAMED if not _tool().cut_example(name)]
    assert set(without) <= WITHOUT


def test_each_example_on_the_page_gives_what_it_shows():
    fences = PAGE.read_text(encoding="utf-8").split("```pycon\n")[1:]
    assert len(fences) >= len(NAMED) - len(WITHOUT)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for place, fence in enumerate(fences):
        example = doctest.DocTestParser().get_doctest(fence.split("```")[0], {}, f"example {place}", str(PAGE), 0)
        assert runner.run(example).failed == 0, fence
