"""The plan, carried out: from patients to results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import tally
from refractory.analysis.cautions import RunFacts, find_cautions
from refractory.analysis.comparison import compare_published
from refractory.analysis.course import analyse_course
from refractory.analysis.dose_estimates import derive_dose_curve, estimate_doses
from refractory.analysis.dose_tables import list_doses, tabulate_doses
from refractory.analysis.earlier_treatment import (
    EarlierTreatment,
    estimate_readings,
    tabulate_earlier_drugs,
    tabulate_readings,
)
from refractory.analysis.estimates import Plan, estimate_all
from refractory.analysis.line_estimates import estimate_drugs_after, estimate_lines
from refractory.analysis.line_tables import tabulate_drugs_after, tabulate_lines
from refractory.analysis.plan import PublishedFigure
from refractory.analysis.predictors import Predictor, find_predictors, name_predictors, tabulate_predictors
from refractory.analysis.results import Caution, Comparison, DayCurve, Listing, NamedEstimate, ResultTable
from refractory.analysis.sparing_estimates import estimate_sparing
from refractory.analysis.tables import (
    tabulate_baseline,
    tabulate_comparison,
    tabulate_response,
    tabulate_sparing,
    tabulate_strata,
    with_and_without,
)
from refractory.outcomes.assess import Patient
from refractory.outcomes.safety_definition import SafetyDefinition


@dataclass(frozen=True)
class Analysis:
    """What the plan gives when it is carried out."""

    estimates: tuple[NamedEstimate, ...]
    tables: tuple[ResultTable, ...]
    comparisons: tuple[Comparison, ...]
    cautions: tuple[Caution, ...]
    listings: tuple[Listing, ...]
    curves: tuple[DayCurve, ...]


def analyse(
    patients: Sequence[Patient],
    plan: Plan,
    published: Sequence[PublishedFigure],
    facts: RunFacts,
    earlier: EarlierTreatment | None,
) -> Analysis:
    """Carry out the plan.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        published: Figures to print beside the reproduced ones.
        facts: What the run knows about its records.
        earlier: What was tried before day 0; None without a refractory rule.
    """
    predictors = find_predictors(patients, plan)
    estimates = [*estimate_all(patients, plan), *name_predictors(predictors)]
    if plan.sparing:
        estimates += estimate_sparing(patients, plan, plan.sparing)
    if earlier:
        estimates += estimate_readings(earlier, plan)
    if plan.lines:
        estimates += [*estimate_lines(patients, plan), *estimate_drugs_after(patients, plan)]
    tables = [tabulate_baseline(patients, plan, earlier.persons_by_drug if earlier else {})]
    groups = [one for one in estimates if one.id.startswith(("stratum.", "subtype."))]
    if groups:
        tables.append(tabulate_strata(groups))
    if earlier:
        tables.append(tabulate_earlier_drugs(earlier, len(patients)))
    if plan.lines:
        tables.append(tabulate_lines(patients, plan.lines))
    tables.append(tabulate_response(patients, plan))
    compared = [one for one in estimates if one.id in ("response.difference", "response.fisher")]
    if compared:
        tables.append(tabulate_comparison(patients, plan, compared))
    course = analyse_course(patients, plan, facts.score_origins)
    estimates += course.estimates
    tables += course.tables
    listings, curves = [list_patients(patients, plan), *course.listings], list(course.curves)
    if plan.sparing:
        tables.append(tabulate_sparing(patients, [one for one in estimates if one.id.startswith("sparing.")]))
    if earlier:
        tables.append(tabulate_readings(earlier, plan, [one for one in estimates if one.id.startswith("refractory.")]))
    if plan.lines:
        tables.append(tabulate_drugs_after(patients, plan.lines))
    if plan.sparing and plan.sparing.over_time:
        over_time = plan.sparing.over_time
        named = estimate_doses(patients, plan, plan.sparing, over_time)
        estimates += named
        tables += tabulate_doses(patients, plan, plan.sparing, over_time, named)
        listings.append(list_doses(patients, over_time))
        curves.append(derive_dose_curve(patients, over_time))
    if plan.safety:
        named, events, episodes = _analyse_safety(patients, plan, plan.safety)
        estimates += named
        tables += events
        listings.append(episodes)
    if predictors:
        tables.append(_tabulate_predictors(predictors, patients, plan))
    together, tables_of_it, doubts = _analyse_together(patients, plan)
    return Analysis(
        estimates=(*estimates, *together),
        tables=(*tables, *tables_of_it),
        comparisons=compare_published(published, estimates),
        cautions=find_cautions(patients, plan, facts, doubts),
        listings=tuple(listings),
        curves=tuple(curves),
    )


def _tabulate_predictors(predictors: Sequence[Predictor], patients: Sequence[Patient], plan: Plan) -> ResultTable:
    counts, words = tally(patients), with_and_without(plan.response)
    heads = f"{words[0]} (n = {counts.responders})", f"{words[1]} (n = {counts.non_responders})"
    return tabulate_predictors(predictors, heads)


def _analyse_together(
    patients: Sequence[Patient], plan: Plan
) -> tuple[list[NamedEstimate], list[ResultTable], list[Caution]]:
    """Fit the predictors that the protocol asks to be taken together, if any."""
    if not plan.analysis.together:
        return [], [], []
    from refractory.analysis.multivariable import (
        find_multivariable_cautions,
        fit_together,
        name_multivariable,
        tabulate_multivariable,
    )

    found = fit_together(patients, plan)
    if found is None:
        return [], [], []
    return name_multivariable(found), [tabulate_multivariable(found)], find_multivariable_cautions(found)


def _analyse_safety(
    patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition
) -> tuple[list[NamedEstimate], list[ResultTable], Listing]:
    # A study that asks for no events does not pay for the reading of them.
    from refractory.analysis.safety_estimates import estimate_safety
    from refractory.analysis.safety_tables import list_episodes, tabulate_safety

    named = estimate_safety(patients, plan, definition)
    return named, tabulate_safety(patients, plan, definition, named), list_episodes(patients)


def list_patients(patients: Sequence[Patient], plan: Plan) -> Listing:
    """List the persons, numbered in the order of the cohort: identifiable, for the study team only."""
    columns = ["Person", "Day 0", "Stratum", "Subtype", "Age", "Days from diagnosis", "Drugs before"]
    columns += ["Cycles"] if plan.has_cycles else []
    columns += ["Response", "Day of response"]
    columns += ["Cycles to response"] if plan.has_cycles else []
    columns += ["Glucocorticoid"] if plan.sparing else []
    rows = []
    for number, one in enumerate(patients, start=1):
        when = one.response.when
        day = "" if when is None else str((when.earliest - one.member.day0_date).days)
        if when is not None and not when.is_complete:
            day += f" to {(when.latest - one.member.day0_date).days}"
        age = one.member.age_years
        row: list[str | int | float | None] = [number, one.member.day0_date.isoformat(), one.member.stratum]
        row += [one.member.subtype, None if age is None else round(age, 1)]
        row += [one.member.days_from_diagnosis, one.member.drugs_before]
        row += [len(one.cycles)] if plan.has_cycles else []
        row += [one.response.status.value, day]
        row += [one.cycles_to_response] if plan.has_cycles else []
        row += [one.sparing.glucocorticoid.value if one.sparing else None] if plan.sparing else []
        rows.append(tuple(row))
    return Listing("patients", "Persons of the cohort", tuple(columns), tuple(rows))
