"""Drugs, one row per record and concept set, with route and strength read from whatever the record has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from refractory.records.clean import NOT_USED, Reading, read_extra
from refractory.records.clinical import DRUG, PROCEDURE
from refractory.records.concept_sets import ConceptSets
from refractory.records.reading import RawTable
from refractory.records.routes import RouteEvidence, classify_route
from refractory.records.schema import Problem
from refractory.records.source import quoted
from refractory.records.strength import UNIT_CONCEPTS, Strength, StrengthEvidence, derive_mg_per_unit, is_counted

if TYPE_CHECKING:
    from refractory.records.store import Store

_EVIDENCE = (
    *("concept_set", "source_value", "concept_id", "source_concept_id", "modifier", "route_concept_id", "route_text"),
    *("dose_unit", "route", "mg_per_unit"),
)
_FACT = {
    "place": "UBIGINT",
    "told_route": "VARCHAR",
    "told_mg": "DOUBLE",
    "told_origin": "VARCHAR",
    "is_counted": "BOOLEAN",
    "product": "VARCHAR",
}


def drug_columns(raw: RawTable) -> dict[str, str]:
    """Say how the columns that only drugs (and procedures that give one) have are read."""
    modifiers = f"concat_ws(' ', {raw.text('modifier_source_value')})"
    return {
        "quantity": raw.number("quantity"),
        "has_quantity": raw.is_written(("quantity",)),
        "days_supply": raw.integer("days_supply"),
        "has_days_supply": raw.is_written(("days_supply",)),
        "modifier": f"nullif({modifiers}, '')",
        "modifier_concept_id": raw.identifier("modifier_concept_id"),
        "route_concept_id": raw.identifier("route_concept_id"),
        "route_text": raw.text("route_source_value"),
        "dose_unit": raw.text("dose_unit_source_value"),
        "sig": raw.text("sig"),
        "stop_reason": raw.text("stop_reason"),
    }


def add_drugs(
    store: Store, readings: Sequence[Reading], concept_sets: ConceptSets, drug_sets: tuple[str, ...]
) -> dict[str, list[Problem]]:
    """Add the judged rows that can be used to `drug`: drugs, and procedures that a set of drugs names.

    Args:
        store: The store.
        readings: How the tables that may hold a drug are read.
        concept_sets: The study's sets, for the ingredients that count as the drug.
        drug_sets: The sets that are drugs; a row of drug_exposure is one whatever set names it.

    Returns:
        By table one problem for each row and rule about quantity and days of supply.
    """
    wanted = ", ".join(quoted(name) for name in drug_sets)
    is_billed_drug = f"(table_name = '{PROCEDURE.name}' AND concept_set IN ({wanted}))" if drug_sets else "false"
    evidence = ", ".join(_EVIDENCE)
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE given AS
        SELECT *, hash({evidence}) AS place FROM (
            SELECT n, table_name, concept_set, source_value, judged.concept_id, source_concept_id, route_concept_id,
                   nullif(concat_ws(' ', extra.modifier, named.concept_code), '') AS modifier, route_text, dose_unit,
                   route, mg_per_unit, prednisone_factor, quantity, has_quantity, days_supply, has_days_supply, sig,
                   stop_reason
            FROM judged JOIN belonging USING (n) JOIN ({read_extra(readings)}) AS extra USING (n)
            LEFT JOIN concept_name AS named ON named.concept_id = modifier_concept_id
            WHERE fault IS NULL AND (table_name = '{DRUG.name}' OR {is_billed_drug})
        )
        """
    )
    values = ", ".join(f"unnest(?::{kind}[]) AS {column}" for column, kind in _FACT.items())
    store.connection.execute(
        f"""
        INSERT INTO drug
        SELECT given.table_name, coalesce(row_id, fresh_id), person_id, concept_set, start_date, end_date,
               CASE WHEN days_supply > 0 THEN days_supply END, CASE WHEN quantity > 0 THEN quantity END,
               told_mg, told_origin, is_counted, prednisone_factor, told_route,
               coalesce(given.source_value, source_name.concept_code, named.concept_code), product, sig, stop_reason
        FROM given JOIN judged USING (n) JOIN (SELECT {values}) AS fact USING (place)
        LEFT JOIN concept_name AS named ON named.concept_id = given.concept_id
        LEFT JOIN concept_name AS source_name ON source_name.concept_id = given.source_concept_id
        ORDER BY ALL
        """,
        _tell_facts(store, concept_sets),
    )
    return _list_amount_faults(store)


