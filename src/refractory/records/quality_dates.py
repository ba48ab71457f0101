"""Rules of quality about dates: placeholders, years mistyped, periods of observation, days that were filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.records.quality import QualityFinding, build_finding, flag_rows
from refractory.records.quality_faults import starts_of
from refractory.statistics.distributions import binomial_at_least, normal_upper_tail

if TYPE_CHECKING:
    from refractory.records.store import Store

# Days that programs write where they know none. 1 January 2000 may be true: it counts from a few rows on.
_PLACEHOLDERS = ("1900-01-01", "1901-01-01", "1970-01-01", "1899-12-30", "1899-12-31", "1904-01-01")
_TURN = "2000-01-01"
_FEW_AT_TURN = 3
# A stretch without any row, after (or before) which at most so many rows come.
_LONELY_DAYS = 730
_FEW_ROWS, _FEW_SHARE = 3, 0.01
_GAP_DAYS = 31
# A heap is told where chance alone would give it once in a thousand, and it is half as many again as expected.
_CHANCE = 0.001
_EXCESS = 1.5
_FEWEST = 20
_MANY_ROWS = 2_000

DATED = "quality_dated"


def keep_dated(store: Store) -> None:
    """Keep the day of each record that the study may use: one row per source row and concept set."""
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {DATED} AS
        SELECT source_table, row_id, person_id, {starts_of("source_table")} AS column_name, concept_set, date
        FROM (SELECT source_table, row_id, person_id, concept_set, start_date AS date FROM event
              UNION ALL SELECT source_table, row_id, person_id, concept_set, start_date FROM drug
              UNION ALL SELECT source_table, row_id, person_id, concept_set, date FROM measurement)
        """
    )


def flag_dates(store: Store) -> None:
    """Flag the records whose day is doubtful, and periods of observation that overlap or leave gaps."""
    placeholders = ", ".join(f"DATE '{day}'" for day in _PLACEHOLDERS)
    at_turn = f"(SELECT count(DISTINCT (source_table, row_id)) FROM {DATED} WHERE date = DATE '{_TURN}')"
    flag_rows(
        store,
        {
            "before_1900": f"FROM {DATED} WHERE date < DATE '1900-01-01' AND date NOT IN ({placeholders})",
            "placeholder_date": f"FROM {DATED} WHERE date IN ({placeholders}) "
            f"OR (date = DATE '{_TURN}' AND {at_turn} >= {_FEW_AT_TURN})",
            "lone_date": _lone(placeholders),
            "outside_observation": f"FROM {DATED} AS one "
            "WHERE EXISTS (FROM observation_period WHERE person_id = one.person_id) AND NOT EXISTS ("
            "FROM observation_period WHERE person_id = one.person_id AND one.date BETWEEN start_date AND end_date)",
            "period_overlap": f"{_PERIODS} WHERE start_date <= reached",
            "observation_gap": f"{_PERIODS} WHERE start_date > reached + {_GAP_DAYS}",
        },
    )


_PERIODS = """
    SELECT 'observation_period' AS source_table, row_id, person_id,
           'observation_period_start_date' AS column_name, NULL AS concept_set
    FROM (SELECT *, max(end_date) OVER (PARTITION BY person_id ORDER BY start_date, end_date, row_id
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
          FROM observation_period)
"""


def _lone(placeholders: str) -> str:
    """Find the few rows that a long stretch without any row parts from all the others."""
    return f"""
        WITH day AS (SELECT date, count(DISTINCT (source_table, row_id)) AS rows FROM {DATED}
                     WHERE date NOT IN ({placeholders}) GROUP BY date),
             told AS (SELECT date, rows, lag(date) OVER (ORDER BY date) AS before,
                             lead(date) OVER (ORDER BY date) AS next,
                             sum(rows) OVER (ORDER BY date) AS so_far, sum(rows) OVER () AS total FROM day),
             few AS (SELECT *, greatest({_FEW_ROWS}, {_FEW_SHARE} * total) AS most FROM told),
             ends AS (SELECT max(CASE WHEN next - date > {_LONELY_DAYS} AND so_far <= most AND total > 4 * so_far
                                      THEN date END) AS first_end,
                             min(CASE WHEN date - before > {_LONELY_DAYS} AND total - so_far + rows <= most
                                       AND total > 4 * (total - so_far + rows) THEN date END) AS last_begin
                      FROM few)
        SELECT {DATED}.* FROM {DATED}, ends
        WHERE (date <= first_end OR date >= last_begin) AND date >= DATE '1900-01-01' AND date NOT IN ({placeholders})
    """


