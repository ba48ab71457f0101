"""Cautions of the course: a response that did not last, one that came too soon, persons who did not come back."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import tally
from refractory.analysis.design_cautions import say_of
from refractory.analysis.estimates import Plan
from refractory.analysis.follow_up_estimates import (
    followed_of,
    in_response_on,
    responders_with_day,
    tally_course,
)
from refractory.analysis.results import Caution, Severity
from refractory.outcomes.assess import Patient

# A response dated so soon may have begun before the treatment.
EARLY_DAYS = 7


def find_course_cautions(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    """Find what a reader must know of the response over time.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
    """
    if not patients or plan.response.means != "benefit":
        return []
    return [*_of_lasting(patients, plan), *_of_early_responses(patients), *_of_visits(patients, plan)]


def _of_lasting(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    """Say how many were still in response on the last day asked for: "ever responded" forgets that it was lost."""
    if not plan.follow_up.days:
        return []
    day = max(plan.follow_up.days)
    ever, still = tally(patients), tally_course(patients, in_response_on(day))
    if not ever.responders or not still.evaluable or still.responders >= ever.responders:
        return []
    number = say_of(still.responders, still.evaluable)
    text = (
        f"The main proportion counts whoever responded at any time: {ever.responders} persons. On day {day} "
        f"{number} persons evaluable on that day were still in response. A treatment that must be kept up, and one "
        "that wears off, look alike in the main proportion."
    )
    severity = Severity.SERIOUS if 2 * still.responders < ever.responders else Severity.NOTE
    return [Caution("response-not-kept", f"Still in response on day {day}", text, severity, number)]


def _of_early_responses(patients: Sequence[Patient]) -> list[Caution]:
    """Say how many responses are dated so soon that they may have begun before the treatment."""
    days = [one.response_day for one in responders_with_day(patients) if one.response_day is not None]
    early = sum(day <= EARLY_DAYS for day in days)
    if not early:
        return []
    number = say_of(early, len(days))
    text = (
        f"{number} responses of known day are dated within {EARLY_DAYS} days of day 0. A treatment may act so fast; "
        "improvement that had begun before it, and a note that speaks of the days before, would look the same."
    )
    return [Caution("early-response", f"Responses within {EARLY_DAYS} days", text, number=number)]


def _of_visits(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    """Say how many persons have no visit near the day on which fewest have one."""
    followed = followed_of(patients)
    if plan.follow_up.score is None or not plan.follow_up.days or not followed:
        return []
    seen = {day: sum(one.at_days.get(day) is not None for _, one in followed) for day in plan.follow_up.days}
    day = min(seen, key=lambda each: (seen[each], each))
    missing = len(followed) - seen[day]
    if not missing:
        return []
    number = say_of(missing, len(followed))
    text = (
        f"{plan.follow_up.score}: {number} persons have no visit near day {day}. The score over time is that of "
        "persons who came back; if those who did well, or badly, came less often, it shows them too seldom."
    )
    severity = Severity.SERIOUS if 2 * missing > len(followed) else Severity.NOTE
    return [Caution("visits-missing", "Scores of those who came back", text, severity, number)]
