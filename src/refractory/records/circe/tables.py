"""The tables of OMOP as the queries of a cohort definition read them: columns, types, the days of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refractory.records.reading import RawTable

_ID, _INT, _NUMBER, _TEXT, _DATE = "BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "DATE"


@dataclass(frozen=True)
class QueriedTable:
    """One table.

    Args:
        name: Its name in OMOP.
        key: The column that numbers its rows; empty where rows have no number.
        start: The column of the first day; empty for what has no days.
        end: The column of the last day; empty where there is none.
        columns: Type of every other column that a query may read.
    """

    name: str
    key: str
    start: str
    end: str
    columns: Mapping[str, str]

    @property
    def types(self) -> dict[str, str]:
        """The type of every column, in order."""
        key = {self.key: _ID} if self.key else {}
        days = {name: _DATE for name in (self.start, self.end) if name}
        return {**key, "person_id": _ID, **days, **self.columns}


def _record(name: str, stem: str, days: tuple[str, str], more: Mapping[str, str]) -> QueriedTable:
    columns = {
        f"{stem}_concept_id": _ID,
        f"{stem}_type_concept_id": _ID,
        f"{stem}_source_concept_id": _ID,
        "visit_occurrence_id": _ID,
        "visit_detail_id": _ID,
        "provider_id": _ID,
        **more,
    }
    return QueriedTable(name, f"{name}_id", *days, columns)


def _days(stem: str) -> tuple[str, str]:
    return f"{stem}_start_date", f"{stem}_end_date"


_VALUE = {"value_as_number": _NUMBER, "value_as_concept_id": _ID, "unit_concept_id": _ID}
TABLES: Mapping[str, QueriedTable] = {
    one.name: one
    for one in (
        QueriedTable(
            "person",
            "",
            "",
            "",
            {
                "gender_concept_id": _ID,
                "year_of_birth": _INT,
                "race_concept_id": _ID,
                "ethnicity_concept_id": _ID,
            },
        ),
        QueriedTable(
            "observation_period",
            "observation_period_id",
            *_days("observation_period"),
            {"period_type_concept_id": _ID},
        ),
        _record(
            "condition_occurrence",
            "condition",
            _days("condition"),
            {"stop_reason": _TEXT, "condition_status_concept_id": _ID},
        ),
        _record(
            "drug_exposure",
            "drug",
            _days("drug_exposure"),
            {
                "stop_reason": _TEXT,
                "refills": _INT,
                "quantity": _NUMBER,
                "days_supply": _INT,
                "route_concept_id": _ID,
                "dose_unit_concept_id": _ID,
                "lot_number": _TEXT,
            },
        ),
        _record(
            "procedure_occurrence",
            "procedure",
            ("procedure_date", "procedure_end_date"),
            {"modifier_concept_id": _ID, "quantity": _NUMBER},
        ),
        _record(
            "device_exposure",
            "device",
            _days("device_exposure"),
            {"quantity": _NUMBER, "unique_device_id": _TEXT},
        ),
        _record(
            "measurement",
            "measurement",
            ("measurement_date", ""),
            {**_VALUE, "operator_concept_id": _ID, "range_low": _NUMBER, "range_high": _NUMBER},
        ),
        _record(
            "observation",
            "observation",
            ("observation_date", ""),
            {**_VALUE, "value_as_string": _TEXT, "qualifier_concept_id": _ID},
        ),
        QueriedTable(
            "visit_occurrence",
            "visit_occurrence_id",
            *_days("visit"),
            {
                "visit_concept_id": _ID,
                "visit_type_concept_id": _ID,
                "visit_source_concept_id": _ID,
                "provider_id": _ID,
                "care_site_id": _ID,
            },
        ),
        QueriedTable(
            "visit_detail",
            "visit_detail_id",
            *_days("visit_detail"),
            {
                "visit_detail_concept_id": _ID,
                "visit_detail_type_concept_id": _ID,
                "visit_detail_source_concept_id": _ID,
                "visit_occurrence_id": _ID,
                "provider_id": _ID,
                "care_site_id": _ID,
            },
        ),
        QueriedTable(
            "specimen",
            "specimen_id",
            "specimen_date",
            "",
            {
                "specimen_concept_id": _ID,
                "specimen_type_concept_id": _ID,
                "quantity": _NUMBER,
                "unit_concept_id": _ID,
                "anatomic_site_concept_id": _ID,
                "disease_status_concept_id": _ID,
            },
        ),
        QueriedTable(
            "death",
            "",
            "death_date",
            "",
            {"death_type_concept_id": _ID, "cause_concept_id": _ID, "cause_source_concept_id": _ID},
        ),
        QueriedTable(
            "condition_era",
            "condition_era_id",
            *_days("condition_era"),
            {"condition_concept_id": _ID, "condition_occurrence_count": _INT},
        ),
        QueriedTable(
            "drug_era",
            "drug_era_id",
            *_days("drug_era"),
            {"drug_concept_id": _ID, "drug_exposure_count": _INT, "gap_days": _INT},
        ),
        QueriedTable(
            "dose_era",
            "dose_era_id",
            *_days("dose_era"),
            {"drug_concept_id": _ID, "unit_concept_id": _ID, "dose_value": _NUMBER},
        ),
        QueriedTable("provider", "", "", "", {"provider_id": _ID, "specialty_concept_id": _ID}),
    )
}
# What an era counts is of all its records; while it goes on, nobody knows it yet.
_COUNTS_OF_ERAS = frozenset({"condition_occurrence_count", "drug_exposure_count", "gap_days"})


def read_columns(table: QueriedTable, raw: RawTable) -> str:
    """Write how each column of a table is read from the rows that a source handed over, typed."""
    read = []
    for column, kind in table.types.items():
        match kind:
            case "DATE":
                text = raw.date((column, f"{column}time"))
            case "DOUBLE":
                text = raw.number(column)
            case "VARCHAR":
                text = raw.text(column)
            case _:
                text = raw.integer(column)
        if column == "year_of_birth" and table.name == "person":
            text = f"coalesce({text}, year({raw.date(('birth_datetime',))}))"
        read.append(f'CAST({text} AS {kind}) AS "{column}"')
    return ", ".join(read)


def cut_columns(table: QueriedTable) -> str:
    """Write how each column of a table is told to a day: what goes on after the day is known up to it.

    `typed` is the row, `candidate` the person with the day.
    """
    told = []
    for column in table.types:
        text = f'typed."{column}"'
        if column == "person_id":
            text = "candidate.candidate"
        elif column == table.end:
            text = f"CASE WHEN {text} > candidate.day0_date THEN candidate.day0_date ELSE {text} END"
        elif column in _COUNTS_OF_ERAS and table.end:
            text = f'CASE WHEN typed."{table.end}" <= candidate.day0_date THEN {text} END'
        told.append(f'{text} AS "{column}"')
    return ", ".join(told)
