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
        if name in ("page", "cells", "table", "blocks", "counted", "drawn", "groups", "models", "courses"):
            del sys.modules[name]


def test_the_page_is_what_the_numbers_say(tool):
    page = tool("page")
    assert (DOCS / "simulation.md").read_text(encoding="utf-8") == page.compose(DOCS), "mend with: make simulate"


COUNTED_AGAIN = [
    "proportions",
    "differences",
    "differences far apart",
    "tests of two groups",
    "rates",
    "detectable",
    "paired proportions",
    "shares of the variance",
    "detectable subgroups",
]


@pytest.mark.parametrize("block", COUNTED_AGAIN)
def test_what_is_counted_out_for_twenty_persons_has_not_moved(tool, block):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["block"] == block and cell["n"] == "20"]
    cells = tool("blocks").BLOCKS[block](20)
    known = {(cell["method"], cell["quantity"], cell["setting"]): float(cell["found"]) for cell in kept}
    found = {(cell.method, cell.quantity, cell.setting): cell.found for cell in cells}
    assert found == pytest.approx(known, rel=1e-4, abs=1e-6), "mend with: make simulate"


def test_every_block_stands_in_the_table_for_every_size(tool):
    kept = {(cell["block"], cell["n"]) for cell in tool("page").read_cells(DOCS)}
    assert kept == {(block, str(n)) for block in tool("blocks").BLOCKS for n in tool("cells").SIZES}


@pytest.mark.parametrize("method", ["Clopper-Pearson", "Garwood's rate", "exact rate ratio", "exact odds ratio"])
def test_an_exact_interval_never_covers_less_often_than_it_says(tool, method):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["method"] == method]
    covered = [float(cell["found"]) for cell in kept if cell["quantity"] in ("coverage", "least coverage")]
    assert len(covered) >= 12
    assert min(covered) >= 0.95


@pytest.mark.parametrize("method", ["Fisher's exact test", "Boschloo's exact test", "McNemar's exact test"])
def test_an_exact_test_never_errs_more_often_than_it_says(tool, method):
    errors = [float(cell["found"]) for cell in tool("page").read_cells(DOCS) if cell["method"] == method]
    assert len(errors) >= 12
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


def test_a_detectable_subgroup_is_found_as_often_as_promised_by_another_count(tool):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["method"].startswith("detectable subgroup")]
    counted = [float(cell["found"]) for cell in kept if not cell["error"]]
    assert len(counted) >= 12
    assert 0.8 <= min(counted) < max(counted) < 0.82


def test_shares_of_the_variance_are_right_to_the_last_digit(tool):
    kept = [cell for cell in tool("page").read_cells(DOCS) if cell["method"] == "shares of the variance"]
    assert [cell["found"] for cell in kept] == ["1", "1", "1"]


def test_what_stands_in_the_table_is_done_and_what_is_forgotten_is_not(tool, tmp_path):
    table, path = tool("table"), tmp_path / "simulation.csv"
    assert table.read_done(path) == {}
    done = table.read_done(DOCS / "simulation.csv")
    table.write_done(path, done, tool("blocks").BLOCKS)
    assert path.read_bytes() == (DOCS / "simulation.csv").read_bytes()
    table.forget(path, ["self-controlled"], tool("blocks").BLOCKS)
    left = table.read_done(path)
    assert left == {pair: rows for pair, rows in done.items() if pair[0] != "self-controlled"}
    assert len(left) == len(done) - 3


def test_a_block_is_named_with_hyphens_and_a_name_of_none_is_refused_with_those_that_there_are(tool):
    find_named = tool("table").find_named
    blocks = ["sites", "regression to the mean", "self-controlled"]
    assert find_named(["regression-to-the-mean", "self-controlled"], blocks) == blocks[1:]
    assert find_named(["all"], blocks) == blocks
    assert find_named([], blocks) == []
    with pytest.raises(ValueError, match=r"named sides.\n  Try: one of sites, regression-to-the-mean, self-controlled"):
        find_named(["sides", "sites"], blocks)