@dataclass(frozen=True)
class Heap:
    """How many of some days are of one kind, and how many chance would put there."""

    found: int
    among: int
    expected: float
    chance: float

    @property
    def is_heaped(self) -> bool:
        """Whether there are far more than chance would put there."""
        is_rare = self.chance < _CHANCE
        return self.among >= _FEWEST and is_rare and self.found > _EXCESS * self.expected

    def describe(self) -> str:
        """Say found beside expected.

        Example:
            >>> Heap(40, 100, 3.3, 1e-30).describe()
            '40 of 100 where chance would put 3.3 (P < 0.001).'
        """
        expected = f"{self.expected:,.1f}" if self.expected < 100 else f"{self.expected:,.0f}"
        return f"{self.found:,} of {self.among:,} where chance would put {expected} (P < {_CHANCE})."


def measure_heap(found: int, among: int, share: float) -> Heap:
    """Measure how rare it is that so many of some days are of a kind that has a share of all days.

    The probability is the exact binomial one, from 2,000 days on by the normal curve.

    Example:
        >>> measure_heap(3, 100, 12 / 365.25).is_heaped, measure_heap(30, 100, 12 / 365.25).is_heaped
        (False, True)
    """
    expected = among * share
    if among > _MANY_ROWS:
        spread = (expected * (1 - share)) ** 0.5
        chance = normal_upper_tail((found - 0.5 - expected) / spread)
    else:
        chance = binomial_at_least(found, among, share) if among else 1.0
    return Heap(found, among, expected, chance)


_YEAR_DAYS = 365.25


def find_heaps(store: Store) -> list[QualityFinding]:
    """Find days that are heaped on the first of a month or of a year; one day of a person and table counts once."""
    rows = store.connection.execute(
        f"""
        SELECT source_table, any_value(column_name), count(*), count(*) FILTER (day(date) = 1),
               count(*) FILTER (day(date) = 1 AND month(date) = 1),
               count(DISTINCT person_id) FILTER (day(date) = 1),
               count(DISTINCT person_id) FILTER (day(date) = 1 AND month(date) = 1)
        FROM (SELECT DISTINCT source_table, column_name, person_id, date FROM {DATED})
        GROUP BY source_table ORDER BY source_table
        """
    ).fetchall()
    findings = []
    for table, column, days, firsts, new_years, persons, of_new_year in rows:
        where = (f"{table}.{column}",)
        at_new_year = measure_heap(new_years, days, 1 / _YEAR_DAYS)
        others = measure_heap(firsts - new_years, days - new_years, 11 / _YEAR_DAYS)
        if at_new_year.is_heaped:
            said = at_new_year.describe()
            findings.append(build_finding("heaped_on_new_year", new_years, of_new_year, where, more=said))
        if others.is_heaped:
            findings.append(build_finding("heaped_on_first", firsts, persons, where, more=others.describe()))
    return findings + _find_heaped_births(store)


def _find_heaped_births(store: Store) -> list[QualityFinding]:
    ((known, heaped),) = store.connection.execute(
        """
        SELECT count(*), count(*) FILTER (day(birth_earliest) = 1 AND month(birth_earliest) IN (1, 7))
        FROM person WHERE birth_earliest = birth_latest
        """
    ).fetchall()
    heap = measure_heap(heaped, known, 2 / _YEAR_DAYS)
    if not heap.is_heaped:
        return []
    where = ("person.year_of_birth",)
    return [build_finding("births_heaped", heaped, heaped, where, more=heap.describe())]
