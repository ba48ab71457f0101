"""Row accounting: every row of a source table is used, not asked for, or listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refractory.errors import RecordsError
from refractory.records.schema import Problem


@dataclass(frozen=True)
class TableAccount:
    """What became of the rows of one source table: rows = used + not asked for + listed.

    Args:
        table: Name of the table, or of the file or sheet.
        rows: Its rows.
        used: Those of them that were used.
        not_asked_for: Those that no concept set names, or whose person never had the treatment.
        listed: Those that problems.csv lists.
        is_file: True for a file or sheet that tables of OMOP were made of; a row of it may have become several there.
    """

    table: str
    rows: int
    used: int
    not_asked_for: int
    listed: int
    is_file: bool = False


@dataclass(frozen=True)
class RowCounts:
    """The rows of one table, counted at each stage on its own.

    Args:
        rows: In the source, as the source counts them.
        asked: Handed over by the source, as the source counts them.
        handed: Received in the store.
        untreated: Received, but of a person whom a closer look finds never to have had the treatment.
        not_named: Received, but named by no concept set on a closer look.
        used: Used.
        left_out: Left out by the cleaning.
    """

    rows: int
    asked: int
    handed: int
    untreated: int = 0
    not_named: int = 0
    used: int = 0
    left_out: int = 0


def account_for(
    tables: Mapping[str, RowCounts], foreign_tables: Mapping[str, int], problems: Iterable[Problem], source_name: str
) -> tuple[TableAccount, ...]:
    """Account for every row of every table.

    Args:
        tables: Counts of each table that was read.
        foreign_tables: Rows of tables that have a name of OMOP but not its columns; all of them are listed.
        problems: The list of problems.
        source_name: Name of the source, for the message.

    Returns:
        One account per table.

    Raises:
        RecordsError: When rows are lost or counted twice; only counts are told.

    Example:
        >>> (account,) = account_for({"death": RowCounts(10, 2, 2, used=2)}, {}, (), "hospital")
        >>> account.table, account.rows, account.used, account.not_asked_for, account.listed
        ('death', 10, 2, 8, 0)
    """
    listed = Counter[str]()
    for problem in problems:
        listed[problem.table] += problem.rows if problem.is_left_out else 0
    accounts = []
    for name, one in tables.items():
        not_asked_for = one.rows - one.asked + one.untreated + one.not_named
        counted = one.used + not_asked_for + listed[name]
        if one.asked != one.handed or one.left_out != listed[name] or counted != one.rows:
            raise RecordsError(
                f"Rows of {name} are lost or counted twice: {one.rows:,} in the source, {one.asked:,} asked for, "
                f"{one.handed:,} received, {one.used:,} used, {one.left_out:,} left out, {listed[name]:,} listed.",
                where=source_name,
                remedy="this is a fault of the program; please report it with these counts",
            )
        accounts.append(TableAccount(name, one.rows, one.used, not_asked_for, listed[name]))
    accounts += [TableAccount(name, rows, 0, 0, rows) for name, rows in foreign_tables.items()]
    return tuple(sorted(accounts, key=lambda account: account.table))
