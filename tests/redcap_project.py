"""Small projects of REDCap, drawn in text: a data dictionary and its exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from refractory.records.from_redcap import read_redcap_grids
from refractory.records.redcap_dictionary import API_HEADINGS, PAGE_HEADINGS
from tables import table

_COLUMNS = {
    "field": "field_name",
    "form": "form_name",
    "type": "field_type",
    "label": "field_label",
    "choices": "select_choices_or_calculations",
    "validation": "text_validation_type_or_show_slider_number",
    "identifier": "identifier",
    "shown if": "branching_logic",
    "annotation": "field_annotation",
}
# How a mapping names the files that `save` writes.
SOURCE = """
[source]
kind = "redcap"
file = "export.csv"
dictionary = "dictionary.csv"
"""


def dictionary_rows(drawn: str) -> list[dict[str, str]]:
    """Return the lines of a drawn dictionary; a slash parts its choices."""
    rows = []
    for row in table(drawn):
        said = {_COLUMNS[name]: value or "" for name, value in row.items()}
        said["select_choices_or_calculations"] = said.get("select_choices_or_calculations", "").replace(" / ", " | ")
        rows.append({name: said.get(name, "") for name in API_HEADINGS})
    return rows


def write_csv(lines: Sequence[Sequence[str]], separator: str = ",") -> str:
    """Write lines as CSV."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\n").writerows(lines)
    return file.getvalue()


def dictionary_text(drawn: str, headings: Sequence[str] = PAGE_HEADINGS) -> str:
    """Write a drawn dictionary as REDCap's page gives it, or under other headings."""
    return write_csv([headings, *(list(row.values()) for row in dictionary_rows(drawn))])


def export_text(drawn: str, separator: str = ",") -> str:
    """Write a drawn export as CSV; several of its columns may have one name."""
    lines = [line for line in drawn.splitlines() if line.strip() and not set(line.strip()) <= set("-+ ")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return write_csv([["" if cell == "-" else cell for cell in row] for row in cells], separator)


def save(folder: Path, dictionary: str, **exports: str) -> list[Path]:
    """Save a drawn dictionary and drawn exports, each as name.csv."""
    paths = [folder / "dictionary.csv", *(folder / f"{name}.csv" for name in exports)]
    paths[0].write_text(dictionary_text(dictionary), encoding="utf-8")
    for path, drawn in zip(paths[1:], exports.values(), strict=True):
        path.write_text(export_text(drawn), encoding="utf-8")
    return paths


def save_project(folder: Path, dictionary: str, mapping: str, **exports: str) -> Path:
    """Save a drawn project with its mapping; the path of the mapping is what a user opens."""
    save(folder, dictionary, **exports)
    path = folder / "charts.toml"
    path.write_text(mapping, encoding="utf-8")
    return path


def read(folder: Path, dictionary: str, export: str, missing: Sequence[str] = ()):
    """Read a drawn project: its grids by instrument, and what became of its one export."""
    grids, (done,) = read_redcap_grids(save(folder, dictionary, export=export), missing)
    return {grid.sheet: grid for grid in grids}, done


def column(grid, name: str) -> list[object]:
    """Return the cells of a column."""
    return [row[grid.columns.index(name)] for row in grid.rows]


def told(done, rule: str) -> list[tuple[str, int]]:
    """Return column and rows of the problems whose rule has these words."""
    return [(one.column, one.rows) for one in done.problems if rule in one.rule]
