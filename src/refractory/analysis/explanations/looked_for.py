"""What was looked for, and what was not: silence about an explanation must not read as its absence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import tally
from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.lost_to_follow_up import find_last_window_day
from refractory.analysis.results import Caution, Findings, ResultRow, ResultTable, Severity
from refractory.numbers import format_count, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations import Explanations
from refractory.statistics.estimate import Estimate

ASKED, CANNOT, NOT_ASKED = "asked", "cannot be asked", "not asked"
_NOBODY = "nobody is evaluable"


@dataclass(frozen=True)
class LookedFor:
    """One explanation, and whether the study looked for it.

    Args:
        what: The explanation in words.
        answer: Asked, cannot be asked, or not asked.
        said: On what the answer rests; where it was not asked, why.
    """

    what: str
    answer: str
    said: str


def say_what_was_looked_for(
    patients: Sequence[Patient], plan: Plan, explanations: Explanations, found: Findings
) -> Findings:
    """Say of every explanation whether it was asked, cannot be asked, or was not asked.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.
        explanations: What the records say beside the patients.
        found: What the explanations left.

    Returns:
        One table, and a caution where the protocol did not ask for some.
    """
    known = {one.id: one.estimate for one in found.estimates if one.estimate.value is not None}
    rows = [
        _natural_course(patients, plan),
        _regression(plan, explanations, known),
        _trend_of_score(plan, explanations, known),
        _trend_of_dose(plan, known),
        *_placebo(plan, explanations, known),
        _other_drugs(explanations),
        _look_ahead(explanations),
        _left_out(explanations),
        _follow_up(patients, plan, known),
        _label(patients, plan, known),
        _tipping(patients, plan),
        LookedFor(
            "What no record holds",
            CANNOT,
            "other care, whether it was taken as written, why a person was treated just then: without a comparison "
            "group nothing tells these from the treatment",
        ),
    ]
    return Findings(tables=(_tabulate(rows),), cautions=_find_caution(rows))


def _tabulate(rows: Sequence[LookedFor]) -> ResultTable:
    footnotes = (
        "Asked: its table follows. What was asked and did not show is not shown to be absent: its interval says how "
        "much of it may be there. What was not asked, or could not be, may be there in full.",
    )
    return ResultTable(
        "explanation-looked-for",
        "What was looked for, and what was not",
        ("Explanation", "Looked for", "On what it rests, or why not"),
        tuple(ResultRow(one.what, (one.answer, one.said)) for one in rows),
        footnotes,
    )


def _find_caution(rows: Sequence[LookedFor]) -> tuple[Caution, ...]:
    missing = [one for one in rows if one.answer == NOT_ASKED]
    if not missing:
        return ()
    told = "; ".join(f"{one.what[:1].lower()}{one.what[1:]} ({one.said})" for one in missing)
    text = f"The protocol does not ask for: {told}. That nothing is said of them is no sign that they are absent."
    severity = Severity.SERIOUS if 2 * len(missing) >= len(rows) else Severity.NOTE
    number = f"{len(missing)} of {len(rows)}"
    return (
        Caution("explanations-not-looked-for", "Explanations that were not looked for", text, severity, number),
    )  # fmt: skip


def _natural_course(patients: Sequence[Patient], plan: Plan) -> LookedFor:
    what = "Natural course of the disease"
    others = [one for one in plan.benchmarks if not one.is_treated]
    if not others:
        return LookedFor(what, NOT_ASKED, "no [[benchmark]] of persons without the treatment")
    if not tally(patients).evaluable:
        return LookedFor(what, CANNOT, _NOBODY)
    among = "; ".join(f"{one.title}: {say_count(one.counts[1], 'person')}" for one in others)
    return LookedFor(what, ASKED, among)


def _regression(plan: Plan, explanations: Explanations, known: dict[str, Estimate]) -> LookedFor:
    what, score = "Regression to the mean", explanations.around.score
    if plan.explanations.regression_to_mean is None:
        return LookedFor(what, NOT_ASKED, "no [explanations.regression_to_mean]")
    if score is None:
        return LookedFor(what, CANNOT, "the study follows no score")
    rest = [one.n for key, one in known.items() if key.startswith("explanation.chance.") and key.endswith(".rest")]
    if not rest:
        return LookedFor(
            what, CANNOT, f"too few persons have a {score.name} at two visits before day 0 and one after it"
        )
    return LookedFor(what, ASKED, f"{score.name} of {say_count(max(rest), 'person')}, on the day with most of them")


def _trend_of_score(plan: Plan, explanations: Explanations, known: dict[str, Estimate]) -> LookedFor:
    what, score = "A score that improved before the treatment", explanations.around.score
    if plan.explanations.trend is None:
        return LookedFor(what, NOT_ASKED, "no [explanations.trend]")
    if score is None:
        return LookedFor(what, CANNOT, "the study follows no score")
    slope = known.get("explanation.trend.score.slope_before")
    if slope is None:
        return LookedFor(what, CANNOT, f"too few persons have a {score.name} at two visits before day 0")
    return LookedFor(what, ASKED, f"{score.name} of {say_count(slope.n, 'person')}")


def _trend_of_dose(plan: Plan, known: dict[str, Estimate]) -> LookedFor:
    what = "A glucocorticoid dose that fell before the treatment"
    if plan.explanations.trend is None:
        return LookedFor(what, NOT_ASKED, "no [explanations.trend]")
    if plan.sparing is None:
        return LookedFor(what, CANNOT, "the study names no glucocorticoid")
    slope = known.get("explanation.trend.dose.slope_before")
    if slope is None:
        return LookedFor(what, CANNOT, "too few persons have a known dose in two months before day 0")
    return LookedFor(what, ASKED, say_count(slope.n, "person"))


def _placebo(plan: Plan, explanations: Explanations, known: dict[str, Estimate]) -> list[LookedFor]:
    """Say whether the rules were asked at an earlier day 0: the primary outcome, and then all others."""
    primary, others = "A placebo time zero: the primary outcome", "A placebo time zero: the other rules"
    if not plan.explanations.placebo:
        return [LookedFor(primary, NOT_ASKED, "no placebo under [explanations]")]
    pairs = {key: one.n for key, one in known.items() if key.startswith("explanation.placebo.")}
    pairs = {key: n for key, n in pairs.items() if key.endswith(".difference")}
    own = {key: n for key, n in pairs.items() if key.endswith(".primary.difference")}
    found = [LookedFor(primary, ASKED, say_count(max(own.values()), "person"))] if own else []
    if not own:
        answers = [one.answers[0] for one in explanations.around.placebos if one.answers]
        why = next((one.why for one in answers if one.why), "nobody was judged both then and at the true day 0")
        found = [LookedFor(primary, CANNOT, why)]
    rest = [n for key, n in pairs.items() if key not in own]
    if rest:
        found.append(LookedFor(others, ASKED, f"up to {say_count(max(rest), 'person')} by a rule"))
    return found


def _other_drugs(explanations: Explanations) -> LookedFor:
    what, watched = "Other drugs begun or raised near day 0", explanations.counted.watched
    if watched is None:
        return LookedFor(what, NOT_ASKED, "the protocol names no other drugs")
    return LookedFor(what, ASKED, f"{format_count(len(watched.drugs))} drugs of {watched.among}")


def _look_ahead(explanations: Explanations) -> LookedFor:
    what, checks = "Immortal time and look-ahead", explanations.counted.look_ahead
    if not checks:
        return LookedFor(what, CANNOT, "nothing was decided at day 0")
    return LookedFor(what, ASKED, f"{say_count(max(one.persons for one in checks), 'person')}, decided a second time")


def _left_out(explanations: Explanations) -> LookedFor:
    what, left_out = "Selection by what data there are", explanations.counted.left_out
    if left_out is None:
        return LookedFor(what, ASKED, "no criterion asks for data; who never came to the records is not known")
    return LookedFor(what, ASKED, f"{say_count(len(left_out.members), 'person')} left out for lack of data alone")


def _follow_up(patients: Sequence[Patient], plan: Plan, known: dict[str, Estimate]) -> LookedFor:
    what, share = "Loss to follow-up", known.get("explanation.follow_up.persons")
    if find_last_window_day(plan.response) is None:
        return LookedFor(what, CANNOT, "the response window has no end")
    if share is None:
        return LookedFor(what, CANNOT, "the source knows of nobody how long they were observed")
    lost = (share.denominator or 0) - (share.numerator or 0)
    return LookedFor(
        what, ASKED, f"{format_count(lost)} of {say_count(len(patients), 'person')} not observed to the end"
    )


def _label(patients: Sequence[Patient], plan: Plan, known: dict[str, Estimate]) -> LookedFor:
    what, validity = "Errors of the outcome itself", plan.explanations.label
    if not tally(patients).evaluable:
        return LookedFor(what, CANNOT, _NOBODY)
    if validity is not None:
        if not any(key.startswith("explanation.label.overall") for key in known):
            return LookedFor(what, CANNOT, "the stated errors do not fit what was observed, or say nothing")
        return LookedFor(
            what, ASKED, "errors counted in a validation" if validity.counts else "errors within stated bounds"
        )
    if "explanation.label.assumed" in known:
        return LookedFor(what, CANNOT, "nobody has measured its errors; a table shows what assumed ones would do")
    return LookedFor(what, NOT_ASKED, "no label under [explanations]")


def _tipping(patients: Sequence[Patient], plan: Plan) -> LookedFor:
    what = "Few misjudged persons"
    held = sum(not one.is_treated for one in plan.benchmarks) + len(plan.explanations.threshold)
    if not held:
        return LookedFor(what, NOT_ASKED, "no [[benchmark]] without the treatment and no threshold to hold against")
    if not tally(patients).evaluable:
        return LookedFor(what, CANNOT, _NOBODY)
    return LookedFor(what, ASKED, f"held against {'1 proportion' if held == 1 else f'{held} proportions'}")
