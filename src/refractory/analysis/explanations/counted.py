"""Explanations that live in who was counted and in how they were judged, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.label_errors import analyse_label
from refractory.analysis.explanations.look_ahead import analyse_look_ahead
from refractory.analysis.explanations.lost_to_follow_up import analyse_loss
from refractory.analysis.explanations.other_drugs import analyse_other_drugs
from refractory.analysis.explanations.reviewer_answers import analyse_reviewers
from refractory.analysis.explanations.selection import analyse_selection
from refractory.analysis.explanations.tipping import analyse_tipping
from refractory.analysis.results import Findings
from refractory.outcomes.assess import Patient
from refractory.outcomes.counted import Counted


def explain_who_was_counted(patients: Sequence[Patient], plan: Plan, counted: Counted) -> Findings:
    """Look for explanations in who was counted and in how they were judged.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.
        counted: What the records say of it beside the patients.
    """
    found = analyse_other_drugs(patients, plan, counted)
    found += analyse_selection(patients, plan, counted.left_out)
    found += analyse_loss(patients, plan)
    found += analyse_label(patients, plan)
    found += analyse_reviewers(plan, counted.by_reviewer)
    found += analyse_tipping(patients, plan)
    return found + analyse_look_ahead(counted.look_ahead)
