"""Adjudicated labels: what reviewers wrote about charts, from a CSV of person, item, value, date, reviewer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from refractory.dates import read_partial_date
from refractory.errors import LabelsError
from refractory.records.schema import LABEL, Problem
from refractory.records.store import Store

_COLUMNS = ("person", "item", "value", "date", "reviewer")
_NEEDED = ("person", "item", "value")


def read_labels(path: Path, store: Store) -> tuple[Problem, ...]:
    """Read a file of labels into the store's table `label`.

    A date may be known to the month or the year only, or be missing. Labels about persons who are not in
    the store are not asked for.

    Args:
        path: CSV with the columns person, item, value, date, reviewer, in any order and case.
        store: Takes the table; holds the table `person`.

    Returns:
        One problem per row that could not be used, by its line in the file.

    Raises:
        LabelsError: When the file cannot be read, is not UTF-8, is empty, or lacks a column.
    """
    known = {person for (person,) in store.rows(store.table("person").select("person_id"))}
    rows, problems, elsewhere = [], [], 0
    for line, row in _read_rows(path):
        try:
            person = int(row["person"])
        except ValueError:
            problems.append(Problem(path.name, line, "person", "person is no whole number", "left out"))
            continue
        if person not in known:
            elsewhere += 1
            continue
        if not row["item"] or not row["value"]:
            problems.append(Problem(path.name, line, "item", "item or value is empty", "left out"))
            continue
        try:
            when = read_partial_date(row["date"]) if row["date"] else None
        except ValueError:
            rule = "date is not written 2015-03-02, 2015-03 or 2015"
            problems.append(Problem(path.name, line, "date", rule, "left out"))
            continue
        ends = (when.earliest, when.latest) if when else (None, None)
        rows.append((line, person, row["item"], row["value"], *ends, row["reviewer"] or None))
    store.add("label", LABEL, rows)
    if elsewhere:
        rule = "the person never had the treatment, or is not in the records"
        problems.append(Problem(path.name, None, "person", rule, "not asked for", elsewhere, is_left_out=False))
    return tuple(problems)


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LabelsError(
            f"the file of labels cannot be read: {error.strerror}.", where=path.name, remedy="check --labels."
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LabelsError(
            f"the file of labels is not UTF-8: a byte in line {line} cannot be read.",
            where=f"{path.name}, line {line}",
            remedy='save it as "CSV UTF-8".',
        ) from None
    lines = csv.reader(text.splitlines())
    heads = [head.strip().lower() for head in next(lines, [])]
    missing = [column for column in _NEEDED if column not in heads]
    if missing:
        raise LabelsError(
            f"the file of labels has no column {', '.join(missing)}.",
            where=f"{path.name}, first line",
            remedy=f"its first line names the columns: {', '.join(_COLUMNS)}.",
        )
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            row = {head: cell.strip() for head, cell in zip(heads, cells, strict=False)}
            yield number, {column: row.get(column, "") for column in _COLUMNS}
