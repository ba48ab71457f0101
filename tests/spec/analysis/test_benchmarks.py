"""The response beside that of others: counts with their uncertainty, and a caution where nothing tells them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.benchmarks import estimate_benchmarks, find_benchmark_cautions, tabulate_benchmarks
from refractory.records.from_benchmarks import read_benchmarks
from refractory.statistics.proportions import estimate_difference
from spec.analysis.test_course import COHORT, PLAN

USUAL = "usual care, moderate to severe cutaneous dermatomyositis"


def _plan(*benchmarks: dict[str, object], means: str = "benefit"):
    response = PLAN.response.model_copy(update={"means": means})
    return replace(PLAN, response=response, benchmarks=tuple(BenchmarkDefinition(**one) for one in benchmarks))


def test_a_shipped_benchmark_has_the_counts_of_its_source():
    listed = read_benchmarks()[USUAL]
    assert (listed.events, listed.among, listed.confidence) == (19, 24, "S")
    assert all(0 <= one.events <= one.among and one.source and one.confidence for one in read_benchmarks().values())


def test_the_difference_takes_the_uncertainty_of_both_sides():
    # Of seven evaluable persons four responded.
    own, difference, _ = (one.estimate for one in estimate_benchmarks(COHORT, _plan({"use": USUAL})))
    assert (own.numerator, own.denominator) == (19, 24)
    assert difference == estimate_difference(4, 7, 19, 24)
    table = tabulate_benchmarks(COHORT, _plan({"use": USUAL}))
    assert [row.cells[0].numerator for row in table.rows] == [4, 19]
    assert any("Chansky" in footnote for footnote in table.footnotes)


def test_a_response_that_is_not_clearly_above_what_happens_without_the_treatment_is_a_serious_caution():
    (caution,) = find_benchmark_cautions(COHORT, _plan({"use": USUAL}))
    assert caution.severity == "serious"
    assert "19/24 (79 %" in caution.text
    assert "not clearly more frequent" in caution.text
    far_below = {"name": "nobody", "events": 0, "among": 200}
    assert find_benchmark_cautions(COHORT, _plan(far_below)) == []


def test_a_harm_is_cautioned_where_it_is_not_clearly_rarer():
    assert len(find_benchmark_cautions(COHORT, _plan({"name": "a", "events": 0, "among": 200}, means="harm"))) == 1
    assert find_benchmark_cautions(COHORT, _plan({"name": "a", "events": 200, "among": 200}, means="harm")) == []


def test_what_the_treatment_did_elsewhere_is_shown_without_a_caution():
    treated = {"name": "another series", "events": 23, "among": 27, "treated": True}
    assert find_benchmark_cautions(COHORT, _plan(treated)) == []
    assert find_benchmark_cautions(COHORT, _plan({**treated, "treated": False})) != []


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"use": "usual care, moderate to severe"}, "Did you mean"),
        ({"use": USUAL, "events": 3}, "give `use` alone"),
        ({"name": "a", "events": 3}, "name, events and among"),
        ({"name": "a", "events": 3, "among": 2}, "more events than persons"),
    ],
)
def test_a_benchmark_that_cannot_be_is_refused(chosen, said):
    with pytest.raises(ValueError, match=said):
        BenchmarkDefinition(**chosen)


def test_others_who_clearly_did_better_are_not_called_alike():
    everybody = {"name": "all of them", "events": 200, "among": 200}
    (caution,) = find_benchmark_cautions(COHORT, _plan(everybody))
    assert caution.title == "Others fared better"
    assert "is less frequent here" in caution.text
    (harm,) = find_benchmark_cautions(COHORT, _plan({"name": "a", "events": 0, "among": 200}, means="harm"))
    assert (harm.title, "is more frequent here" in harm.text) == ("Others fared better", True)


def test_a_benchmark_of_two_persons_shows_no_likeness_and_says_what_could_have_been_found():
    (caution,) = find_benchmark_cautions(COHORT, _plan({"name": "tiny", "events": 1, "among": 2}))
    assert caution.title == "Not told apart from others"
    assert "no rate here" in caution.text
    estimates = {
        one.id: one.estimate for one in estimate_benchmarks(COHORT, _plan({"name": "tiny", "events": 1, "among": 2}))
    }
    assert estimates["benchmark.tiny.detectable"].value is None


def test_the_detectable_rate_lies_on_the_side_that_matters():
    rare = {"name": "rare", "events": 20, "among": 200}
    (row,) = [row for row in tabulate_benchmarks(COHORT, _plan(rare)).rows if row.label == "Rare"]
    higher, other = row.cells[2].removesuffix(" %").split(" v ")
    assert float(higher) > float(other) == 10
    harm = tabulate_benchmarks(COHORT, _plan({**rare, "events": 180}, means="harm")).rows[1].cells[2]
    lower, other = harm.removesuffix(" %").split(" v ")
    assert float(lower) < float(other) == 90


def test_the_caution_says_what_was_counted_there():
    (caution,) = find_benchmark_cautions(COHORT, _plan({"use": USUAL}))
    assert "CDASI activity improved; 2 years or more" in caution.text
