"""Which column of a sheet stands behind a column of OMOP: a doubt about an amount leads back to the amount's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refractory.records.grid_cells import RecordCells

# Fields that a column of OMOP may come from; the first that the row has counts.
_FIELDS = {
    "quantity": ("dose", "quantity", "daily_dose", "directions"),
    "days_supply": ("days",),
    "value_as_number": ("value",),
    "condition_end_date": ("end",),
    "drug_exposure_end_date": ("end", "end_noted"),
    "observation_period_end_date": ("end",),
}
_UNIT = "unit_concept_id"

FieldColumns = tuple[tuple[str, str], ...]  # column of OMOP, column of the sheet


def find_field_columns(cells: RecordCells) -> FieldColumns:
    """Find the column of the row that stands behind each column of OMOP, beside the one that tells of the record."""
    found = []
    for column, fields in _FIELDS.items():
        filled = next((name for name in fields if cells.has(name)), None)
        name = filled or next((name for name in fields if cells.column(name)), None)
        if name is not None:
            found.append((column, cells.column(name)))
    unit = cells.column("unit") or cells.column("value")  # a value may bring its unit along
    return (*found, (_UNIT, unit)) if unit else tuple(found)
