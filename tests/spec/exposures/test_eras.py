"""Last covered days, eras and their covered days."""

from __future__ import annotations

from itertools import permutations

from tests.tables import fill, same_rows

from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.records.store import Store


def _eras(engine, text: str, persistence_days: int = 30):
    drug = fill(engine, "drug", text)
    exposures = engine.keep("exposures", derive_exposures(drug))
    return exposures, derive_eras(exposures, persistence_days)


def test_the_last_covered_day_is_the_first_that_exists_of_end_supply_and_start(engine):
    exposures, _ = _eras(
        engine,
        """
        person_id | concept_set  | start_date | end_date   | days_supply
        ----------+--------------+------------+------------+------------
        1         | methotrexate | 2020-01-01 | 2020-01-10 | 30
        2         | methotrexate | 2020-01-01 | -          | 30
        3         | methotrexate | 2020-01-01 | -          | 1
        4         | methotrexate | 2020-01-01 | -          | -
    """,
    )
    same_rows(
        engine,
        exposures,
        """
        person_id | last_covered_date | has_known_end
        ----------+-------------------+--------------
        1         | 2020-01-10        | yes
        2         | 2020-01-30        | yes
        3         | 2020-01-01        | yes
        4         | 2020-01-01        | no
    """,
    )


def test_a_gap_of_exactly_the_persistence_window_does_not_end_the_era(engine):
    _, eras = _eras(
        engine,
        """
        person_id | concept_set | start_date | end_date
        ----------+-------------+------------+-----------
        1         | lithium     | 2020-01-01 | 2020-01-30
        1         | lithium     | 2020-02-29 | 2020-03-29
        2         | lithium     | 2020-01-01 | 2020-01-30
        2         | lithium     | 2020-03-01 | 2020-03-30
    """,
    )
    same_rows(
        engine,
        eras,
        """
        person_id | concept_set | start_date | end_date   | covered_days | exposures
        ----------+-------------+------------+------------+--------------+----------
        1         | lithium     | 2020-01-01 | 2020-03-29 | 60           | 2
        2         | lithium     | 2020-01-01 | 2020-01-30 | 30           | 1
        2         | lithium     | 2020-03-01 | 2020-03-30 | 30           | 1
    """,
    )


def test_overlaps_are_absorbed_and_supply_is_never_carried_forward(engine):
    _, eras = _eras(
        engine,
        """
        person_id | concept_set | start_date | end_date
        1         | lithium     | 2020-01-01 | 2020-01-31
        1         | lithium     | 2020-01-10 | 2020-01-20
        1         | lithium     | 2020-01-25 | 2020-02-10
    """,
    )
    same_rows(
        engine,
        eras,
        """
        person_id | start_date | end_date   | covered_days | exposures
        1         | 2020-01-01 | 2020-02-10 | 41           | 3
    """,
    )


def test_an_era_has_a_known_end_only_when_every_exposure_has_one(engine):
    _, eras = _eras(
        engine,
        """
        person_id | concept_set | start_date | end_date
        1         | lithium     | 2020-01-01 | 2020-01-30
        1         | lithium     | 2020-02-10 | -
        2         | lithium     | 2020-01-01 | 2020-01-30
    """,
    )
    same_rows(
        engine,
        eras,
        """
        person_id | has_known_end | covered_days
        1         | no            | 31
        2         | yes           | 30
    """,
    )


def test_drugs_and_persons_keep_their_eras_apart(engine):
    _, eras = _eras(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        1         | lithium      | 2020-01-01 | 2020-01-10
        1         | methotrexate | 2020-01-05 | 2020-01-20
        2         | lithium      | 2020-01-11 | 2020-01-12
    """,
    )
    assert engine.count(eras) == 3


def test_exposures_that_start_on_one_day_are_one_era_in_whichever_order_they_are_written(engine):
    """After a gap of 31 days two start on one day, the longer one first or last; both belong to the new era."""
    rows = ["1 | lithium | 2020-01-01 | 2020-01-30", "1 | lithium | 2020-03-01 | 2020-03-05"]
    rows += ["1 | lithium | 2020-03-01 | 2020-03-30", "1 | lithium | 2020-03-01 | 2020-03-01"]
    for order in permutations(rows):
        _, eras = _eras(engine, "\n".join(["person_id | concept_set | start_date | end_date", *order]))
        same_rows(
            engine,
            eras,
            """
            person_id | start_date | end_date   | covered_days | exposures
            1         | 2020-01-01 | 2020-01-30 | 30           | 1
            1         | 2020-03-01 | 2020-03-30 | 30           | 3
        """,
        )


def test_of_many_exposures_that_start_on_one_day_the_engine_may_take_any_first():
    """A sort of 200,000 rows leaves equal ones in any order; the covered days, walked one by one, are never unsure."""
    store = Store()
    store.connection.execute("""
        CREATE TABLE exposures AS
        SELECT 'drug_exposure' AS source_table, i AS row_id, (hash(i) % 200)::BIGINT AS person_id, 'a' AS concept_set,
               DATE '2020-01-01' + (hash(i, 1) % 3000)::INTEGER AS start_date,
               start_date + (hash(i, 2) % 3)::INTEGER AS last_covered_date,
               true AS has_known_end, NULL::VARCHAR AS stop_reason
        FROM range(200000) AS t(i)
    """)
    kinds = {"source_table": "string", "row_id": "int64"} | {"person_id": "int64", "concept_set": "string"}
    kinds |= {"start_date": "date", "last_covered_date": "date", "has_known_end": "boolean", "stop_reason": "string"}
    eras = derive_eras(store.declare("exposures", kinds), 1)
    walked = store.connection.execute("""
        WITH day AS (
            SELECT DISTINCT person_id, start_date + unnest(range(last_covered_date - start_date + 1))::INTEGER AS day
            FROM exposures
        ), marked AS (
            SELECT *, coalesce(day - lag(day) OVER (PARTITION BY person_id ORDER BY day) > 1, true) AS opens FROM day
        ), numbered AS (
            SELECT *, sum(opens::INTEGER) OVER (PARTITION BY person_id ORDER BY day) AS era FROM marked
        )
        SELECT person_id, min(day), max(day), count(*) FROM numbered GROUP BY person_id, era
    """).fetchall()
    assert len(walked) > 80_000
    for _ in range(4):
        assert sorted((row[0], row[2], row[3], row[4]) for row in store.rows(eras)) == sorted(walked)
