"""What is known of the kinds of drug records, as a table of literals that the records of a source are joined with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.clinical import ClinicalTable
from refractory.records.concept_sets import ConceptSets, all_ids
from refractory.records.drug_kinds import FACTS, Fact
from refractory.records.source import small_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

Kind = tuple[Any, ...]


@dataclass(frozen=True)
class CountedKinds:
    """The kinds of records of one table.

    Args:
        columns: The columns in which they differ.
        counts: How many records of each kind have which fault and note.
        facts: What is known of each kind that a concept set names.
    """

    columns: tuple[str, ...]
    counts: Mapping[Kind, Counter[tuple[int, int]]]
    facts: Mapping[Kind, tuple[Fact, ...]]


def find_shortest_key(counted: CountedKinds) -> tuple[str, ...]:
    """Find the columns that are enough to know what is known of a record: a concept, most often."""
    places = list(range(len(counted.columns)))
    # Texts are dropped first: to compare them costs the most. The concept is dropped last.
    for place in sorted(places, key=lambda place: (not counted.columns[place].endswith("_value"), -place)):
        fewer = [other for other in places if other != place]
        seen: dict[Kind, tuple[Fact, ...]] = {}
        told = ((tuple(kind[one] for one in fewer), counted.facts.get(kind, ())) for kind in counted.counts)
        if fewer and all(seen.setdefault(key, facts) == facts for key, facts in told):
            places = fewer
    return tuple(counted.columns[place] for place in places)


def is_asked_by_key(
    table: ClinicalTable, counted: CountedKinds, keys: Sequence[str], concept_sets: ConceptSets
) -> bool:
    """Say whether whatever has one of the keys is a record that is asked for, so that nobody need ask again."""
    ids = frozenset(all_ids(concept_sets.sets.values()))
    places = [counted.columns.index(key) for key in keys if key in (table.concept, table.source_concept)]
    return all(any(kind[place] in ids for place in places) for kind in counted.facts)


def join_facts(
    source: Source, counted: CountedKinds, keys: Sequence[str], rows: ir.Table, names: Sequence[str]
) -> ir.Table:
    """Join the records of a source with what is known of their kinds.

    Args:
        source: Where the records are.
        counted: The kinds.
        keys: The columns by which a kind is known, from find_shortest_key.
        rows: Rows of the table.
        names: Names of the concept sets; their place is their number.

    Returns:
        One row per row and concept set that names it: its columns, set_number and fact_<name> for each of FACTS.

    Raises:
        RecordsError: When a text cannot stand in a query.
    """
    import ibis

    places = [counted.columns.index(key) for key in keys]
    lines = {
        (*(kind[place] for place in places), names.index(fact.concept_set), *fact.values)
        for kind, facts in counted.facts.items()
        for fact in facts
    }
    kinds = {f"key_{key}": "string" if rows[key].type().is_string() else "int64" for key in keys}
    kinds |= {"set_number": "int32"} | {f"fact_{fact}": kind for fact, kind in FACTS.items()}
    try:
        facts = small_table(source, kinds, sorted(lines, key=str))
    except ValueError:
        raise RecordsError(
            "A code or a unit of the drug records holds a control character, and cannot be told inside the source.",
            where=source.name,
            remedy="--compute embedded, which hands the records over",
        ) from None
    same = []
    for place, key in enumerate(keys):
        own, told = rows[key], facts[f"key_{key}"]
        if any(line[place] in (0, "") for line in lines):
            nothing = "" if own.type().is_string() else 0
            own, told = ibis.coalesce(own, nothing), ibis.coalesce(told, nothing)
        same.append(own == told)
    return rows.join(facts, same)
