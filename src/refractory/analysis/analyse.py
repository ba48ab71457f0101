"""The plan, carried out: from patients to results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import tally
from refractory.analysis.baseline_groups import with_and_without
from refractory.analysis.baseline_tables import analyse_baseline
from refractory.analysis.cautions import RunFacts, find_cautions
from refractory.analysis.comparison import compare_published
from refractory.analysis.course import analyse_course
from refractory.analysis.dose_change import analyse_dose_change
from refractory.analysis.dose_estimates import derive_dose_curve, estimate_doses
from refractory.analysis.dose_tables import list_doses, tabulate_doses
from refractory.analysis.earlier_treatment import (
    EarlierTreatment,
    estimate_readings,
    tabulate_earlier_drugs,
    tabulate_readings,
)
from refractory.analysis.estimates import Plan, estimate_all
from refractory.analysis.explanations.explain_away import explain_away
from refractory.analysis.figure_series import derive_figures
from refractory.analysis.figures import AnyFigure, PersonFigure
from refractory.analysis.line_estimates import estimate_drugs_after, estimate_lines
from refractory.analysis.line_tables import tabulate_drugs_after, tabulate_lines
from refractory.analysis.person_figures import derive_person_figures
from refractory.analysis.plan import PublishedFigure
from refractory.analysis.predictors import (
    Predictor,
    find_predictor_cautions,
    find_predictors,
    name_predictors,
    tabulate_predictors,
)
from refractory.analysis.results import Caution, Comparison, DayCurve, Findings, Listing, NamedEstimate, ResultTable
from refractory.analysis.sparing_estimates import estimate_sparing
from refractory.analysis.tables import (
    tabulate_comparison,
    tabulate_response,
    tabulate_sparing,
    tabulate_strata,
)
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations import Explanations
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
    figures: tuple[AnyFigure, ...]
    person_figures: tuple[PersonFigure, ...]


def analyse(
    patients: Sequence[Patient],
    plan: Plan,
    published: Sequence[PublishedFigure],
    facts: RunFacts,
    earlier: EarlierTreatment | None,
    explanations: Explanations,
) -> Analysis:
    """Carry out the plan.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        published: Figures to print beside the reproduced ones.
        facts: What the run knows about its records.
        earlier: What was tried before day 0; None without a refractory rule.
        explanations: What the records say of other explanations of the response.
    """
    predictors = find_predictors(patients, plan)
    own = [*estimate_all(patients, plan), *name_predictors(predictors, plan.analysis)]
    found = Findings(tuple(own))
    found += analyse_baseline(patients, plan, earlier.persons_by_drug if earlier else {})
    found += Findings(tables=tuple(_tabulate_persons(patients, plan, earlier, own)))
    found += _analyse_response(patients, plan, own)
    found += analyse_course(patients, plan, facts.score_origins)
    found += explain_away(patients, plan, explanations)
    found += _analyse_drugs(patients, plan, earlier)
    if plan.safety:
        found += _analyse_safety(patients, plan, plan.safety)
    if predictors:
        tables = (_tabulate_predictors(predictors, patients, plan),)
        found += Findings(tables=tables, cautions=tuple(find_predictor_cautions(predictors)))
    found += _analyse_together(patients, plan)
    return Analysis(
        estimates=found.estimates,
        tables=found.tables,
        comparisons=compare_published(published, found.estimates),
        cautions=find_cautions(patients, plan, facts, found.cautions),
        listings=(list_patients(patients, plan), *found.listings),
        curves=found.curves,
        figures=derive_figures(patients, plan, found.estimates, found.tables),
        person_figures=derive_person_figures(patients, plan),
    )


def _tabulate_persons(
    patients: Sequence[Patient], plan: Plan, earlier: EarlierTreatment | None, estimates: Sequence[NamedEstimate]
) -> list[ResultTable]:
    tables = []
    groups = [one for one in estimates if one.id.startswith(("stratum.", "subtype."))]
    if groups:
        tables.append(tabulate_strata(groups))
    if earlier:
        tables.append(tabulate_earlier_drugs(earlier, len(patients)))
    if plan.lines:
        tables.append(tabulate_lines(patients, plan.lines))
    return tables


def _analyse_response(patients: Sequence[Patient], plan: Plan, estimates: Sequence[NamedEstimate]) -> Findings:
    tables = [tabulate_response(patients, plan)]
    compared = [one for one in estimates if one.id in ("response.difference", "response.difference.test")]
    if compared:
        tables.append(tabulate_comparison(patients, plan, compared))
    return Findings(tables=tuple(tables))


def _analyse_drugs(patients: Sequence[Patient], plan: Plan, earlier: EarlierTreatment | None) -> Findings:
    """Say what was tried before, and what became of the other drugs."""
    found = Findings()
    if plan.sparing:
        named = estimate_sparing(patients, plan, plan.sparing)
        found += Findings(tuple(named), (tabulate_sparing(patients, named),))
        found += analyse_dose_change(patients, plan, plan.sparing)
    if earlier:
        named = estimate_readings(earlier, plan)
        found += Findings(tuple(named), (tabulate_readings(earlier, plan, named),))
    if plan.lines:
        named = [*estimate_lines(patients, plan), *estimate_drugs_after(patients, plan)]
        found += Findings(tuple(named), (tabulate_drugs_after(patients, plan.lines),))
    if plan.sparing and plan.sparing.over_time:
        over_time = plan.sparing.over_time
        named = estimate_doses(patients, plan, plan.sparing, over_time)
        tables = tabulate_doses(patients, plan, plan.sparing, over_time, named)
        listing, curve = list_doses(patients, over_time), derive_dose_curve(patients, over_time)
        found += Findings(tuple(named), tuple(tables), listings=(listing,), curves=(curve,))
    return found


def _tabulate_predictors(predictors: Sequence[Predictor], patients: Sequence[Patient], plan: Plan) -> ResultTable:
    counts, words = tally(patients), with_and_without(plan.response)
    heads = f"{words[0]} (n = {counts.responders})", f"{words[1]} (n = {counts.non_responders})"
    return tabulate_predictors(predictors, heads, plan.analysis)


def _analyse_together(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Fit the predictors that the protocol asks to be taken together, if any."""
    if not plan.analysis.together:
        return Findings()
    from refractory.analysis.multivariable import analyse_together

    return analyse_together(patients, plan)


def _analyse_safety(patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition) -> Findings:
    # A study that asks for no events does not pay for the reading of them.
    from refractory.analysis.safety_estimates import estimate_safety
    from refractory.analysis.safety_tables import list_episodes, tabulate_safety

    named = estimate_safety(patients, plan, definition)
    tables = tabulate_safety(patients, plan, definition, named)
    return Findings(tuple(named), tuple(tables), listings=(list_episodes(patients),))


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
