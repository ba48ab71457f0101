"""Universes that a reader can work out in the head: their dials, and the response that each has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.multiverse_analysis import Universes, analyse_multiverse
from refractory.analysis.results import (
    DialHead,
    MultiverseResults,
    NamedEstimate,
    StudyHead,
    UniverseRow,
)
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

HEAD = StudyHead(
    "small", "A small study", "Did it work?", "", "ivig", "disease", "Improvement", "Nowhere", True, "0" * 16, "0.1.0"
)
DIALS = (
    DialHead("refractory.failed", "Drugs that must have failed", ("1", "2", "3"), 1),
    DialHead("response.missing", "Who could not be judged", ("evaluable", "non-response"), 0),
    DialHead("treatment.cycle.split", "Days between cycles", ("5 days", "7 days"), 1),
)
USUAL_CARE = BenchmarkDefinition(name="usual care", events=10, among=20)
Counts = Callable[[tuple[int, ...]], tuple[int, int]]


def respond(choices: tuple[int, ...]) -> tuple[int, int]:
    """Say how many of how many respond: more drugs, fewer persons; the not evaluable count or do not; split is idle."""
    failed, missing, _ = choices
    return (18, 24 + 6 * missing) if failed == 0 else (15, 20 + 5 * missing) if failed == 1 else (5, 10 + 5 * missing)


def build_row(number: int, choices: tuple[int, ...], counts: Counts = respond) -> UniverseRow:
    responders, among = counts(choices)
    response = estimate_proportion(responders, among)
    persons = Estimate(EstimateKind.COUNT, among, among, "count")
    estimates = {"response.overall": response, "response.overall.evaluable": response, "cohort.persons": persons}
    return UniverseRow(number, choices, estimates)


def build_rows(counts: Counts = respond, dials: Sequence[DialHead] = DIALS) -> tuple[UniverseRow, ...]:
    cells = product(*(range(len(dial.choices)) for dial in dials))
    return tuple(build_row(number, choices, counts) for number, choices in enumerate(cells, start=1))


def analyse(
    rows: Sequence[UniverseRow], dials: Sequence[DialHead] = DIALS, combinations: int | None = None, **more: object
) -> MultiverseResults:
    written = tuple(dial.written for dial in dials)
    own: Mapping[str, Estimate] = next((row.estimates for row in rows if row.choices == written), {})
    estimate = own.get("response.overall", estimate_proportion(0, 0))
    named = NamedEstimate("response.overall", "Improvement, all persons", "", "overall", "Improvement", estimate)
    told: dict[str, object] = {"is_benefit": True, "benchmarks": (USUAL_CARE,)} | more
    universes = Universes(tuple(rows), tuple(dials), (named,), combinations=combinations or len(rows), seed=1, **told)
    return analyse_multiverse(universes, HEAD)
