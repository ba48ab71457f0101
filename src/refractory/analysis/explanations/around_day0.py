"""Explanations that live in the time around day 0: chance, an earlier trend, and a placebo time zero."""

from __future__ import annotations

from refractory.analysis.estimates import Plan
from refractory.analysis.results import Caution, Findings, Severity
from refractory.outcomes.around import Around


def analyse_around(around: Around, plan: Plan) -> Findings:
    """Carry out what the protocol asks of the time around day 0.

    Args:
        around: What the records hold around day 0.
        plan: What the protocol chose.
    """
    asked, found = plan.explanations, Findings()
    if around.score and asked.regression_to_mean:
        from refractory.analysis.explanations.chance_tables import analyse_chance

        found += analyse_chance(around.score, asked.regression_to_mean, plan)
    elif asked.regression_to_mean:
        text = "The study follows no score: how much of the improvement is regression to the mean cannot be said."
        caution = Caution("explanation-chance-unknown", "Regression to the mean not known", text, Severity.NOTE)
        found += Findings(cautions=(caution,))
    if asked.trend:
        from refractory.analysis.explanations.trend import analyse_trend

        found += analyse_trend(around, asked.trend, plan)
    if asked.placebo:
        from refractory.analysis.explanations.placebo import analyse_placebos

        found += analyse_placebos(around, plan)
    return found
