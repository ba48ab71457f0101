"""The study pipeline on hospitals of any size, by the program and by SQL written by hand for the one question.

Immunoglobulin for dermatomyositis that two drugs had not held: who, from when, and whether a score fell. By hand it is
one script for DuckDB: the persons, all their records of every table, the courses of drugs before day 0, the score.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import scale_hospital as hospital

from refractory.outcomes.response import ResponseStatus
from refractory.protocol import parse_protocol
from refractory.records.from_omop import open_source
from refractory.study import run_study

DRUGS = (
    hospital.PREDNISONE,
    hospital.METHOTREXATE,
    hospital.AZATHIOPRINE,
    hospital.MYCOPHENOLATE,
    hospital.HYDROXYCHLOROQUINE,
)
Answer = list[tuple[int, date, bool | None]]


def _ingredient(number: int) -> int:
    return hospital.INGREDIENT + 1000 * number


def write_protocol() -> str:
    """Write the study as a protocol."""
    named = {hospital.name_of(number): f"{_ingredient(number)}+" for number in (*DRUGS, hospital.IMMUNOGLOBULIN)}
    named |= {
        "dermatomyositis": str(hospital.DERMATOMYOSITIS),
        "immunodeficiency": str(hospital.IMMUNODEFICIENCY),
        "score": str(hospital.CDASI),
        "weight": str(hospital.BODY_WEIGHT),
    }
    concepts = "\n".join(f'[concepts."{name}"]\nOMOP = ["{ids}"]' for name, ids in named.items())
    drugs = ", ".join(f'"{hospital.name_of(number)}"' for number in DRUGS)
    return f"""
[study]
name  = "bench"
title = "Immunoglobulin for dermatomyositis that two drugs had not held"

{concepts}
[concepts."systemic treatment"]
members = [{drugs}]

[disease]
concept  = "dermatomyositis"
at_least = 2
apart    = "30 days"

[treatment]
concept = "immunoglobulin"
routes  = ["intravenous"]
washout = "180 days"
cycle   = {{ split = "7 days", planned = "28 days", weight = "weight", weight_window = "90 days" }}

[eligibility]
observed_before = "180 days"

[refractory]
failed      = 2
among       = "systemic treatment"
persistence = "30 days"
adequate    = {{ "*" = "4 weeks" }}

[[exclude]]
name    = "Immunodeficiency"
concept = "immunodeficiency"
window  = ["any day before", 0]

[response]
name    = "Score lower by 4 points"
primary = {{ score = "score", fall = "4 points", baseline = [-90, 0], window = [28, 365] }}

