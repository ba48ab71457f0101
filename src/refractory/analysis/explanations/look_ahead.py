"""The self-check of the run: nothing that came after day 0 decided who is in the cohort, or in which group."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.estimates import count_of
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_count, say_count
from refractory.outcomes.look_ahead import LookAheadCheck

_ID = "explanation.look_ahead"


def analyse_look_ahead(checks: Sequence[LookAheadCheck]) -> Findings:
    """Tabulate what was decided again without any record of later days; a difference is a serious caution.

    Args:
        checks: What was decided again, and how often it came out otherwise; none: nothing was checked.
    """
    if not checks:
        return Findings()
    persons, differences = max(one.persons for one in checks), sum(one.differences for one in checks)
    label = "Immortal time and look-ahead"
    named = (
        NamedEstimate(
            f"{_ID}.persons", label, f"{label}: persons checked", "overall", "persons", count_of(persons)
        ),
        NamedEstimate(
            f"{_ID}.differences", label, f"{label}: decisions that came out otherwise without records of later days",
            "overall", "differences", count_of(differences),
        ),
    )  # fmt: skip
    rows = [
        ResultRow(one.what, (one.persons, one.differences, ", ".join(one.where) if one.where else None))
        for one in checks
    ]
    footnotes = (
        "Every record dated after day 0 was deleted from a copy and the cohort built again from what was left; of "
        "persons outside it, every record after their first day at the criterion that lost them.",
        "Follow-up begins on day 0 for everybody, and a person becomes a member by nothing that is only known later: "
        "no time is counted in which nobody could have failed.",
    )
    columns = ("Decided at day 0", "Persons checked", "Differences found", "Where")
    title = f"Self-check for look-ahead: {_say_checked(persons, differences)}"
    table = ResultTable("explanation-look-ahead", title, columns, tuple(rows), footnotes)
    return Findings(named, (table,), _find_caution(checks, differences))


def _say_checked(persons: int, differences: int) -> str:
    return f"{say_count(persons, 'person')} checked, differences found: {format_count(differences)}"


def _find_caution(checks: Sequence[LookAheadCheck], differences: int) -> tuple[Caution, ...]:
    if not differences:
        return ()
    told = "; ".join(
        f"{one.what.lower()}, {one.differences} of {format_count(one.persons)} ({', '.join(one.where)})"
        for one in checks
        if one.differences
    )
    text = (
        f"What was decided at day 0 comes out otherwise without the records of later days: {told}. The future decided "
        "who was counted, or how; the response must not be believed before this is mended."
    )
    return (Caution("look-ahead", "The future decided who was counted", text, Severity.SERIOUS, differences),)