def _tell_facts(store: Store, concept_sets: ConceptSets) -> list[list[Any]]:
    """Say what each kind of evidence means, once for all records that bear it; one list per column of _FACT."""
    columns = ", ".join(f"evidence.{column}" for column in _EVIDENCE)
    found = store.connection.execute(
        f"""
        WITH evidence AS (SELECT DISTINCT place, {", ".join(_EVIDENCE)} FROM given)
        SELECT place, named.concept_name, source_name.concept_name, route_name.concept_name, {columns} FROM evidence
        LEFT JOIN concept_name AS named ON named.concept_id = evidence.concept_id
        LEFT JOIN concept_name AS source_name ON source_name.concept_id = source_concept_id
        LEFT JOIN concept_name AS route_name ON route_name.concept_id = route_concept_id
        """
    ).fetchall()
    strengths = _read_strengths(store)
    rows: list[tuple[Any, ...]] = []
    for place, name, source_name, route_name, *said in found:
        has = dict(zip(_EVIDENCE, said, strict=True))
        names = (name, source_name, has["source_value"])
        route = classify_route(
            RouteEvidence(
                code=has["source_value"],
                modifier=has["modifier"],
                listed=has["route"],
                route_concept_id=has["route_concept_id"],
                route_concept_name=route_name,
                route_text=has["route_text"],
                products=names,
            )
        )
        resolved = concept_sets.sets[has["concept_set"]]
        mg, origin = derive_mg_per_unit(
            StrengthEvidence(
                billing_unit_mg=has["mg_per_unit"],
                dose_unit=has["dose_unit"],
                strengths=strengths[has["concept_id"]] or strengths[has["source_concept_id"]],
                ingredients=resolved.concept_ids | resolved.mapped_ids,
                names=names,
            )
        )
        rows.append((place, route, mg, origin, is_counted(names), next((one for one in names if one), None)))
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _FACT]


def _read_strengths(store: Store) -> defaultdict[int, list[Strength]]:
    """Read the strengths of the products, units by their name in the vocabulary."""
    strengths: defaultdict[int, list[Strength]] = defaultdict(list)
    ((rows,),) = store.connection.execute("SELECT count(*) FROM strength").fetchall()
    if not rows:
        return strengths
    found = store.connection.execute(
        """
        SELECT drug_concept_id, ingredient_concept_id, amount_value, amount_unit_concept_id, amount.concept_code,
               numerator_value, numerator_unit_concept_id, numerator.concept_code,
               denominator_value, denominator_unit_concept_id, denominator.concept_code
        FROM strength
        LEFT JOIN concept_name AS amount ON amount.concept_id = amount_unit_concept_id
        LEFT JOIN concept_name AS numerator ON numerator.concept_id = numerator_unit_concept_id
        LEFT JOIN concept_name AS denominator ON denominator.concept_id = denominator_unit_concept_id
        ORDER BY ALL
        """
    ).fetchall()
    for (
        drug,
        ingredient,
        amount,
        amount_id,
        amount_unit,
        above,
        above_id,
        above_unit,
        below,
        below_id,
        below_unit,
    ) in found:
        strengths[drug].append(
            Strength(
                ingredient,
                amount,
                amount_unit or UNIT_CONCEPTS.get(amount_id),
                above,
                above_unit or UNIT_CONCEPTS.get(above_id),
                below,
                below_unit or UNIT_CONCEPTS.get(below_id),
            )
        )
    return strengths


def _list_amount_faults(store: Store) -> dict[str, list[Problem]]:
    rules = {
        ("quantity", "quantity is not above 0"): "quantity <= 0",
        ("quantity", "quantity is no number"): "quantity IS NULL AND has_quantity",
        ("days_supply", "days_supply is not above 0"): "given.days_supply <= 0",
        ("days_supply", "days_supply is no number"): "given.days_supply IS NULL AND has_days_supply",
    }
    # A record of two sets is one row of the source.
    parts = " UNION ".join(
        f"SELECT n, given.table_name, row_id, '{column}' AS column_name, '{rule}' AS rule "
        f"FROM given JOIN judged USING (n) WHERE {test}"
        for (column, rule), test in rules.items()
    )
    found = store.connection.execute(
        f"SELECT table_name, row_id, column_name, rule FROM ({parts}) ORDER BY ALL"
    ).fetchall()
    problems: dict[str, list[Problem]] = {}
    for name, row, column, rule in found:
        problems.setdefault(name, []).append(Problem(name, row, column, rule, NOT_USED, is_left_out=False))
    return problems
