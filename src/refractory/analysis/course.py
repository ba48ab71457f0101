"""The course of the response, carried out: agreement of rules, time, cycles, duration, the score that is followed."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.agreement import estimate_agreement, find_independent, tabulate_agreement
from refractory.analysis.course_cautions import find_course_cautions
from refractory.analysis.cycle_incidence import estimate_by_cycle, tabulate_by_cycle
from refractory.analysis.cycle_tables import tabulate_cycles
from refractory.analysis.estimates import Plan
from refractory.analysis.follow_up_estimates import estimate_follow_up
from refractory.analysis.follow_up_tables import list_follow_up, tabulate_follow_up
from refractory.analysis.results import Findings, NamedEstimate, ResultTable
from refractory.analysis.score_origins import Origins, tabulate_origins
from refractory.analysis.subgroups import find_subgroup_cautions, find_subgroups, name_subgroups, tabulate_subgroups
from refractory.analysis.trajectory import derive_score_curve, estimate_trajectory
from refractory.outcomes.assess import Patient


def analyse_course(patients: Sequence[Patient], plan: Plan, origins: Origins) -> Findings:
    """Carry out what the plan asks of the course of the response.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        origins: Visits of the cohort by instrument and by where their score comes from.
    """
    estimates: list[NamedEstimate] = []
    tables: list[ResultTable] = []
    subgroups = find_subgroups(patients, plan)
    if subgroups:
        estimates += name_subgroups(subgroups, plan)
        tables.append(tabulate_subgroups(subgroups, plan))
    if origins:
        tables.append(tabulate_origins(origins))
    if find_independent(plan):
        agreement = estimate_agreement(patients, plan)
        estimates += agreement
        tables.append(tabulate_agreement(patients, plan, agreement))
    followed = estimate_follow_up(patients, plan)
    if plan.follow_up.score:
        followed += estimate_trajectory(patients, plan)
    estimates += followed
    tables += tabulate_follow_up(patients, plan, followed)
    if plan.has_cycles:
        tables.append(tabulate_cycles(patients, plan))
        by_cycle = estimate_by_cycle(patients, plan)
        estimates += by_cycle
        tables.append(tabulate_by_cycle(patients, plan, by_cycle))
    curve = derive_score_curve(patients, plan)
    return Findings(
        tuple(estimates),
        tuple(tables),
        (*find_subgroup_cautions(subgroups, plan.analysis), *find_course_cautions(patients, plan)),
        listings=(list_follow_up(patients),),
        curves=(curve,) if curve else (),
    )
