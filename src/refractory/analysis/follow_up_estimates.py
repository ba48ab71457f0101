"""The estimates of the course of a response: by day and by cycle, how long it lasts, and what comes after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import Tally
from refractory.analysis.estimates import READINGS, Plan, count_of, primary_reading, read_three_ways
from refractory.analysis.results import DayCurve, NamedEstimate
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import FollowUp, Loss, classify_by_day, classify_on_day
from refractory.outcomes.followed import Followed
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.timing import classify_by_cycle
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.paired import estimate_paired_shift
from refractory.statistics.survival import estimate_median_time, estimate_probability_by

# Days after the first response at which it is told how many have lost it.
LOSS_DAYS = (180, 365)
# A median of fewer persons is nearly one of them.
FEWEST_DRAWN = 5
Judge = Callable[[Patient, FollowUp], ResponseStatus]


@dataclass(frozen=True)
class Waits:
    """How long persons waited for something: one time per person.

    Args:
        reached: Times of those who were seen to reach it.
        censored: Times of those who were followed so long without it.
    """

    reached: tuple[float, ...]
    censored: tuple[float, ...]


def followed_of(patients: Iterable[Patient]) -> list[tuple[Patient, Followed]]:
    """Pair each patient with what was seen of the person after day 0."""
    return [(one, one.followed) for one in patients if one.followed is not None]


def tally_course(patients: Sequence[Patient], judge: Judge) -> Tally:
    """Count the three answers of a question about the course of each person."""
    statuses = [judge(one, seen.follow_up) for one, seen in followed_of(patients)]
    return Tally(*(statuses.count(status) for status in ResponseStatus))


def responded_by(day: int) -> Judge:
    """Return the question whether a person has responded by a day."""
    return lambda one, seen: classify_by_day(one.response.status, seen, day)


def in_response_on(day: int) -> Judge:
    """Return the question whether a person is in response on a day."""
    return lambda one, seen: classify_on_day(one.response.status, seen, day)


def responded_by_cycle(cycle: int) -> Judge:
    """Return the question whether a person has responded by a cycle."""
    return lambda one, seen: classify_by_cycle(
        one.response, [given.first_date for given in one.cycles], cycle, has_stopped=seen.stop_day is not None
    )


def find_questions(plan: Plan) -> list[tuple[str, str, Judge]]:
    """List the questions about the course that are answered three ways: id, words and question."""
    follow_up = plan.follow_up
    questions = [(f"by_day_{day}", f"Responded by day {day}", responded_by(day)) for day in follow_up.days]
    if plan.response.means == "benefit":
        questions += [(f"on_day_{day}", f"In response on day {day}", in_response_on(day)) for day in follow_up.days]
    if plan.has_cycles:
        questions += [
            (f"by_cycle_{cycle}", f"Responded by cycle {cycle}", responded_by_cycle(cycle))
            for cycle in follow_up.cycles
        ]
    return questions


def find_response_waits(patients: Sequence[Patient], plan: Plan) -> Waits:
    """Find the days from day 0 to the first response.

    A response that is not known to the day counts on the latest day that it may be. Persons without are followed to
    the end of the primary window or of what is seen of them; persons who are not evaluable wait for nothing.
    """
    last = plan.response.primary.window.last_day
    reached, censored = [], []
    for one, seen in followed_of(patients):
        day = seen.follow_up.response_day
        if day is not None:
            reached.append(float(day))
        elif one.response.status is ResponseStatus.NO_RESPONSE:
            until = seen.follow_up.seen_until_day
            censored.append(float(until if last is None else min(until, last)))
    return Waits(tuple(reached), tuple(censored))


def find_duration_waits(patients: Sequence[Patient], loss: Loss | None = None) -> Waits:
    """Find the days from the first response to its loss, in responders whose day of response is known.

    Args:
        patients: The analysis set.
        loss: One way to lose it; the others then end what is seen. None for any way.
    """
    reached, censored = [], []
    for seen in responders_with_day(patients):
        start = seen.response_day or 0
        if seen.loss_day is not None and (loss is None or seen.loss is loss):
            reached.append(float(seen.loss_day - start))
        else:
            end = seen.seen_until_day if seen.loss_day is None else seen.loss_day
            censored.append(float(max(0, end - start)))
    return Waits(tuple(reached), tuple(censored))


def responders_with_day(patients: Sequence[Patient]) -> list[FollowUp]:
    """Return the follow-up of the responders whose day of response is known to the day."""
    return [seen.follow_up for _, seen in followed_of(patients) if seen.follow_up.has_known_response_day]


def stopped_in_response(patients: Sequence[Patient]) -> list[tuple[int, FollowUp]]:
    """Return the responders whose treatment stopped before the response was lost, with the day from which both hold."""
    found = []
    for seen in responders_with_day(patients):
        if seen.stop_day is None:
            continue
        start = max(seen.stop_day, seen.response_day or 0)
        if seen.loss_day is None or seen.loss_day > start:
            found.append((start, seen))
    return found


def find_relapse_waits_after_stop(patients: Sequence[Patient]) -> Waits:
    """Find the days from the stop of treatment to the loss of a response that lasted until then."""
    pairs = stopped_in_response(patients)
    reached = [float(seen.loss_day - start) for start, seen in pairs if seen.loss_day is not None]
    censored = [float(max(0, seen.seen_until_day - start)) for start, seen in pairs if seen.loss_day is None]
    return Waits(tuple(reached), tuple(censored))


def _name(key: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    return NamedEstimate(key, label, f"{label}: {rule}", "overall", label, estimate)


def estimate_follow_up(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate the course of the response.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.

    Returns:
        The estimates in the order of the report.
    """
    estimates = []
    for key, label, judge in find_questions(plan):
        readings = read_three_ways(tally_course(patients, judge), plan.response, plan.analysis)
        primary = primary_reading(plan.response)
        estimates.append(_name(f"course.{key}", label, READINGS[primary], readings[primary]))
        estimates += [_name(f"course.{key}.{way}", label, READINGS[way], one) for way, one in readings.items()]
    estimates += _estimate_time_to_response(patients, plan)
    if plan.response.means == "benefit":
        estimates += _estimate_duration(patients, plan)
        estimates += _estimate_retreatment(patients)
    if plan.follow_up.score:
        estimates += _estimate_trajectory(patients, plan)
    return estimates


