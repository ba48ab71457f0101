"""How a raw column is read as what OMOP says it is, inside a source: the rules of records/reading.py as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

# A number as a text may be written; no engine is asked to cast what it might not be able to.
_NUMBER = r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$"
# 2015-03-02, 2015-3-2 or 2015/03/02, whatever time of day follows; or 20150302.
_YEAR_FIRST = r"^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})([ T].*)?$"
_DIGITS_ONLY = r"^([0-9]{4})([0-9]{2})([0-9]{2})(\.0*)?$"
# Larger ones are no amounts; the comparison is false for what is infinite and for what is no number.
_LARGEST = 1e300
_LARGEST_WHOLE = 9e15
_MONTHS_OF_30 = (4, 6, 9, 11)
_PARTS = ("year", "month", "day")


def read_text(table: ir.Table, column: str) -> ir.StringValue:
    """Read a text without outer blanks; an empty one is null."""
    import ibis

    if column not in table.columns:
        return ibis.null("string")
    text: ir.StringValue = table[column].cast("string").strip().nullif("")
    return text


def read_number(table: ir.Table, column: str) -> ir.FloatingValue:
    """Read a number; null when it is none, infinite included."""
    import ibis

    if column not in table.columns:
        return ibis.null("float64")
    kind = table[column].type()
    if kind.is_string():
        text = table[column].strip()
        number = ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).cast("float64")
    else:
        number = table[column].cast("float64")
    if kind.is_integer():
        return number
    return ibis.ifelse((number < _LARGEST) & (number > -_LARGEST), number, ibis.null("float64"))


def read_whole(table: ir.Table, column: str) -> ir.IntegerValue:
    """Read a whole number, rounded half up; null when it is none."""
    import ibis

    if column not in table.columns:
        return ibis.null("int64")
    if table[column].type().is_integer():
        whole: ir.IntegerValue = table[column].cast("int64")
        return whole
    number = read_number(table, column)
    is_whole = (number < _LARGEST_WHOLE) & (number > -_LARGEST_WHOLE)
    rounded: ir.IntegerValue = ibis.ifelse(is_whole, (number + 0.5).floor(), ibis.null("float64")).cast("int64")
    return rounded


def read_dates(table: ir.Table, wanted: Mapping[str, Sequence[str]]) -> ir.Table:
    """Add dates to a table, each the first of several columns that holds a date that can be read.

    Args:
        table: The table; its raw columns stay.
        wanted: The columns of each date by its new name.
    """
    import ibis

    columns = [column for several in wanted.values() for column in several if column in table.columns]
    texts = [column for column in columns if not _is_dated(table[column].type())]
    # A step at a time: in one, the patterns would stand in the query dozens of times.
    for column in texts:
        text = table[column].cast("string").strip()
        table = table.mutate(**{
            f"_text_{column}": text,
            f"_dashed_{column}": text.re_search(_YEAR_FIRST),
            f"_digits_{column}": text.re_search(_DIGITS_ONLY),
        })  # fmt: skip
    for column in texts:
        table = table.mutate(
            **{f"_{part}_{column}": _part(table, column, place) for place, part in enumerate(_PARTS, 1)}
        )
    read = {column: table[column].cast("date") for column in columns if column not in texts}
    read |= {column: date_of(*(table[f"_{part}_{column}"] for part in _PARTS)) for column in texts}
    dates = {name: [read[column] for column in several if column in read] for name, several in wanted.items()}
    table = table.mutate(**{
        name: ibis.coalesce(*several) if len(several) > 1 else several[0] if several else ibis.null("date")
        for name, several in dates.items()
    })  # fmt: skip
    return table.drop(*(f"_{step}_{column}" for column in texts for step in ("text", "dashed", "digits", *_PARTS)))


def _is_dated(kind: Any) -> bool:
    return bool(kind.is_date() or kind.is_timestamp())


def _part(table: ir.Table, column: str, place: int) -> ir.IntegerValue:
    import ibis

    text = table[f"_text_{column}"]
    digits = ibis.cases(
        (table[f"_dashed_{column}"], text.re_extract(_YEAR_FIRST, place)),
        (table[f"_digits_{column}"], text.re_extract(_DIGITS_ONLY, place)),
        else_=ibis.null("string"),
    )
    part: ir.IntegerValue = digits.cast("int64")
    return part


def is_written(table: ir.Table, columns: Sequence[str]) -> ir.BooleanValue:
    """Say whether any of the columns holds anything, readable or not."""
    import ibis

    written: ir.BooleanValue = ibis.literal(False)
    for column in columns:
        if column in table.columns:
            is_text = table[column].type().is_string()
            written = written | (read_text(table, column) if is_text else table[column]).notnull()
    return written


def date_of(year: ir.IntegerValue, month: ir.IntegerValue | int, day: ir.IntegerValue | int) -> ir.DateValue:
    """Return the date of a year, a month and a day; null when there is no such day."""
    import ibis

    month, day = (ibis.literal(part) if isinstance(part, int) else part for part in (month, day))
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Any = ibis.cases(
        (month.isin(_MONTHS_OF_30), 30), ((month == 2) & is_leap, 29), (month == 2, 28), else_=31
    )  # fmt: skip
    is_day = year.between(1, 9999) & month.between(1, 12) & (day >= 1) & (day <= days)
    # What is no day stands in for nothing: an engine may build the date before it asks whether there is one.
    parts = [
        ibis.ifelse(is_day, part, fallback).cast("int32") for part, fallback in ((year, 1970), (month, 1), (day, 1))
    ]
    return ibis.ifelse(is_day, ibis.date(*parts), ibis.null("date"))
