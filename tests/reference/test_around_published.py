"""Lines through repeated visits, the reliability of pairs and paired proportions, as R and papers have them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.estimate import EstimateKind
from refractory.statistics.paired_proportions import estimate_mcnemar, estimate_paired_difference
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.repeated_visits import fit_repeated, fit_within
from refractory.statistics.segments import fit_segments

HERE = Path(__file__).parent
WHOLE = [(0, 1, 0, 0), (0, 1, 0, 1), (0, 0, 1, 0), (0, 0, 0, 1), (1, 4, 0, 0), (0, 0, 1, 6.5)]
WITHIN = [(1, 0, 0), (1, 0, 1), (0, 1, 0), (0, 0, 1)]


def read_known(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_visits() -> tuple[list[int], list[list[float]], list[float]]:
    rows = [(int(row["person"]), int(row["day"]), float(row["value"])) for row in read_known("trend_visits.csv")]
    design = [[1.0, day / 28, float(day > 0), day / 28 * (day > 0)] for _, day, _ in rows]
    return [row[0] for row in rows], design, [row[2] for row in rows]


def fit_model(name: str):
    if name == "sleepstudy":
        rows = read_known("sleepstudy.csv")
        design = [[1.0, float(row["days"])] for row in rows]
        fit = fit_repeated([int(row["person"]) for row in rows], design, [float(row["reaction"]) for row in rows])
        return fit, [(1, 0), (0, 1)]
    persons, design, values = read_visits()
    if name == "within":
        return fit_within(persons, [row[1:] for row in design], values), WITHIN
    return fit_repeated(persons, design, values), WHOLE


@pytest.mark.parametrize("known", read_known("trend_r.csv"), ids=lambda known: f"{known['model']} {known['contrast']}")
def test_contrasts_have_the_values_and_the_intervals_of_lme4_and_clubsandwich(known):
    fit, contrasts = fit_model(known["model"])
    found = fit.estimate(contrasts[int(known["contrast"]) - 1], kind=EstimateKind.SHIFT)
    # Where lme4 stops looking for its variances the coefficients still move in the seventh place.
    told = [float(known[name]) for name in ("value", "lower", "upper")]
    assert [found.value, found.lower, found.upper] == pytest.approx(told, rel=2e-6, abs=2e-6)


def test_the_share_of_the_variance_between_persons_is_that_of_lme4():
    fit, _ = fit_model("mixed")
    assert fit.likeness == pytest.approx(0.4729310712, abs=1e-7)


def test_the_lines_before_and_after_are_the_contrasts_of_the_same_model():
    persons, design, values = read_visits()
    points = [
        [(row[1], value) for own, row, value in zip(persons, design, values, strict=True) if own == person]
        for person in dict.fromkeys(persons)
    ]
    found = fit_segments(points)
    known = [row for row in read_known("trend_r.csv") if row["model"] == "mixed"]
    for one, row in zip((found.before, found.after, found.level, found.change), known, strict=False):
        assert one.value == pytest.approx(float(row["value"]), rel=2e-6)
        assert one.lower == pytest.approx(float(row["lower"]), rel=2e-6)


def test_the_slope_of_sleep_deprivation_is_the_one_that_the_help_page_of_lme4_prints():
    fit, _ = fit_model("sleepstudy")
    slope = fit.estimate([0, 1], kind=EstimateKind.SHIFT)
    assert round(slope.value, 4) == 10.4673
    assert slope.n == 18


@pytest.mark.parametrize(
    ("pairs", "place"),
    [
        (list(zip((9, 6, 8, 7, 10, 6), (2, 1, 4, 1, 5, 2), strict=True)), 0),
        (
            list(zip((22, 31, 18, 25, 40, 27, 19, 33, 24, 29), (20, 29, 19, 21, 41, 22, 20, 30, 25, 24), strict=True)),
            1,
        ),
    ],
    ids=["two judges of Shrout and Fleiss", "ten pairs"],
)
def test_the_reliability_is_that_of_psych(pairs, place):
    known = read_known("reliability_r.csv")[place]
    found = estimate_reliability(pairs)
    told = [float(known[name]) for name in ("value", "lower", "upper")]
    assert [found.value, found.lower, found.upper] == pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize("known", read_known("mcnemar_r.csv"), ids=lambda known: "/".join(list(known.values())[:4]))
def test_the_exact_test_of_pairs_is_the_binomial_test_of_r(known):
    found = estimate_mcnemar(int(known["first_only"]), int(known["second_only"]))
    assert found.p_value == pytest.approx(float(known["p_value"]), rel=1e-9)


def test_the_paired_difference_is_the_one_of_the_paired_2_x_2_table():
    """Complete response before and after consolidation therapy (Cavo 2012)."""
    found = estimate_paired_difference(59, 6, 16, 80)
    assert [round(one, 4) for one in (found.value, found.lower, found.upper)] == [-0.0621, -0.1186, -0.0046]
