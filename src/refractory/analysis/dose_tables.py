"""The tables of the glucocorticoid dose over time."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.dose_estimates import (
    UNIT,
    days_reported,
    doses_of,
    find_goals,
    find_pairs,
    known,
    share_of_unknown_days,
)
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Listing, NamedEstimate, PrintedEstimate, ResultRow, ResultTable, TableCell
from refractory.dates import say_days
from refractory.exposures.tapers import TimeStatus
from refractory.numbers import format_count, format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.dose_over_time import DoseOverTime, DoseOverTimeDefinition
from refractory.outcomes.sparing import SparingDefinition
from refractory.statistics.location import estimate_median


def tabulate_doses(
    patients: Sequence[Patient],
    plan: Plan,
    sparing: SparingDefinition,
    definition: DoseOverTimeDefinition,
    named: Sequence[NamedEstimate],
) -> list[ResultTable]:
    """Tabulate the glucocorticoid dose over time: at days, over windows, when it came down, and how.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        sparing: What the doses are compared over.
        definition: Days, windows and limits.
        named: The estimates of dose_estimates.estimate_doses.
    """
    doses = doses_of(patients)
    estimates = {one.id.removeprefix("dose."): one for one in named}
    tables = [_tabulate_days(doses, definition)]
    if definition.cumulative:
        tables.append(_tabulate_windows(doses, plan, sparing, definition, estimates))
    tables.append(_tabulate_times(doses, sparing, definition, estimates))
    tables.append(_tabulate_tapers(doses, definition, estimates))
    return tables


def say_unknown(definition: DoseOverTimeDefinition) -> str:
    """Say how much of a window may be unknown."""
    if not definition.unknown_at_most:
        return "and no exposure of unknown dose"
    return f"and the dose unknown on at most {definition.unknown_at_most:g} % of them"


def _tabulate_days(doses: Sequence[DoseOverTime], definition: DoseOverTimeDefinition) -> ResultTable:
    rows = []
    for day in definition.days:
        at_day = [one.at_days[day] for one in doses if one.at_days[day].mg_per_day is not None]
        milligrams = known(at_day, lambda dose: dose.mg_per_day)
        cells: list[TableCell] = [len(at_day), PrintedEstimate(estimate_median(milligrams), 1)]
        cells.append(format_share(sum(dose.covered_days == 0 for dose in at_day), len(at_day)))
        cells += [format_share(sum(mg < limit for mg in milligrams), len(at_day)) for limit in definition.below]
        rows.append(ResultRow(f"Day {day}", tuple(cells)))
    heads = ("", "Evaluable", "mg/day, median (quartiles)", "No exposure")
    columns = (*heads, *(f"Below {limit:g} mg/day" for limit in definition.below))
    footnotes = (
        f"{UNIT.capitalize()} a day, mean over the {say_days(definition.mean_over)} up to the day, pulses kept apart.",
        f"Evaluable: observed on each of these days, {say_unknown(definition)}. Shares are of evaluable persons. "
        "No exposure: on none of these days.",
    )
    return ResultTable("dose_over_time", "Glucocorticoid dose over time", columns, tuple(rows), footnotes)


def _tabulate_windows(
    doses: Sequence[DoseOverTime],
    plan: Plan,
    sparing: SparingDefinition,
    definition: DoseOverTimeDefinition,
    estimates: dict[str, NamedEstimate],
) -> ResultTable:
    windows = definition.cumulative
    over = [[one.windows[window] for one in doses] for window in windows]
    pulsed = [[dose.pulse_days for dose in own if dose.pulse_days] for own in over]
    change = ("cumulative.change", "cumulative.change.test")
    paired: list[TableCell] = [PrintedEstimate(estimates[key].estimate, 0) for key in change if key in estimates]
    pairs = find_pairs(doses, definition)
    empty: list[TableCell] = [None] * len(paired)

    def row(label: str, cells: Sequence[TableCell], more: Sequence[TableCell] = (), indent: int = 0) -> ResultRow:
        return ResultRow(label, (*cells, *(more or empty)), indent)

    totals = (
        ("pulses apart", [known(own, lambda dose: dose.cumulative_mg) for own in over], paired),
        ("with pulses", [known(own, lambda dose: dose.cumulative_with_pulses_mg) for own in over], empty),
    )
    rows = [
        row("Evaluable", [len(values) for values in totals[0][1]]),
        row("Cumulative dose, mg, median (quartiles)", [None] * len(windows)),
        *(
            row(label, [PrintedEstimate(estimate_median(mg), 0) for mg in values], more, 1)
            for label, values, more in totals
        ),
        row(
            "Persons with a pulse", [format_share(len(days), len(own)) for days, own in zip(pulsed, over, strict=True)]
        ),
        row("Days of pulses, over all persons", [sum(days) for days in pulsed]),
    ]
    columns = ["", *(f"D{str(window)[1:]}" for window in windows)]
    columns += ["Change, paired", "Test of the change"] if paired else []
    footnotes = [
        f"{UNIT.capitalize()}. A pulse is a day of at least {sparing.pulse:g} mg; what the person took beside it stays "
        f"in the daily dose. Evaluable: observed on each day, {say_unknown(definition)}."
    ]
    if pairs is not None:
        lower, higher = sum(pair < 0 for pair in pairs), sum(pair > 0 for pair in pairs)
        words, who = plan.analysis.words, "person" if len(pairs) == 1 else "persons"
        footnotes.append(
            f"Change: {windows[1]} less {windows[0]}, pulses apart, in {format_count(len(pairs))} {who} with both "
            f"(lower in {format_count(lower)}, higher in {format_count(higher)}): {words.change}, at "
            f"{plan.analysis.percent}, and {words.paired}."
        )
    return ResultTable(
        "cumulative_dose", "Cumulative glucocorticoid dose, and pulses", tuple(columns), tuple(rows), tuple(footnotes)
    )


def _tabulate_times(
    doses: Sequence[DoseOverTime],
    sparing: SparingDefinition,
    definition: DoseOverTimeDefinition,
    estimates: dict[str, NamedEstimate],
) -> ResultTable:
    by_day = days_reported(sparing, definition)[0]
    rows = []
    for goal in find_goals(doses):
        key = f"time.{goal.key}"
        cells: list[TableCell] = [len(goal.with_status(TimeStatus.BELOW_AT_BASELINE))]
        cells.append(len(goal.with_status(TimeStatus.NOT_EVALUABLE)))
        cells.append(format_share(len(goal.with_status(TimeStatus.REACHED)), goal.at_risk))
        cells += [PrintedEstimate(estimates[name].estimate, 0) for name in (f"{key}.day", key, f"{key}.by_{by_day}")]
        rows.append(ResultRow(goal.label, tuple(cells)))
    columns = (
        "",
        "Already on day 0",
        "Not evaluable",
        "Reached, of the others",
        "Day, median (quartiles) of these",
        "Day, Kaplan-Meier median",
        f"By day {by_day}, Kaplan-Meier",
    )
    footnotes = (
        "The first day after day 0 from which the daily dose stays there for at least "
        f"{say_days(definition.sustained)} (stopped: no exposure for at least {say_days(definition.stopped)}). Already "
        "on day 0: it was there on day 0, as part of so long a stretch.",
        "Kaplan-Meier: persons are followed until they reach it, to the last day from which so long a stretch could "
        f"still be seen, to the day before an unknown dose leaves it open, or to day {definition.until_day}.",
    )
    return ResultTable("dose_times", "When the glucocorticoid dose came down", columns, tuple(rows), footnotes)


def _tabulate_tapers(
    doses: Sequence[DoseOverTime], definition: DoseOverTimeDefinition, estimates: dict[str, NamedEstimate]
) -> ResultTable:
    rows = [
        ResultRow(label, (estimates[key].estimate.n, estimates[key].estimate))
        for label, key in (
            ("Fall of the daily dose, mg/day per 4 weeks", "taper.fall_per_4_weeks"),
            ("Reductions of the daily dose", "taper.reductions"),
            ("Rises of the daily dose", "taper.rises"),
            ("Covered days with unknown dose, % of a person's", "unknown_days.per_person"),
        )
    ]
    share = share_of_unknown_days(doses)
    footnotes = (
        "Fall: mean dose at baseline less that at the end of follow-up, per four weeks between the middles of the two "
        f"windows. Reductions and rises: from day 1 to the end of follow-up, between doses that lasted at least "
        f"{say_days(definition.step)} each.",
        f"Of all days covered by an exposure, {format_share(share.numerator or 0, share.denominator or 0)} have an "
        "unknown dose. Unknown is not zero.",
    )
    columns = ("", "Persons", "Median (quartiles)")
    return ResultTable("taper", "How the glucocorticoid dose came down", columns, tuple(rows), footnotes)


def list_doses(patients: Sequence[Patient], definition: DoseOverTimeDefinition) -> Listing:
    """List the doses of each person, numbered as in the listing of persons: identifiable, for the study team only."""
    before = max((day for day in definition.days if day <= 0), default=definition.days[0])
    last = max(definition.days)
    days = dict.fromkeys((before, last))
    columns = ["Person", *(f"mg/day, day {day}" for day in days)]
    columns += [f"mg over {window}" for window in definition.cumulative] + ["Pulse days"]
    rows = []
    for number, one in enumerate(patients, start=1):
        if one.doses is None:
            continue
        row: list[str | int | float | None] = [number]
        row += [_rounded(one.doses.at_days[day].mg_per_day) for day in days]
        row += [_rounded(one.doses.windows[window].cumulative_mg) for window in definition.cumulative]
        row.append(one.doses.whole.pulse_days)
        row += [_say_time(time.status, time.day) for goal in find_goals([one.doses]) for time in goal.times]
        rows.append(tuple(row))
    if patients and patients[0].doses:
        columns += [goal.label for goal in find_goals([patients[0].doses])]
    return Listing("doses", "Glucocorticoid dose of each person", tuple(columns), tuple(rows))


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _say_time(status: TimeStatus, day: int | None) -> str:
    if status is TimeStatus.REACHED:
        return f"day {day}"
    if status is TimeStatus.CENSORED:
        return f"not by day {day}"
    return "on day 0" if status is TimeStatus.BELOW_AT_BASELINE else "not evaluable"
