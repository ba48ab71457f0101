"""Power of Fisher's exact test with the 42 persons of the published study."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.power import find_detectable_difference, find_detectable_mean_difference, find_power

CONTRASTS = [(0.90, 0.767), (0.93, 0.74), (0.95, 0.715), (0.99, 0.67)]


@pytest.mark.parametrize(
    ("n1", "n2", "known"), [(21, 21, (0.13, 0.27, 0.43, 0.81)), (15, 27, (0.11, 0.23, 0.37, 0.76))]
)
def test_the_power_of_42_persons_is_known_at_four_contrasts(n1, n2, known):
    assert tuple(round(find_power(n1, rate1, n2, rate2), 2) for rate1, rate2 in CONTRASTS) == known


def test_the_published_study_could_only_have_found_a_difference_of_46_points():
    found = find_detectable_difference(15, 27, rate=35 / 42)
    assert found.above is None
    assert round(found.difference, 2) == 0.46


def test_the_detectable_difference_of_means_is_that_of_r():
    with (Path(__file__).parent / "detectable_r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    for row in rows:
        n, power, alpha = int(row["n"]), float(row["power"]), float(row["alpha"])
        unknown = find_detectable_mean_difference(n, n, power, alpha)
        assert unknown == pytest.approx(float(row["difference"]), rel=1e-6), row
