"""Exports of a REDCap project as grids: one per instrument and file, with typed cells and the dictionary's facts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refractory.records.grid import Cell, ColumnFacts, Grid
from refractory.records.redcap_boxes import SIGN
from refractory.records.redcap_cells import CellReader, Readings
from refractory.records.redcap_columns import COMPLETE, EVENT, GROUP, INSTANCE, STAMP
from refractory.records.redcap_dictionary import RedcapDictionary
from refractory.records.redcap_entries import WHERE_BOTH_AGREE
from refractory.records.redcap_layout import GridColumn, InstrumentLayout, lay_out, name_missing_boxes
from refractory.records.redcap_rows import Export, ExportRow, PressedRows
from refractory.records.redcap_survey import Survey, survey_exports
from refractory.records.schema import Problem

_NO_DATA = {"", "0", "incomplete", "[not completed]"}


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
    """

    file: str
    rows: int = 0
    lines: array[int] = field(default_factory=lambda: array("q"))
    behind: array[int] = field(default_factory=lambda: array("q"))
    asked: array[int] = field(default_factory=lambda: array("q"))
    filled: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _GridInMaking:
    layout: InstrumentLayout
    rows: PressedRows = field(default_factory=PressedRows)
    lines: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True)
class Project:
    """A project whose exports have been looked through: its instruments are known, its cells not read yet.

    Args:
        exports: The exports, each of which can be read several times.
        survey: What they show.
        layouts: The instruments.
        missing: Missing-data codes in small letters, each with its meaning in small letters.
    """

    exports: Sequence[Export]
    survey: Survey
    layouts: Sequence[InstrumentLayout]
    missing: Mapping[str, str]

    def blank_grids(self) -> tuple[Grid, ...]:
        """Return the grids of the instruments without their rows."""
        return tuple(
            Grid(export.file, one.name, one.names, (), (), _facts_of(one))
            for export in self.exports
            for one in self.layouts
        )

    def read(
        self,
        asked: Collection[str] | None = None,
        scores: Collection[str] = (),
        double_entry: str = WHERE_BOTH_AGREE,
    ) -> tuple[tuple[Grid, ...], tuple[ReadExport, ...]]:
        """Read the cells: one grid per instrument and export, one row per record, event and instance.

        An instrument has a row wherever anything of it is filled in, whether it repeats alone, its event repeats, or
        nothing does; a form that nobody opened, and whose boxes are therefore all unchecked, has none. A box that is
        not checked says no only where its form was filled in, its field is always shown, and no missing-data code
        stands in its place.

        Args:
            asked: Columns that anybody asks for, the others are not read; None: all.
            scores: Choices of which the number is looked for: of "2, Severe" that is 2.
            double_entry: What to take of a record that was entered twice and not merged.

        Returns:
            The grids, and what became of each export.
        """
        seen: dict[tuple[str, ...], int] = {}
        grids: list[Grid] = []
        done: list[ReadExport] = []
        wanted = frozenset(self.layouts[0].keys[:1]).union(
            asked if asked is not None else (name for one in self.layouts for name in one.names)
        )
        for export in self.exports:
            reader = _ExportReader(export, self, seen, wanted, frozenset(scores))
            done.append(reader.read(double_entry))
            grids += reader.grids()
        return tuple(grids), tuple(done)


def survey_project(
    exports: Sequence[Export],
    dictionary: RedcapDictionary,
    missing: Mapping[str, str],
    borrowed: Mapping[str, Sequence[str]] | None = None,
) -> Project:
    """Look through the exports of a project.

    Args:
        exports: The exports, each of which can be read several times.
        dictionary: The project's data dictionary.
        missing: The project's missing-data codes with their meaning, as far as they are known.
        borrowed: By instrument, columns of other instruments that its rows shall have too: of the same record and
            event.
    """
    asked = borrowed or {}
    survey = survey_exports(exports, dictionary, [one for columns in asked.values() for one in columns])
    codes = {**survey.hidden_codes, **missing}
    low = {code.lower(): meaning.lower() for code, meaning in codes.items()}
    return Project(exports, survey, lay_out(dictionary, survey, codes, asked), low)


def _facts_of(layout: InstrumentLayout) -> dict[str, ColumnFacts]:
    return {column.name: column.facts for column in (*layout.columns, *layout.borrowed)}


class _ExportReader:
    """Reads one export into a grid per instrument."""

    def __init__(
        self,
        export: Export,
        project: Project,
        seen: dict[tuple[str, ...], int],
        asked: frozenset[str],
        scores: frozenset[str],
    ) -> None:
        self.export, self.survey, self.seen, self.asked = export, project.survey, seen, asked
        layouts, missing = project.layouts, project.missing
        is_labelled = export.file in project.survey.labelled
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
        self.states = {f"{layout.name}{end}": at for at, layout in enumerate(layouts) for end in (COMPLETE, STAMP)}
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
            done.asked.append(
                sum(name in self.asked for name in row.cells)
                if row.lines > 1
                else int(not self.asked.isdisjoint(row.cells))
            )
            done.filled.update(iter(row.cells))
            for at in self._find_instruments(row):
                if at in self.wanted:
                    self._add(self.making[at], row)
        done.rows = self.export.rows
        done.problems += self.export.problems
        done.problems += self._say_readings()
        return done

    def grids(self) -> Iterator[Grid]:
        """Return a grid per instrument."""
        for one in self.making:
            layout = one.layout
            yield Grid(self.export.file, layout.name, layout.names, one.rows, one.lines, _facts_of(layout))

    def _find_instruments(self, row: ExportRow) -> list[int]:
        found = {at for at in set(map(self.places.get, row.cells)) if at is not None}
        for name, at in self.states.items():
            if at not in found and row.cells.get(name, "").strip().lower() not in _NO_DATA:
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
                cells.append(None if text is None or is_blank else self.readers[column.name].read(text))
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
                base in self.export.present and base not in row.unknown and (is_any or not column.field.is_branched)
            )
            fields[base] = False if says_no and not is_missing else None
        # Where a missing-data code is checked as well, what is checked beside it stands.
        return True if column.name in row.cells else fields[base]

    def _borrow(self, column: GridColumn, row: ExportRow) -> Cell:
        text = row.cells.get(column.name)
        for instance in (row.instance, ""):
            if text is None:
                text = self.survey.lent.get((row.record, row.event, instance), {}).get(column.name)
        if column.code:
            return None if text is None else True
        return None if text is None else self.lenders[column.name].read(text)

    def _say_readings(self) -> Iterator[Problem]:
        file = self.export.file
        every = {name: one.readings for name, one in self.readers.items()} | self.boxes
        for name, found in every.items():
            for rows, rule, done in (
                (found.missing, "a missing-data code stands in it", "taken as missing"),
                (found.unknown_choices, "the dictionary has no choice of that code", "kept as written"),
                (found.other_dates, "the date is not written year-month-day, as REDCap writes it", "read as text"),
                (found.other_numbers, "the field is for numbers and holds something else", "read as text"),
            ):
                if rows:
                    yield Problem(file, None, name, rule, done, rows, is_left_out=False, file=file, place=name)
        for name, instrument in self.export.columns.strangers.items():
            rule = "the dictionary does not have the field"
            done = f"kept as text in {instrument}"
            yield Problem(file, None, name, rule, done, is_left_out=False, file=file, place=name)


def _whole(text: str) -> int | str | None:
    """Return the number of an instance; a spreadsheet may have written 2 as 2.0."""
    digits = text.removesuffix(".0")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else text or None
