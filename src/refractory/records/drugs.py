"""Drugs, one row per record and concept set, with route and strength read from whatever the record has."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from refractory.records.clean import NOT_USED
from refractory.records.clinical import ClinicalTable
from refractory.records.concept_sets import ConceptSets
from refractory.records.reading import RawTable
from refractory.records.routes import RouteEvidence, classify_route
from refractory.records.schema import Problem
from refractory.records.source import quoted
from refractory.records.store import keep_rows
from refractory.records.strength import UNIT_CONCEPTS, Strength, StrengthEvidence, derive_mg_per_unit

if TYPE_CHECKING:
    from refractory.records.store import Store

_EVIDENCE = (
    *("concept_set", "source_value", "concept_id", "source_concept_id", "modifier", "route_concept_id", "route_text"),
    *("dose_unit", "route", "mg_per_unit"),
)
_FACT = {"place": "int64", "told_route": "string", "told_mg": "float64", "told_origin": "string", "product": "string"}


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
    store: Store, table: ClinicalTable, concept_sets: ConceptSets, only: tuple[str, ...] | None
) -> tuple[Problem, ...]:
    """Add the judged rows that can be used to `drug`.

    Args:
        store: The store.
        table: drug_exposure, or procedure_occurrence for drugs that are billed as a service.
        concept_sets: The study's sets, for the ingredients that count as the drug.
        only: The sets that are drugs; None when all that name a row of the table are.

    Returns:
        One problem for each rule about quantity and days supply, with the number of rows that it speaks of.
    """
    wanted = ", ".join(quoted(name) for name in only or ())
    chosen = "" if only is None else f"AND concept_set IN ({wanted})" if only else "AND false"
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE given AS
        SELECT judged.* EXCLUDE (modifier), belonging.* EXCLUDE (n),
               nullif(concat_ws(' ', judged.modifier, named.concept_code), '') AS modifier
        FROM judged JOIN belonging USING (n)
        LEFT JOIN concept_name AS named ON named.concept_id = modifier_concept_id
        WHERE fault IS NULL {chosen}
        """
    )
    columns = ", ".join(_EVIDENCE)
    store.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE evidence AS "
        f"SELECT row_number() OVER () AS place, * FROM (SELECT DISTINCT {columns} FROM given)"
    )
    _keep_facts(store, concept_sets)
    same = " AND ".join(f"given.{column} IS NOT DISTINCT FROM evidence.{column}" for column in _EVIDENCE)
    store.connection.execute(
        f"""
        INSERT INTO drug
        SELECT '{table.name}', coalesce(row_id, fresh_id), person_id, given.concept_set, start_date, end_date,
               CASE WHEN days_supply > 0 THEN days_supply END, CASE WHEN quantity > 0 THEN quantity END,
               told_mg, told_origin, prednisone_factor, told_route,
               coalesce(given.source_value, source_name.concept_code, named.concept_code), product, sig, stop_reason
        FROM given JOIN evidence ON {same} JOIN fact USING (place)
        LEFT JOIN concept_name AS named ON named.concept_id = given.concept_id
        LEFT JOIN concept_name AS source_name ON source_name.concept_id = given.source_concept_id
        ORDER BY ALL
        """
    )
    return _list_amount_faults(store, table)


def _keep_facts(store: Store, concept_sets: ConceptSets) -> None:
    columns = ", ".join(f"evidence.{column}" for column in _EVIDENCE)
    found = store.connection.execute(
        f"""
        SELECT place, named.concept_name, source_name.concept_name, route_name.concept_name, {columns} FROM evidence
        LEFT JOIN concept_name AS named ON named.concept_id = evidence.concept_id
        LEFT JOIN concept_name AS source_name ON source_name.concept_id = source_concept_id
        LEFT JOIN concept_name AS route_name ON route_name.concept_id = route_concept_id
        """
    ).fetchall()
    strengths = _read_strengths(store)
    rows = []
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
        rows.append((place, route, mg, origin, next((one for one in names if one), None)))
    keep_rows(store.connection, "fact", _FACT, rows)


def _read_strengths(store: Store) -> defaultdict[int, list[Strength]]:
    """Read the strengths of the products, units by their name in the vocabulary."""
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
    strengths: defaultdict[int, list[Strength]] = defaultdict(list)
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


def _list_amount_faults(store: Store, table: ClinicalTable) -> tuple[Problem, ...]:
    rules = {
        ("quantity", "quantity is not above 0"): "quantity <= 0",
        ("quantity", "quantity is no number"): "quantity IS NULL AND has_quantity",
        ("days_supply", "days_supply is not above 0"): "days_supply <= 0",
        ("days_supply", "days_supply is no number"): "days_supply IS NULL AND has_days_supply",
    }
    counts = ", ".join(f"count(*) FILTER ({test})" for test in rules.values())
    columns = "n, quantity, has_quantity, days_supply, has_days_supply"
    (found,) = store.connection.execute(f"SELECT {counts} FROM (SELECT DISTINCT {columns} FROM given)").fetchall()
    return tuple(
        Problem(table.name, None, column, rule, NOT_USED, rows=rows, is_left_out=False)
        for (column, rule), rows in zip(rules, found, strict=True)
        if rows
    )
