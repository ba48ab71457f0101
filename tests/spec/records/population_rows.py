"""The drug records of everybody in both ways, ready to compare: inside the source, and handed over and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.population import SHAPE, Population, derive_population, resolve_drug_sets
from refractory.records.read import RecordNeeds, Records, read_records
from refractory.records.source import Source

# The number of a record without a key is given by the reader; nothing depends on it.
COLUMNS = [column for column in SHAPE if column not in ("set_number", "row_id")] + ["stop_reason"]
TABLES = ("drug_exposure", "procedure_occurrence")
Definitions = Mapping[str, ConceptSetDefinition]


def derive(source: Source, sets: Definitions) -> Population:
    """Derive the drug records of everybody inside the source."""
    return derive_population(source, sets, resolve_drug_sets(source, sets, tuple(sets)))


def read(source: Source, sets: Definitions) -> Records:
    """Read the same as if any of the drugs were the studied treatment."""
    every = {"every drug": ConceptSetDefinition(members=tuple(sets))}
    return read_records(source, RecordNeeds({**sets, **every}, "every drug", tuple(sets), {}))


def rows_inside(source: Source, population: Population) -> Counter[str]:
    found = source.rows(population.drugs.select("set_number", *COLUMNS))
    return Counter(str((population.set_names[number], *map(_plain, rest))) for number, *rest in found)


def rows_read(records: Records) -> Counter[str]:
    drug = records.store.table("drug").select("concept_set", *COLUMNS)
    return Counter(str((name, *map(_plain, rest))) for name, *rest in records.store.rows(drug))


def _plain(value: Any) -> Any:
    return float(value) if hasattr(value, "as_tuple") else value


def told_inside(population: Population) -> tuple[Any, Counter[Any]]:
    return {account.table: account for account in population.accounts}, _count(population.problems)


def told_by_reading(records: Records) -> tuple[Any, Counter[Any]]:
    accounts = {account.table: account for account in records.accounts if account.table in TABLES}
    # That a key stands twice is told by the reader alone: inside the source nothing depends on it.
    own = [one for one in records.problems if one.table in TABLES and not one.rule.startswith("row id")]
    return accounts, _count(own)


def _count(problems: Any) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for one in problems:
        if one.rows:
            counted[one.table, one.column, one.rule, one.done, one.is_left_out] += one.rows
    return counted


def assert_same(address: object, sets: Definitions, schema: str | None = None) -> Population:
    """Hold both ways equal: rows, what became of each row of the source, and what was wrong."""
    source = open_source(str(address), schema)
    try:
        population = derive(source, sets)
        inside = rows_inside(source, population)
        records = read(source, sets)
    finally:
        source.close()
    assert inside == rows_read(records)
    assert told_inside(population) == told_by_reading(records)
    return population
