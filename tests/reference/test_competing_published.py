"""Cumulative incidence as R's survival and cmprsk have it."""

from __future__ import annotations

import csv
from math import exp, log
from pathlib import Path

import pytest

from refractory.statistics.competing import derive_cumulative_incidence
from refractory.statistics.distributions import normal_quantile

HERE = Path(__file__).parent
# Time and what came first: 1 the event, 2 the competing one, 0 neither. The same rows stand in competing.R.
SMALL = [
    (1, 1), (1, 2), (2, 1), (2, 1), (2, 0), (3, 2), (4, 1), (4, 0),
    (5, 1), (6, 2), (6, 1), (6, 0), (8, 1), (9, 0), (9, 2), (12, 1),
]  # fmt: skip


def read_rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


KNOWN = read_rows("competing_r.csv")
DATA = {"small": SMALL, "500": [(int(row["time"]), int(row["cause"])) for row in read_rows("competing_500.csv")]}


def derive(name):
    parts = ([time for time, cause in DATA[name] if cause == which] for which in (1, 2, 0))
    return derive_cumulative_incidence(*parts)


@pytest.mark.parametrize("name", DATA)
def test_the_steps_and_who_is_at_risk_are_those_of_survival(name):
    steps, known = derive(name).steps, [row for row in KNOWN if row["name"] == name]
    assert [(s.time, s.at_risk, s.events, s.competing, s.censored) for s in steps] == [
        tuple(int(row[column]) for column in ("time", "at_risk", "events", "competing", "censored")) for row in known
    ]


@pytest.mark.parametrize("name", DATA)
def test_the_incidence_is_that_of_survival_and_of_cmprsk(name):
    for step, row in zip(derive(name).steps, (row for row in KNOWN if row["name"] == name), strict=True):
        assert step.incidence == pytest.approx(float(row["incidence"]), abs=1e-10)
        assert step.incidence == pytest.approx(float(row["cmprsk_incidence"]), abs=1e-10)


def error_of(step) -> float:
    """The standard error that the interval was made from, had back from its upper end."""
    without = 1 - step.incidence
    return log(log(1 - step.upper) / log(without)) / normal_quantile(0.975) * without * -log(without)


@pytest.mark.parametrize("name", DATA)
def test_the_standard_error_is_that_of_survival(name):
    compared = 0
    for step, row in zip(derive(name).steps, (row for row in KNOWN if row["name"] == name), strict=True):
        if step.lower is not None:
            assert error_of(step) == pytest.approx(float(row["error"]), abs=1e-9)
            compared += 1
    assert compared >= 9


def test_grays_standard_error_in_cmprsk_is_near_with_many_persons():
    for step, row in zip(derive("500").steps, (row for row in KNOWN if row["name"] == "500"), strict=True):
        if step.at_risk >= 30 and step.lower is not None:
            # Another estimator of the same variance: they part as fewer are at risk.
            assert error_of(step) == pytest.approx(float(row["cmprsk_error"]), rel=0.05)


def test_the_interval_is_symmetric_on_the_scale_of_log_minus_log():
    for step in derive("small").steps:
        if step.lower is not None:
            scale = [log(-log(1 - number)) for number in (step.lower, step.incidence, step.upper)]
            assert scale[1] - scale[0] == pytest.approx(scale[2] - scale[1])
            assert 1 - exp(-exp(scale[1])) == pytest.approx(step.incidence)
