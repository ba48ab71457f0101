"""What is wrong with drug records, said inside the source: the rules of records/clean.py as one number a record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from refractory.records.clean import (
    DAYS_AFTER_DEATH,
    DAYS_BEFORE_BIRTH,
    LAST_BIRTH,
    LAST_YEAR,
    LEFT_OUT,
    MOST_YEARS,
    NOT_USED,
    column_of,
)
from refractory.records.clinical import ClinicalTable
from refractory.records.column_reading import date_of, is_written, read_dates, read_number, read_whole
from refractory.records.schema import Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

NO_FAULT, NO_PERSON, COPY = 0, 1, 2
NO_START, UNREAD_START, BEFORE_BIRTH, AFTER_DEATH, TOO_LATE = 3, 4, 5, 6, 7
# The first that is wrong counts, in this order; such a record is left out.
FAULTS = {
    NO_PERSON: "its person has no row in person",
    COPY: "exact copy of another row",
    NO_START: "no start date",
    UNREAD_START: "start date cannot be read",
    BEFORE_BIRTH: "starts before birth",
    AFTER_DEATH: f"starts more than {DAYS_AFTER_DEATH} days after death",
    TOO_LATE: f"starts after the year {LAST_YEAR}",
}
# What is wrong with a value of a record that is used: three kinds, each with two rules or none, in one number.
_NOTES = (
    ("", ("ends before it starts", "end date cannot be read")),
    ("quantity", ("quantity is not above 0", "quantity is no number")),
    ("days_supply", ("days_supply is not above 0", "days_supply is no number")),
)

# Columns beside those of the kinds that days and amounts are read from.
AMOUNTS = ("quantity", "days_supply")

_BIRTH = ("year_of_birth", "month_of_birth", "day_of_birth")


def columns_to_read(table: ClinicalTable, columns: Collection[str]) -> tuple[str, ...]:
    """Name the columns of a table, of those that a source has, that judge_drugs reads."""
    return tuple(one for one in ("person_id", *table.starts, *table.ends, *AMOUNTS) if one in columns)


def judge_drugs(
    source: Source, table: ClinicalTable, rows: ir.Table, looked_for: Collection[int] = tuple(FAULTS)
) -> ir.Table:
    """Read the days and amounts of drug records and say what is wrong with each.

    Args:
        source: Where the records are.
        table: The table of OMOP.
        rows: Rows of it, with columns_to_read.
        looked_for: Faults that are looked for; one that no record has need not be.

    Returns:
        One row per row: its columns, start_date, end_date, read_quantity and read_supply (null when they cannot be
        used), fault (of FAULTS, copies left aside; 0 for none) and note (see tell_notes; 0 for none).
    """
    import ibis

    judged = read_dates(rows, {"start_date": table.starts, "last_date": table.ends})
    judged = judged.mutate(read_amount=read_number(judged, "quantity"), read_days=read_whole(judged, "days_supply"))
    if {NO_PERSON, BEFORE_BIRTH, TOO_LATE} & set(looked_for):
        births = _derive_births(source)
        judged = judged.left_join(births, judged.person_id == births.born_id).select(
            *judged.columns, "born_id", "birth_earliest"
        )
    if AFTER_DEATH in looked_for and source.has("death"):
        deaths = _derive_deaths(source)
        judged = judged.left_join(deaths, judged.person_id == deaths.dead_id).select(*judged.columns, "death_date")
    judged = judged.mutate(
        fault=ibis.cases(*_tests(judged, table, looked_for), else_=NO_FAULT).cast("int32"),
        note=_note(judged, table),
        end_date=ibis.ifelse(judged.last_date >= judged.start_date, judged.last_date, ibis.null("date")),
        read_quantity=ibis.ifelse(judged.read_amount > 0, judged.read_amount, ibis.null("float64")),
        read_supply=ibis.ifelse(judged.read_days > 0, judged.read_days, ibis.null("int64")),
    )
    return judged.select(*rows.columns, "start_date", "end_date", "read_quantity", "read_supply", "fault", "note")


def _tests(
    judged: ir.Table, table: ClinicalTable, looked_for: Collection[int]
) -> Iterator[tuple[ir.BooleanValue, int]]:
    start = judged.start_date
    if "born_id" in judged.columns:
        yield judged.born_id.isnull(), NO_PERSON
    yield start.isnull() & ~is_written(judged, table.starts), NO_START
    yield start.isnull(), UNREAD_START
    if "birth_earliest" in judged.columns:
        yield _days(start, judged.birth_earliest) > DAYS_BEFORE_BIRTH, BEFORE_BIRTH
    if "death_date" in judged.columns:
        yield _days(judged.death_date, start) > DAYS_AFTER_DEATH, AFTER_DEATH
    if TOO_LATE in looked_for:
        born = judged.birth_earliest.year()
        is_moved = born.notnull() & (born > LAST_BIRTH) & (start.year() <= born + MOST_YEARS)
        yield (start.year() > LAST_YEAR) & ~is_moved, TOO_LATE


def _days(earlier: ir.DateValue, later: ir.DateValue) -> ir.IntegerValue:
    days: ir.IntegerValue = (later - earlier).cast("int64")
    return days


def _note(judged: ir.Table, table: ClinicalTable) -> ir.IntegerValue:
    import ibis

    of_end = ibis.cases(
        (judged.last_date < judged.start_date, 1),
        (judged.last_date.isnull() & is_written(judged, table.ends), 2),
        else_=0,
    )
    of_quantity, of_days = (
        ibis.cases((read <= 0, 1), (read.isnull() & is_written(judged, (column,)), 2), else_=0)
        for column, read in (("quantity", judged.read_amount), ("days_supply", judged.read_days))
    )
    note: ir.IntegerValue = (of_end + 3 * of_quantity + 9 * of_days).cast("int32")
    return note


def _derive_births(source: Source) -> ir.Table:
    """Derive the first day on which each person may be born: born_id, birth_earliest (null when nothing is known)."""
    import ibis

    person = read_dates(source.table("person"), {"born": ("birth_datetime",)})
    person = person.mutate(**{f"read_{column}": read_whole(person, column) for column in _BIRTH})
    year, month, day = (person[f"read_{column}"] for column in _BIRTH)
    # A month or a year of birth without a day is never padded: its first day is the earliest.
    born = ibis.coalesce(date_of(year, month, day), date_of(year, month, 1), date_of(year, 1, 1), person.born)
    person = person.select(born_id=person.person_id, birth_earliest=born)
    return person.group_by("born_id").aggregate(birth_earliest=person.birth_earliest.min())


def _derive_deaths(source: Source) -> ir.Table:
    death = read_dates(source.table("death"), {"read_date": ("death_date", "death_datetime")})
    death = death.filter(death.read_date.notnull()).select(dead_id=death.person_id, death_date=death.read_date)
    return death.group_by("dead_id").aggregate(death_date=death.death_date.min())


def tell_notes(note: int) -> Iterator[tuple[str, str]]:
    """Tell the rules that a number of notes stands for: column (empty for the end date) and rule.

    Example:
        >>> list(tell_notes(0)), list(tell_notes(1 + 9 * 2))
        ([], [('', 'ends before it starts'), ('days_supply', 'days_supply is no number')])
    """
    for column, rules in _NOTES:
        note, which = divmod(note, 3)
        if which:
            yield column, rules[which - 1]


def list_problems(table: ClinicalTable, counted: Iterable[tuple[int, int, int]]) -> tuple[Problem, ...]:
    """List what is wrong with the records of a table, one line a rule with the rows that it speaks of.

    Args:
        table: The table of OMOP.
        counted: Fault, note, and how many records have both.
    """
    rows: dict[tuple[str, str, bool], int] = {}
    for fault, note, count in counted:
        if fault:
            told = [(column_of(FAULTS[fault], table), FAULTS[fault], True)]
        else:
            told = [(column or column_of(rule, table), rule, False) for column, rule in tell_notes(note)]
        for one in told:
            rows[one] = rows.get(one, 0) + count
    return tuple(
        Problem(table.name, None, column, rule, LEFT_OUT if is_left_out else NOT_USED, count, is_left_out)
        for (column, rule, is_left_out), count in sorted(rows.items(), key=lambda item: (not item[0][2], item[0]))
        if count
    )
