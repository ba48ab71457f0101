"""How the cells of a record are written: what stands for nothing, yes and no, the order of dates, the decimals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from refractory.records.cell_dates import CellDate, read_cell_date
from refractory.records.cell_day_lists import read_first_date
from refractory.records.grid import Cell, Grid
from refractory.records.grid_columns import RecordPlan
from refractory.records.mapping import SourceDefinition, TableDefinition


@dataclass(frozen=True)
class Writing:
    """How the cells of a record are written.

    Args:
        yes: Spellings of yes, in lower case.
        no: Spellings of no, in lower case.
        missing: Codes for nothing, in lower case.
        values: What a written value means, by its lower case.
        orders: Order of day and month by field.
        decimal: What parts decimals.
        years: Years of two digits up to this one are 20...
        incomplete: What becomes of a date that is not known to the day.
    """

    yes: Collection[str]
    no: Collection[str]
    missing: Collection[str]
    values: Mapping[str, str]
    orders: Mapping[str, str]
    decimal: str
    years: int
    incomplete: str

    def order(self, name: str) -> str:
        """Return the order of day and month in the column of a field."""
        return self.orders.get(name, self.orders[""])

    def read_date(self, cell: Cell, name: str) -> CellDate:
        """Read a cell of a field as a date; of a list of days the first one, but for a last day."""
        read = read_cell_date if name in ("end", "end_noted") else read_first_date
        return read(cell, self.order(name), self.years)


def describe_writing(source: SourceDefinition, table: TableDefinition, plan: RecordPlan, grid: Grid) -> Writing:
    """Gather how the cells of a record are written: what is said nearest to the cell counts."""
    definition = plan.definition
    own_orders = {" ".join(name.split()).lower(): order for name, order in table.dates_of.items()}
    orders = {}
    for name, column in plan.names.items():
        of_column = grid.facts[column].date_order if column in grid.facts else ""
        own = own_orders.get(" ".join(column.split()).lower())
        orders[name] = own or definition.dates or of_column or table.dates or source.dates
    orders[""] = definition.dates or table.dates or source.dates
    missing = source.missing if definition.missing is None else definition.missing
    return Writing(
        yes=frozenset(one.lower() for one in source.yes),
        no=frozenset(one.lower() for one in source.no),
        missing=frozenset(" ".join(one.split()).lower() for one in missing),
        values={" ".join(written.split()).lower(): means for written, means in definition.values.items()},
        orders=orders,
        decimal=source.decimal,
        years=source.years,
        incomplete=definition.incomplete_dates or source.incomplete_dates,
    )
