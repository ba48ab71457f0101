"""The ACR/EULAR 2016 Total Improvement Score: band edges, direction, the enzyme that counts, gaps and faults."""

from __future__ import annotations

from fractions import Fraction

import pytest

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.tis import classify_improvement, score_tis
from refractory.outcomes.instruments.tis_points import CATEGORIES, COMPONENTS, MEASURES

# That of the CHQ summary is invented: no source was found.
RANGES = {
    "physician_global": 10, "patient_global": 10, "extramuscular": 10, "haq": 3, "chaq": 3, "mmt": 80, "cmas": 52,
    "das": 20, "chq": 100, "ck": 15, "aldolase": 6, "ast": 3, "alt": 3, "ldh": 3,
}  # fmt: skip
# Measure, component, edges and points as the published table has them.
GLOBAL = (5, 15, 25, 40)
TABLE = {
    ("adult", "physician_global"): (GLOBAL, (0, 7.5, 15, 17.5, 20)),
    ("adult", "patient_global"): (GLOBAL, (0, 2.5, 5, 7.5, 10)),
    ("adult", "mmt"): ((2, 10, 20, 30), (0, 10, 20, 27.5, 32.5)),
    ("adult", "haq"): (GLOBAL, (0, 5, 7.5, 7.5, 10)),
    **{("adult", key): (GLOBAL, (0, 2.5, 5, 7.5, 7.5)) for key in ("ck", "aldolase", "ast", "alt", "ldh")},
    ("adult", "extramuscular"): (GLOBAL, (0, 7.5, 12.5, 15, 20)),
    ("juvenile", "physician_global"): (GLOBAL, (0, 7.5, 15, 17.5, 20)),
    ("juvenile", "patient_global"): (GLOBAL, (0, 2.5, 5, 7.5, 10)),
    ("juvenile", "mmt"): ((2, 10, 20, 30), (0, 10, 20, 27.5, 32.5)),
    ("juvenile", "cmas"): ((2, 10, 20, 30), (0, 10, 20, 27.5, 32.5)),
    ("juvenile", "chaq"): (GLOBAL, (0, 5, 7.5, 7.5, 10)),
    ("juvenile", "chq"): (GLOBAL, (0, 2.5, 5, 7.5, 7.5)),
    ("juvenile", "das"): (GLOBAL, (0, 7.5, 12.5, 15, 20)),
}
EDGES = [
    (kind, key, edge, points[place], points[place + 1])
    for (kind, key), (edges, points) in TABLE.items()
    for place, edge in enumerate(edges)
]


def change(key, percent):
    """Values at both visits that lie so many per cent of the range apart, better when positive."""
    size = float(Fraction(str(percent)) * Fraction(str(RANGES[key])) / 100)
    before, after = (0.0, abs(size)) if (MEASURES[key].improvement_is == "rise") == (size >= 0) else (abs(size), 0.0)
    return {key: [before]}, {key: [after]}


def points(kind, key, percent):
    """The points of one measure that changes by so many per cent of its range."""
    found = score_tis(kind, *change(key, percent), {"chq": 100})
    (given,) = [one for one in COMPONENTS[kind] if any(key in several for several in one.measures)]
    return found.points[given.key][0]


@pytest.mark.parametrize(("kind", "key", "edge", "at", "above"), EDGES)
def test_an_edge_belongs_to_the_band_below_it(kind, key, edge, at, above):
    assert points(kind, key, edge - 0.001) == at
    assert points(kind, key, edge) == at
    assert points(kind, key, edge + 0.001) == above


@pytest.mark.parametrize(("kind", "key"), TABLE)
def test_to_be_worse_gives_no_points(kind, key):
    assert points(kind, key, -40) == 0


@pytest.mark.parametrize("kind", COMPONENTS)
def test_the_largest_changes_add_up_to_100(kind):
    assert sum(one.most for one in COMPONENTS[kind]) == 100


def test_no_edge_is_missed_by_a_difference_of_tenths():
    """8.3 - 7.8 is a little more than 0.5 to a computer, and 5 per cent of 10 cm to everybody else."""
    assert 8.3 - 7.8 > 0.5
    before = [number / 10 for number in range(5, 101)]
    after = [(number - 5) / 10 for number in range(5, 101)]
    found = score_tis("adult", {"physician_global": before}, {"physician_global": after})
    assert set(found.points["physician_global"]) == {0}


def test_the_change_is_in_per_cent_of_the_range_and_not_of_the_baseline():
    found = score_tis("adult", {"patient_global": [1.0]}, {"patient_global": [0.5]})
    assert found.changes["patient_global"] == (5,)


ALL = {"physician_global": [5], "patient_global": [5], "mmt": [60], "haq": [1], "ck": [5], "extramuscular": [5]}


def test_a_missing_measure_leaves_no_total_but_its_two_ends():
    later = {key: [one[0]] for key, one in ALL.items()} | {"mmt": [None], "physician_global": [0]}
    found = score_tis("adult", ALL, later)
    assert (found.total, found.lower, found.upper, found.missing) == ((None,), (20,), (52.5,), (1,))
    assert found.category == (None,)


