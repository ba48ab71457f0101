"""The tables of lines of treatment before day 0, and of what became of each drug after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refractory.analysis.line_estimates import (
    ANY_DRUG,
    FATES,
    LineTaken,
    count_fates,
    count_most_lines,
    count_not_followed,
    drugs_seen,
    find_lines,
    rank_regimens,
)
from refractory.analysis.results import Cell, ResultRow, ResultTable
from refractory.exposures.line_definition import LineBegins, LineDefinition
from refractory.numbers import format_count, format_share
from refractory.outcomes.assess import Patient
from refractory.statistics.location import estimate_median

# A reader of a paper looks at the first few; results.csv has them all.
MOST_LINES = 6
MOST_REGIMENS = 5
_BEGINS = (LineBegins.SWITCH, LineBegins.ADD_ON, LineBegins.RESTART, LineBegins.UNDECIDED)


def tabulate_lines(patients: Sequence[Patient], definition: LineDefinition) -> ResultTable:
    """Tabulate the lines before day 0: persons, how the line began, how long it was, and the commonest regimens."""
    most = count_most_lines(patients)
    shown = {number: find_lines(patients, number) for number in range(1, min(most, MOST_LINES) + 1)}
    begins = [one for one in _BEGINS if one is not LineBegins.UNDECIDED or _has_undecided(shown.values())]
    rows = []
    for number, taken in shown.items():
        share = format_share(len(taken), len(patients))
        days = estimate_median([float(one.days_to_next) for one in taken])
        rows.append(ResultRow(f"Line {number}", (share, *_count_begins(taken, begins), days)))
        regimens = rank_regimens(taken)
        for regimen, persons in regimens[:MOST_REGIMENS]:
            same = [one for one in taken if one.line.regimen == regimen]
            cells = (format_share(persons, len(taken)), *_count_begins(same, begins), None)
            rows.append(ResultRow(regimen, cells, indent=1))
        others = [regimen for regimen, _ in regimens[MOST_REGIMENS:]]
        if others:
            rest = [one for one in taken if one.line.regimen in others]
            said = f"{format_count(len(others))} other regimen{'s' if len(others) > 1 else ''}"
            cells = (format_share(len(rest), len(taken)), *_count_begins(rest, begins), None)
            rows.append(ResultRow(said, cells, indent=1))
    without = sum(not one.lines for one in patients)
    nothing = (None,) * (len(begins) + 1)
    if without:
        rows.append(ResultRow("No line", (format_share(without, len(patients)), *nothing)))
    more = sum(len(one.lines) > MOST_LINES for one in patients)
    if more:
        rows.append(ResultRow(f"More than {MOST_LINES} lines", (format_share(more, len(patients)), *nothing)))
    heads = ("", "Persons", *map(_head, begins), "Days to the next line or day 0, median (quartiles)")
    footnotes = (
        f"Drugs that start at most {definition.combination} days after a line's first start belong to it; "
        "a drug of an earlier line that goes on is not named again. Per cent: a line of all persons, a regimen of the "
        "persons with that line.",
        f"Add-on: a drug of the line before was covered {definition.overlap} days later or longer; switch: none was; "
        "restart: only drugs of earlier lines.",
    )
    return ResultTable("lines", "Lines of systemic treatment before day 0", heads, tuple(rows), footnotes)


def _has_undecided(lines: Iterable[Sequence[LineTaken]]) -> bool:
    return any(one.line.begins is LineBegins.UNDECIDED for taken in lines for one in taken)


def _count_begins(taken: Sequence[LineTaken], begins: Sequence[LineBegins]) -> tuple[Cell, ...]:
    """Count how lines began; the first line follows from none and has no counts."""
    if any(one.line.begins is LineBegins.FIRST for one in taken):
        return (None,) * len(begins)
    return tuple(sum(one.line.begins is each for one in taken) for each in begins)


def _head(begins: LineBegins) -> str:
    return begins.value.capitalize()


def tabulate_drugs_after(patients: Sequence[Patient], definition: LineDefinition) -> ResultTable:
    """Tabulate what became of each systemic drug after day 0."""
    rows = []
    for drug in (ANY_DRUG, *drugs_seen(patients)):
        counts = count_fates(patients, drug)
        rows.append(ResultRow(f"{drug[:1].upper()}{drug[1:]}", tuple(counts[fate.key] for fate in FATES)))
    heads = (
        "",
        "On it at day 0",
        "Continued",
        "Discontinued",
        "of these, switched",
        "of these, restarted",
        "Not observed long enough",
        "Not on it: restarted",
        "Not on it: added",
    )
    not_followed = count_not_followed(patients, definition)
    footnotes = (
        f"Persons, as of day {definition.follow_up_day}. Discontinued: no covered day for more than "
        f"{definition.grace} days after the last one. Switched: another drug was begun in its stead. "
        "Added: never taken before day 0.",
        f"{ANY_DRUG.capitalize()}: persons of whom it is so for at least one drug, so that its columns do not add up.",
        *(
            [
                f"{format_count(not_followed)} of {format_count(len(patients))} persons are not observed until day "
                f"{definition.follow_up_day}: what they began later is not known."
            ]
            if not_followed
            else []
        ),
    )
    return ResultTable("drugs_after", "Systemic drugs after day 0", heads, tuple(rows), footnotes)
