"""The estimates of the course of a response: by day and by cycle, how long it lasts, and what comes after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import Tally
from refractory.analysis.estimates import READINGS, Plan, count_of, primary_reading, read_three_ways
from refractory.analysis.results import NamedEstimate
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import FollowUp, Loss, classify_by_day, classify_on_day
from refractory.outcomes.followed import Followed
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.timing import classify_by_cycle
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_median
from refractory.statistics.survival import estimate_median_time, estimate_probability_by

# Days after the first response at which it is told how many have lost it.
LOSS_DAYS = (180, 365)
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

    @property
    def persons(self) -> int:
        """All who waited."""
        return len(self.reached) + len(self.censored)


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


def name_outcome(plan: Plan) -> str:
    """Name what persons wait for: a harm is no response."""
    return "response" if plan.response.means == "benefit" else "the outcome"


def find_questions(plan: Plan) -> list[tuple[str, str, Judge]]:
    """List the questions about the course that are answered three ways: id, words and question."""
    follow_up = plan.follow_up
    # Nobody responds to a harm.
    has_it = "Responded" if plan.response.means == "benefit" else "Had the outcome"
    questions = [(f"by_day_{day}", f"{has_it} by day {day}", responded_by(day)) for day in follow_up.days]
    if plan.response.means == "benefit":
        questions += [(f"on_day_{day}", f"In response on day {day}", in_response_on(day)) for day in follow_up.days]
    if plan.has_cycles:
        questions += [
            (f"by_cycle_{cycle}", f"{has_it} by cycle {cycle}", responded_by_cycle(cycle)) for cycle in follow_up.cycles
        ]
    return questions


def find_response_waits(patients: Sequence[Patient], plan: Plan, reading: str = "evaluable") -> Waits:
    """Find the days from day 0 to the first response.

    A response that is not known to the day counts on the latest day that it may be. Persons without are followed to
    the end of the primary window or of what is seen of them.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        reading: What persons who are not evaluable do: they are left out ("evaluable"), have no response to the end of
            the window ("as_non_response"), or have one (or not) on the day that is best or worst for the treatment.
    """
    window = plan.response.primary.window
    last = window.last_day
    has_it = (reading == "best") is (plan.response.means == "benefit") and reading in ("best", "worst")
    reached, censored = [], []
    for one, seen in followed_of(patients):
        day = seen.follow_up.response_day
        if day is not None:
            reached.append(float(day))
        elif one.response.status is ResponseStatus.NO_RESPONSE:
            until = seen.follow_up.seen_until_day
            censored.append(float(until if last is None else min(until, last)))
        elif reading != "evaluable" and has_it:
            reached.append(float(max(1, window.first_day or 1)))
        elif reading != "evaluable":
            censored.append(float(plan.follow_up.until if last is None else last))
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


def name_course(key: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    """Name an estimate of the course of everybody."""
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
        estimates.append(name_course(f"course.{key}", label, READINGS[primary], readings[primary]))
        estimates += [name_course(f"course.{key}.{way}", label, READINGS[way], one) for way, one in readings.items()]
    estimates += _estimate_time_to_response(patients, plan)
    if plan.response.means == "benefit":
        estimates += _estimate_duration(patients, plan)
        estimates += _estimate_retreatment(patients)
    return estimates


def _estimate_time_to_response(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    waits, level = find_response_waits(patients, plan, primary_reading(plan.response)), plan.analysis.level
    label, among = f"Time to {name_outcome(plan)}, days", READINGS[primary_reading(plan.response)]
    estimates = [
        name_course(
            "time_to_response",
            label,
            f"median by Kaplan-Meier, {among}",
            estimate_median_time(waits.reached, waits.censored, level=level),
        ),
        name_course(
            "time_to_response.in_responders",
            label,
            f"in those with {name_outcome(plan)} only",
            estimate_median(waits.reached),
        ),
    ]
    last = plan.response.primary.window.last_day
    for day in plan.follow_up.days:
        if last is not None and day > last:
            continue
        for reading, words in READINGS.items():
            own = find_response_waits(patients, plan, reading)
            estimate = estimate_probability_by(own.reached, own.censored, time=float(day), level=level)
            rule = f"probability by day {day} by Kaplan-Meier, {words}"
            if reading == primary_reading(plan.response):
                estimates.append(name_course(f"time_to_response.by_{day}", label, rule, estimate))
            estimates.append(name_course(f"time_to_response.by_{day}.{reading}", label, rule, estimate))
    return estimates


def _estimate_duration(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    level = plan.analysis.level
    waits, among = find_duration_waits(patients), "in responders whose day of response is known"
    after = find_relapse_waits_after_stop(patients)
    label, lost = "Duration of response, days", "Response lost"
    estimates = [
        name_course(
            "duration", label, f"median by Kaplan-Meier, {among}",
            estimate_median_time(waits.reached, waits.censored, level=level),
        )
    ]  # fmt: skip
    for day in LOSS_DAYS:
        estimate = estimate_probability_by(waits.reached, waits.censored, time=float(day), level=level)
        rule = f"probability within {day} days of the first response by Kaplan-Meier, {among}"
        estimates.append(name_course(f"duration.lost_by_{day}", lost, rule, estimate))
    for loss in Loss:
        count = sum(seen.loss is loss for seen in responders_with_day(patients))
        estimates.append(name_course(f"duration.{loss}", lost, f"by {loss}, persons, {among}", count_of(count)))
    among = "in responders whose treatment stopped while the response lasted"
    label = "Response lost after the treatment stopped"
    return [
        *estimates,
        name_course("after_stop.persons", label, f"persons {among}", count_of(after.persons)),
        name_course("after_stop.lost", label, f"persons seen to lose it, {among}", count_of(len(after.reached))),
        name_course(
            "after_stop.time", label, f"median days from the stop by Kaplan-Meier, {among}",
            estimate_median_time(after.reached, after.censored, level=level),
        ),
    ]  # fmt: skip


def retreated(patients: Sequence[Patient]) -> list[FollowUp]:
    """Return the follow-up of the persons who were treated again."""
    return [seen.follow_up for _, seen in followed_of(patients) if seen.follow_up.restart_day is not None]


def _estimate_retreatment(patients: Sequence[Patient]) -> list[NamedEstimate]:
    label, again = "Treated again", [seen.again for seen in retreated(patients)]
    estimates = [name_course("retreatment.persons", label, "persons", count_of(len(again)))]
    for status, words in (
        (ResponseStatus.RESPONSE, "response"),
        (ResponseStatus.NO_RESPONSE, "no response"),
        (ResponseStatus.NOT_EVALUABLE, "not evaluable"),
    ):
        rule = f"{words} by the primary rule, counted from the restart; persons"
        estimates.append(
            name_course(f"retreatment.{words.replace(' ', '_')}", label, rule, count_of(again.count(status)))
        )
    return estimates