def test_where_both_ends_have_one_category_it_is_told_although_a_measure_is_missing():
    later = {
        "physician_global": [0],
        "patient_global": [0],
        "mmt": [80],
        "haq": [1],
        "ck": [None],
        "extramuscular": [5],
    }
    found = score_tis("adult", ALL, later)
    # 20 + 10 + 27.5, and at most 7.5 for the enzyme.
    assert (found.lower, found.upper, found.category) == ((57.5,), (65,), (None,))
    found = score_tis("adult", ALL, later | {"haq": [0]})
    assert (found.lower, found.upper, found.category) == ((65,), (72.5,), ("major",))


@pytest.mark.parametrize(("kind", "name", "least"), [
    (kind, name, least) for kind, several in {
        "adult": {"minimal": 20, "moderate": 40, "major": 60}, "juvenile": {"minimal": 30, "moderate": 45, "major": 70}
    }.items() for name, least in several.items()
])  # fmt: skip
def test_a_category_begins_at_its_number(kind, name, least):
    assert classify_improvement(kind, [least], [least]) == (name,)
    assert classify_improvement(kind, [least - 2.5], [least - 2.5]) != (name,)
    assert len(CATEGORIES[kind]) == 3


def test_the_enzyme_that_counts_is_the_most_abnormal_one_and_not_the_one_with_the_largest_number():
    # ck 400 of 200 is 2 times its limit; aldolase 24 of 8 is 3 times.
    before, after = {"ck": [400], "aldolase": [24]}, {"ck": [200], "aldolase": [24]}
    found = score_tis("adult", before, after, upper_limits={"ck": [200], "aldolase": [8]})
    assert found.enzyme == ("aldolase",)
    assert found.changes["enzyme"] == (0,)


def test_the_enzyme_is_chosen_at_baseline_and_stays_although_another_is_worse_later():
    before, after = {"ck": [3], "ldh": [2]}, {"ck": [1], "ldh": [9]}
    found = score_tis("adult", before, after)
    assert (found.enzyme, found.points["enzyme"]) == (("ck",), (2.5,))


@pytest.mark.parametrize(("before", "after", "limits", "enzyme", "points"), [
    ({"ck": [3], "ldh": [2]}, {"ck": [None], "ldh": [0]}, {}, "ck", None),
    ({"ck": [None], "ldh": [2]}, {"ck": [1], "ldh": [1]}, {}, "ldh", 7.5),
    ({"ck": [300], "ldh": [2]}, {"ck": [100], "ldh": [1]}, {"ck": [None]}, None, None),
    ({"ck": [2], "ldh": [2]}, {"ck": [1], "ldh": [1]}, {}, "ck", 2.5),
    ({"ck": [None], "ldh": [None]}, {"ck": [1], "ldh": [1]}, {}, None, None),
])  # fmt: skip
def test_an_enzyme_that_cannot_be_compared_is_missing(before, after, limits, enzyme, points):
    found = score_tis("adult", before, after, upper_limits=limits)
    assert (found.enzyme, found.points["enzyme"]) == ((enzyme,), (points,))


@pytest.mark.parametrize(("key", "value", "rule"), [
    ("mmt", 81, "mmt_follow_up is not 0 to 80"), ("haq", 3.1, "haq_follow_up is not 0 to 3"),
    ("physician_global", -1, "physician_global_follow_up is not 0 to 10"), ("ck", -1, "ck_follow_up is not 0 or more"),
])  # fmt: skip
def test_a_value_outside_its_range_is_a_fault_and_is_never_scored(key, value, rule):
    later = {name: [one[0], one[0]] for name, one in ALL.items()}
    found = score_tis("adult", later, later | {key: [ALL[key][0], value]})
    assert (found.total, found.lower, found.upper) == ((0, None), (0, None), (0, None))
    assert (found.category, found.missing) == (("none", None), (0, 0))
    assert found.say_problems() == ["", rule]


def test_another_range_changes_the_denominator_and_what_is_allowed():
    found = score_tis("adult", {"mmt": [135]}, {"mmt": [150]}, {"mmt": 150})
    assert found.changes["strength"] == (10,)
    assert found.faults == ()


@pytest.mark.parametrize(("baseline", "follow_up", "ranges", "what"), [
    ({"mmt": [1], "cmas": [1]}, {"mmt": [1], "cmas": [1]}, {}, "muscle strength is given twice, as mmt and as cmas"),
    ({"mmt": [1]}, {}, {}, "mmt is given at baseline only"),
    ({"haq": [1]}, {"haq": [1]}, {}, 'no item "haq".*Did you mean "chaq"'),
    ({"chq": [1]}, {"chq": [1]}, {}, "no range is known for chq"),
    ({"mmt": [1]}, {"mmt": [1]}, {"mnt": 1}, 'no measure is called "mnt".*Did you mean "mmt"'),
    ({"mmt": [1]}, {"mmt": [1]}, {"mmt": 0}, "range of mmt is not above 0"),
    ({"mmt": [1]}, {"mmt": [1, 2]}, {}, "different numbers of persons: 1, 2"),
])  # fmt: skip
def test_measures_that_do_not_fit_are_refused(baseline, follow_up, ranges, what):
    with pytest.raises(InstrumentError, match=what):
        score_tis("juvenile", baseline, follow_up, ranges)


def test_an_upper_limit_of_0_is_a_fault():
    found = score_tis("adult", {"ck": [3]}, {"ck": [1]}, upper_limits={"ck": [0]})
    assert found.say_problems() == ["ck_uln is not above 0"]
