"""The response with persons added of whom nobody knows how they did: all against the treatment, or all in favour."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import tally
from refractory.analysis.estimates import Plan, estimate_share, primary_reading
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseDefinition
from refractory.statistics.estimate import Estimate


def count_primary(patients: Sequence[Patient], plan: Plan) -> tuple[int, int]:
    """Count the responders and the persons among whom the study counts them, in its primary reading."""
    counts = tally(patients)
    is_evaluable = primary_reading(plan.response) == "evaluable"
    return counts.responders, counts.evaluable if is_evaluable else counts.persons


def estimate_primary(patients: Sequence[Patient], plan: Plan) -> Estimate:
    """Estimate the response of some patients in the primary reading."""
    return estimate_share(*count_primary(patients, plan), plan.analysis)


def bound_response(responders: int, among: int, open_persons: int, plan: Plan) -> tuple[Estimate, Estimate]:
    """Estimate the response with persons added whose answer is open: against the treatment, then in favour of it.

    Args:
        responders: Persons with a response.
        among: Persons among whom they were counted, those with an open answer left out.
        open_persons: Persons with an open answer.
        plan: Says whether a response is good, and which interval is wanted.
    """
    low = estimate_share(responders, among + open_persons, plan.analysis)
    high = estimate_share(responders + open_persons, among + open_persons, plan.analysis)
    return (low, high) if plan.response.means == "benefit" else (high, low)


def say_outcome(response: ResponseDefinition) -> str:
    """Say what a person has or has not: nobody responds to a harm."""
    return "a response" if response.means == "benefit" else "the outcome"
