"""What the queries of a cohort definition read: which tables, which columns decide, and which rows can matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from refractory.records.circe.attributes import DEMOGRAPHIC, KINDS
from refractory.records.circe.definition import CirceDefinition

Part = Mapping[str, Any]
# Where an era is not there, it is derived from the records of this table.
ERAS_OF = {"condition_era": "condition_occurrence", "drug_era": "drug_exposure"}
ALWAYS = ("person", "observation_period")


@dataclass
class TableNeeds:
    """What is needed of one table.

    Args:
        columns: Columns that decide something.
        is_whole: True when rows of any concept can matter.
    """

    columns: set[str] = field(default_factory=set)
    is_whole: bool = False


def find_needs(definition: CirceDefinition) -> dict[str, TableNeeds]:
    """Find what the queries of a definition read of each table."""
    needs: dict[str, TableNeeds] = {name: TableNeeds(is_whole=True) for name in ALWAYS}
    whole = definition.expression
    for name, body in _criteria(whole):
        kind = KINDS[name]
        own = needs.setdefault(kind.table, TableNeeds())
        sources = [key for key in body if key.endswith("SourceConcept")]
        own.columns |= {kind.concept} if "CodesetId" in body else set()
        own.columns |= {kind.source_concept} if sources else set()
        own.is_whole |= not (sources or "CodesetId" in body)
        _add_columns(needs, kind.table, body, kind.attributes)
    for one in _parts(whole, "DemographicCriteriaList"):
        for demographic in one:
            _add_columns(needs, "person", demographic, DEMOGRAPHIC)
    for one in _parts(whole, "RestrictVisit"):
        if one is True:
            for name, _ in _criteria(whole):
                if KINDS[name].table not in ALWAYS:
                    needs[KINDS[name].table].columns.add("visit_occurrence_id")
    if "CustomEra" in whole.get("EndStrategy", {}):
        needs.setdefault("drug_exposure", TableNeeds()).columns.add("drug_concept_id")
    return needs


def _add_columns(needs: dict[str, TableNeeds], table: str, body: Part, attributes: Mapping[str, Any]) -> None:
    for key in body:
        column = attributes[key].column if key in attributes else ""
        if not column or ((key.endswith("Exclude") or key == "Abnormal") and not body[key]):
            continue
        if "." in column:
            elsewhere, _, column = column.partition(".")
            needs.setdefault(elsewhere, TableNeeds(is_whole=True)).columns.add(column)
            needs[elsewhere].is_whole = True
            if elsewhere != "person":
                needs[table].columns.add(f"{elsewhere.removesuffix('_occurrence')}_id".replace("visit_id", _VISIT))
        else:
            needs[table].columns.add(column)


_VISIT = "visit_occurrence_id"


def _criteria(part: Any) -> Iterator[tuple[str, Part]]:
    """Find every criterion of an expression, wherever it stands."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in KINDS and isinstance(value, dict):
                yield key, value
            if key != "ConceptSets":
                yield from _criteria(value)
    elif isinstance(part, list):
        for one in part:
            yield from _criteria(one)


def _parts(part: Any, name: str) -> Iterator[Any]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == name:
                yield value
            yield from _parts(value, name)
    elif isinstance(part, list):
        for one in part:
            yield from _parts(one, name)