[sparing]
glucocorticoid = "prednisone"
"""


def _products(*ingredients: int) -> str:
    products = (_ingredient(one) + product for one in ingredients for product in range(hospital.PRODUCTS + 1))
    return ", ".join(map(str, products))


def write_hand(folder: Path) -> list[str]:
    """Write the study as the statements of a careful analyst who knows this one database."""
    drugs = ", ".join(f"({_ingredient(one)}, {_ingredient(one) + product})" for one in DRUGS for product in range(4))
    tables = ("drug_exposure", "condition_occurrence", "measurement", "observation_period", "death", "person")
    return [
        f"""
        CREATE TEMP TABLE treated AS
        SELECT DISTINCT person_id FROM '{folder}/drug_exposure.parquet'
        WHERE drug_concept_id IN ({_products(hospital.IMMUNOGLOBULIN)})
        """,
        *(
            f"CREATE TEMP TABLE {name} AS SELECT * FROM '{folder}/{name}.parquet' SEMI JOIN treated USING (person_id)"
            for name in tables
        ),
        """
        CREATE TEMP TABLE drug AS
        SELECT DISTINCT person_id, drug_concept_id, route_concept_id, drug_exposure_start_date AS starts,
               CASE WHEN drug_exposure_end_date >= drug_exposure_start_date THEN drug_exposure_end_date
                    WHEN days_supply IS NOT NULL THEN drug_exposure_start_date + days_supply - 1
                    WHEN quantity IS NOT NULL AND sig IS NOT NULL
                    THEN drug_exposure_start_date + greatest(1, floor(quantity / sig[1]::INTEGER))::INTEGER - 1
               END AS ends
        FROM drug_exposure JOIN person USING (person_id) LEFT JOIN death USING (person_id)
        WHERE drug_exposure_start_date >= make_date(year_of_birth, month_of_birth, day_of_birth)
            AND drug_exposure_start_date <= coalesce(death_date, DATE '9999-01-01')
        """,
        f"""
        CREATE TEMP TABLE candidate AS
        WITH day AS (
            SELECT DISTINCT person_id, starts AS day0 FROM drug
            WHERE drug_concept_id IN ({_products(hospital.IMMUNOGLOBULIN)})
                AND route_concept_id <> {hospital.SUBCUTANEOUS}
        ), opening AS (
            SELECT * FROM day
            QUALIFY day0 - lag(day0, 1, DATE '1900-01-01') OVER (PARTITION BY person_id ORDER BY day0) > 180
        ), code AS (
            SELECT person_id, condition_start_date AS day FROM condition_occurrence
            WHERE condition_concept_id = {hospital.DERMATOMYOSITIS}
        )
        SELECT person_id, day0, min(day) AS diagnosis
        FROM opening JOIN code USING (person_id)
        WHERE day <= day0
        GROUP BY ALL HAVING max(day) - min(day) >= 30
        """,
        f"""
        DELETE FROM candidate WHERE EXISTS (
            SELECT 1 FROM condition_occurrence AS c
            WHERE c.person_id = candidate.person_id AND condition_concept_id = {hospital.IMMUNODEFICIENCY}
                AND condition_start_date <= day0
        ) OR NOT EXISTS (
            SELECT 1 FROM observation_period AS o WHERE o.person_id = candidate.person_id
                AND observation_period_start_date <= day0 - 180 AND observation_period_end_date >= day0
        )
        """,
        f"""
        CREATE TEMP TABLE course AS
        WITH cut AS (
            SELECT person_id, day0, diagnosis, ingredient, starts, least(coalesce(ends, starts), day0 - 1) AS ends,
                   ends IS NOT NULL AS is_known
            FROM candidate JOIN drug USING (person_id)
            JOIN (VALUES {drugs}) AS of(ingredient, product) ON drug_concept_id = product
            WHERE starts < day0
        ), marked AS (
            SELECT *, max(ends) OVER (PARTITION BY person_id, day0, ingredient ORDER BY starts, ends
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until FROM cut
        ), numbered AS (
            SELECT *, sum(CASE WHEN until IS NULL OR starts - until > 30 THEN 1 ELSE 0 END)
                OVER (PARTITION BY person_id, day0, ingredient ORDER BY starts, ends) AS course FROM marked
        )
        SELECT person_id, day0, diagnosis, ingredient, min(starts) AS starts, bool_and(is_known) AS is_known,
               sum(greatest(0, ends - greatest(starts, coalesce(until + 1, starts)) + 1)) AS days
        FROM numbered GROUP BY person_id, day0, diagnosis, ingredient, course
        """,
        """
        CREATE TEMP TABLE cohort AS
        SELECT person_id, min(day0) AS day0 FROM (
            SELECT person_id, day0 FROM course WHERE starts >= diagnosis AND (days >= 28 OR NOT is_known)
            GROUP BY ALL HAVING count(DISTINCT ingredient) >= 2
        ) GROUP BY person_id
        """,
        f"""
        CREATE TEMP TABLE answer AS
        WITH score AS (
            SELECT person_id, day0, measurement_date - day0 AS day, value_as_number AS value
            FROM cohort JOIN measurement USING (person_id) WHERE measurement_concept_id = {hospital.CDASI}
        ), baseline AS (
            SELECT person_id, arg_max(value, day) AS value FROM score WHERE day BETWEEN -90 AND 0 GROUP BY person_id
        ), later AS (
            SELECT person_id, min(value) AS value FROM score WHERE day BETWEEN 28 AND 365 GROUP BY person_id
        )
        SELECT person_id, day0, baseline.value - later.value >= 4 AS has_response
        FROM cohort LEFT JOIN baseline USING (person_id) LEFT JOIN later USING (person_id)
        """,
    ]


def answer_by_hand(folder: Path) -> Answer:
    """Find the persons, their day 0 and whether they responded (None: nobody can tell), by hand."""
    with duckdb.connect() as connection:
        for statement in write_hand(folder):
            connection.execute(statement)
        return connection.execute("SELECT * FROM answer ORDER BY person_id").fetchall()


def answer_by_protocol(folder: Path) -> Answer:
    """Find the same by the program, with everything else that a report says of them."""
    source = open_source(str(folder))
    try:
        done = run_study(parse_protocol(write_protocol(), "bench"), source, None)
    finally:
        source.close()
    told = {ResponseStatus.RESPONSE: True, ResponseStatus.NO_RESPONSE: False, ResponseStatus.NOT_EVALUABLE: None}
    return [(one.member.person_id, one.member.day0_date, told[one.response.status]) for one in done.patients]
