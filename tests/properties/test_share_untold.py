"""What a run finds is told only by what it shares: cohorts that share the same counts share the same words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.disclosure.shared_results import suppress_small_counts
from refractory.analysis.report_definition import ReportDefinition
from refractory.analysis.results import Results, StudyHead
from refractory.outcomes.explanations import Explanations
from refractory.report.page import build_page
from spec.analysis.test_analysis import FACTS, PLAN, _patients

HEAD = StudyHead("study", "Study", "", "", "drug", "disease", "Improvement", "source", False, "hash", "0")
BENCHMARK = BenchmarkDefinition(name="usual care", events=19, among=24)
ASKED = replace(PLAN, benchmarks=(BENCHMARK,))


def _share(yes: int, no: int, open_: int, zeros: str):
    patients = _patients(yes, no, open_)
    done = analyse(patients, ASKED, (), FACTS, None, Explanations())
    results = Results(
        HEAD, (), done.estimates, done.tables, (), done.cautions, (), (), (),
        figures=done.figures, person_figures=done.person_figures,
    )  # fmt: skip
    report = ReportDefinition(zeros=zeros)
    return suppress_small_counts(results, patients, ASKED, {}, published=(), report=report)


@pytest.mark.parametrize("zeros", ["shown", "suppressed"])
@pytest.mark.parametrize("persons", [3, 8, 10, 12, 17, 26])
def test_a_suppressed_response_is_not_told_by_the_words_beside_it(persons, zeros):
    """Cautions, sentences and the list of what is left out are the same for every response that stays suppressed."""
    told, possible = defaultdict(set), defaultdict(list)
    for yes in range(persons + 1):
        shared = _share(yes, persons - yes, 0, zeros)
        counts = tuple((one.id, one.estimate.numerator, one.estimate.value) for one in shared.estimates)
        marks = tuple((one.id, one.mark) for one in shared.suppressed)
        page = build_page(shared)
        words = (shared.cautions, shared.withheld, page.answer, page.narrative, page.methods)
        told[counts, marks, shared.tables].add(words)
        if "response.overall" not in {one.id for one in shared.estimates}:
            possible[counts, marks, shared.tables].append(yes)
    assert {len(words) for words in told.values()} == {1}
    assert all(len(answers) > 1 for answers in possible.values())


def test_a_caution_that_follows_from_shared_counts_is_shared_with_them():
    codes = {one.code for one in _share(20, 6, 0, "shown").cautions}
    assert {"few-events", "benchmark-usual care"} <= codes
    assert not {"few-events", "wide-interval", "benchmark-usual care"} & {
        one.code for one in _share(11, 1, 0, "shown").cautions
    }
