"""The tables of lines of treatment before day 0, and of what became of each drug after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
from refractory.dates import say_days
from refractory.exposures.line_definition import LineBegins, LineDefinition
from refractory.numbers import format_count, format_share
from refractory.outcomes.assess import Patient
from refractory.statistics.location import estimate_median

# A reader of a paper looks at the first few; results.csv has them all.
MOST_LINES = 6
MOST_REGIMENS = 5
NO_BREAK_HYPHEN = "\u2011"
_BEGINS = (LineBegins.SWITCH, LineBegins.ADD_ON, LineBegins.RESTART, LineBegins.UNDECIDED)


def tabulate_lines(patients: Sequence[Patient], definition: LineDefinition) -> ResultTable:
    """Tabulate the lines before day 0: persons, how the line began, how long it was, and the commonest regimens."""
    most = count_most_lines(patients)
    shown = {number: find_lines(patients, number) for number in range(1, min(most, MOST_LINES) + 1)}
    begins = [one for one in _BEGINS if one is not LineBegins.UNDECIDED or _has_undecided(shown.values())]
    rows = [row for number, taken in shown.items() for row in _line_rows(number, taken, len(patients), begins)]
    nothing = (None,) * (len(begins) + 1)
    beyond = (
        ("No line", sum(not one.lines for one in patients)),
        (f"More than {MOST_LINES} lines", sum(len(one.lines) > MOST_LINES for one in patients)),
    )
    rows += [ResultRow(said, (format_share(count, len(patients)), *nothing)) for said, count in beyond if count]
    heads = (
        "",
        "Persons",
        *(one.value.capitalize().replace("-", NO_BREAK_HYPHEN) for one in begins),
        "Days, median (quartiles)",
    )
    footnotes = (
        f"Drugs that start at most {say_days(definition.combination)} after a line's first start belong to it; a drug "
        "of an earlier line that goes on is not named again. Per cent: a line of all persons, a regimen of the persons "
        "with that line. Days: from the start of the line to the start of the next, or to day 0.",
        f"Add-on: a drug of the line before was covered {say_days(definition.overlap)} later or longer; switch: none "
        "was; restart: only drugs of earlier lines."
        + (" Undecided: day 0 came too soon to tell." if LineBegins.UNDECIDED in begins else ""),
    )
    return ResultTable("lines", "Lines of systemic treatment before day 0", heads, tuple(rows), footnotes)


def _line_rows(
    number: int, taken: Sequence[LineTaken], persons: int, begins: Sequence[LineBegins]
) -> Iterator[ResultRow]:
    days = estimate_median([float(one.days_to_next) for one in taken])
    yield ResultRow(f"Line {number}", (format_share(len(taken), persons), *_count_begins(taken, begins), days))
    regimens = [regimen for regimen, _ in rank_regimens(taken)]
    # The last row may as well name a single regimen as say that there is one.
    named = regimens if len(regimens) <= MOST_REGIMENS + 1 else regimens[:MOST_REGIMENS]
    groups = {regimen: {regimen} for regimen in named}
    if len(regimens) > len(named):
        others = set(regimens) - set(named)
        groups[f"{format_count(len(others))} other regimens"] = others
    for said, group in groups.items():
        of_these = [one for one in taken if one.line.regimen in group]
        cells = (format_share(len(of_these), len(taken)), *_count_begins(of_these, begins), None)
        yield ResultRow(said, cells, indent=1)


def _has_undecided(lines: Iterable[Sequence[LineTaken]]) -> bool:
    return any(one.line.begins is LineBegins.UNDECIDED for taken in lines for one in taken)


def _count_begins(taken: Sequence[LineTaken], begins: Sequence[LineBegins]) -> tuple[Cell, ...]:
    """Count how lines began; the first line follows from none and has no counts."""
    if any(one.line.begins is LineBegins.FIRST for one in taken):
        return (None,) * len(begins)
    return tuple(sum(one.line.begins is each for one in taken) for each in begins)


def tabulate_drugs_after(patients: Sequence[Patient], definition: LineDefinition) -> ResultTable:
    """Tabulate what became of each systemic drug after day 0."""
    rows = []
    for drug in (ANY_DRUG, *drugs_seen(patients)):
        counts = count_fates(patients, drug)
        rows.append(ResultRow(f"{drug[:1].upper()}{drug[1:]}", tuple(counts[fate.key] for fate in FATES)))
    heads = ("", *(fate.head for fate in FATES))
    not_followed = count_not_followed(patients, definition)
    footnotes = (
        f"Persons, as of day {definition.follow_up_day}. Discontinued: not covered for more than "
        f"{say_days(definition.grace)}; switched: of these, those who began another drug in its stead. Restarted: "
        "begun again after it had been discontinued, before day 0 or after. Added: never taken before day 0.",
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
