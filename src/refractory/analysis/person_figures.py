"""The figures in which every person is seen: identifiable, for the study team only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median as median_of

from refractory.analysis.dose_estimates import FEWEST_DRAWN, UNIT
from refractory.analysis.estimates import Plan
from refractory.analysis.figures import Lane, PersonFigure, SwimmerFigure, ThreadFigure, WaterfallFigure
from refractory.outcomes.assess import Patient
from refractory.outcomes.drugs_after import DrugAfter
from refractory.outcomes.followed import Followed
from refractory.outcomes.response import ResponseStatus

# Beyond so many persons a lane is too thin to be read.
MOST_LANES = 150
_ANSWERS = {ResponseStatus.RESPONSE: True, ResponseStatus.NO_RESPONSE: False, ResponseStatus.NOT_EVALUABLE: None}


def derive_person_figures(patients: Sequence[Patient], plan: Plan) -> tuple[PersonFigure, ...]:
    """Derive the figures that show every person, each by the number that the listings have.

    Args:
        patients: The analysis set, in the order of the listings.
        plan: What the protocol chose.
    """
    found: list[PersonFigure | None] = [
        _derive_swimmer(patients, plan),
        _derive_waterfall(patients, plan),
        _derive_scores(patients, plan),
        _derive_doses(patients, plan),
    ]
    return tuple(figure for figure in found if figure is not None)


def _derive_swimmer(patients: Sequence[Patient], plan: Plan) -> SwimmerFigure | None:
    lanes = []
    for number, one in enumerate(patients, start=1):
        if one.followed is None:
            continue
        seen = one.followed.follow_up
        response = None
        if seen.response_day is not None and seen.first_response_day is not None:
            response = (seen.first_response_day, seen.response_day)
        lanes.append(
            Lane(
                number=number,
                group=one.member.stratum or "",
                seen_until=seen.seen_until_day,
                cycles=tuple((cycle.first_date - one.member.day0_date).days for cycle in one.cycles),
                response=response,
                lost=seen.loss_day,
                stopped=seen.stop_day,
                status=one.response.status.value.replace("_", " ").lower(),
                begun=_find_days(one, lambda drug: drug.begun_day),
                ended=_find_days(one, lambda drug: drug.end_day),
            )
        )
    if not 2 <= len(lanes) <= MOST_LANES:
        return None
    ordered = sorted(lanes, key=lambda lane: (lane.group, -lane.seen_until, lane.number))
    title = f"Every person from day 0: {plan.response.name.lower()}, cycles and follow-up"
    note = "A response that is known to the month or the year only is drawn over the days that it may have begun on."
    if plan.lines:
        note += f" Other drugs are followed to day {plan.lines.follow_up_day}."
    return SwimmerFigure("swimmer", title, tuple(ordered), plan.response.name, note)


def _find_days(patient: Patient, day_of: Callable[[DrugAfter], int | None]) -> tuple[tuple[int, str], ...]:
    """Give day and name of the other drugs that have such a day after day 0."""
    days = ((day_of(drug), name) for name, drug in patient.drugs_after.items())
    return tuple(sorted((day, name) for day, name in days if day is not None and day > 0))


def _derive_waterfall(patients: Sequence[Patient], plan: Plan) -> WaterfallFigure | None:
    """Derive the best change of the followed score of every person who has a baseline and a visit after it."""
    score = plan.follow_up.score
    if score is None:
        return None
    bars = []
    for number, one in enumerate(patients, start=1):
        if one.followed is None:
            continue
        change = _find_best_change(one.followed)
        if change is not None:
            bars.append((number, change, _ANSWERS[one.response.status]))
    if len(bars) < 2 or len(bars) > MOST_LANES:
        return None
    marks = tuple(
        (-rule.fall.amount, rule.name or rule.describe())
        for rule in plan.response.supporting
        if rule.score == score and rule.fall is not None and rule.fall.amount is not None and not rule.fall.is_relative
    )
    note = "The best of all visits after day 0, which flatters: of several visits one is the best by chance alone."
    ordered = sorted(bars, key=lambda bar: (-bar[1], bar[0]))
    title, axis_name = f"Best change of {score} in every person", f"Change of {score} from baseline, points"
    return WaterfallFigure("waterfall", title, axis_name, tuple(ordered), marks[:1], plan.response.name, note)


def _find_best_change(seen: Followed) -> float | None:
    """Find the change from baseline at the best visit, with the sign of the score itself."""
    if seen.baseline is None or not seen.visits:
        return None
    changes = [score - seen.baseline for _, score in seen.visits]
    return min(changes) if seen.is_higher_worse else max(changes)


def _derive_scores(patients: Sequence[Patient], plan: Plan) -> ThreadFigure | None:
    """Derive the followed score of every person at baseline and at each visit, with the median at the days drawn."""
    followed = [one.followed for one in patients if one.followed is not None]
    threads: list[tuple[int, tuple[tuple[int, float | None], ...]]] = []
    for number, one in enumerate(patients, start=1):
        seen = one.followed
        if seen is None:
            continue
        start = [] if seen.baseline is None else [(0, seen.baseline)]
        thread: list[tuple[int, float | None]] = [*start, *seen.visits]
        threads += [(number, tuple(thread))] if len(thread) > 1 else []
    if plan.follow_up.score is None or not 2 <= len(threads) <= MOST_LANES:
        return None
    columns = [(0, [seen.baseline for seen in followed if seen.baseline is not None])]
    columns += [
        (day, [score for seen in followed if (score := seen.at_days.get(day)) is not None])
        for day in plan.follow_up.days_drawn
    ]
    median = tuple((day, median_of(values)) for day, values in columns if len(values) >= FEWEST_DRAWN)
    title = f"{plan.follow_up.score} of every person, and the median"
    note = f"Each line is one person; the median stands where at least {FEWEST_DRAWN} persons have a visit."
    return ThreadFigure("scores", title, plan.follow_up.score, tuple(threads), median, note)


def _derive_doses(patients: Sequence[Patient], plan: Plan) -> ThreadFigure | None:
    """Derive the dose of every person on every seventh day, with the median."""
    if plan.sparing is None or plan.sparing.over_time is None:
        return None
    known_doses = [
        (number, one.doses.weekly_mg) for number, one in enumerate(patients, start=1) if one.doses is not None
    ]
    weekly = [mg for _, mg in known_doses]
    if not 2 <= len(weekly) <= MOST_LANES:
        return None
    days = plan.sparing.over_time.weeks
    columns = [(day, [mg for one in weekly if (mg := one.get(day)) is not None]) for day in days]
    median = tuple((day, median_of(known)) for day, known in columns if len(known) >= FEWEST_DRAWN)
    threads = tuple((number, tuple((day, one.get(day)) for day in days)) for number, one in known_doses)
    note = "Each line is one person, broken where the dose is not known; pulses are kept apart."
    title = "Daily glucocorticoid dose of every person, and the median"
    return ThreadFigure("threads", title, f"{UNIT} a day", threads, median, note)
