"""Persons of grids: how their keys are spelled, and what their rows say of birth and sex."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from refractory.records.cell_numbers import CellNumber
from refractory.records.cell_words import ERRORS, is_cut, is_ditto, read_cell_text, spell_person
from refractory.records.grid import Cell
from refractory.records.grid_cells import NOT_USED, RecordCells

WRITTEN_OTHERWISE = "the person is written in another way elsewhere (blanks, case, leading zeros, marks)"
TAKEN_FOR_SAME = "taken for the same person"
_WOMAN = "f female w woman women girl weiblich frau femme féminin feminin mujer femenino donna femmina"
_MAN = "m male man men boy männlich mann homme masculin hombre masculino uomo maschio"
_WOMEN, _MEN = frozenset(_WOMAN.split()), frozenset(_MAN.split())

_MONTHS_OF = {
    "": 12, "y": 12, "yr": 12, "year": 12, "yo": 12, "y/o": 12, "year old": 12, "years old": 12, "yrs old": 12,
    "jahre": 12, "an": 12,
    "m": 1, "mo": 1, "mth": 1, "month": 1, "monate": 1, "moi": 1,
}  # fmt: skip
_AGE_AND_SEX = re.compile(
    r"(?:(?P<before>[^\W\d_]+)[\s/,;:-]*(?=\d))?(?P<age>\d{1,3})"
    r"(?(before)|\s*(?:(?:y(?:ea)?rs?|y/?o|y|jahre|j|ans|años|anni|jaar)\b\.?)?(?:[\s-]*old)?[\s/,;:(-]*(?P<after>[^\W\d_]+)\)?)",
    re.IGNORECASE,
)


@dataclass
class PersonBook:
    """Persons by the spelling that tells them apart, with what is known of each.

    Args:
        spellings: Ways in which each key is written, counted.
        facts: Birth, sex and race of each person, as staged.
        origins: File, line and column where each person was first told of.
    """

    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def meet(self, cell: Cell) -> None:
        """Remember how a key is written."""
        self.spellings.setdefault(spell_person(cell), Counter())[_written(cell)] += 1

    def key(self, cell: Cell) -> str:
        """Return the key of a person: the spelling that the source has most often."""
        ways = self.spellings[spell_person(cell)]
        return min(ways, key=lambda way: (-ways[way], way))

    def is_spelled_otherwise(self, cell: Cell) -> bool:
        """Say whether a key is written in another way than most often."""
        return _written(cell) != self.key(cell)

    def add(self, key: str, origin: tuple[str, int, str], cells: RecordCells | None = None) -> bool:
        """Add what a row says of a person; True where it says anything that is used.

        What contradicts an earlier row is not used, and told.
        """
        self.origins.setdefault(key, origin)
        known = self.facts.setdefault(key, {})
        if cells is None:
            return False
        is_used = False
        for name, (value, column) in _read_person(cells):
            kept = _agree(name, known.get(name), value)
            if kept is None:
                cells.tell(column, "differs from another row of the same person", NOT_USED)
            else:
                known[name] = kept
                is_used = True
        return is_used

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Return a staged row for each person."""
        for key, known in self.facts.items():
            file, line, column = self.origins[key]
            born = _spell_birth(*known["born"]) if "born" in known else {}
            others = {name: value for name, value in known.items() if name != "born"}
            place = {"origin_file": file, "origin_row": line, "origin_column": column}
            yield {"person_key": key, **born, **others, **place}


def find_fault_of_key(cell: Cell) -> str:
    """Say why a cell tells no person; empty where it does."""
    if read_cell_text(cell).lower() in ERRORS:
        return "an error of the spreadsheet stands for the person"
    if is_ditto(cell):
        return "stands for the person above: name the column under fill_down"
    if is_cut(cell):
        return "the person's number was cut short by a spreadsheet"
    return ""


def _written(cell: Cell) -> str:
    text = read_cell_text(cell).lstrip("'")
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdigit() and rest.strip("0") == "" else text


def _agree(name: str, known: Any, value: Any) -> Any:
    """Return what two rows of a person say together; None where they contradict each other."""
    if known is None or known == value:
        return value
    if name != "born":
        return None
    earliest, latest = max(known[0], value[0]), min(known[1], value[1])
    return (earliest, latest) if earliest <= latest else None


def _spell_birth(earliest: date, latest: date) -> dict[str, Any]:
    """Spell the days on which a person may be born: as a day, a month or a year where they are one."""
    if earliest == latest:
        return {"year_of_birth": earliest.year, "month_of_birth": earliest.month, "day_of_birth": earliest.day}
    if earliest.day == 1 and (latest + timedelta(days=1)).day == 1 and earliest.year == latest.year:
        if earliest.month == latest.month:
            return {"year_of_birth": earliest.year, "month_of_birth": earliest.month}
        if (earliest.month, latest.month) == (1, 12):
            return {"year_of_birth": earliest.year}
    return {"birth_earliest": earliest, "birth_latest": latest}


def _read_person(cells: RecordCells) -> Iterator[tuple[str, tuple[Any, str]]]:
    birth = cells.written_date("birth")
    if birth is not None:
        yield "born", ((birth.earliest, birth.latest), cells.column("birth"))
    aged = _read_age(cells)
    if aged is not None:
        yield "born", (aged, cells.column("age"))
    sex = cells.text("sex")
    if sex and (both := split_age_and_sex(sex)) is not None:
        sex = both[1]
    if sex:
        plain = sex.lower().strip(". ")
        said = "F" if plain in _WOMEN else "M" if plain in _MEN else sex
        yield "gender_source_value", (said, cells.column("sex"))
    for name in ("race", "ethnicity"):
        if text := cells.text(name):
            yield f"{name}_source_value", (text, cells.column(name))


def _read_age(cells: RecordCells) -> tuple[date, date] | None:
    """Return the days on which a person of an age may be born: an age of 56 is any from the birthday to the next."""
    age = cells.number("age")
    if cells.plan.places.get("age") == cells.plan.places.get("sex") and (both := split_age_and_sex(cells.text("age"))):
        age = CellNumber(float(both[0]))
    if age is None:
        return None
    months = _MONTHS_OF.get(age.unit.lower().rstrip(".").rstrip("s") if age.unit else "y")
    if age.value is None or age.limit or months is None or not 0 <= age.value * months < 12 * 130:
        cells.tell(cells.column("age"), age.fault or "no age can be read", NOT_USED)
        return None
    on = cells.written_date("age_on")
    if on is None or on.earliest is None or on.latest is None:
        if cells.cell("age_on") is None:
            cells.tell(cells.column("age"), "an age without the day on which it was", NOT_USED)
        return None
    whole = int(age.value) * months
    return _months_before(on.earliest, whole + months) + timedelta(days=1), _months_before(on.latest, whole)


def split_age_and_sex(text: str) -> tuple[int, str] | None:
    """Split a cell that tells a person's age in years and the sex; None where it does not tell both.

    Example:
        >>> [split_age_and_sex(one) for one in ("54F", "M/61", "47 yo female", "70 J., m", "54")]
        [(54, 'F'), (61, 'M'), (47, 'F'), (70, 'M'), None]
    """
    found = _AGE_AND_SEX.fullmatch(text.strip())
    if found is None:
        return None
    sex = (found["after"] or found["before"]).lower()
    told = "F" if sex in _WOMEN else "M" if sex in _MEN else ""
    return (int(found["age"]), told) if told else None


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
