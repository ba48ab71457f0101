"""Exports of one project given together: what several of them say of one record, event and instance is joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from refractory.records.cell_words import spell_person
from refractory.records.grid import Cell
from refractory.records.grid_persons import TAKEN_FOR_SAME, WRITTEN_OTHERWISE
from refractory.records.redcap_boxes import SIGN
from refractory.records.redcap_cells import CellReader, write_code
from refractory.records.redcap_columns import COMPLETE, STAMP, ExportColumns
from refractory.records.redcap_entries import is_entry
from refractory.records.redcap_events import match_events
from refractory.records.redcap_layout import InstrumentLayout
from refractory.records.redcap_rows import Export, ExportRow, JoinedRow
from refractory.records.redcap_survey import Survey
from refractory.records.schema import Problem

NO_DATA = {"", "0", "incomplete", "[not completed]"}
_SAME = "an earlier file says the same of the record, event and instance"
_JOINED = "an earlier file has the same record, event and instance"
_OTHERWISE = "an earlier file says otherwise of the same record, event and instance"
_IN_TWO = "an earlier file has the record, event and instance in two rows, which say otherwise"
_BLANK = "an earlier file has a value at the same record, event and instance, and this one has none"
_MISSING = "a missing-data code"  # whichever: none of them is a value
_Place = tuple[str, str, str, str]
_Said = Cell | frozenset[str]


@dataclass
class JoinedExport:
    """An export without the rows that an earlier one has too, and with what later ones add to its own.

    Args:
        export: The export.
        held: By line, its rows to which something was added, or of which a part stands elsewhere.
        joined: By line, the rows of earlier files that parts of its rows were joined to.
        dropped: Lines of which nothing is left, and how many lines each was made of.
        events: Events that an earlier file calls otherwise, with its name for them.
        notes: What is to be told of it.
    """

    export: Export
    held: dict[int, ExportRow] = field(default_factory=dict)
    joined: dict[int, list[JoinedRow]] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.export.file

    @property
    def problems(self) -> list[Problem]:
        """Lines that were not taken, and what the joining tells."""
        return [*self.export.problems, *self.notes]

    @property
    def rows(self) -> int:
        """Lines that hold anything; of the last reading."""
        return self.export.rows

    @property
    def columns(self) -> ExportColumns:
        """What the export has beside the dictionary."""
        return self.export.columns

    @cached_property
    def present(self) -> frozenset[str]:
        """Names of the fields that the export has; it has been read by now."""
        return self.export.present

    def __iter__(self) -> Iterator[ExportRow]:
        for row in self.export:
            if row.line not in self.dropped:
                kept = self.held.get(row.line, row)
                yield replace(kept, event=self.events[row.event]) if kept.event in self.events else kept


_Held = tuple[JoinedExport, ExportRow]


def join_exports(
    exports: Sequence[Export],
    layouts: Sequence[InstrumentLayout],
    missing: Mapping[str, str],
    survey: Survey,
) -> Sequence[Export]:
    """Join what several exports say of one record, event and instance.

    A form that several files have is kept in the row of the file that is named first. What that row does not say is
    added to it; where two say something and not the same, the file that is named last stands, since an export that is
    added later is a newer one.

    Args:
        exports: The exports of one project, in the order in which they are named.
        layouts: Its instruments.
        missing: Its missing-data codes in small letters, with their meaning.
        survey: What they show: which hold meanings rather than codes, and what they call their events.

    Returns:
        The exports; as they came where no two of them share a record, event and instance.
    """
    if len(exports) < 2:
        return exports
    called = match_events([survey.events.get(one.file, ()) for one in exports])
    found = [JoinedExport(export, events=events) for export, events in zip(exports, called, strict=True)]
    shared = _find_shared(found)
    if not shared and not any(one.events for one in found):
        return exports
    holders: dict[_Place, list[_Held]] = {}
    for one in found:
        joiner = _Joiner(one, layouts, missing, frozenset(survey.labelled))
        for row in one:
            place = _place_of(row)
            if place not in shared or not row.cells:
                continue
            joiner.join(row, holders.setdefault(place, []))
        one.notes += joiner.tell()
    return found


def _find_shared(exports: Sequence[JoinedExport]) -> set[_Place]:
    """Find the places that more than one export has a row of."""
    first: dict[_Place, int] = {}
    shared: set[_Place] = set()
    for number, export in enumerate(exports):
        for row in export:
            place = _place_of(row)
            if row.cells and first.setdefault(place, number) != number:
                shared.add(place)
    return shared


def _place_of(row: ExportRow) -> _Place:
    """Give the place of a row, however a spreadsheet has written its record and its instance."""
    return (spell_person(row.record), row.event, row.instrument, row.instance.removesuffix(".0"))


class _Joiner:
    """Joins the rows of one export to those of earlier ones, and counts what they say otherwise."""

    def __init__(
        self,
        export: JoinedExport,
        layouts: Sequence[InstrumentLayout],
        missing: Mapping[str, str],
        labelled: frozenset[str],
    ) -> None:
        self.export, self.missing, self.labelled = export, missing, labelled
        columns = [column for layout in layouts for column in layout.columns]
        self.fields = {one.field.name if one.code else one.name: one.field for one in columns}
        self.checkboxes: dict[str, set[str]] = {}
        for one in columns:
            if one.code:
                self.checkboxes.setdefault(one.field.name, set()).add(one.name)
        self.readers = {is_one: self._open_readers(is_labelled=is_one) for is_one in (False, True)}
        self.by_column: dict[str, tuple[str, str]] = {}
        self.otherwise, self.in_two, self.blank = Counter[str](), Counter[str](), Counter[str]()
        self.added = 0

    def _open_readers(self, *, is_labelled: bool) -> Mapping[str, CellReader]:
        return {name: CellReader(one, self.missing, is_labelled) for name, one in self.fields.items()}

    def join(self, row: ExportRow, held: list[_Held]) -> None:
        """Join the forms of a row to the rows that have them already; what is new stays a row of its own.

        Args:
            row: The row.
            held: The rows of its place in this and in earlier files; takes the row as it is now.
        """
        forms = self._forms(row)
        rest, joined = dict(row.cells), list[JoinedRow]()
        for form in sorted(forms):
            earlier = [at for at, (export, _) in enumerate(held) if export is not self.export]
            others = [at for at in earlier if form in self._forms(held[at][1])]
            if not others and is_entry(row.record):
                others = earlier[:1]  # two entries are compared row by row, wherever their forms stand
            if others and form:
                own = {name for name in row.cells if self._form(name) == form}
                rest = {name: text for name, text in rest.items() if name not in own}
                joined.append(self._join_form(row, form, held, others))
        if joined:
            self.export.joined[row.line] = joined
            self.added += any(one.names for one in joined)
            row = replace(row, cells=rest)
            if self._forms(row) - {""}:
                self.export.held[row.line] = row
            else:
                self.export.dropped[row.line] = row.lines
                if not any(one.names for one in joined):
                    self.export.notes.append(self._note(_SAME, "left out", row.lines, line=row.line))
        if row.line not in self.export.dropped:
            held.append((self.export, row))

    def _join_form(self, row: ExportRow, form: str, held: list[_Held], others: Sequence[int]) -> JoinedRow:
        into, first = held[others[0]]
        said, earlier = self._say(self.export, row, form), [self._say(*held[at], form) for at in others]
        cells, given = dict(first.cells), set[str]()
        for name, own in said.items():
            theirs = [one[name] for one in earlier if name in one]
            if own in theirs:
                continue
            if theirs and len(others) > 1:
                self.in_two[name] += 1
                continue
            self.otherwise[name] += bool(theirs)
            given |= self.checkboxes.get(name, {name})
            cells = {one: text for one, text in cells.items() if self._base(one) != name}
            cells |= self._write(row, name, into)
        self.blank.update(name for name in earlier[0] if name not in said and name in self.export.present)
        known = first.known | {name for name, own in said.items() if isinstance(own, frozenset)}
        into.held[first.line] = replace(first, cells=cells, known=known, group=first.group or row.group)
        held[others[0]] = (into, into.held[first.line])
        if row.record != first.record:
            self.export.notes.append(self._note(WRITTEN_OTHERWISE, TAKEN_FOR_SAME, 1, line=row.line, is_left_out=False))
        return JoinedRow(into.file, first.line, frozenset(given))

    def _say(self, export: JoinedExport, row: ExportRow, form: str) -> dict[str, _Said]:
        """Give what a row says of a form that was filled in, by field: of a checkbox the boxes that are checked."""
        readers = self.readers[export.file in self.labelled]
        said: dict[str, _Said] = {}
        for name, text in row.cells.items():
            if self._form(name) != form or self._base(name) in self.checkboxes:
                continue
            cell = readers[name].read(text) if name in readers else text
            said[name] = _MISSING if cell is None else cell
        for base in self.checkboxes:
            checked = frozenset(one for one in row.cells if self._base(one) == base)
            can_be_told = (base in export.present or base in row.known) and base not in row.unknown
            if self._form(base) == form and (checked or can_be_told):
                said[base] = checked
        return said

    def _place(self, name: str) -> tuple[str, str]:
        """Give the field that a column is of, and its form."""
        found = self.by_column.get(name)
        if found is None:
            base = name.split(SIGN)[0]
            base = base if base in self.checkboxes else name
            one = self.fields.get(base)
            found = self.by_column[name] = (base, one.instrument if one is not None else "")
        return found

    def _base(self, name: str) -> str:
        return self._place(name)[0]

    def _form(self, name: str) -> str:
        return self._place(name)[1]

    def _forms(self, row: ExportRow) -> set[str]:
        """Give the instruments of which a row holds more than that nobody opened them."""
        return {
            self._form(name)
            for name, text in row.cells.items()
            if not (name.endswith((COMPLETE, STAMP)) and text.strip().lower() in NO_DATA)
        }

    def _write(self, row: ExportRow, name: str, into: JoinedExport) -> dict[str, str]:
        """Write what a row says of a field as the file writes it that the row is joined to."""
        if name not in row.cells:
            return {one: text for one, text in row.cells.items() if self._base(one) == name}
        own, theirs = self.export.file in self.labelled, into.file in self.labelled
        text = row.cells[name]
        if name in self.fields and own != theirs:
            text = write_code(self.fields[name].choices, self.missing, text, is_labelled=own)
        return {name: text}

    def tell(self) -> Iterator[Problem]:
        """Tell what was joined, by column and with counts."""
        if self.export.events:
            rule = "events are called otherwise than in an earlier file"
            yield self._note(rule, "taken as those of the same name", len(self.export.events), is_left_out=False)
        if self.added:
            yield self._note(_JOINED, "what it does not say is added to it", self.added, is_left_out=False)
        for counts, rule, done in (
            (self.otherwise, _OTHERWISE, "this file, which is named later, stands"),
            (self.in_two, _IN_TWO, "value not used"),
            (self.blank, _BLANK, "the earlier file's value used"),
        ):
            for name, rows in counts.items():
                if rows:
                    yield self._note(rule, done, rows, column=name, is_left_out=False)

    def _note(
        self, rule: str, done: str, rows: int, *, column: str = "", line: int | None = None, is_left_out: bool = True
    ) -> Problem:
        file = self.export.file
        return Problem(
            file, line, column, rule, done, rows, is_left_out=is_left_out, file=file, line=line, place=column
        )
