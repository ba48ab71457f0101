"""The page of the simulation is what its numbers say, and what can be counted out is counted out again."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture
def tool(monkeypatch):
    """Read a module of the simulation, which stands beside the program and not in it."""
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "simulation"))
    before = set(sys.modules)
    yield import_module
    for name in set(sys.modules) - before:
        if name in ("page", "cells", "counted", "drawn"):
            del sys.modules[name]


def test_the_page_is_what_the_numbers_say(tool):
    page = tool("page")
    assert (DOCS / "simulation.md").read_text(encoding="utf-8") == page.compose(DOCS), "mend with: make simulate"


@pytest.mark.parametrize("block", ["proportions", "differences", "tests of two groups", "rates", "detectable"])
def test_what_is_counted_out_for_twenty_persons_has_not_moved(tool, block):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["block"] == block and cell["n"] == "20"]
    cells = tool("counted").BLOCKS[block](20)
    known = {(cell["method"], cell["quantity"], cell["setting"]): float(cell["found"]) for cell in kept}
    found = {(cell.method, cell.quantity, cell.setting): cell.found for cell in cells}
    assert found == pytest.approx(known, rel=1e-4, abs=1e-6), "mend with: make simulate"


def test_every_block_stands_in_the_table_for_every_size(tool):
    kept = {(cell["block"], cell["n"]) for cell in tool("page").read_cells(DOCS)}
    blocks = [*tool("counted").BLOCKS, *tool("drawn").BLOCKS]
    assert kept == {(block, str(n)) for block in blocks for n in tool("cells").SIZES}


@pytest.mark.parametrize("method", ["Clopper-Pearson", "Garwood's rate", "exact rate ratio", "exact odds ratio"])
def test_an_exact_interval_never_covers_less_often_than_it_says(tool, method):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["method"] == method]
    covered = [float(cell["found"]) for cell in kept if cell["quantity"] in ("coverage", "least coverage")]
    assert len(covered) >= 12
    assert min(covered) >= 0.95


@pytest.mark.parametrize("method", ["Fisher's exact test", "Boschloo's exact test"])
def test_an_exact_test_never_errs_more_often_than_it_says(tool, method):
    errors = [float(cell["found"]) for cell in tool("page").read_cells(DOCS) if cell["method"] == method]
    assert len(errors) == 12
    assert max(errors) <= 0.05


def test_a_cell_that_does_not_keep_its_word_is_marked(tool):
    mark = tool("page").mark
    assert mark({"quantity": "coverage", "found": "0.90", "error": "0.01"}) == "**under**"
    assert mark({"quantity": "coverage", "found": "0.92", "error": "0.01"}) == ""
    assert mark({"quantity": "coverage", "found": "0.99", "error": ""}) == "*wide*"
    assert mark({"quantity": "type I error", "found": "0.0601", "error": ""}) == "**over**"
    assert mark({"quantity": "type I error", "found": "0.01", "error": ""}) == "*wide*"
    assert mark({"quantity": "bias", "found": "-0.05", "error": "0.01"}) == "**biased**"
    assert mark({"quantity": "power", "found": "0.75", "error": ""}) == "**under**"
