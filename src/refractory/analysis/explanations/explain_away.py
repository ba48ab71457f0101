"""What else could explain the response, carried out one explanation after another."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.benchmarks import estimate_benchmarks, tabulate_benchmarks
from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.around_day0 import analyse_around
from refractory.analysis.explanations.counted import explain_who_was_counted
from refractory.analysis.explanations.looked_for import say_what_was_looked_for
from refractory.analysis.results import Findings
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations import Explanations


def explain_away(patients: Sequence[Patient], plan: Plan, explanations: Explanations) -> Findings:
    """Look for everything else that could explain the response.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        explanations: What the records say beside the patients.

    Returns:
        First a table of what was looked for and what was not; then one table or more per explanation, their ids
        beginning with "explanation-"; the natural course is "benchmarks".
    """
    if not patients:
        return Findings()
    found = Findings()
    if plan.benchmarks:
        found += Findings(tuple(estimate_benchmarks(patients, plan)), (tabulate_benchmarks(patients, plan),))
    found += analyse_around(explanations.around, plan)
    found += explain_who_was_counted(patients, plan, explanations.counted)
    return say_what_was_looked_for(patients, plan, explanations, found) + found
