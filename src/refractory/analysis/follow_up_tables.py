"""The tables of the course of a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractory.analysis.estimates import READINGS, Plan, primary_reading
from refractory.analysis.follow_up_estimates import (
    LOSS_DAYS,
    find_questions,
    find_response_waits,
    followed_of,
    name_outcome,
    responders_with_day,
    retreated,
    stopped_in_response,
    tally_course,
)
from refractory.analysis.results import Cell, Listing, NamedEstimate, PrintedEstimate, ResultRow, ResultTable
from refractory.analysis.tables import THREE_WAYS, row_three_ways
from refractory.dates import say_days
from refractory.numbers import format_share
from refractory.numbers.rounding import format_number
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import Loss
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.location import estimate_mean, estimate_median


def tabulate_follow_up(patients: Sequence[Patient], plan: Plan, named: Sequence[NamedEstimate]) -> list[ResultTable]:
    """Tabulate the course of the response: over time, how long it lasts, and the score that is followed.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        named: The estimates of follow_up_estimates.
    """
    estimates = {one.id: one for one in named}
    tables = [_tabulate_course(patients, plan, estimates)]
    if plan.response.means == "benefit":
        tables.append(_tabulate_duration(patients, plan, estimates))
    if plan.follow_up.score:
        tables.append(_tabulate_trajectory(patients, plan, estimates))
    return tables


def _tabulate_course(patients: Sequence[Patient], plan: Plan, estimates: Mapping[str, NamedEstimate]) -> ResultTable:
    rows: list[ResultRow] = []
    empty: tuple[Cell, ...] = (None,) * len(THREE_WAYS)
    heading = ""
    for _, label, judge in find_questions(plan):
        of_label, _, last = label.rpartition(" ")
        if of_label != heading:
            rows.append(ResultRow(of_label.rpartition(" ")[0], empty))
            heading = of_label
        unit = of_label.rpartition(" ")[2]
        rows.append(row_three_ways(f"{unit} {last}", tally_course(patients, judge), plan, 1))
    waits = find_response_waits(patients, plan)
    among = waits.persons
    rows.append(ResultRow(f"Time to {name_outcome(plan)}, by Kaplan-Meier", empty))
    median: tuple[Cell, ...] = (among, None, estimates["time_to_response"].estimate, None, None)
    rows.append(ResultRow("median, days", median, 1))
    for day in plan.follow_up.days:
        key = f"time_to_response.by_{day}"
        if key in estimates:
            readings = [estimates[f"{key}.{way}"].estimate for way in ("evaluable", "as_non_response")]
            bounds = _say_bounds(*(estimates[f"{key}.{way}"].estimate.value for way in ("worst", "best")))
            left_out = len(patients) - among
            rows.append(ResultRow(f"probability by day {day}", (len(patients), left_out, *readings, bounds), 1))
    in_responders = estimates["time_to_response.in_responders"].estimate
    is_benefit = plan.response.means == "benefit"
    whose = "responders" if is_benefit else "those who had it"
    label = f"Day of {name_outcome(plan)}, {whose}, median (quartiles)"
    rows.append(ResultRow(label, (in_responders.n, None, in_responders, None, None)))
    in_response = " In response: responded, not lost it again, and still followed." if is_benefit else ""
    footnotes = [
        f"By a day: at any time up to then.{in_response} Not evaluable: who cannot be judged by the primary rule, "
        f"whose day of {name_outcome(plan)} is not known well enough, and who is not followed so long.",
        f"Kaplan-Meier: {'a response' if is_benefit else 'an outcome'} known to the month or the year only is taken at "
        f"the latest day that it may be; the median is of {READINGS[primary_reading(plan.response)]}.",
    ]
    if plan.has_cycles:
        counts = "has not responded" if is_benefit else "counts as without"
        footnotes.append(f"By cycle: before the next cycle began. Who stopped after fewer cycles without one {counts}.")
    return ResultTable("course", f"{plan.response.name} over time", ("", *THREE_WAYS), tuple(rows), tuple(footnotes))


def _say_bounds(worst: float | None, best: float | None) -> Cell:
    """Say two bounds of one probability, as other rows of the table do."""
    if worst is None or best is None:
        return None
    if worst == best:
        return "the same"
    return " to ".join(f"{format_number(100 * bound, 0)} %" for bound in (worst, best))


def _tabulate_duration(patients: Sequence[Patient], plan: Plan, estimates: Mapping[str, NamedEstimate]) -> ResultTable:
    with_day = responders_with_day(patients)
    responders = sum(one.response.status is ResponseStatus.RESPONSE for one in patients)
    stopped, again = stopped_in_response(patients), retreated(patients)
    lost_after = round(estimates["after_stop.lost"].estimate.value or 0)
    judged = [seen.again for seen in again if seen.again is not ResponseStatus.NOT_EVALUABLE]

    def share(counted: int, among: int) -> Cell:
        return format_share(counted, among)

    rows = [
        ResultRow("Responders whose day of response is known", (share(len(with_day), responders),)),
        ResultRow("Response lost", (share(sum(seen.loss is not None for seen in with_day), len(with_day)),)),
        *(
            ResultRow(f"by {loss}", (share(sum(seen.loss is loss for seen in with_day), len(with_day)),), 1)
            for loss in Loss
        ),
        ResultRow("Duration of response, days, median", (estimates["duration"].estimate,)),
        *(
            ResultRow(f"lost within {day} days of response", (estimates[f"duration.lost_by_{day}"].estimate,), 1)
            for day in LOSS_DAYS
        ),
        ResultRow("Treatment stopped while the response lasted", (share(len(stopped), len(with_day)),)),
        ResultRow("response lost afterwards", (share(lost_after, len(stopped)),), 1),
        ResultRow("days from the stop to the loss, median", (estimates["after_stop.time"].estimate,), 1),
        ResultRow("Treated again, of all persons", (share(len(again), len(patients)),)),
        ResultRow(
            "response after the restart, of those evaluable",
            (share(judged.count(ResponseStatus.RESPONSE), len(judged)),),
            1,
        ),
    ]
    follow_up = plan.follow_up
    lost = f"relapse ({follow_up.relapse.describe(follow_up.score)})" if follow_up.relapse else "relapse (not defined)"
    footnotes = (
        f"A response is lost by {lost} or by retreatment, whichever comes first; probabilities and medians are by "
        "Kaplan-Meier from the first response.",
        f"Stopped: not given for more than {say_days(follow_up.stopped)}. Treated again: after a pause of more than "
        f"{say_days(follow_up.retreatment)}; the primary rule is then counted from the restart.",
    )
    return ResultTable("duration", "How long the response lasted", ("", "Persons"), tuple(rows), footnotes)


def _tabulate_trajectory(
    patients: Sequence[Patient], plan: Plan, estimates: Mapping[str, NamedEstimate]
) -> ResultTable:
    name, words = str(plan.follow_up.score), plan.analysis.words
    before = [seen.baseline for _, seen in followed_of(patients) if seen.baseline is not None]
    rows = [ResultRow("Baseline", (len(before), estimate_median(before), estimate_mean(before), *[None] * 4))]
    for day in plan.follow_up.days:
        keys = ("", ".mean", ".change", ".shift", ".test")
        found = [estimates[f"trajectory.day_{day}{key}"].estimate for key in keys]
        changes = (
            (found[2], PrintedEstimate(found[3], has_level_in_head=True), found[4])
            if found[2].n
            else (None, None, None)
        )
        rows.append(ResultRow(f"Day {day}", (found[0].n, *found[:2], found[2].n, *changes)))
    best, gain = estimates["best.day"].estimate, estimates["best.gain"].estimate
    rows += [
        ResultRow("Best in follow-up, in persons ever better than at baseline", (best.n, *[None] * 6)),
        ResultRow("day of the best", (best.n, best, *[None] * 5), 1),
        ResultRow("gain at the best", (gain.n, gain, *[None] * 5), 1),
    ]
    columns = (
        "", "Persons", "Median (quartiles)", "Mean ± SD", "With a baseline", "Change, mean ± SD",
        f"Change ({plan.analysis.percent} CI)", "Test of the change",
    )  # fmt: skip
    footnotes = (
        f"{name} of the visit nearest to the day, at most {say_days(plan.follow_up.near)} away. Change: the score less "
        f"that at baseline, in persons with both: {words.change}, and {words.paired}, each day by itself. Persons "
        "without a visit are missing, and who comes back may differ from who does not.",
        "A change in persons who were treated because they were ill is not all an effect of the treatment: a score "
        "that was high falls by chance alone, and P says only that it changed.",
    )
    return ResultTable("trajectory", f"{name} over time", columns, tuple(rows), footnotes)


def list_follow_up(patients: Sequence[Patient]) -> Listing:
    """List what was seen of each person after day 0: identifiable, for the study team only."""
    columns = (
        "Person", "Followed to day", "First response, day", "Treatment stopped, day", "Response lost, day", "Lost by",
        "Treated again, day", "Response after restart", "Best score, day", "Best gain",
    )  # fmt: skip
    rows: list[tuple[str | int | float | None, ...]] = []
    for number, (_, followed) in enumerate(followed_of(patients), start=1):
        seen = followed.follow_up
        first: str | int | None = seen.response_day
        if seen.response_day is not None and not seen.has_known_response_day:
            first = f"{seen.first_response_day} to {seen.response_day}"
        rows.append(
            (
                number, seen.seen_until_day, first, seen.stop_day, seen.loss_day,
                seen.loss.value if seen.loss else None, seen.restart_day, seen.again.value if seen.again else None,
                seen.best_day, seen.best_gain,
            )
        )  # fmt: skip
    return Listing("follow_up", "What was seen of each person after day 0", columns, tuple(rows))
