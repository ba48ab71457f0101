"""The cells of one record in one row, read as the mapping says, and what could not be used as written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from refractory.records.cell_dates import CellDate
from refractory.records.cell_notes import find_noted_end
from refractory.records.cell_numbers import CellNumber, read_cell_number
from refractory.records.cell_pairs import read_values
from refractory.records.cell_visits import COUNTED, read_visit
from refractory.records.cell_words import ERRORS, is_missing, is_open, read_cell_text, read_yes_or_no, show_all
from refractory.records.grid import NO_RESULT, Cell
from refractory.records.grid_columns import RecordPlan, further_conditions
from refractory.records.grid_writing import Writing
from refractory.records.mapping import Condition

NOT_USED = "not used"
SHORTEST = "shortest"
_INCOMPLETE = "only its month, its year or a part of it is known"
_MOST_DAYS, _LARGEST_KEY = 36_525, 10**15  # a hundred years; the digits of a number that a spreadsheet keeps
_VALUES = frozenset({"dose", "daily_dose", "quantity", "value", "weight"})
Tell = Callable[[str, str, str], None]  # column, rule, what was done


@dataclass(frozen=True)
class RecordCells:
    """The cells of one record in one row.

    Args:
        plan: Which column is which field.
        writing: How they are written.
        cells: All cells of the row.
        tell: Takes what could not be used as written.
    """

    plan: RecordPlan
    writing: Writing
    cells: tuple[Cell, ...]
    tell: Tell

    def cell(self, name: str) -> Cell:
        """Return the cell of a field; None when it is missing; a text that is the same in every row likewise."""
        place = self.plan.places.get(name)
        if place is None:
            return self.plan.definition.text.get(name)
        cell = self.cells[place]
        if is_missing(cell, self.writing.missing):
            return None
        if isinstance(cell, str) and cell.strip().lower() in ERRORS:
            is_open = cell.strip() == NO_RESULT
            rule = "a formula without its result" if is_open else "an error of the spreadsheet stands in the cell"
            self.tell(self.plan.names[name], rule, NOT_USED)
            return None
        return self._pick(name, show_all(cell) if isinstance(cell, str) else cell)

    def _pick(self, name: str, cell: Cell) -> Cell:
        """Return the value that counts where a cell tells several; a single one is the first, and no last is known."""
        which = self.plan.definition.of_several
        if which is None or name not in _VALUES or cell is None:
            return cell
        values = read_values(read_cell_text(cell), is_slashed=True)
        return values[0] if which == "first" else values[-1] if len(values) > 1 else None

    def has(self, name: str) -> bool:
        """Say whether a field has a column with something in it."""
        if name not in self.plan.places or is_missing(self.cells[self.plan.places[name]], self.writing.missing):
            return False
        return self._pick(name, self.cells[self.plan.places[name]]) is not None

    def text(self, name: str) -> str:
        """Return the text of a field, in the words that the mapping gives its values."""
        if name not in self.plan.places:
            return read_cell_text(self.plan.definition.text.get(name))
        said = read_cell_text(self.cell(name))
        return self.writing.values.get(said.lower(), said) if self.writing.values else said

    def number(self, name: str) -> CellNumber | None:
        """Read a field as a number; None when it is missing."""
        cell = self.cell(name)
        if cell is None:
            return None
        if self.writing.values and name in self.plan.places:
            cell = self.writing.values.get(read_cell_text(cell).lower(), cell)
        return read_cell_number(cell, self.writing.decimal)

    def amount(self, name: str) -> float | None:
        """Read a field as a number; what is none is told."""
        found = self.number(name)
        if found is None:
            return None
        if found.fault or found.note:
            self.tell(self.column(name), found.fault or found.note, NOT_USED if found.fault else "used so")
        return found.value

    def whole(self, name: str) -> int | None:
        """Read a field as a whole number, of days or a key; what is none, or larger than those are, is told."""
        value = self.amount(name)
        if value is None:
            return None
        most = _LARGEST_KEY if name == "key" else _MOST_DAYS
        if value != int(value) or abs(value) > most:
            rule = "is no whole number" if value != int(value) else "is too large a number"
            self.tell(self.column(name), rule, NOT_USED)
            return None
        return int(value)

    def written_date(self, name: str) -> CellDate | None:
        """Read a field as a date; None when it is missing or cannot be read, which is told."""
        cell = self.cell(name)
        if cell is None:
            return None
        found = self.writing.read_date(cell, name)
        if found.fault and name in ("start", "date") and (visit := self._visit(cell, name)) is not None:
            found = visit
        if found.fault:
            self.tell(self.column(name), found.fault, NOT_USED)
            return None
        if found.note:
            self.tell(self.column(name), found.note, "used so")
        return found

    def _visit(self, cell: Cell, name: str) -> CellDate | None:
        """Read a visit such as "W12" as a day, counted from another; None where no such day is known."""
        later = read_visit(cell, self.column(name)) if self.has("counted_from") else None
        first = self.day("counted_from") if later is not None else None
        if first is None or later is None:
            return None
        day = first + timedelta(days=later)
        return CellDate(day, day, note=COUNTED)

    def day(self, name: str) -> date | None:
        """Read a field as a day; what becomes of a date that is not known to the day, the mapping says."""
        found = self.written_date(name)
        if found is None or found.earliest is None or found.latest is None:
            return None
        if found.day is not None:
            return found.day
        if self._is_first_of_span(found, name) or (found.is_span and name == "before"):
            return found.earliest
        if self.writing.incomplete == NOT_USED:
            self.tell(self.column(name), _INCOMPLETE, NOT_USED)
            return None
        chosen, told = self.writing.incomplete, f"its {self.writing.incomplete} was taken"
        if chosen == SHORTEST:
            chosen = "first day" if name == "end" else "last day"
            told = f"the {chosen} that it may be was taken"
        middle = found.earliest + timedelta(days=(found.latest - found.earliest).days // 2)
        self.tell(self.column(name), _INCOMPLETE, told)
        return {"first day": found.earliest, "middle": middle, "last day": found.latest}[chosen]

    def end(self, name: str = "end") -> date | None:
        """Read a field as a last day; "ongoing" is none, and is told."""
        cell = self.cell(name)
        if cell is not None and is_open(cell):
            self.tell(self.column(name), "goes on: no last day is known", "used without a last day")
            return None
        day, written = self.day(name), self.written_date(name)
        if self.writing.incomplete != SHORTEST or day is None or written is None or written.latest is None:
            return day
        started = self.day("start" if self.has("start") else "date")
        return started if started is not None and day < started <= written.latest else day

    def _is_first_of_span(self, written: CellDate, name: str) -> bool:
        """Say whether the day of a drug is written as its first and its last."""
        return written.is_span and name == "start" and self.plan.definition.kind == "drug"

    def last_of_span(self) -> date | None:
        """Return the last day of a drug whose first day is written as two days; None where it is not."""
        cell = self.cell("start")
        if cell is None or self.plan.definition.days_later:
            return None
        found = self.writing.read_date(cell, "start")
        return found.latest if found.is_span else None

    def start(self, name: str) -> date | None:
        """Read the first day of a record; where it is only known to be earlier than a date, a day before that."""
        is_dated = self.has(name) or self.cell(name) is not None
        if is_dated and "before" not in self.plan.places:
            return self._later(self.day(name))
        written = self.written_date(name) if is_dated else None
        is_known = written is not None and (written.day is not None or self._is_first_of_span(written, name))
        if is_known or (written is not None and self.writing.incomplete not in (NOT_USED, SHORTEST)):
            return self._later(self.day(name))
        before = self.day("before")
        is_short = written is not None and self.writing.incomplete == SHORTEST
        if is_short and (before is None or (written and written.earliest and written.earliest >= before)):
            return self._later(self.day(name))
        if before is None:
            if is_dated and written is not None:
                self.tell(self.column(name), _INCOMPLETE, NOT_USED)
            elif not is_dated and not self.has("before") and self.cell("before") is None:
                self.tell(self.column(name) or self.column("before"), "no date", NOT_USED)
            return None
        return self._place_before(name, before, written)

    def _later(self, day: date | None) -> date | None:
        return None if day is None else day + timedelta(days=self.plan.definition.days_later)

    def _place_before(self, name: str, before: date, written: CellDate | None) -> date | None:
        """Place a record of unknown day before a date: on the last day that it may be."""
        at = self.column("before") or "the date before which it was"
        column = self.column(name) or self.column("what") or self.column("before")
        last = before - timedelta(days=1)
        if written is None or written.earliest is None or written.latest is None:
            self.tell(column, "undated", f"placed on the day before {at}")
            return last
        if written.earliest > last:
            self.tell(column, _INCOMPLETE, NOT_USED)
            return None
        is_earlier = written.latest < last
        self.tell(column, _INCOMPLETE, "its last day was taken" if is_earlier else f"placed on the day before {at}")
        return written.latest if is_earlier else last

    def noted_end(self) -> date | None:
        """Read from a note until when a drug was taken; None where it does not say so."""
        said = find_noted_end(self.text("end_noted"))
        if not said:
            return None
        found = self.writing.read_date(said, "end_noted")
        if found.day is None:
            self.tell(self.column("end_noted"), found.fault or _INCOMPLETE, NOT_USED)
        return found.day

    def column(self, name: str) -> str:
        """Return the name of the column of a field; empty when it has none."""
        return self.plan.names.get(name, "")

    def is_met(self, columns: tuple[str, ...]) -> bool:
        """Say whether the conditions of the record are met; what says neither is told."""
        condition = self.plan.definition.when
        if condition is None or self.plan.when is None:
            return True
        further = zip(self.plan.also, further_conditions(self.plan.definition), strict=True)
        return all(self._meets(*one, columns) for one in ((self.plan.when, condition), *further))

    def _meets(self, place: int, condition: Condition, columns: tuple[str, ...]) -> bool:
        cell = self.cells[place]
        if is_missing(cell, self.writing.missing):
            return "nothing" in condition.says
        wanted = {" ".join(one.split()).lower() for one in condition.says}
        text = read_cell_text(cell).lower()
        if text in wanted or "anything" in wanted:
            return True
        if wanted & {"yes", "no"}:
            answer = read_yes_or_no(cell, self.writing.yes, self.writing.no)
            if answer is None and wanted <= {"yes", "no"}:
                self.tell(columns[place], "is neither yes nor no", NOT_USED)
            return answer is not None and ("yes" if answer else "no") in wanted
        return False
