"""Rates, rate ratios and self-controlled ratios as published tables and other programs have them."""

from __future__ import annotations

import csv
from math import inf
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.discrete.conditional_models import ConditionalPoisson

from refractory.statistics.location import estimate_mean
from refractory.statistics.rates import estimate_dispersion, estimate_rate, estimate_rate_ratio
from refractory.statistics.self_controlled import WindowCounts, estimate_self_controlled_ratio
from refractory.statistics.trajectory import estimate_mean_by_t

HERE = Path(__file__).parent


def read_rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


RATES, RATIOS = read_rows("rates_r.csv"), read_rows("rate_ratios_r.csv")
WITHIN, PERSONS = read_rows("self_controlled_r.csv"), read_rows("self_controlled.csv")
# Garwood's limits for 95 %, as tables of the Poisson distribution print them.
GARWOOD = {
    0: ("0.00", "3.69"), 1: ("0.03", "5.57"), 2: ("0.24", "7.22"), 3: ("0.62", "8.77"), 4: ("1.09", "10.24"),
    5: ("1.62", "11.67"), 6: ("2.20", "13.06"), 8: ("3.45", "15.76"), 10: ("4.80", "18.39"), 20: ("12.22", "30.89"),
    50: ("37.11", "65.92"), 100: ("81.36", "121.63"),
}  # fmt: skip


@pytest.mark.parametrize("events", GARWOOD)
def test_the_interval_of_a_count_is_the_published_one(events):
    unknown = estimate_rate(events, 1)
    assert (f"{unknown.lower:.2f}", f"{unknown.upper:.2f}") == GARWOOD[events]


@pytest.mark.parametrize("row", RATES, ids=[f"{row['events']} at {row['level']}" for row in RATES])
def test_the_interval_of_a_rate_is_that_of_r(row):
    unknown = estimate_rate(int(row["events"]), float(row["time"]), level=float(row["level"]))
    assert (unknown.lower, unknown.upper) == pytest.approx((float(row["lower"]), float(row["upper"])), rel=1e-9)


@pytest.mark.parametrize("row", RATIOS, ids=[f"{row['events1']} and {row['events2']}" for row in RATIOS])
def test_the_rate_ratio_its_interval_and_tails_are_those_of_r(row):
    unknown = estimate_rate_ratio(int(row["events1"]), float(row["time1"]), int(row["events2"]), float(row["time2"]))
    known = [float(row[column]) for column in ("ratio", "lower", "upper")]
    assert [unknown.value, unknown.lower, unknown.upper] == pytest.approx(known, rel=1e-9)
    assert unknown.p_value == pytest.approx(min(1, 2 * min(float(row["less"]), float(row["greater"]))), rel=1e-8)


def persons_of(name: str) -> list[WindowCounts]:
    columns = ("risk_events", "risk_days", "control_events", "control_days")
    return [WindowCounts(*(int(row[column]) for column in columns)) for row in PERSONS if row["name"] == name]


@pytest.mark.parametrize("row", WITHIN, ids=[row["name"] for row in WITHIN])
def test_the_self_controlled_ratio_and_its_exact_interval_are_those_of_r(row):
    unknown = estimate_self_controlled_ratio(persons_of(row["name"]))
    assert unknown.n == int(row["persons"])
    # R's iterations stop at a relative change of the deviance, a little short of the last digits.
    assert unknown.value == pytest.approx(float(row["ratio"]), rel=1e-6)
    assert (unknown.lower, unknown.upper) == pytest.approx((float(row["lower"]), float(row["upper"])), rel=1e-8)
    assert unknown.p_value == pytest.approx(float(row["p_value"]), rel=1e-8)


@pytest.mark.parametrize("name", ["typed", "simulated"])
def test_the_self_controlled_ratio_is_that_of_conditional_poisson_regression(name):
    # It leaves out who has as many events in the risk window as outside, although their days differ.
    rows = [row for row in persons_of(name) if row.risk_events != row.control_events]
    events = np.array([count for row in rows for count in (row.risk_events, row.control_events)])
    days = np.array([span for row in rows for span in (row.risk_days, row.control_days)])
    in_risk = np.array([[1.0], [0.0]] * len(rows))
    groups = np.repeat(np.arange(len(rows)), 2)
    known = ConditionalPoisson(events, in_risk, offset=np.log(days), groups=groups).fit(disp=False)
    # Its optimiser stops at a gradient of 1e-5.
    assert estimate_self_controlled_ratio(rows).value == pytest.approx(np.exp(known.params[0]), rel=1e-4)


def test_the_tails_at_the_ends_of_a_rate_are_those_of_scipys_poisson():
    for events in (1, 7, 33):
        unknown = estimate_rate(events, 1)
        assert stats.poisson.sf(events - 1, unknown.lower) == pytest.approx(0.025)
        assert stats.poisson.cdf(events, unknown.upper) == pytest.approx(0.025)


def test_dispersion_is_that_of_scipys_chi_squared_test():
    events, times = [0, 3, 1, 7, 2], [4.0, 6.0, 2.0, 8.0, 5.0]
    expected = np.array(times) / sum(times) * sum(events)
    known = stats.chisquare(events, expected)
    unknown = estimate_dispersion(events, times)
    assert (unknown.value, unknown.p_value) == pytest.approx((known.statistic / 4, known.pvalue))


def test_the_interval_of_the_mean_of_students_sleep_data_is_the_published_one():
    # Hours of sleep gained with hyoscine: R's t.test prints 0.75, and -0.530 to 2.030 (its help page's data, group 1).
    unknown = estimate_mean_by_t([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    known = stats.t.interval(
        0.95, 9, 0.75, estimate_mean([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]).sd / 10**0.5
    )
    assert (unknown.lower, unknown.upper) == pytest.approx(known)
    assert [f"{number:.2f}" for number in (unknown.value, unknown.lower, unknown.upper)] == ["0.75", "-0.53", "2.03"]


def test_r_has_rates_without_events_and_ratios_without_an_end():
    assert any(row["events"] == "0" for row in RATES)
    assert {float(row["upper"]) for row in RATIOS} & {inf}
