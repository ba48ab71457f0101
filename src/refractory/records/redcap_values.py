"""An export of REDCap with one line per value: record, event, instance, field and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from refractory.records.redcap_boxes import name_box
from refractory.records.redcap_cells import find_meaning
from refractory.records.redcap_columns import EVENT, GROUP, INSTANCE, REPEATS, SHARED, ExportColumns, place_names
from refractory.records.redcap_dictionary import RedcapDictionary, RedcapField, slug_of
from refractory.records.redcap_flat import Lines, skip_head
from refractory.records.redcap_rows import CutLine, ExportRow, PressedExport
from refractory.records.schema import Problem

_FIELD, _VALUE = "field_name", "value"
_Numbered = tuple[int, Sequence[str]]


def is_value_export(head: Sequence[str]) -> bool:
    """Say whether a first line is the one of an export with a line per value.

    Example:
        >>> is_value_export(["record", "redcap_event_name", "field_name", "value"])
        True
    """
    return {_FIELD, _VALUE} <= {one.strip().lower() for one in head} and len(head) <= 8


@dataclass
class ValueExport:
    """An export with one line per value, to be read as often as needed.

    Args:
        file: Name of the file.
        dictionary: The data dictionary.
        lines: Begins to read the file.
        head: Its first line.
        notes: What is to be told of the file as a whole.
        problems: Lines that were not taken; of the last reading.
        rows: Lines that hold anything; of the last reading.
        seen: Names of the fields that have a value anywhere; of the last reading.
    """

    file: str
    dictionary: RedcapDictionary
    lines: Lines
    head: Sequence[str]
    notes: tuple[Problem, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    seen: set[str] = field(default_factory=set)
    strangers: dict[str, str] = field(default_factory=dict)
    boxes: set[str] = field(default_factory=set)
    _collected: PressedExport | None = None
    _cut: int = 0

    def __post_init__(self) -> None:
        at = {one.strip().lower(): place for place, one in enumerate(self.head)}
        record = at.get("record", at.get(self.dictionary.record_id, 0))
        self._at = (record, *(at.get(name, -1) for name in (EVENT, REPEATS, INSTANCE, _FIELD, _VALUE)))
        self._fields: Mapping[str, RedcapField] = {one.name: one for one in self.dictionary.fields}
        self._places = place_names(self.dictionary)

    @property
    def columns(self) -> ExportColumns:
        """The columns that a flat export of the same values would have beside those of the dictionary."""
        return ExportColumns((), frozenset(self.boxes), dict(self.strangers))

    @property
    def present(self) -> frozenset[str]:
        """Names of the fields of every instrument that has a value anywhere: a field without values shows no line."""
        seen = {self._places[name] for name in self.seen if name in self._places}
        return frozenset(one.name for one in self.dictionary.fields if one.instrument in seen)

    def __iter__(self) -> Iterator[ExportRow]:
        if self._collected is None and not self._keeps_records_together():
            self._begin()
            rows = sorted(self._gather(self._numbered()), key=lambda row: row.line)
            self._collected = PressedExport(rows)
        if self._collected is not None:
            yield from self._collected
            return
        self._begin()
        for _, lines in groupby(self._numbered(), key=lambda one: one[1][self._at[0]].strip()):
            yield from self._gather(lines)

    def _begin(self) -> None:
        self.problems, self.rows = list(self.notes), 0

    def _keeps_records_together(self) -> bool:
        seen: set[str] = set()
        last = None
        for _, cells in self._numbered():
            record = cells[self._at[0]].strip()
            if record != last and record in seen:
                return False
            seen.add(record)
            last = record
        return True

    def _numbered(self) -> Iterator[_Numbered]:
        width = len(self.head)
        for number, cells in skip_head(self.lines()):
            if isinstance(cells, CutLine):
                self._cut = number
            yield number, (*cells, *("",) * (width - len(cells)))

    def _gather(self, lines: Iterator[_Numbered]) -> Iterator[ExportRow]:
        """Gather lines into rows: one per record, event and instance, in the order of their first lines."""
        rows: dict[tuple[str, str, str, str], tuple[int, list[int], dict[str, str], dict[str, str]]] = {}
        for number, cells in lines:
            self.rows += 1
            record, event, repeats, instance, name, value = (cells[at].strip() if at >= 0 else "" for at in self._at)
            if len(cells) > len(self.head) and any(map(str.strip, cells[len(self.head) :])):
                self._leave_out(number, "", "the line has more cells than the first line has columns")
            elif number == self._cut:
                self._leave_out(number, "", "the file ends within the line")
            elif not record or not name:
                column = _FIELD if record else self.dictionary.record_id
                self._leave_out(number, column, f"the line names no {'field' if record else 'record'}")
            else:
                place = (record, event, slug_of(repeats), instance)
                _, kept, filled, shared = rows.setdefault(place, (number, [], {}, {}))
                if self._take(number, name.lower(), value, (filled, shared), place[2]):
                    kept.append(number)
        for place, (first, kept, filled, shared) in rows.items():
            if kept:
                yield ExportRow(first, *place, shared.get(GROUP, ""), filled, len(kept))

    def _take(self, number: int, name: str, value: str, into: tuple[dict[str, str], dict[str, str]], at: str) -> bool:
        """Take a value into its row; False when the line is listed."""
        filled, shared = into
        if name == self.dictionary.record_id or not value:
            return True
        one = self._fields.get(name)
        if name == GROUP:
            filled, column = shared, name
        elif one is not None and one.kind == "checkbox":
            column, value = name_box(name, _code_of(one, value)), "1"
            if column in filled:
                self._leave_out(number, name, "the same box is written twice")
                return False
            self.boxes.add(column)
        else:
            column = name
        if filled.get(column, value) != value:
            self._leave_out(number, name, "the field has two values at the same place")
            return False
        filled[column] = value
        self.seen.add(name)
        if one is None and name not in SHARED and name not in self._places:
            known = at in self.dictionary.instruments
            self.strangers.setdefault(name, at if known else self.dictionary.instruments[0])
        return True

    def _leave_out(self, line: int, column: str, rule: str) -> None:
        self.problems.append(
            Problem(self.file, line, column, rule, "left out", file=self.file, line=line, place=column)
        )


def _code_of(one: RedcapField, value: str) -> str:
    """Return the code of a checked box, which an export with labels writes out."""
    if value in one.choices:
        return value
    meaning = find_meaning(one.choices, value, is_labelled=True)
    return next((code for code, text in one.choices.items() if text == meaning), value)
