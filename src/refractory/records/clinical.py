"""The tables of OMOP that hold what happened to persons, and where each keeps its codes and dates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClinicalTable:
    """One table of dated, coded records.

    Args:
        name: Its name in OMOP.
        stem: What the names of its concept columns begin with.
        starts: Columns of the first day, the first that is not empty counts.
        ends: Columns of the last day, likewise; empty where a record is of one day.
    """

    name: str
    stem: str
    starts: tuple[str, ...]
    ends: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The column that numbers its rows."""
        return f"{self.name}_id"

    @property
    def concept(self) -> str:
        """The column of the standard concept."""
        return f"{self.stem}_concept_id"

    @property
    def source_concept(self) -> str:
        """The column of the concept of the source's own code."""
        return f"{self.stem}_source_concept_id"

    @property
    def source_value(self) -> str:
        """The column of the source's own code or text."""
        return f"{self.stem}_source_value"


def _dated(name: str, stem: str, start: str, end: str | None) -> ClinicalTable:
    ends = (f"{end}_date", f"{end}_datetime") if end else ()
    return ClinicalTable(name, stem, (f"{start}_date", f"{start}_datetime"), ends)


CONDITION = _dated("condition_occurrence", "condition", "condition_start", "condition_end")
PROCEDURE = _dated("procedure_occurrence", "procedure", "procedure", "procedure_end")
OBSERVATION = _dated("observation", "observation", "observation", None)
MEASUREMENT = _dated("measurement", "measurement", "measurement", None)
DEVICE = _dated("device_exposure", "device", "device_exposure_start", "device_exposure_end")
DRUG = _dated("drug_exposure", "drug", "drug_exposure_start", "drug_exposure_end")

CLINICAL_TABLES = (CONDITION, PROCEDURE, OBSERVATION, MEASUREMENT, DEVICE, DRUG)
# Where the studied treatment is looked for: a drug that a hospital gives is often billed as a service.
TREATMENT_TABLES = (DRUG, PROCEDURE)
PERSONAL_TABLES = ("person", "observation_period", "death")
