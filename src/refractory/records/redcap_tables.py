"""The tables of a mapping at the instruments of a project of REDCap, and the fields that they ask for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refractory.errors import RecordsError
from refractory.records.grid import ColumnFacts, Grid
from refractory.records.grid_borrowed import add_borrowed_columns, find_lenders, plan_lender
from refractory.records.grid_columns import GridPlan, plan_grid
from refractory.records.mapping import RecordDefinition, SourceMapping, TableDefinition
from refractory.records.redcap_dictionary import RedcapDictionary, slug_of
from refractory.records.redcap_grids import Project


@dataclass(frozen=True)
class MatchedTables:
    """The tables of a mapping at the instruments that they are about.

    Args:
        by_instrument: The table of each instrument that has one.
        borrowed: By instrument, the fields of other instruments that its table names.
    """

    by_instrument: Mapping[str, TableDefinition]
    borrowed: Mapping[str, tuple[str, ...]]


def match_instruments(dictionary: RedcapDictionary, mapping: SourceMapping) -> MatchedTables:
    """Find the instrument of each table, and the fields of other instruments that it names.

    Raises:
        RecordsError: When a table names no instrument of the project, or one that another table names.
    """
    tables: dict[str, TableDefinition] = {}
    borrowed: dict[str, tuple[str, ...]] = {}
    names = dictionary.instruments
    for table in mapping.table:
        instrument = slug_of(table.sheet) if table.sheet or len(names) > 1 else names[0]
        if instrument not in names or instrument in tables:
            near = difflib.get_close_matches(instrument, names, n=1, cutoff=0.4)
            hint = f' Did you mean "{near[0]}"?' if near and instrument not in names else ""
            what = "twice" if instrument in tables else "and the project has no such instrument"
            raise RecordsError(
                f'The mapping names an instrument "{table.sheet}" {what}.{hint}',
                where="[[table]] sheet",
                remedy=f"name one of: {', '.join(names[:12])}; all records of an instrument stand under one table",
            )
        tables[instrument] = table
        own = {one.name for one in dictionary.fields if one.instrument == instrument}
        others = {one.name for one in dictionary.fields} - own - {dictionary.record_id}
        named = [name.lower() for name in _names_of(table)]
        borrowed[instrument] = tuple(
            dict.fromkeys(name for name in named if name in others or name.split("___")[0] in others)
        )
    return MatchedTables(tables, borrowed)


def _names_of(table: TableDefinition) -> Iterable[str]:
    for record in table.record:
        yield from record.column.values()
        if record.when is not None:
            yield record.when.column


@dataclass(frozen=True)
class PlannedTables:
    """What a mapping asks of a project.

    Args:
        tables: The tables, one per grid that they are about.
        asked: Columns that they ask for.
        scores: Choices that stand for the number of a result: of those the code may be the number.
    """

    tables: tuple[TableDefinition, ...]
    asked: frozenset[str]
    scores: frozenset[str]


def plan_tables(project: Project, matched: MatchedTables) -> PlannedTables:
    """Find the columns that are asked for, and write the tables of the mapping once per grid that they are about.

    Raises:
        RecordsError: When a table names a column that its instrument does not have.
    """
    asked: set[str] = set()
    scores: set[str] = set()
    others: set[str] = set()
    tables = []
    blank = list(project.blank_grids())
    lending = [(grid, matched.by_instrument.get(grid.sheet)) for grid in blank]
    for grid in blank:
        table = matched.by_instrument.get(grid.sheet)
        if table is None:
            continue
        table = _name_lenders(table)
        plan = plan_grid(add_borrowed_columns(grid, table), table)
        own = _columns_of(plan) - {one.name for one in table.borrow}
        asked |= own
        for one in table.borrow:
            for lender in find_lenders(one, lending):
                asked |= _columns_of(plan_lender(*lender, one))
        for record in plan.records:
            for name, column in record.names.items():
                is_score = record.definition.kind == "measurement" and name == "value"
                (scores if is_score else others).add(column)
        rest = tuple(name for name in grid.columns if name not in own)
        records = tuple(_add_meanings(one, grid) for one in table.record)
        tables.append(table.model_copy(update={"sheet": grid.name, "not_used": rest, "record": records}))
    return PlannedTables(tuple(tables), frozenset(asked), frozenset(scores - others))


def _name_lenders(table: TableDefinition) -> TableDefinition:
    """Call the instruments that a table borrows from as the project does."""
    borrow = tuple(one.model_copy(update={"sheet": slug_of(one.sheet)}) for one in table.borrow)
    return table.model_copy(update={"borrow": borrow}) if borrow else table


def _columns_of(plan: GridPlan) -> set[str]:
    places = {plan.person, *plan.fill_down}
    for record in plan.records:
        places |= {*record.places.values(), *(() if record.when is None else (record.when,))}
    return {plan.grid.columns[place] for place in places}


def _add_meanings(record: RecordDefinition, grid: Grid) -> RecordDefinition:
    """Add to the words of a record the meanings of choices that the mapping names by their codes."""
    values = dict(record.values)
    for column in record.column.values():
        for code, meaning in _choices_of(grid.facts, column).items():
            if code in record.values:
                values.setdefault(meaning, record.values[code])
    when = record.when
    if when is not None:
        said = [meaning for code, meaning in _choices_of(grid.facts, when.column).items() if code in when.says]
        when = when.model_copy(update={"says": (*when.says, *said)})
    return record.model_copy(update={"values": values, "when": when})


def _choices_of(facts: Mapping[str, ColumnFacts], column: str) -> Mapping[str, str]:
    said = facts.get(column.strip().lower())
    return said.choices if said is not None and said.kind == "choice" else {}
