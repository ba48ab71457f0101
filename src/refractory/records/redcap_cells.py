"""Cells of REDCap: codes become their meaning, missing-data codes become nothing, dates and numbers are typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from refractory.records.grid import Cell, ColumnFacts
from refractory.records.redcap_dictionary import RedcapField, write_plain

_YES_NO = {"yesno": ("yes", "no"), "truefalse": ("true", "false")}
_NUMBERS = ("calc", "slider")
_NUMBER = re.compile(r"-?[0-9]{1,9}([.][0-9]{1,9})?")
_YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
_TRUTHS = {"true": "1", "false": "0"}
_NOT_CHECKED = {"", "0", "0.0", "unchecked", "false", "no"}
_NEITHER = {"na", "n/a", "nan", "<na>", "null", "#n/a"}  # what programs write where they know nothing


@dataclass
class Readings:
    """What was found in the cells of one column, counted; of what only here can be told, the line of each.

    Args:
        missing: Cells that hold a missing-data code.
        unknown_choices: Lines of cells whose code, or meaning, the dictionary does not have.
        other_dates: Dates that are not written year first, as REDCap writes them.
        other_numbers: Cells of a field for numbers that hold none.
        other_answers: Lines of cells of a field for yes and no that hold neither.
    """

    missing: int = 0
    unknown_choices: list[int] = field(default_factory=list)
    other_dates: int = 0
    other_numbers: int = 0
    other_answers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one field.

    Args:
        facts: The field, as the dictionary has it.
        missing: The project's missing-data codes, in small letters, each with its meaning in small letters too.
        is_labelled: True when the export holds meanings rather than codes.
        is_score: True when the number of a result is looked for: of "2, Severe" that is 2.
        readings: What was found.
    """

    facts: RedcapField
    missing: Mapping[str, str]
    is_labelled: bool = False
    is_score: bool = False
    readings: Readings = field(default_factory=Readings)

    def read(self, text: str, line: int = 0) -> Cell:
        """Read a cell of a line that is not blank; a missing-data code is nothing."""
        plain = text.strip()
        if self.facts.choices:
            meaning = find_meaning(self.facts.choices, plain, is_labelled=self.is_labelled)
            if meaning is None and self.is_missing(plain):
                self.readings.missing += 1
                return None
            return self._read_choice(plain, meaning, line)
        if self.is_missing(plain):
            self.readings.missing += 1
            return None
        if self.facts.validation.startswith(("date_", "datetime_")):
            return self._read_date(plain)
        if self.facts.kind in _NUMBERS or self.facts.validation.startswith(("number", "integer")):
            return self._read_number(plain)
        return plain

    def is_missing(self, plain: str) -> bool:
        """Say whether a text is a missing-data code of the project, or its meaning in an export with labels."""
        low = plain.lower()
        # A code that only the heading of a box tells is written with underscores.
        stands_for_one = self.is_labelled and (low in self.missing.values() or low.replace(" ", "_") in self.missing)
        return self.facts.may_be_missing and (low in self.missing or stands_for_one)

    def _read_choice(self, plain: str, meaning: str | None, line: int) -> Cell:
        if meaning is None and self.facts.kind in _YES_NO:
            self.readings.other_answers.append(line)
            return None
        if meaning is None:
            self.readings.unknown_choices.append(line)
            return plain
        if self.is_score:
            return find_score(self.facts.choices, meaning)
        if self.facts.kind in _YES_NO:
            return meaning == next(iter(self.facts.choices.values()))
        return meaning

    def _read_date(self, plain: str) -> Cell:
        try:
            when = datetime.fromisoformat(plain) if _YEAR_FIRST.fullmatch(plain) else None
        except ValueError:
            when = None
        if when is None:
            self.readings.other_dates += 1
            return plain
        return when.date() if self.facts.validation.startswith("date_") else when

    def _read_number(self, plain: str) -> Cell:
        comma = "comma_decimal" in self.facts.validation
        text = plain.replace(",", ".") if comma and "." not in plain else plain
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if number != number or number in (float("inf"), float("-inf")) or "_" in text:
            self.readings.other_numbers += self.facts.kind not in _NUMBERS
            return plain
        return int(number) if number.is_integer() and abs(number) < 2**53 else number


