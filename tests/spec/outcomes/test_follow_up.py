"""From which day to which a person is observed alive."""

from __future__ import annotations

from tests.tables import empty, fill, same_rows

from refractory.dates import Window
from refractory.outcomes.follow_up import derive_observed
from refractory.records.store import Store

COHORT = {"person_id": "int64", "day0_date": "date"}
SPAN = Window(-100, 200)


def _observed(cohort: str, periods: str | None, deaths: str | None = None):
    store = Store()
    fill(store, "cohort", cohort, COHORT)
    empty(store, "observation_period", "death")
    if periods:
        fill(store, "observation_period", periods)
    if deaths:
        fill(store, "death", deaths)
    tables = [store.table(name) for name in ("cohort", "observation_period", "death")]
    return store, derive_observed(*tables, SPAN, is_observation_known=periods is not None)


FOUR = "person_id | day0_date\n1 | 2020-01-01\n2 | 2020-01-01\n3 | 2020-01-01\n4 | 2020-01-01"


def test_the_period_that_holds_day_0_counts_and_no_other():
    """1: one long period. 2: ends on day 0. 3: begins on day 0, an earlier one ends on day -2. 4: begins on day 1."""
    store, observed = _observed(
        FOUR,
        """
        person_id | start_date | end_date
        1         | 2000-01-01 | 2030-01-01
        2         | 2019-12-01 | 2020-01-01
        3         | 2019-01-01 | 2019-12-30
        3         | 2020-01-01 | 2020-02-01
        4         | 2020-01-02 | 2020-12-31
    """,
    )
    same_rows(
        store,
        observed,
        """
        person_id | observed_from_day | observed_until_day
        1         | -100              | 200
        2         | -31               | 0
        3         | 0                 | 31
        4         | 1                 | 0
    """,
    )


def test_of_two_periods_that_hold_day_0_the_longer_ends_count():
    store, observed = _observed(
        "person_id | day0_date\n1 | 2020-01-01",
        "person_id | start_date | end_date\n1 | 2019-12-30 | 2020-01-20\n1 | 2019-12-20 | 2020-01-10",
    )
    same_rows(store, observed, "observed_from_day | observed_until_day\n-12 | 19")


def test_observation_ends_with_death_whether_periods_are_known_or_not():
    deaths = "person_id | death_date\n1 | 2020-01-31\n1 | 2020-02-05\n2 | 2029-01-01"
    everybody = "person_id | start_date | end_date\n1 | 2000-01-01 | 2030-01-01\n2 | 2000-01-01 | 2020-03-01"
    store, observed = _observed(FOUR, everybody, deaths)
    same_rows(
        store,
        observed.filter(observed.person_id <= 2),
        "person_id | observed_from_day | observed_until_day\n1 | -100 | 30\n2 | -100 | 60",
    )
    store, observed = _observed(FOUR, None, deaths)
    same_rows(
        store,
        observed,
        """
        person_id | observed_from_day | observed_until_day
        1         | -100              | 30
        2         | -100              | 200
        3         | -100              | 200
        4         | -100              | 200
    """,
    )


def test_who_died_before_day_0_is_observed_on_no_day_after_it():
    store, observed = _observed(FOUR, None, "person_id | death_date\n1 | 2019-12-25")
    same_rows(store, observed.filter(observed.person_id == 1), "observed_from_day | observed_until_day\n-100 | -7")
