"""Written directions with the daily dose that a clinician reads in them; the corpus is sig_corpus.csv beside this file.

Its columns: kind; text; steps (`0-4: 60 mg; 5-: ? unit [0..8]`: from day 0 to day 4 60 mg a day, from day 5 until the
exposure ends an unknown number of tablets between 0 and 8); whether it is as needed; whether the text says that the
drug ends; the route; whether it is all read ("yes", "in part", "no").
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.sig_notation import have_same_steps, read_notation

from refractory.exposures.sig import read_sig

with (Path(__file__).parent / "sig_corpus.csv").open(encoding="utf-8", newline="") as _file:
    CORPUS = list(csv.DictReader(_file))


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case['kind']} | {case['text']}")
def test_a_direction_says_the_dose_that_a_clinician_reads_in_it(case):
    sig = read_sig(case["text"])
    assert have_same_steps(sig, read_notation(case["steps"])), (sig, case["steps"])
    assert any(step.is_as_needed for step in sig.steps) == (case["as_needed"] == "yes")
    assert sig.stops == (case["stops"] == "yes")
    assert (sig.route or "") == case["route"]
    read = "yes" if not sig.unread else "in part" if sig.steps else "no"
    assert read == case["read"], sig


def test_no_text_stands_twice_in_the_corpus():
    texts = [case["text"] for case in CORPUS]
    assert sorted(set(texts)) == sorted(texts)


def test_what_must_not_be_read_gives_no_number_behind_the_place_that_is_not_understood():
    for case in CORPUS:
        steps = read_sig(case["text"]).steps
        if case["read"] == "in part":
            assert steps[-1].per_day is None, case["text"]
        if case["read"] == "no":
            assert steps == (), case["text"]
