"""The estimates of sparing: the same question in several readings, each with its numerator and denominator."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.estimates import Plan, estimate_share
from refractory.analysis.results import NamedEstimate
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.sparing import LOWER, SparingClass, SparingDefinition


def estimate_sparing(patients: Sequence[Patient], plan: Plan, definition: SparingDefinition) -> list[NamedEstimate]:
    on_it = [patient for patient in patients if patient.sparing and patient.sparing.is_on_glucocorticoid]
    judged = [one for one in on_it if one.sparing and one.sparing.glucocorticoid is not SparingClass.NOT_EVALUABLE]
    lower = [one for one in judged if one.sparing and one.sparing.glucocorticoid in LOWER]
    stopped = [one for one in judged if one.sparing and one.sparing.glucocorticoid is SparingClass.STOPPED]
    responders = [one for one in judged if one.response.status is ResponseStatus.RESPONSE]
    lower_responders = [one for one in lower if one.response.status is ResponseStatus.RESPONSE]
    with_drugs = [one for one in lower if one.sparing and one.sparing.best_of_drugs in LOWER]
    either = [
        one
        for one in patients
        if one.sparing and (one.sparing.glucocorticoid in LOWER or one.sparing.best_of_drugs in LOWER)
    ]
    change = f"{definition.change:g} %"
    name = f"Lower {definition.glucocorticoid}"
    steroid = f"{definition.glucocorticoid[:1].upper()}{definition.glucocorticoid[1:]}"
    readings = [
        ("glucocorticoid_lower", name, f"stopped or at least {change} lower, among persons on it at baseline who are "
         "evaluable", lower, judged),
        ("glucocorticoid_stopped", f"{steroid} stopped", "no covered day at the end of follow-up, "
         "among persons on it at baseline who are evaluable", stopped, judged),
        ("glucocorticoid_lower_of_cohort", name, f"stopped or at least {change} lower, among all persons of the cohort",
         lower, patients),
        ("glucocorticoid_lower_of_responders", name, f"stopped or at least {change} lower, among responders on it at "
         "baseline who are evaluable", lower_responders, responders),
        ("glucocorticoid_and_drug_lower", f"{name} and a steroid-sparing drug lower", "both lower, among persons on a "
         "glucocorticoid at baseline who are evaluable", with_drugs, judged),
        ("any_lower_of_cohort", "Any of these drugs lower", "the glucocorticoid or a steroid-sparing drug lower or "
         "stopped, among all persons of the cohort", either, patients),
    ]  # fmt: skip
    return [
        NamedEstimate(
            f"sparing.{key}", label, f"{label}: {rule}", "overall", label,
            estimate_share(len(counted), len(among), plan.analysis),
        )
        for key, label, rule, counted, among in readings
        if definition.steroid_sparing or "drug" not in key
    ]  # fmt: skip
