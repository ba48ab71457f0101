"""Which tables of OMOP a source holds, in which schema, and how it spells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.errors import RecordsError

if TYPE_CHECKING:
    pass

# The tables that the program reads, each with the columns without which it is not that table of OMOP.
OMOP_TABLES: dict[str, tuple[str, ...]] = {
    "person": ("person_id",),
    "observation_period": ("person_id", "observation_period_start_date"),
    "death": ("person_id", "death_date"),
    "condition_occurrence": ("person_id", "condition_start_date"),
    "procedure_occurrence": ("person_id", "procedure_date"),
    "observation": ("person_id", "observation_date"),
    "measurement": ("person_id", "measurement_date"),
    "device_exposure": ("person_id", "device_exposure_start_date"),
    "drug_exposure": ("person_id", "drug_exposure_start_date"),
    "concept": ("concept_id", "concept_code"),
    "concept_ancestor": ("ancestor_concept_id", "descendant_concept_id"),
    "concept_relationship": ("concept_id_1", "concept_id_2", "relationship_id"),
    "drug_strength": ("drug_concept_id", "ingredient_concept_id"),
    "cdm_source": ("cdm_source_name",),
    # Only cohort definitions of ATLAS ask for what follows.
    "visit_occurrence": ("visit_occurrence_id", "person_id", "visit_start_date"),
    "visit_detail": ("visit_detail_id", "person_id", "visit_detail_start_date"),
    "specimen": ("person_id", "specimen_date"),
    "condition_era": ("person_id", "condition_era_start_date"),
    "drug_era": ("person_id", "drug_era_start_date"),
    "dose_era": ("person_id", "dose_era_start_date"),
    "provider": ("provider_id", "specialty_concept_id"),
}
# Tables that few studies ask for: one that has only the name of OMOP, or cannot be read, counts as absent.
SELDOM_ASKED = frozenset(
    {"visit_occurrence", "visit_detail", "specimen", "condition_era", "drug_era", "dose_era", "provider"}
)
VOCABULARY_TABLES = frozenset({"concept", "concept_ancestor", "concept_relationship", "drug_strength"})


@dataclass(frozen=True)
class SourceTable:
    """A table as the source spells it.

    Args:
        path: Its name with what stands before it, as the source spells them: database, schema, table.
        spelled: The source's own spelling of each column, by its name in lower case.
        kinds: Type of each column as Ibis writes it, by its name in lower case.
    """

    path: tuple[str, ...]
    spelled: Mapping[str, str]
    kinds: Mapping[str, str]


def tell_apart(tables: Mapping[str, SourceTable]) -> tuple[dict[str, SourceTable], dict[str, SourceTable]]:
    """Part the tables that have OMOP's columns from those that have only its name."""
    own = {table: one for table, one in tables.items() if _has_columns(one, OMOP_TABLES[table])}
    return own, {table: one for table, one in tables.items() if table not in own and table not in SELDOM_ASKED}


def _has_columns(table: SourceTable, needed: Iterable[str]) -> bool:
    """Say whether a table has all of these columns; a time stamp stands for a day, as in version 6 of OMOP."""
    stamps = {name: name.removesuffix("_date") + "_datetime" for name in needed if name.endswith("_date")}
    return all(name in table.kinds or stamps.get(name) in table.kinds for name in needed)


def arrange(columns: Iterable[tuple[str, str, str, str]]) -> dict[str, dict[str, SourceTable]]:
    """Arrange rows of schema, table, column and type by schema and by lower-case table name; only tables of OMOP."""
    kinds: defaultdict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for schema, table, column, kind in columns:
        if table.lower() in OMOP_TABLES:
            kinds[schema, table][column.lower()] = (column, kind)
    found: defaultdict[str, dict[str, SourceTable]] = defaultdict(dict)
    for (schema, table), by_column in sorted(kinds.items()):
        spelled = {column: pair[0] for column, pair in by_column.items()}
        found[schema][table.lower()] = SourceTable(
            (schema, table), spelled, {column: pair[1] for column, pair in by_column.items()}
        )
    return dict(found)


def choose_schema(
    found: Mapping[str, Mapping[str, SourceTable]], schema: str | None, where: str
) -> dict[str, SourceTable]:
    """Choose the schema that holds the records, and take vocabulary tables from beside it when it has none.

    Raises:
        RecordsError: When the named schema is not there, none holds a person table, or several do.
    """
    holding = sorted(name for name, tables in found.items() if "person" in tables)
    if schema is not None:
        named = [name for name in found if name == schema] or [n for n in found if n.lower() == schema.lower()]
        if not named:
            remedy = f"name one of: {', '.join(holding)}" if holding else "check the name and the right to read it"
            raise RecordsError(f'No table of OMOP can be read in a schema "{schema}".', where=where, remedy=remedy)
        chosen = named[0]
    elif len(holding) > 1:
        raise RecordsError(
            f"{len(holding)} schemas hold a person table: {', '.join(holding)}.",
            where=where,
            remedy=f"name the one that is meant, for example --schema {holding[0]}",
        )
    elif not holding:
        seen = ", ".join(sorted({table for tables in found.values() for table in tables})) or "none of OMOP"
        raise RecordsError(
            "There is no person table.", where=f"{where} (tables that can be read: {seen})", remedy="check the address"
        )
    else:
        chosen = holding[0]
    tables = dict(found[chosen])
    for table in VOCABULARY_TABLES - tables.keys():
        beside = [others[table] for name, others in found.items() if name != chosen and table in others]
        if len(beside) == 1:
            tables[table] = beside[0]
    return tables
