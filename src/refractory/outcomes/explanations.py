"""What the records say about other explanations of a response, beside the patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refractory.cohort.build import Cohort
from refractory.cohort.criteria import Leaves
from refractory.outcomes.around import Around, read_around
from refractory.outcomes.assess import OutcomeDefinition, Patient
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.records.store import Store


@dataclass(frozen=True)
class Explanations:
    """What the records say about other explanations of a response, beside the patients.

    Args:
        around: Scores, doses and answers in the time around day 0.
    """

    around: Around = field(default_factory=Around)


def read_explanations(
    store: Store,
    leaves: Leaves,
    cohort: Cohort,
    patients: Sequence[Patient],
    definition: OutcomeDefinition,
    explanations: ExplanationsDefinition,
) -> Explanations:
    """Read what the records say about other explanations of the response.

    Args:
        store: Holds what build_cohort and assess_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        patients: The analysis set.
        definition: What is looked at after day 0.
        explanations: Which other explanations are looked for.
    """
    return Explanations(around=read_around(store, leaves, cohort, patients, definition, explanations))
