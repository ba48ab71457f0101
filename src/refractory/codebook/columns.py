"""One column of the analysis set: what it is called, what it means, and where its value comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from refractory.outcomes.assess import Patient

Value = int | float | str | date | None
NOT_ASKED = "not recorded"


class Kind(StrEnum):
    """What the values of a column are; every value of one column is of one kind."""

    INTEGER = "whole number"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    YES_NO = "yes or no"


# The type of each kind in the embedded database, and so in Parquet; yes is 1 and no is 0 in every program.
STORED = {
    Kind.INTEGER: "int64",
    Kind.NUMBER: "float64",
    Kind.TEXT: "string",
    Kind.DATE: "date",
    Kind.YES_NO: "int64",
}
YES_NO = {"1": "yes", "0": "no"}


@dataclass(frozen=True)
class Column:
    """One column of the analysis set.

    Args:
        wanted: The parts of its name.
        label: What it is, in words.
        kind: What its values are.
        read: Gives the value of a person; None where there is none.
        key: The key of the protocol that it comes from; empty for what every study has.
        definition: The rule in words.
        unit: The unit of a number.
        values: The values that it may have, with what each means.
        why: Says of a person without a value why there is none.
        name: Its name, given when all columns are known.
    """

    wanted: tuple[str, ...]
    label: str
    kind: Kind
    read: Callable[[Patient], Any]
    key: str = ""
    definition: str = ""
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    why: Callable[[Patient], str] = lambda _: NOT_ASKED
    name: str = ""

    def value_of(self, patient: Patient) -> Value:
        """Return the value of a person as it is written: yes as 1, numbers with ten significant digits."""
        value = self.read(patient)
        if value is None:
            return None
        if self.kind is Kind.YES_NO:
            return int(value)
        if self.kind is Kind.NUMBER:
            # The last digits of a sum depend on the order of its terms.
            return float(format(float(value), ".10g"))
        return value if self.kind in (Kind.INTEGER, Kind.DATE) else str(value)


def build_yes_no(
    wanted: tuple[str, ...],
    label: str,
    read: Callable[[Patient], bool | None],
    key: str = "",
    definition: str = "",
    why: Callable[[Patient], str] = lambda _: NOT_ASKED,
) -> Column:
    """Build a column of yes and no."""
    return Column(wanted, label, Kind.YES_NO, read, key, definition, values=YES_NO, why=why)


def build_day(
    wanted: tuple[str, ...],
    label: str,
    read: Callable[[Patient], int | None],
    key: str = "",
    definition: str = "",
    why: Callable[[Patient], str] = lambda _: NOT_ASKED,
) -> Column:
    """Build a column of days counted from day 0, which is 0; the day before is -1."""
    return Column(wanted, label, Kind.INTEGER, read, key, definition, "days from day 0", why=why)


def days_from_day0(patient: Patient, when: date | None) -> int | None:
    """Return the days from a person's day 0 to a date; None without one."""
    return None if when is None else (when - patient.member.day0_date).days