def _estimate_time_to_response(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    waits, level = find_response_waits(patients, plan), plan.analysis.level
    label, among = "Time to response, days", "among evaluable persons"
    estimates = [
        _name(
            "time_to_response",
            label,
            f"median by Kaplan-Meier, {among}",
            estimate_median_time(waits.reached, waits.censored, level=level),
        ),
        _name("time_to_response.in_responders", label, "in responders only", estimate_median(waits.reached)),
    ]
    last = plan.response.primary.window.last_day
    for day in plan.follow_up.days:
        if last is None or day <= last:
            estimate = estimate_probability_by(waits.reached, waits.censored, time=float(day), level=level)
            rule = f"probability by day {day} by Kaplan-Meier, {among}"
            estimates.append(_name(f"time_to_response.by_{day}", label, rule, estimate))
    return estimates


def _estimate_duration(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    level = plan.analysis.level
    waits, among = find_duration_waits(patients), "in responders whose day of response is known"
    after = find_relapse_waits_after_stop(patients)
    label, lost = "Duration of response, days", "Response lost"
    estimates = [
        _name(
            "duration", label, f"median by Kaplan-Meier, {among}",
            estimate_median_time(waits.reached, waits.censored, level=level),
        )
    ]  # fmt: skip
    for day in LOSS_DAYS:
        estimate = estimate_probability_by(waits.reached, waits.censored, time=float(day), level=level)
        rule = f"probability within {day} days of the first response by Kaplan-Meier, {among}"
        estimates.append(_name(f"duration.lost_by_{day}", lost, rule, estimate))
    for loss in Loss:
        count = sum(seen.loss is loss for seen in responders_with_day(patients))
        estimates.append(_name(f"duration.{loss}", lost, f"by {loss}, persons, {among}", count_of(count)))
    among = "in responders whose treatment stopped while the response lasted"
    label = "Response lost after the treatment stopped"
    return [
        *estimates,
        _name("after_stop.persons", label, f"persons {among}", count_of(len(after.reached) + len(after.censored))),
        _name("after_stop.lost", label, f"persons seen to lose it, {among}", count_of(len(after.reached))),
        _name(
            "after_stop.time", label, f"median days from the stop by Kaplan-Meier, {among}",
            estimate_median_time(after.reached, after.censored, level=level),
        ),
    ]  # fmt: skip


def retreated(patients: Sequence[Patient]) -> list[FollowUp]:
    """Return the follow-up of the persons who were treated again."""
    return [seen.follow_up for _, seen in followed_of(patients) if seen.follow_up.restart_day is not None]


def _estimate_retreatment(patients: Sequence[Patient]) -> list[NamedEstimate]:
    label, again = "Treated again", [seen.again for seen in retreated(patients)]
    estimates = [_name("retreatment.persons", label, "persons", count_of(len(again)))]
    for status, words in (
        (ResponseStatus.RESPONSE, "response"),
        (ResponseStatus.NO_RESPONSE, "no response"),
        (ResponseStatus.NOT_EVALUABLE, "not evaluable"),
    ):
        rule = f"{words} by the primary rule, counted from the restart; persons"
        estimates.append(_name(f"retreatment.{words.replace(' ', '_')}", label, rule, count_of(again.count(status))))
    return estimates


def scores_at(patients: Sequence[Patient], day: int) -> tuple[list[float], list[float]]:
    """Return the followed score at a day, and its change from baseline in persons who have both."""
    pairs = [(seen.baseline, seen.at_days.get(day)) for _, seen in followed_of(patients)]
    values = [score for _, score in pairs if score is not None]
    changes = [score - before for before, score in pairs if before is not None and score is not None]
    return values, changes


def _estimate_trajectory(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    label = str(plan.follow_up.score)
    before = [seen.baseline for _, seen in followed_of(patients) if seen.baseline is not None]
    estimates = [
        _name("trajectory.baseline", label, "at baseline", estimate_median(before)),
        _name("trajectory.baseline.mean", label, "at baseline", estimate_mean(before)),
    ]
    for day in plan.follow_up.days:
        values, changes = scores_at(patients, day)
        key, rule = f"trajectory.day_{day}", f"at day {day}"
        paired = f"change from baseline to day {day}, in persons with both"
        estimates += [
            _name(key, label, rule, estimate_median(values)),
            _name(f"{key}.mean", label, rule, estimate_mean(values)),
            _name(f"{key}.change", label, paired, estimate_mean(changes)),
            _name(f"{key}.shift", label, paired, estimate_paired_shift(changes, level=plan.analysis.level)),
        ]
    best = [(seen.follow_up.best_day, seen.follow_up.best_gain) for _, seen in followed_of(patients)]
    days = [float(day) for day, _ in best if day is not None]
    gains = [gain for _, gain in best if gain is not None]
    rule = "in persons who are ever better than at baseline"
    return [
        *estimates,
        _name("best.day", f"Best {label}, day", rule, estimate_median(days)),
        _name("best.gain", f"Best {label}, gain", rule, estimate_median(gains)),
    ]


def derive_score_curve(patients: Sequence[Patient], plan: Plan) -> DayCurve | None:
    """Derive the median of the followed score at baseline and at each day, where enough persons have one.

    Returns:
        None where the study follows no score, or fewer than two points can be drawn.
    """
    name = plan.follow_up.score
    if name is None:
        return None
    before = [seen.baseline for _, seen in followed_of(patients) if seen.baseline is not None]
    columns = [(0, before), *((day, scores_at(patients, day)[0]) for day in plan.follow_up.days)]
    points = tuple((day, estimate_median(values)) for day, values in columns if len(values) >= FEWEST_DRAWN)
    if len(points) < 2:
        return None
    return DayCurve("trajectory", f"{name} over time, median and quartiles", name, points)
