"""Arithmetic of days on columns, the same on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def days_later(date: ir.DateColumn, days: ir.IntegerValue | int) -> ir.DateColumn:
    """Return the date that many days later (earlier when negative).

    The way through a timestamp is on purpose: DuckDB and PostgreSQL make a timestamp of a date plus an
    interval while Ibis believes it to be a date, and drops a cast to date as needless.
    """
    import ibis

    step = (ibis.literal(days) if isinstance(days, int) else days).as_interval("D")
    return (date.cast("timestamp") + step).cast("date")


def days_between(earlier: ir.DateColumn, later: ir.DateColumn) -> ir.IntegerColumn:
    """Return the days from one date to another: 1 from a day to the next, negative when the first is the later one.

    Ibis' own count of days goes through exact seconds on PostgreSQL and takes longer than the query around it.
    """
    days: ir.IntegerColumn = (later - earlier).cast("int64")
    return days
