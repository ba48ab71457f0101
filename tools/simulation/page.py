"""The table of docs/simulation.md, from docs/simulation.csv, with a mark at every cell that does not keep its word."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

HEAD = """\
# Do the numbers keep their word in small groups?

Every interval, test and correction that the program prints, at 20, 42 and 100 persons and response rates of 0.1, 0.5,
0.83 and 0.95 (other truths where a rate makes no sense). Where every possible answer can be listed it is counted out,
and the number is exact; else it is drawn with a seed, and the Monte Carlo standard error stands behind it. Intervals
are of 95 %, tests of 5 %. `make simulate` makes this page and `simulation.csv` anew; a test keeps the two the same and
counts a few cells out again.

Marks: **under** is an interval that covers less than 93.5 %, **over** a test that errs in more than 6 %, beyond twice
the error of the draws; *wide* is an interval that covers more than 98 %, or a test that errs in less than 2 %;
**biased** is a mean that is off by more than 0.02 (of a proportion, or of a unit) beyond twice its error.

"""
AFTER = (Path(__file__).resolve().parent / "in_words.md").read_text(encoding="utf-8")


def read_cells(folder: Path) -> list[dict[str, str]]:
    with (folder / "simulation.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mark(cell: dict[str, str]) -> str:
    """Say of a cell in a word whether it keeps its word; empty where it does or promises nothing."""
    found, error = float(cell["found"]), float(cell["error"] or 0)
    kind = cell["quantity"]
    if kind in ("coverage", "least coverage"):
        return "**under**" if found + 2 * error < 0.935 else "*wide*" if found - 2 * error > 0.98 else ""
    if kind in ("type I error", "any false finding", "share of false findings"):
        return "**over**" if found - 2 * error > 0.06 else "*wide*" if found + 2 * error < 0.02 else ""
    if kind == "bias":
        return "**biased**" if abs(found) - 2 * error > 0.02 else ""
    if kind == "power":
        return "**under**" if found + 2 * error < 0.79 else ""
    return ""


def spell(cell: dict[str, str]) -> str:
    number = f"{float(cell['found']):.3f}"
    error = f" ± {float(cell['error']):.3f}" if cell["error"] else ""
    return f"{number}{error} {mark(cell)}".strip()


def write_tables(cells: list[dict[str, str]]) -> str:
    blocks: dict[str, dict[tuple[str, str, str], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for cell in cells:
        setting = cell["setting"]
        blocks[cell["block"]][cell["method"], cell["quantity"], setting][cell["n"]] = spell(cell)
    lines = []
    for block, rows in blocks.items():
        lines += [f"## {block[0].upper()}{block[1:]}", ""]
        lines += ["| method | quantity | truth | 20 | 42 | 100 |", "|---|---|---|---|---|---|"]
        for (method, quantity, setting), by_size in rows.items():
            sizes = " | ".join(by_size.get(n, "") for n in ("20", "42", "100"))
            lines.append(f"| {method} | {quantity} | {setting} | {sizes} |")
        lines.append("")
    return "\n".join(lines)


def compose(folder: Path) -> str:
    return HEAD + write_tables(read_cells(folder)) + "\n" + AFTER


def write_page(folder: Path) -> None:
    (folder / "simulation.md").write_text(compose(folder), encoding="utf-8")
