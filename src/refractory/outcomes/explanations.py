"""What the records say about other explanations of a response, beside the patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refractory.cohort.build import Cohort, CohortDefinition
from refractory.cohort.criteria import Leaves
from refractory.outcomes.around import Around, read_around
from refractory.outcomes.assess import OutcomeDefinition, Patient
from refractory.outcomes.counted import Counted, read_counted
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.records.store import Store


@dataclass(frozen=True)
class Explanations:
    """What the records say about other explanations of a response, beside the patients.

    Args:
        counted: Who was counted, and how they were judged.
        around: Scores, doses and answers in the time around day 0.
    """

    counted: Counted = field(default_factory=Counted)
    around: Around = field(default_factory=Around)


def read_explanations(
    store: Store,
    leaves: Leaves,
    cohort: Cohort,
    patients: Sequence[Patient],
    definition: OutcomeDefinition,
    explanations: ExplanationsDefinition,
    who: CohortDefinition,
) -> Explanations:
    """Read what the records say about other explanations of the response.

    Args:
        store: Holds what build_cohort and assess_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        patients: The analysis set.
        definition: What is looked at after day 0.
        explanations: Which other explanations are looked for.
        who: Who is in the cohort.
    """
    return Explanations(
        counted=read_counted(store, leaves, cohort, patients, (who, definition, explanations)),
        around=read_around(store, leaves, cohort, patients, definition, explanations),
    )
