"""Hospitals of any size for the bench: OMOP tables in Parquet, each value a hash of its place, the same every time.

About 100 drug records a person, unevenly; several products of an ingredient; refills that overlap and refills that come
late; two records of one day; missing ends, exact copies and other dirt. About 400 persons have records that a study of
immunoglobulin in dermatomyositis looks for, as many in a small hospital as in a large one. All of it is invented, the
concepts too.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

INGREDIENTS = 200
PRODUCTS = 3
PLANTED = 400
# Invented concepts stand above two billion, where OMOP leaves room for a site's own.
INGREDIENT = 2_000_000_000  # + 1000 times the number of the ingredient; its products follow at + 1, + 2, + 3
PREDNISONE, METHOTREXATE, AZATHIOPRINE, MYCOPHENOLATE, HYDROXYCHLOROQUINE, IMMUNOGLOBULIN = 3, 20, 45, 60, 90, 200
NAMES = {
    PREDNISONE: "prednisone",
    METHOTREXATE: "methotrexate",
    AZATHIOPRINE: "azathioprine",
    MYCOPHENOLATE: "mycophenolate",
    HYDROXYCHLOROQUINE: "hydroxychloroquine",
    IMMUNOGLOBULIN: "immunoglobulin",
}
DERMATOMYOSITIS, MUSCLE_WEAKNESS, IMMUNODEFICIENCY = 2_100_000_001, 2_100_000_002, 2_100_000_003
CDASI, BODY_WEIGHT = 2_200_000_001, 2_200_000_002
ORAL, INTRAVENOUS, SUBCUTANEOUS = 4132161, 4171047, 4142048
KILOGRAM, MILLIGRAM, MILLILITRE = 9529, 8576, 8587


def name_of(ingredient: int) -> str:
    """Name an ingredient by its number."""
    return NAMES.get(ingredient, f"ingredient {ingredient}")


def write_hospital(folder: Path, persons: int) -> dict[str, int]:
    """Write the tables of a hospital, and return the rows of each; a folder that is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO part(salt, a, b) AS (hash(a * 4096 + b, salt) % 1000000) / 1e6")
        connection.execute("CREATE MACRO pick(salt, a, b, n) AS (hash(a * 4096 + b, salt) % n)::INTEGER")
        connection.execute(f"CREATE TABLE planted AS {_planted(persons)}")
        for name, query in _tables(persons).items():
            path = folder / f"{name}.parquet"
            if not path.exists():
                partial = path.with_suffix(".partial")
                connection.execute(f"COPY ({query}) TO '{partial}' (FORMAT parquet, COMPRESSION zstd)")
                partial.rename(path)
        return {
            path.stem: connection.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
            for path in sorted(folder.glob("*.parquet"))
        }


def _tables(persons: int) -> dict[str, str]:
    return {
        "person": f"""
            SELECT p AS person_id, CASE WHEN part('sex', p, 0) < 0.55 THEN 8532 ELSE 8507 END AS gender_concept_id,
                   1930 + pick('year', p, 0, 65) AS year_of_birth, 1 + pick('month', p, 0, 12) AS month_of_birth,
                   1 + pick('day', p, 0, 28) AS day_of_birth, 8527 AS race_concept_id
            FROM range(1, {persons + 1}) AS t(p)
        """,
        "observation_period": f"""
            SELECT p AS observation_period_id, p AS person_id,
                   DATE '2003-01-01' + pick('from', p, 0, 400) AS observation_period_start_date,
                   DATE '2019-01-01' + pick('until', p, 0, 700) AS observation_period_end_date
            FROM range(1, {persons + 1}) AS t(p)
        """,
        "death": f"""
            SELECT p AS person_id, DATE '2013-01-01' + pick('dies', p, 1, 2400) AS death_date
            FROM range(1, {persons + 1}) AS t(p) WHERE part('dies', p, 0) < 0.015
            AND p NOT IN (SELECT p FROM planted)
        """,
        "condition_occurrence": _conditions(persons),
        "measurement": _measurements(persons),
        "drug_exposure": _drugs(persons),
    } | _vocabulary()