def find_meaning(choices: Mapping[str, str], plain: str, *, is_labelled: bool) -> str | None:
    """Find what a written code means; a meaning that is written out means itself.

    Args:
        choices: Meaning by code.
        plain: What is written.
        is_labelled: True when the export holds meanings: then those are looked for first.

    Returns:
        The meaning, or None when there is none. A spreadsheet may have written 1 for 01 or 1.0, a program TRUE for 1.

    Example:
        >>> find_meaning({"1": "2", "2": "3"}, "2", is_labelled=False)
        '3'
        >>> find_meaning({"1": "2", "2": "3"}, "2", is_labelled=True)
        '2'
    """
    meanings = {one.lower(): one for one in choices.values()}
    written = write_plain(plain).lower()
    if is_labelled and written in meanings:
        return meanings[written]
    if plain in choices:
        return choices[plain]
    low = [meaning for code, meaning in choices.items() if _shorten(code) == _shorten(plain)]
    if len(low) == 1:
        return low[0]
    return meanings.get(written, choices.get(_TRUTHS.get(written, "")))


def write_code(choices: Mapping[str, str], missing: Mapping[str, str], plain: str, *, is_labelled: bool) -> str:
    """Write a choice or a missing-data code as an export of the other kind has it; what is neither stays as it is.

    Args:
        choices: Meaning by code.
        missing: Missing-data codes in small letters, with their meaning in small letters.
        plain: What is written.
        is_labelled: True when meanings are written and codes wanted.

    Example:
        >>> write_code({"1": "2", "2": "3"}, {}, "2", is_labelled=True)
        '1'
        >>> write_code({"1": "Female"}, {"unk": "unknown"}, "Unknown", is_labelled=True)
        'unk'
    """
    meaning = find_meaning(choices, plain.strip(), is_labelled=is_labelled)
    if not is_labelled:
        return meaning if meaning is not None else plain
    every = choices if meaning is not None else missing
    wanted = meaning if meaning is not None else plain.strip().lower()
    return next((code for code, text in every.items() if text == wanted), plain)


def find_score(choices: Mapping[str, str], meaning: str) -> Cell:
    """Find the number that a choice stands for: its meaning where that is one, else its code.

    Returns:
        The number; the meaning itself where neither is one.

    Example:
        >>> find_score({"0": "None", "1": "Mild"}, "Mild"), find_score({"1": "0", "2": "1"}, "1")
        (1, 1)
    """
    codes = [code for code, text in choices.items() if text == meaning]
    for text in (meaning, *codes):
        if _NUMBER.fullmatch(text):
            number = float(text)
            return int(number) if number.is_integer() else number
    return meaning


def _shorten(code: str) -> str:
    """Write a code without what a spreadsheet adds or takes away: zeros in front, a point and a zero at the end."""
    low = code.lower().removesuffix(".0")
    sign, digits = ("-", low[1:]) if low.startswith("-") else ("", low)
    return sign + (digits.lstrip("0") or "0") if digits.isdigit() else low


def is_checked(text: str, meanings: Collection[str] = ()) -> bool | None:
    """Say whether a box is checked; None where a program wrote that it does not know.

    Args:
        text: The cell.
        meanings: Meanings of the field's choices, in small letters: one of them stands in a box that is checked, where
            the export writes the choices' labels.

    Example:
        >>> is_checked("1"), is_checked("Checked"), is_checked("Methotrexate"), is_checked("Unchecked")
        (True, True, True, False)
        >>> is_checked("NA"), is_checked("NA", {"na"})
        (None, True)
    """
    low = text.strip().lower()
    if low in _NEITHER and low not in meanings:
        return None
    return low not in _NOT_CHECKED


def count_written_out(choices: Mapping[str, str], texts: Iterable[str]) -> int:
    """Count how much rather meanings than codes stand in a column: meanings alone minus codes alone."""
    codes = {code.lower() for code in choices}
    meanings = {meaning.lower() for meaning in choices.values()}
    total = 0
    for text in texts:
        low = text.strip().lower()
        total += (low in meanings and low not in codes) - (low in codes and low not in meanings)
    return total


def describe_field(one: RedcapField) -> ColumnFacts:
    """Describe a field in the words that every reader of sheets knows."""
    kind = "text"
    if one.kind in _YES_NO:
        kind = "yes or no"
    elif one.kind in ("radio", "dropdown"):
        kind = "choice"
    elif one.validation.startswith(("date_", "datetime_")):
        kind = "date"
    elif one.kind in _NUMBERS or one.validation.startswith(("number", "integer")):
        kind = "number"
    order = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}
    return ColumnFacts(
        label=one.label,
        kind=kind,
        choices=dict(one.choices) if kind == "choice" else {},
        date_order=order.get(one.validation.rpartition("_")[2], "") if kind == "date" else "",
        is_identifier=one.is_identifier,
        instrument=one.instrument,
    )


def describe_box(one: RedcapField, code: str) -> ColumnFacts:
    """Describe one box of a checkbox field."""
    meaning = one.choices.get(code, code)
    return ColumnFacts(
        label=f"{one.label}: {meaning}" if one.label else meaning,
        kind="checked",
        choices={"1": meaning},
        is_identifier=one.is_identifier,
        instrument=one.instrument,
    )
