"""Scores of stored persons: the vectors that were worked out by hand, and those of the script beside this file."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from reference.score_vectors import BIOPSY, CLINICAL, FURTHER, write_classes, write_improvements
from refractory.outcomes.instruments.myositis import classify_myositis
from refractory.outcomes.instruments.tis import classify_improvement, score_tis

HERE = Path(__file__).parent


def read(name):
    """Read the rows of a stored table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


IMPROVEMENTS, CLASSES = read("improvement_scores.csv"), read("myositis_classes.csv")
# Percent changes of the six measures, total, category of adults, category of children.
BY_HAND = [
    ((30, 15, 10, 12.5, 20, 20), 52.5, "moderate", "moderate"),
    ((45, 45, 0, 0, 0, 45), 50, "moderate", "moderate"),
    ((5, 5, 2, 5, 5, 5), 0, "none", "none"),
    ((5.1, 5.1, 2.1, 5.1, 5.1, 5.1), 35, "minimal", "minimal"),
    ((41, 41, 31, 41, 41, 41), 100, "major", "major"),
    ((-10, -10, -10, -10, -10, -10), 0, "none", "none"),
]


def test_at_least_fifty_of_each_are_stored_and_every_category_is_among_them():
    assert len(IMPROVEMENTS) >= 50
    assert len(CLASSES) >= 50
    assert {row["category"] for row in IMPROVEMENTS} == {"none", "minimal", "moderate", "major"}
    assert {row["class"] for row in CLASSES} >= {"definite", "probable", "not"}
    assert {row["subgroup"] for row in CLASSES} >= {"DM", "ADM", "PM", "JDM"}


@pytest.mark.parametrize(("percents", "total", "adult", "juvenile"), BY_HAND)
def test_an_improvement_that_was_worked_out_by_hand(percents, total, adult, juvenile):
    for kind, function, category in (("adult", "haq", adult), ("juvenile", "chaq", juvenile)):
        keys = ("physician_global", "patient_global", "mmt", function, "ck", "extramuscular")
        spans = (10, 10, 80, 3, 15, 10)
        before, after = {}, {}
        for key, span, percent in zip(keys, spans, percents, strict=True):
            size = round(span * percent / 100, 9)
            first, second = (0.0, size) if (key == "mmt") == (percent >= 0) else (abs(size), 0.0)
            before[key], after[key] = ([abs(first)], [abs(second)])
        found = score_tis(kind, before, after)
        assert (found.total, found.category) == ((total,), (category,))


@pytest.mark.parametrize("row", IMPROVEMENTS, ids=range(len(IMPROVEMENTS)))
def test_an_improvement_of_the_stored_table(row):
    kind = row["kind"]
    names = {
        "physician_global": "physician", "patient_global": "patient", "mmt": "mmt",
        "haq" if kind == "adult" else "chaq": "haq", "extramuscular": "extramuscular", "ck": "ck", "ldh": "ldh",
    }  # fmt: skip
    before, after = (
        {key: [float(row[f"{name}_{visit}"])] for key, name in names.items()} for visit in ("baseline", "follow_up")
    )
    limits = {key: [float(row[f"{key}_uln"])] for key in ("ck", "ldh")}
    found = score_tis(kind, before, after, upper_limits=limits)
    assert found.enzyme == (row["enzyme_used"],)
    assert found.total == (float(row["total"]),)
    assert found.category == (row["category"],)
    assert classify_improvement(kind, found.total, found.total) == found.category


@pytest.mark.parametrize("row", CLASSES, ids=range(len(CLASSES)))
def test_a_class_of_the_stored_table(row):
    items = {key: [float(row[key])] for key in ("age_at_onset", *CLINICAL, "biopsy", *BIOPSY, *FURTHER)}
    found = classify_myositis(items).persons[0]
    assert found.without_biopsy.value == float(row["score_without_biopsy"])
    assert (found.with_biopsy.value if found.with_biopsy else None) == (
        float(row["score_with_biopsy"]) if row["score_with_biopsy"] else None
    )
    assert (found.myositis_class, found.subgroup or "") == (row["class"], row["subgroup"])


def test_the_script_beside_the_tables_writes_them_again(tmp_path):
    write_improvements(random.Random(2016), tmp_path)
    write_classes(random.Random(2017), tmp_path)
    for name in ("improvement_scores.csv", "myositis_classes.csv"):
        assert (tmp_path / name).read_bytes() == (HERE / name).read_bytes()