def _planted(persons: int) -> str:
    """One row per planted person: p, day0, diagnosis, and the numbers that make some of them near misses."""
    step = max(1, persons // PLANTED)
    return f"""
        SELECT p, DATE '2012-01-01' + pick('day0', p, 0, 1500) AS day0,
               DATE '2012-01-01' + pick('day0', p, 0, 1500) - 300 - pick('ill', p, 0, 500) AS diagnosis,
               pick('codes', p, 0, 10) AS codes, pick('drugs', p, 0, 5) AS drugs,
               1 + pick('cycles', p, 0, 8) AS cycles, part('under', p, 0) < 0.1 AS is_under_skin,
               part('better', p, 0) AS better
        FROM (SELECT 1 + {step} * i::BIGINT AS p FROM range({min(PLANTED, persons)}) AS t(i))
    """


def _conditions(persons: int) -> str:
    return f"""
        SELECT p * 64 + k AS condition_occurrence_id, p AS person_id,
               (2_101_000_000 + floor(pow(900, part('illness', p, k))))::BIGINT AS condition_concept_id,
               DATE '2004-01-01' + pick('fell ill', p, k, 5800) AS condition_start_date,
               NULL::DATE AS condition_end_date, 32817 AS condition_type_concept_id,
               NULL::VARCHAR AS condition_source_value, 0 AS condition_source_concept_id
        FROM (SELECT p, unnest(range(1 + pick('illnesses', p, 0, 39))::INTEGER[]) AS k
              FROM range(1, {persons + 1}) AS t(p))
        UNION ALL
        SELECT p * 64 + 40 + k, p, CASE WHEN k = 3 THEN {MUSCLE_WEAKNESS} WHEN k = 4 THEN {IMMUNODEFICIENCY}
                                        ELSE {DERMATOMYOSITIS} END,
               CASE WHEN k = 0 THEN diagnosis WHEN k = 1 AND codes = 1 THEN diagnosis + 20
                    WHEN k = 1 THEN diagnosis + 30 + pick('again', p, 0, 60) ELSE day0 - 30 * k END,
               NULL, 32817, NULL, 0
        FROM planted, unnest(range(5)::INTEGER[]) AS t(k)
        WHERE (k = 0) OR (k = 1 AND codes > 0) OR (k = 2 AND codes > 3) OR (k = 3 AND codes % 2 = 0)
            OR (k = 4 AND codes = 9 AND drugs > 3)
    """


def _measurements(persons: int) -> str:
    return f"""
        SELECT p * 64 + k AS measurement_id, p AS person_id,
               (2_201_000_000 + pick('test', p, k, 300))::BIGINT AS measurement_concept_id,
               DATE '2004-01-01' + pick('tested', p, k, 5800) AS measurement_date,
               round(100 * part('result', p, k), 1) AS value_as_number, 0 AS unit_concept_id,
               NULL::DOUBLE AS range_high, NULL::VARCHAR AS measurement_source_value,
               0 AS measurement_source_concept_id
        FROM (SELECT p, unnest(range(pick('tests', p, 0, 21))::INTEGER[]) AS k FROM range(1, {persons + 1}) AS t(p))
        UNION ALL
        SELECT p * 64 + 30 + k, p, CASE WHEN k = 0 THEN {BODY_WEIGHT} ELSE {CDASI} END,
               CASE WHEN k = 0 THEN day0 - 20 WHEN k = 1 THEN day0 - 10 ELSE day0 - 60 + 60 * k END,
               CASE WHEN k = 0 THEN 50 + pick('weight', p, 0, 50) WHEN k = 1 THEN 12 + pick('score', p, 0, 20)
                    ELSE greatest(0, 12 + pick('score', p, 0, 20) - round(8 * better * (k - 1))
                                     + pick('visit', p, k, 4))
               END, CASE WHEN k = 0 THEN {KILOGRAM} ELSE 0 END, NULL, NULL, 0
        FROM planted, unnest(range(6)::INTEGER[]) AS t(k) WHERE k < 2 OR part('seen', p, k) < 0.85
    """


def _drugs(persons: int) -> str:
    """Histories (a person's drug) of refills, each refill a record or a few; and what the planted persons took."""
    return f"""
        WITH history AS (
            SELECT p, h, floor(pow({INGREDIENTS - 1}, part('drug', p, h)))::INTEGER AS ingredient,
                   CASE WHEN part('pack', p, h) < 0.7 THEN 30 ELSE 90 END AS supply,
                   1 + pick('dose', p, h, 2) AS daily, 4 + pick('stays', p, h, 17) AS stays,
                   DATE '2005-01-01' + pick('begins', p, h, 4000) AS begins
            FROM (SELECT p, unnest(range(1 + (16 * pow(part('drugs', p, 0), 2))::INTEGER)::INTEGER[]) AS h
                  FROM range(1, {persons + 1}) AS t(p))
        ), refill AS (
            SELECT *, p * 8192 + h * 256 + k AS place
            FROM (SELECT *, unnest(range(5 + (30 * pow(part('refills', p, h), 2))::INTEGER)::INTEGER[]) AS k
                  FROM history)
        ), record AS (
            SELECT *, (hash(place, 'record') % 10_000_000)::INTEGER AS chance FROM refill
        ), dated AS (
            SELECT *, begins + k * supply + 150 * (k // stays) + (chance % 22 - 9) AS starts,
                   (chance // 22) % 10_000 AS dirt,
                   -- a second record of the day: another product, another quantity, or a copy
                   unnest(CASE WHEN k % 29 = 7 THEN [0, 1] WHEN k % 43 = 5 THEN [0, 2]
                               WHEN chance // 22 % 1000 = 77 THEN [0, 3] ELSE [0] END) AS again
            FROM record
        )
        SELECT place * 4 + again AS drug_exposure_id,
               CASE WHEN dirt = 4321 THEN p + 1_000_000_000 ELSE p END AS person_id,
               ({INGREDIENT} + 1000 * ingredient + 1 + (chance + again % 2) % {PRODUCTS})::BIGINT AS drug_concept_id,
               CASE WHEN dirt = 1234 THEN NULL WHEN dirt = 1235 THEN DATE '1901-01-01' ELSE starts END
                   AS drug_exposure_start_date,
               CASE WHEN dirt < 8500 THEN starts + supply - 1 WHEN dirt < 8505 THEN starts - 5 END
                   AS drug_exposure_end_date,
               32838 AS drug_type_concept_id, CASE WHEN dirt % 400 = 7 THEN 'changed' END AS stop_reason,
               5 AS refills,
               CASE WHEN again = 2 THEN 5.0 WHEN dirt % 50 <> 3 THEN supply * daily::DOUBLE END AS quantity,
               CASE WHEN dirt % 20 < 15 THEN supply END AS days_supply,
               daily::VARCHAR || ' daily' AS sig, {ORAL} AS route_concept_id, p % 997 AS provider_id,
               p * 64 + k AS visit_occurrence_id, NULL::VARCHAR AS drug_source_value,
               0 AS drug_source_concept_id, NULL::VARCHAR AS route_source_value,
               NULL::VARCHAR AS dose_unit_source_value
        FROM dated
        UNION ALL
        SELECT (p * 8192 + 6000 + course * 100 + k) * 4, p,
               {INGREDIENT} + 1 + 1000 * CASE course WHEN 0 THEN {PREDNISONE} WHEN 1 THEN {METHOTREXATE}
                   WHEN 2 THEN {AZATHIOPRINE} WHEN 3 THEN {MYCOPHENOLATE} ELSE {HYDROXYCHLOROQUINE} END,
               starts, starts + 29, 32838, NULL, 0,
               30.0 * CASE WHEN course > 0 THEN 1 ELSE greatest(1, 10 - k // 2 * (1 + pick('taper', p, 0, 2))) END,
               30, '1 daily', {ORAL}, 1, p * 64 + k, NULL, 0, NULL, NULL
        FROM (SELECT *, CASE WHEN course = 0 THEN day0 - 200 ELSE diagnosis + 10 + 60 * course END + 30 * k AS starts
              FROM planted, unnest(range(5)::INTEGER[]) AS t(course), unnest(range(18)::INTEGER[]) AS u(k)
              WHERE (course = 0 AND k < 6 + 2 * drugs) OR (course BETWEEN 1 AND drugs - 1 AND k < 1 + codes))
        UNION ALL
        SELECT (p * 8192 + 7000 + cycle * 16 + day) * 4, p, {INGREDIENT} + 1 + 1000 * {IMMUNOGLOBULIN},
               day0 + 28 * cycle + day, day0 + 28 * cycle + day, 32838, NULL, 0, 350.0, 1, NULL,
               CASE WHEN is_under_skin THEN {SUBCUTANEOUS} ELSE {INTRAVENOUS} END, 1, p * 64, NULL, 0, NULL, NULL
        FROM planted, unnest(range(9)::INTEGER[]) AS t(cycle), unnest(range(4)::INTEGER[]) AS u(day)
        WHERE cycle < cycles AND day < 1 + codes % 4
        UNION ALL
        SELECT (p * 8192 + 7500 + k) * 4, p, {INGREDIENT} + 2 + 1000 * {IMMUNOGLOBULIN},
               DATE '2010-01-01' + pick('other', p, 0, 2000) + 28 * k, NULL, 32838, NULL, 0, 300.0, 1, NULL,
               {INTRAVENOUS}, 1, p * 64, NULL, 0, NULL, NULL
        FROM range(1, {persons + 1}) AS t(p), unnest(range(4)::INTEGER[]) AS u(k)
        WHERE part('immunoglobulin', p, 0) < 0.0025 AND k < 1 + pick('immunoglobulin', p, 1, 4)
    """


def _vocabulary() -> dict[str, str]:
    names = ", ".join(f"({number}, '{name_of(number)}')" for number in range(1, INGREDIENTS + 1))
    named = f"(VALUES {names}) AS named(ingredient, name)"
    product = f"{INGREDIENT} + 1000 * ingredient + 1 + j"
    mg = "CASE WHEN ingredient = 3 THEN [1, 5, 5][j + 1] ELSE [5, 10, 25][j + 1] END"
    is_infused = f"ingredient = {IMMUNOGLOBULIN}"
    strength = (
        f"""'{{}}' || CASE WHEN {is_infused} THEN '100 MG/ML Injectable Solution' ELSE {mg} || ' MG Oral Tablet' END"""
    )
    others = {
        DERMATOMYOSITIS: "Dermatomyositis", MUSCLE_WEAKNESS: "Muscle weakness", IMMUNODEFICIENCY: "Immunodeficiency",
        CDASI: "CDASI activity", BODY_WEIGHT: "Body weight", KILOGRAM: "kilogram", MILLIGRAM: "milligram",
        MILLILITRE: "milliliter", ORAL: "Oral", INTRAVENOUS: "Intravenous", SUBCUTANEOUS: "Subcutaneous",
    }  # fmt: skip
    ucum = {KILOGRAM: "kg", MILLIGRAM: "mg", MILLILITRE: "mL"}
    rows = ", ".join(f"({one}, '{name}', '{ucum.get(one, one)}')" for one, name in others.items())
    return {
        "concept": f"""
            SELECT ({INGREDIENT} + 1000 * ingredient)::BIGINT AS concept_id, name AS concept_name,
                   'RxNorm' AS vocabulary_id, (70_000_000 + ingredient * 10)::VARCHAR AS concept_code,
                   'S' AS standard_concept FROM {named}
            UNION ALL
            SELECT {product}, name || {strength.format(" ")}, 'RxNorm', (70_000_000 + ingredient * 10 + 1 + j)::VARCHAR,
                   'S' FROM {named}, unnest(range({PRODUCTS})::INTEGER[]) AS t(j)
            UNION ALL
            SELECT one, name, CASE WHEN one < 10_000 THEN 'UCUM' ELSE 'Own' END, code, 'S'
            FROM (VALUES {rows}) AS t(one, name, code)
        """,
        "concept_ancestor": f"""
            SELECT ({INGREDIENT} + 1000 * ingredient)::BIGINT AS ancestor_concept_id,
                   ({product})::BIGINT AS descendant_concept_id
            FROM {named}, unnest(range({PRODUCTS})::INTEGER[]) AS t(j)
        """,
        "drug_strength": f"""
            SELECT ({product})::BIGINT AS drug_concept_id,
                   ({INGREDIENT} + 1000 * ingredient)::BIGINT AS ingredient_concept_id,
                   CASE WHEN NOT {is_infused} THEN ({mg})::DOUBLE END AS amount_value,
                   CASE WHEN NOT {is_infused} THEN {MILLIGRAM} END AS amount_unit_concept_id,
                   CASE WHEN {is_infused} THEN 100.0 END AS numerator_value,
                   CASE WHEN {is_infused} THEN {MILLIGRAM} END AS numerator_unit_concept_id,
                   NULL::DOUBLE AS denominator_value,
                   CASE WHEN {is_infused} THEN {MILLILITRE} END AS denominator_unit_concept_id
            FROM {named}, unnest(range({PRODUCTS})::INTEGER[]) AS t(j)
        """,
        "cdm_source": """
            SELECT 'Hospital of the bench' AS cdm_source_name, 'v5.4' AS cdm_version,
                   'Invented records to measure speed with' AS source_description
        """,
    }
