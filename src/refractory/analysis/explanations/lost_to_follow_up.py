"""Loss to follow-up: persons not observed to the end of the response window, and what they could have changed."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import tally, with_status
from refractory.analysis.estimates import Plan, estimate_share, primary_reading
from refractory.analysis.explanations.bounds import (
    bound_response,
    count_primary,
    estimate_primary,
    say_outcome,
)
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_estimate, format_share, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseDefinition, ResponseStatus
from refractory.statistics.estimate import Estimate

_ID = "explanation.follow_up"
# As for persons who could not be judged: from so many on a reader must know first.
_MANY = 0.1


def find_last_window_day(response: ResponseDefinition) -> int | None:
    """Find the last day on which a response by the primary rule is looked for; None where there is no such day."""
    primary = response.primary
    rules = [rule for rule in response.supporting if rule.name in primary.parts] if primary.parts else [primary]
    days = [rule.window.last_day for rule in rules]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def analyse_loss(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Say how many persons were not observed to the end of the window, and bound the response by what they could do.

    A response that was seen stays one. Whoever had none when observation ended may have had one later: against the
    treatment they count as failures, in its favour as responders.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.

    Returns:
        Nothing where the source knows no observation, or the window has no end.
    """
    last = find_last_window_day(plan.response)
    if last is None or all(one.observed_until is None for one in patients):
        return Findings()
    followed = [one for one in patients if _is_followed(one, last)]
    lost = [one for one in patients if not _is_followed(one, last)]
    responders, among = count_primary(followed, plan)
    already = len(with_status(lost, ResponseStatus.RESPONSE))
    against, favour = bound_response(responders + already, among + already, len(lost) - already, plan)
    named = _name(patients, followed, (against, favour), plan, last)
    table = _tabulate(followed, lost, (against, favour), plan, last)
    cautions = (_find_caution(patients, lost, (against, favour), plan, last),) if len(lost) > already else ()
    return Findings(tuple(named), (table,), cautions)


def _is_followed(one: Patient, last_day: int) -> bool:
    return one.observed_until is None or (one.observed_until - one.member.day0_date).days >= last_day


def _name(
    patients: Sequence[Patient],
    followed: Sequence[Patient],
    bounds: tuple[Estimate, Estimate],
    plan: Plan,
    last: int,
) -> list[NamedEstimate]:
    label = "Followed to the end of the response window"
    share = estimate_share(len(followed), len(patients), plan.analysis)
    found = [
        ("persons", label, f"{label}: persons observed to day {last} or longer, among all persons", share),
        ("followed", plan.response.name, f"{plan.response.name} among persons observed to day {last}",
         estimate_primary(followed, plan)),
        ("worst", plan.response.name, f"{plan.response.name}; persons not observed to day {last} and without "
         f"{say_outcome(plan.response)} by then all counted against the treatment", bounds[0]),
        ("best", plan.response.name, f"{plan.response.name}; the same persons all counted in favour of it", bounds[1]),
    ]  # fmt: skip
    return [NamedEstimate(f"{_ID}.{key}", said, rule, "overall", said, one) for key, said, rule, one in found]


def _tabulate(
    followed: Sequence[Patient], lost: Sequence[Patient], bounds: tuple[Estimate, Estimate], plan: Plan, last: int
) -> ResultTable:
    patients = [*followed, *lost]
    counts, outcome = tally(lost), say_outcome(plan.response)
    everybody = [
        ResultRow(f"Observed to day {last} or longer", (format_share(len(followed), len(patients)),)),
        ResultRow("Observed for a shorter time", (format_share(len(lost), len(patients)),)),
    ]
    bounded = [
        ResultRow(f"with {outcome} by then", (counts.responders,), indent=1),
        ResultRow("judged to have none", (counts.non_responders,), indent=1),
        ResultRow("not evaluable", (counts.not_evaluable,), indent=1),
        ResultRow(plan.response.name, (None,)),
        ResultRow("as printed", (estimate_primary(patients, plan),), indent=1),
        ResultRow("among persons observed to the end", (estimate_primary(followed, plan),), indent=1),
        ResultRow(f"those without {outcome} by then counted against the treatment", (bounds[0],), indent=1),
        ResultRow(f"those without {outcome} by then counted in favour of it", (bounds[1],), indent=1),
    ]
    reading = "evaluable" if primary_reading(plan.response) == "evaluable" else "all"
    footnotes = (
        f"Among {reading} persons observed to the end, and everybody who was not. Bounds and no weights: so few "
        "persons say nothing of why observation ends.",
    )
    title = "Persons not observed to the end of the response window"
    rows = (*everybody, *bounded) if lost else tuple(everybody)
    return ResultTable("explanation-follow-up", title, ("", "Persons"), rows, footnotes if lost else ())


def _find_caution(
    patients: Sequence[Patient], lost: Sequence[Patient], bounds: tuple[Estimate, Estimate], plan: Plan, last: int
) -> Caution:
    still_open = len(lost) - len(with_status(lost, ResponseStatus.RESPONSE))
    low, high = sorted(bounds, key=lambda one: one.value or 0.0)
    verb = "was" if len(lost) == 1 else "were"
    text = (
        f"{say_count(len(lost), 'person')} of {len(patients)} {verb} observed for less than the {last} days of the "
        f"response window, {still_open} of them without {say_outcome(plan.response)} by then. Counted against the "
        f"treatment and in favour of it they leave {plan.response.name.lower()} between {format_estimate(low)} and "
        f"{format_estimate(high)}."
    )
    severity = Severity.SERIOUS if still_open > _MANY * len(patients) else Severity.NOTE
    return Caution("lost-to-follow-up", "Persons lost to follow-up", text, severity, still_open)
