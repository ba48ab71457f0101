"""Last covered days, eras and their covered days."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.exposures.eras import derive_eras, derive_exposures


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
