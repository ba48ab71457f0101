"""The analysis set of a run as columns, in the order of a report, and what is missing in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from refractory.codebook.columns import Column, Value
from refractory.codebook.dose_columns import build_dose_columns
from refractory.codebook.facts import Facts
from refractory.codebook.names import build_names
from refractory.codebook.person_columns import build_person_columns
from refractory.codebook.response_columns import build_response_columns
from refractory.codebook.treatment_columns import build_cycle_columns, build_drug_columns, build_safety_columns
from refractory.outcomes.assess import Patient
from refractory.protocol import Protocol

ANALYSIS_SET = "analysis_set"


def build_columns(protocol: Protocol, facts: Facts) -> tuple[Column, ...]:
    """Build the columns of the analysis set of a study, each with a name that programs of statistics take.

    Args:
        protocol: The study.
        facts: What the store of the run says beside the patients.
    """
    columns = [
        *build_person_columns(protocol, facts),
        *build_cycle_columns(protocol),
        *build_response_columns(protocol),
        *build_dose_columns(protocol),
        *build_drug_columns(protocol),
        *build_safety_columns(protocol),
    ]
    names = build_names(column.wanted for column in columns)
    return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))


def list_rows(columns: Sequence[Column], patients: Sequence[Patient]) -> list[tuple[Value, ...]]:
    """List the values of each person: one row per person, in the order of person_id."""
    ordered = sorted(patients, key=lambda one: one.member.person_id)
    return [tuple(column.value_of(one) for column in columns) for one in ordered]


def count_missing(column: Column, patients: Sequence[Patient]) -> dict[str, int]:
    """Count the persons without a value by the reason, the most frequent first."""
    reasons = Counter(column.why(one) for one in patients if column.value_of(one) is None)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
