"""Row accounting of REDCap's exports: a line holds several instruments, and is used when a record came of any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from refractory.records.accounts import TableAccount
from refractory.records.redcap_columns import COMPLETE, STAMP
from refractory.records.redcap_reading import ReadExport
from refractory.records.schema import Problem


def account_for_export(
    export: ReadExport, used: Mapping[str, Collection[int]], told: Iterable[Problem]
) -> tuple[list[Problem], TableAccount]:
    """Account for the lines of an export.

    A line, or a row that was made of several lines, is used when any record came of it; it is not asked for when
    nothing that it holds is asked for; else it is listed once, with the first reason. Of a row that was made of several
    lines, those of fields that nobody asks for are not asked for. A row that became part of an earlier file's is used
    where that one is.

    Args:
        export: What came of the export.
        used: By file, lines of the rows that a record came of.
        told: What the translation of its grids told, under the names of the grids.

    Returns:
        The problems of the export, under its file's name, and its account.
    """
    at = {line: place for place, line in enumerate(export.lines)}
    listed: set[int] = set()
    problems = list(export.problems)
    elsewhere = {one.line for one in export.joined if one.asked and one.into.line in used.get(one.into.file, ())}
    own = elsewhere.union(used.get(export.file, ()))
    lost = 0
    for one in told:
        place = at.get(one.row) if one.row is not None else None
        is_left_out = one.is_left_out and place is not None and one.row not in own and one.row not in listed
        rows = one.rows
        if is_left_out and place is not None and one.row is not None:
            listed.add(one.row)
            rows = export.asked[place] or export.behind[place]
            lost += rows
        done = "this form not used" if one.is_left_out and not is_left_out else one.done
        problems.append(
            replace(one, table=export.file, file=export.file, rows=rows, is_left_out=is_left_out, done=done)
        )
    taken = sum(export.asked[place] or export.behind[place] for line, place in at.items() if line in own)
    rest = sum(export.behind) - taken - lost  # not of all lines: those that the reader lost must be missing
    asked = Counter[tuple[int, int]]()
    for part in export.joined:
        asked[(part.line, part.lines)] += part.asked
    for (line, lines), columns in asked.items():
        if line in own or not columns:
            taken += min(columns, lines)
            rest += lines - min(columns, lines)
        else:
            problems += [_list_joined(line, lines, export.file)] * bool(lines)
            lost += lines
    lost += sum(one.rows for one in export.problems if one.is_left_out)
    return problems, TableAccount(export.file, export.rows, taken, rest, lost)


def _list_joined(line: int, lines: int, file: str) -> Problem:
    rule = "part of a row of an earlier file, of which no record came"
    return Problem(file, line, "", rule, "left out", lines, file=file, line=line)


def tell_not_asked(export: ReadExport, asked: Collection[str], instruments: Mapping[str, str]) -> Iterable[Problem]:
    """Tell the fields that hold something and that the mapping does not use, with the cells of each.

    Args:
        export: What came of the export.
        asked: Columns that the mapping uses.
        instruments: Instrument by column.
    """
    for name, cells in export.filled.items():
        if (
            name in asked
            or name not in instruments
            or name in (f"{instruments[name]}{end}" for end in (COMPLETE, STAMP))
        ):
            continue
        rule = f"the mapping does not use this field of {instruments[name]}"
        yield Problem(export.file, None, name, rule, "not used", cells, is_left_out=False, file=export.file, place=name)
