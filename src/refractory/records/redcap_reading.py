"""The rows of one export of REDCap, read into a grid per instrument."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from refractory.records.grid import Cell, Grid
from refractory.records.redcap_boxes import SIGN
from refractory.records.redcap_cells import CellReader, Readings
from refractory.records.redcap_columns import COMPLETE, EVENT, GROUP, INSTANCE, STAMP
from refractory.records.redcap_joining import NO_DATA, JoinedExport
from refractory.records.redcap_layout import GridColumn, InstrumentLayout, name_missing_boxes
from refractory.records.redcap_rows import Export, ExportRow, JoinedRow, PressedRows
from refractory.records.redcap_survey import Survey
from refractory.records.schema import Problem

# Beyond so many cells of one column they are counted together.
_MOST_LISTED = 20_000


@dataclass(frozen=True)
class JoinedLine:
    """A form of a row that became part of an earlier file's row.

    Args:
        line: The line of the row.
        lines: Lines that it was made of, where nothing is left of the row; else 0.
        into: The earlier row.
        asked: Columns that it gave to it and that are asked for.
    """

    line: int
    lines: int
    into: JoinedRow
    asked: int


@dataclass
class ReadExport:
    """What came of one export.

    Args:
        file: Its name.
        rows: Its lines that hold anything.
        lines: Line of each row that was taken; of a row that was made of several lines, the first.
        behind: Lines behind each row.
        asked: Of those, lines that hold anything that is asked for.
        filled: Cells that hold anything, by column.
        problems: Lines and cells that were not used as written.
        joined: What of its rows became part of earlier files' rows.
    """

    file: str
    rows: int = 0
    lines: array[int] = field(default_factory=lambda: array("q"))
    behind: array[int] = field(default_factory=lambda: array("q"))
    asked: array[int] = field(default_factory=lambda: array("q"))
    filled: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    joined: list[JoinedLine] = field(default_factory=list)


@dataclass
class _GridInMaking:
    layout: InstrumentLayout
    rows: PressedRows = field(default_factory=PressedRows)
    lines: array[int] = field(default_factory=lambda: array("q"))


class ExportReader:
    """Reads one export into a grid per instrument."""

    def __init__(
        self,
        export: Export,
        survey: Survey,
        layouts: Sequence[InstrumentLayout],
        missing: Mapping[str, str],
        seen: dict[tuple[str, ...], int],
        asked: frozenset[str],
        scores: frozenset[str],
        lent: Mapping[tuple[str, str, str], Mapping[str, str]],
    ) -> None:
        self.export, self.survey, self.seen, self.asked, self.lent = export, survey, seen, asked, lent
        is_labelled = export.file in survey.labelled
        own = [column for layout in layouts for column in layout.columns]
        self.readers = {
            one.name: CellReader(one.field, missing, is_labelled, one.name in scores) for one in own if not one.code
        }
        # Of what is borrowed nothing is counted: it is counted where it stands.
        self.lenders = {
            one.name: CellReader(one.field, missing, is_labelled, one.name in scores)
            for layout in layouts
            for one in layout.borrowed
        }
        self.boxes = {one.field.name: Readings() for one in own if one.code}
        self.missing_boxes = {one.field.name: name_missing_boxes(one.field, missing) for one in own if one.code}
        self.making = [_GridInMaking(layout) for layout in layouts]
        self.wanted = {
            at
            for at, layout in enumerate(layouts)
            if not asked.isdisjoint(one.name for one in (*layout.columns, *layout.borrowed))
        }
        every = {one.name: at for at, layout in enumerate(layouts) for one in layout.columns}
        # A form's own state alone shows nothing unless somebody has set it.
        self.states = {f"{one.name}{end}": at for at, one in enumerate(layouts) for end in (COMPLETE, STAMP)}
        # So does that of a form that has another name today.
        old = (one for one in survey.strangers if one.endswith((COMPLETE, STAMP)))
        self.states |= {name: every[name] for name in old}
        self.places = {name: at for name, at in every.items() if name not in self.states}
        bases = {one.field.name: self.places[one.name] for one in own if one.code}
        self.places |= {box: bases[base] for base, several in self.missing_boxes.items() for box in several}
        self.done = ReadExport(export.file)

    def read(self, double_entry: str) -> ReadExport:
        """Read the whole export."""
        done = self.done
        rows = self.survey.entries.merge(self.export, double_entry, frozenset(self.states), done.problems)
        for row in self._tell_repeats(rows):
            done.lines.append(row.line)
            done.behind.append(row.lines)
            done.asked.append(self._count_asked(row.cells, row.lines))
            done.filled.update(iter(row.cells))
            for at in self._find_instruments(row):
                if at in self.wanted:
                    self._add(self.making[at], row)
        if isinstance(self.export, JoinedExport):
            done.joined = [
                JoinedLine(line, self.export.dropped.get(line, 0), one, self._count_asked(one.names, 2))
                for line, several in self.export.joined.items()
                for one in several
                if one.names
            ]
        done.rows = self.export.rows
        done.problems += self.export.problems
        done.problems += self._say_readings()
        return done

    def _count_asked(self, names: Iterable[str], lines: int) -> int:
        asked = sum(name in self.asked for name in names)
        return asked if lines > 1 else int(asked > 0)

    def grids(self) -> Iterator[Grid]:
        """Return a grid per instrument."""
        for one in self.making:
            layout = one.layout
            yield Grid(self.export.file, layout.name, layout.names, one.rows, one.lines, layout.facts)

    def _find_instruments(self, row: ExportRow) -> list[int]:
        found = {at for at in set(map(self.places.get, row.cells)) if at is not None}
        for name, at in self.states.items():
            if at not in found and row.cells.get(name, "").strip().lower() not in NO_DATA:
                found.add(at)
        return sorted(found)

    def _tell_repeats(self, rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
        """Pass over rows that were exported twice, and tell rows that say different things of the same place."""
        file = self.export.file
        here: set[tuple[str, ...]] = set()
        for row in rows:
            said = hash(frozenset(row.cells.items()))
            if row.cells and self.seen.get(row.place) == said:
                self.done.problems.append(
                    Problem(file, row.line, "", "the same row again", "left out", row.lines, file=file, line=row.line)
                )
                continue
            if row.place in here:
                rule = "record, event and instance come twice, with different values"
                self.done.problems.append(
                    Problem(file, row.line, "", rule, "both used", is_left_out=False, file=file, line=row.line)
                )
            here.add(row.place)
            self.seen.setdefault(row.place, said)
            yield row

    def _add(self, into: _GridInMaking, row: ExportRow) -> None:
        layout = into.layout
        keys = {EVENT: row.event or None, INSTANCE: _whole(row.instance), GROUP: row.group or None}
        cells: list[Cell] = [row.record, *(keys[name] for name in layout.keys[1:])]
        blank: dict[str, bool | None] = {}
        for column in layout.columns:
            if column.name not in self.asked:
                cells.append(None)
            elif column.code:
                cells.append(self._read_box(column, row, blank))
            else:
                text = row.cells.get(column.name)
                is_blank = text is None or (text == "[not completed]" and column.name in self.states)
                cells.append(None if text is None or is_blank else self.readers[column.name].read(text, row.line))
        cells += (self._borrow(column, row) for column in layout.borrowed)
        into.rows.append(tuple(cells))
        into.lines.append(row.line)

    def _read_box(self, column: GridColumn, row: ExportRow, fields: dict[str, bool | None]) -> Cell:
        """Read a box; what an unchecked box of its field says is found once a row.

        Args:
            column: The box.
            row: The row.
            fields: Takes, by field, False where an unchecked box says no, and None where it says nothing.
        """
        base = column.field.name
        if base not in fields:
            is_missing = any(box in row.cells for box in self.missing_boxes[base])
            self.boxes[base].missing += is_missing
            is_any = any(name.startswith(f"{base}{SIGN}") for name in row.cells)
            says_no = (
                (base in self.export.present or base in row.known)
                and base not in row.unknown
                and (is_any or not column.field.is_branched)
            )
            fields[base] = False if says_no and not is_missing else None
        # Where a missing-data code is checked as well, what is checked beside it stands.
        return True if column.name in row.cells else fields[base]

    def _borrow(self, column: GridColumn, row: ExportRow) -> Cell:
        text = row.cells.get(column.name)
        for instance in (row.instance, ""):
            if text is None:
                text = self.lent.get((row.record, row.event, instance), {}).get(column.name)
        if column.code:
            return None if text is None else True
        return None if text is None else self.lenders[column.name].read(text)

    def _say_readings(self) -> Iterator[Problem]:
        file = self.export.file
        every = {name: one.readings for name, one in self.readers.items()} | self.boxes
        for name, found in every.items():
            for rows, rule, done in (
                (found.missing, "a missing-data code stands in it", "taken as missing"),
                (found.other_dates, "the date is not written year-month-day, as REDCap writes it", "read as text"),
                (found.other_numbers, "the field is for numbers and holds something else", "read as text"),
            ):
                if rows:
                    yield Problem(file, None, name, rule, done, rows, is_left_out=False, file=file, place=name)
            for lines, rule, done in (
                (found.unknown_choices, "the dictionary has no choice of that code", "kept as written"),
                (found.other_answers, "the field is for yes and no and holds something else", "taken as missing"),
            ):
                said = Problem(file, None, name, rule, done, len(lines), is_left_out=False, file=file, place=name)
                if len(lines) > _MOST_LISTED:
                    yield said
                else:
                    yield from (replace(said, row=line, rows=1, line=line) for line in lines)
        for name, instrument in self.export.columns.strangers.items():
            rule = "the dictionary does not have the field"
            done = f"kept as text in {instrument}"
            yield Problem(file, None, name, rule, done, is_left_out=False, file=file, place=name)


def _whole(text: str) -> int | str | None:
    """Return the number of an instance; a spreadsheet may have written 2 as 2.0."""
    digits = text.removesuffix(".0")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else text or None
