"""Adjudicated labels: what reviewers wrote about charts, from a CSV of person, item, value, date, reviewer."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from refractory.dates import read_partial_date
from refractory.errors import LabelsError
from refractory.records.cell_words import spell_person
from refractory.records.schema import LABEL, Problem
from refractory.records.store import Store

_COLUMNS = ("person", "item", "value", "date", "reviewer")
_NEEDED = ("person", "item", "value")
_WHOLE_NUMBER = re.compile(r"^-?[0-9]{1,18}$")


def read_labels(path: Path, store: Store, person_ids: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
    """Read a file of labels into the store's table `label`.

    A date may be known to the month or the year only, or be missing. Labels about persons who are not in
    the store are not asked for.

    Args:
        path: CSV with the columns person, item, value, date, reviewer, in any order and case.
        store: Takes the table; holds the table `person`.
        person_ids: Id of each person by the key that the source's files have; None where the file has the ids. A key
            may differ in case, blanks and leading zeros where that leaves one person.

    Returns:
        One problem per row that could not be used, by its line in the file.

    Raises:
        LabelsError: When the file cannot be read, is not UTF-8, is empty, or lacks a column.
    """
    known = {person for (person,) in store.rows(store.table("person").select("person_id"))}
    rows, problems, elsewhere = [], [], 0
    alike = _spell_alike(person_ids or {})
    for line, row in _read_rows(path):
        if person_ids is None and not _WHOLE_NUMBER.match(row["person"]):
            problems.append(Problem(path.name, line, "person", "person is no whole number", "left out"))
            continue
        key = row["person"]
        person = int(key) if person_ids is None else person_ids.get(key, alike.get(spell_person(key)))
        if person not in known:
            elsewhere += 1
            continue
        if not row["item"] or not row["value"]:
            column = "value" if row["item"] else "item"
            problems.append(Problem(path.name, line, column, f"{column} is empty", "left out"))
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
    return (*problems, *tell_elsewhere(path.name, elsewhere))


def _spell_alike(person_ids: Mapping[str, int]) -> dict[str, int]:
    """Return the id of each person by the plain spelling of the key, where it tells one person alone."""
    counts = Counter(spell_person(key) for key in person_ids)
    return {plain: number for key, number in person_ids.items() if counts[plain := spell_person(key)] == 1}


def tell_elsewhere(table: str, labels: int) -> tuple[Problem, ...]:
    """Tell how many labels are about persons who are not in the store; nothing where there are none."""
    rule = "the person never had the treatment, or is not in the records"
    return (Problem(table, None, "person", rule, "not asked for", labels, is_left_out=False),) if labels else ()


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = _read_text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_find_separator(text), strict=True)
    try:
        heads = [head.strip().lower() for head in next(lines, [])]
        _check_heads(path, heads)
        first_line = lines.line_num + 1
        for cells in lines:
            if any(cell.strip() for cell in cells):
                row = {head: cell.strip() for head, cell in zip(heads, cells, strict=False)}
                yield first_line, {column: row.get(column, "") for column in _COLUMNS}
            # A value in quotation marks may go over several lines; its row is named by the first of them.
            first_line = lines.line_num + 1
    except csv.Error:
        raise LabelsError(
            "the file of labels cannot be read as CSV.",
            where=f"{path.name}, line {lines.line_num}",
            remedy="look at that line for an open quotation mark or a character that no text has.",
        ) from None


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LabelsError(
            f"the file of labels cannot be read: {error.strerror}.", where=path.name, remedy="check --labels."
        ) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, byte = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise LabelsError(
            f"the file of labels is not UTF-8: byte {byte} of line {line} cannot be read.",
            where=f"{path.name}, line {line}",
            remedy='save it as UTF-8 (in a spreadsheet: "CSV UTF-8").',
        ) from None


def _find_separator(text: str) -> str:
    head = text.split("\n", 1)[0].lower()
    return max((",", ";", "\t"), key=lambda mark: len({cell.strip() for cell in head.split(mark)} & set(_COLUMNS)))


def _check_heads(path: Path, heads: Sequence[str]) -> None:
    missing = [column for column in _NEEDED if column not in heads]
    if missing:
        what = f"has no column {', '.join(missing)}" if heads else "is empty"
        raise LabelsError(
            f"the file of labels {what}.",
            where=f"{path.name}, first line",
            remedy=f"its first line names the columns: {', '.join(_COLUMNS)}.",
        )
