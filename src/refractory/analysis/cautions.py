"""Cautions: what a reader must know before believing an estimate, each with the number behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refractory.analysis.agreement import find_independent
from refractory.analysis.analysis_set import supporting_answer, tally, with_status
from refractory.analysis.design_cautions import find_design_cautions, say_of
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Caution, Severity
from refractory.analysis.score_origins import find_score_cautions
from refractory.numbers import format_count, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.sparing import Sparing


@dataclass(frozen=True)
class RunFacts:
    """What a run knows about its records, beside the patients.

    Args:
        is_invented: The source says that its data are invented.
        is_observation_known: The source has observation periods.
        start_only_exposures: Drug records of the cohort of which only the start day is known.
        exposures: Drug records of the cohort.
        unknown_routes: Records of the treatment, of the cohort, whose route is unknown.
        treatment_records: Records of the treatment, of the cohort.
        has_vocabulary: The source has OMOP's vocabulary tables.
        unresolved_codes: Codes that the protocol itself names and the source's vocabulary does not have.
        doubtful_codes: Codes that the source's vocabulary has, but under a name that says something else.
        empty_sets: Concept sets without a single record among the persons ever treated.
        rows_left_out: Source rows listed as problems and not used.
        unknown_courses: Persons of the cohort who are refractory only because a course of unknown adequacy counts.
        has_labels: Adjudicated labels were given.
        score_origins: Visits of the cohort by instrument and by where their score comes from.
        definition_gaps: What of a cohort definition of ATLAS the records cannot answer: file, and what in words.
    """

    is_invented: bool
    is_observation_known: bool
    start_only_exposures: int
    exposures: int
    unknown_routes: int
    treatment_records: int
    has_vocabulary: bool
    unresolved_codes: int
    doubtful_codes: int
    empty_sets: tuple[str, ...]
    rows_left_out: int
    unknown_courses: int
    has_labels: bool
    score_origins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    definition_gaps: tuple[tuple[str, str], ...] = ()


def find_cautions(
    patients: Sequence[Patient], plan: Plan, facts: RunFacts, further: Sequence[Caution] = ()
) -> tuple[Caution, ...]:
    """Find what a reader must know, serious things first.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        facts: What the run knows about its records.
        further: Doubts that an estimate itself came with.
    """
    cautions = [
        *find_design_cautions(patients, plan, is_invented=facts.is_invented),
        *further,
        *_of_outcome(patients, plan),
    ]
    cautions += [*_of_events(patients, plan), *_of_records(patients, plan, facts)]
    return tuple(sorted(cautions, key=lambda caution: caution.severity is not Severity.SERIOUS))


def _of_outcome(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    cautions = []
    counts = tally(patients)
    if counts.not_evaluable:
        reasons = Counter(one.response.why for one in with_status(patients, ResponseStatus.NOT_EVALUABLE))
        said = "; ".join(
            f"{count} because {why}" for why, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        )
        text = f"{counts.not_evaluable} of {counts.persons} persons could not be judged: {said}."
        severity = Severity.SERIOUS if counts.not_evaluable * 10 > counts.persons else Severity.NOTE
        number = say_of(counts.not_evaluable, counts.persons)
        cautions.append(Caution("not-evaluable", "Persons who could not be judged", text, severity, number))
    if plan.response.primary.label and patients:
        text = "The primary outcome is a reviewer's reading of the chart, made with the treatment known. " + (
            "The scores printed beside it are the check." if plan.response.supporting else "No score stands beside it."
        )
        number = f"{format_count(counts.evaluable)} judged so"
        cautions.append(Caution("label-outcome", "Outcome by chart review", text, number=number))
    found = list(_find_disagreements(patients, plan))
    if found:
        apart = [f"{name}, {number}" for name, number in found]
        text = (
            f"Persons judged by both rules, in whom a supporting rule disagrees with the primary outcome: "
            f"{'; '.join(apart)}. A table compares the rules person by person."
        )
        cautions.append(Caution("disagreement", "Primary and supporting outcome disagree", text, number=found[0][1]))
    if plan.has_cycles and plan.response.means == "benefit":
        responders = with_status(patients, ResponseStatus.RESPONSE)
        unknown = sum(one.cycles_to_response is None for one in responders)
        if responders and (unknown or len(responders) < len(patients)):
            text = "The mean number of cycles to response is over responders only, as it is published."
            if unknown:
                verb = "is" if unknown == 1 else "are"
                text += f" Of {len(responders)} responders {unknown} {verb} left out: the day of response is not known."
            number = say_of(len(responders) - unknown, len(patients))
            title = "Cycles to response leave out non-responders"
            cautions.append(Caution("mean-over-responders", title, text, number=number))
    return cautions


def _of_events(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    if plan.safety is None:
        return []
    from refractory.analysis.safety_cautions import find_safety_cautions

    return find_safety_cautions(patients, plan.safety)


def _find_disagreements(patients: Sequence[Patient], plan: Plan) -> Iterator[tuple[str, str]]:
    """Say how often each supporting rule disagrees with the primary one; a rule that takes it up cannot judge it."""
    for number in find_independent(plan):
        rule = plan.response.supporting[number]
        answer = supporting_answer(number)
        pairs = [(one.response.status, answer(one).status) for one in patients]
        judged = [pair for pair in pairs if ResponseStatus.NOT_EVALUABLE not in pair]
        apart = sum(first is not second for first, second in judged)
        if apart:
            yield rule.name or rule.describe(), say_of(apart, len(judged))


def _of_records(patients: Sequence[Patient], plan: Plan, facts: RunFacts) -> list[Caution]:
    if not patients:
        return _of_codes(facts)
    cautions = [*_of_persons(patients, plan, facts), *_of_drugs(facts), *find_score_cautions(facts.score_origins)]
    if not facts.is_observation_known:
        text = "The source has no observation periods: look-back before day 0 and follow-up after it were not checked."
        cautions.append(Caution("no-observation", "Observation not known", text, Severity.SERIOUS))
    return cautions + _of_codes(facts)


def _of_persons(patients: Sequence[Patient], plan: Plan, facts: RunFacts) -> list[Caution]:
    """Say of how many persons something rests on less than a reader would think."""
    by_treatment = sum(one.member.active_by == "treatment" for one in patients)
    inexact = sum(not one.member.has_exact_birth for one in patients)
    unknown_dose = sum(bool(one.sparing and _has_unknown_dose(one.sparing)) for one in patients) if plan.sparing else 0
    found = (
        (
            "active-by-indication",
            "Active disease taken from the treatment itself",
            by_treatment,
            "neither chart nor score says that the disease was active at day 0; the treatment was taken as its own "
            "indication",
        ),
        (
            "unknown-courses",
            "Courses whose adequacy is not known",
            facts.unknown_courses,
            "the refractory rule is met only if courses count whose length, dose or reason for stopping is not known",
        ),
        (
            "incomplete-birth",
            "Incomplete birth dates",
            inexact,
            "birth is not known to the day; age is the middle of what it may be",
        ),
        (
            "unknown-dose",
            "Glucocorticoid doses not known",
            unknown_dose,
            "a glucocorticoid dose at baseline or follow-up is not known. Unknown is not zero: where the drug went on, "
            "these persons are not evaluable for sparing",
        ),
    )
    return [
        Caution(code, title, f"For {count} of {len(patients)} persons {said}.", number=say_of(count, len(patients)))
        for code, title, count, said in found
        if count
    ]


def _has_unknown_dose(sparing: Sparing) -> bool:
    return bool(sparing.baseline.unknown_days or sparing.follow_up.unknown_days)


def _of_drugs(facts: RunFacts) -> list[Caution]:
    cautions = []
    if facts.start_only_exposures:
        count, among = format_count(facts.start_only_exposures), format_count(facts.exposures)
        text = f"{count} of {among} drug records have neither end nor days of supply; each covers its start day only."
        number = f"{count} of {among}"
        cautions.append(Caution("start-only", "Drug records without an end", text, number=number))
    if facts.unknown_routes:
        count, among = format_count(facts.unknown_routes), format_count(facts.treatment_records)
        text = f"{count} of {among} records of the treatment have no known route and were counted as the studied one."
        number = f"{count} of {among}"
        cautions.append(Caution("unknown-route", "Treatment of unknown route", text, number=number))
    return cautions


def _of_codes(facts: RunFacts) -> list[Caution]:
    cautions = []
    for file in dict.fromkeys(file for file, _ in facts.definition_gaps):
        gaps = [gap for other, gap in facts.definition_gaps if other == file]
        text = f"The cohort definition {file} asks for more than the records hold: {'; '.join(gaps)}."
        code, title = f"definition-{file}", "A cohort definition that the records answer in part"
        cautions.append(Caution(code, title, text, Severity.SERIOUS, say_count(len(gaps), "gap")))
    if not facts.has_vocabulary:
        text = (
            "The source has no vocabulary tables: only concept ids and codes as they are written in the protocol were "
            "found, no descendants. Drugs that are recorded as products are missing from the study."
        )
        cautions.append(Caution("no-vocabulary", "No vocabulary", text, Severity.SERIOUS))
    elif facts.unresolved_codes:
        text = (
            f"{say_count(facts.unresolved_codes, 'code')} that the protocol names: not in the source's vocabulary, and "
            "matched with the source's own codes only. The command check lists them."
        )
        title = "Codes that the source does not know"
        cautions.append(Caution("unresolved-codes", title, text, number=say_count(facts.unresolved_codes, "code")))
    if facts.doubtful_codes:
        text = (
            f"{say_count(facts.doubtful_codes, 'code')}: the source's vocabulary has another name for it than the "
            "study. The command check lists them."
        )
        title, number = "Codes that may name something else", say_count(facts.doubtful_codes, "code")
        cautions.append(Caution("doubtful-codes", title, text, Severity.SERIOUS, number))
    if facts.empty_sets:
        shown = ", ".join(facts.empty_sets[:8]) + (" and others" if len(facts.empty_sets) > 8 else "")
        text = f"Among the persons ever treated there is no record of: {shown}."
        number = say_count(len(facts.empty_sets), "set")
        cautions.append(Caution("empty-concept-sets", "Concept sets without records", text, number=number))
    if facts.rows_left_out:
        count = format_count(facts.rows_left_out)
        text = f"{count} source rows could not be used; problems.csv lists each with its reason."
        number = say_count(facts.rows_left_out, "row")
        cautions.append(Caution("rows-left-out", "Rows left out", text, number=number))
    return cautions
