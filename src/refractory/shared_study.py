"""What of a study's results may be sent to others."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.disclosure.shared_results import suppress_small_counts
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Results
from refractory.analysis.shared import SharedResults
from refractory.outcomes.assess import Patient
from refractory.protocol import Protocol
from refractory.records.read import Records


def derive_shared_results(
    protocol: Protocol, plan: Plan, records: Records, results: Results, patients: Sequence[Patient]
) -> SharedResults:
    """Derive from the results of a study those that may be sent to others.

    Args:
        protocol: The study.
        plan: The part of it that the estimates need.
        records: What was read; its store still holds the courses before day 0.
        results: Everything that the run found.
        patients: The analysis set.
    """
    drugs = _read_drugs(records) if protocol.refractory else {}
    return suppress_small_counts(results, patients, plan, drugs, published=protocol.published, report=protocol.report)


def _read_drugs(records: Records) -> dict[str, list[int]]:
    """Read the persons of the cohort by each earlier drug whose course counts for the refractory rule."""
    store = records.store
    courses = store.table("courses_before").semi_join(store.table("cohort"), ["person_id", "day0_date"])
    found: dict[str, set[int]] = {}
    for person, drug, counts in store.rows(courses.select("person_id", "concept_set", "counts")):
        if counts:
            found.setdefault(drug, set()).add(person)
    return {drug: sorted(persons) for drug, persons in sorted(found.items())}
