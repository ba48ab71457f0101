"""The universes of a study, brought to results: curves, effects, tables, cautions, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.multiverse_effects import derive_curve, derive_effects
from refractory.analysis.multiverse_results import DialEffect, DialHead, UniverseRow
from refractory.analysis.multiverse_tables import (
    Followed,
    follow,
    tabulate_benchmarks_over_universes,
    tabulate_dials,
    tabulate_effects,
    tabulate_not_run,
    tabulate_ranges,
)
from refractory.analysis.multiverse_words import (
    find_multiverse_cautions,
    say_benchmarks,
    say_how_many,
    say_range,
    say_still,
    say_what_moves,
)
from refractory.analysis.results import (
    MethodsSection,
    MultiverseResults,
    NamedEstimate,
    ResultTable,
    SpecificationCurve,
    StudyHead,
)

RESPONSE = "response.overall"


@dataclass(frozen=True)
class Universes:
    """Everything that is known of the universes of a study.

    Args:
        rows: One per universe.
        dials: Their dials.
        followed: The results that are followed, as the study itself found them.
        benchmarks: How others fared.
        is_benefit: Whether a response is good for the person.
        combinations: How many combinations there are; more than rows where a sample was run.
        seed: Of that sample.
    """

    rows: tuple[UniverseRow, ...]
    dials: tuple[DialHead, ...]
    followed: tuple[NamedEstimate, ...]
    benchmarks: tuple[BenchmarkDefinition, ...]
    is_benefit: bool
    combinations: int
    seed: int

    @property
    def is_sample(self) -> bool:
        """True where not every combination was run."""
        return len(self.rows) < self.combinations


def analyse_multiverse(universes: Universes, head: StudyHead) -> MultiverseResults:
    """Bring the universes of a study to results.

    Args:
        universes: What was found.
        head: What the first lines of the study's report say.
    """
    rows, dials = universes.rows, universes.dials
    followed = [follow(named, rows) for named in universes.followed]
    effects = [derive_effects(rows, dials, one.id, is_sample=universes.is_sample) for one in followed]
    answer = [say_how_many(rows, dials, universes.combinations)]
    for one, moved in zip(followed, effects, strict=True):
        answer.append(say_range(rows, one))
        answer += [say_what_moves(one, moved)] if len(rows) > 1 else []
        if one.id == RESPONSE:
            answer += say_benchmarks(rows, one.id, universes.benchmarks, is_benefit=universes.is_benefit)
    answer += say_still(rows, dials)
    return MultiverseResults(
        head=head,
        answer=tuple(answer),
        cautions=tuple(find_multiverse_cautions(rows, dials, followed, universes.combinations)),
        curves=tuple(_draw_up(universes, one) for one in followed),
        tables=tuple(_tabulate(universes, followed, effects)),
        methods=(_describe(universes),),
        rows=rows,
        dials=dials,
        followed=tuple(one.id for one in followed),
        effects=tuple(effect for moved in effects for effect in moved),
    )


def _draw_up(universes: Universes, one: Followed) -> SpecificationCurve:
    unit = {"": "", "%": ", %"}.get(one.unit, f", {one.unit}")
    marks: tuple[tuple[str, float], ...] = ()
    if one.id == RESPONSE:
        untreated = [benchmark for benchmark in universes.benchmarks if not benchmark.is_treated]
        marks = tuple((own.title, 100 * own.counts[0] / own.counts[1]) for own in untreated)
    title = f"{one.label}, in every universe"
    return derive_curve(universes.rows, universes.dials, one.id, title, f"{one.label}{unit}", marks)


def _tabulate(
    universes: Universes, followed: Sequence[Followed], effects: Sequence[Sequence[DialEffect]]
) -> list[ResultTable]:
    rows, dials = universes.rows, universes.dials
    tables: list[ResultTable | None] = [tabulate_ranges(rows, followed)]
    if any(one.id == RESPONSE for one in followed):
        tables.append(
            tabulate_benchmarks_over_universes(rows, RESPONSE, universes.benchmarks, is_benefit=universes.is_benefit)
        )
    if len(rows) > 1:
        tables += [tabulate_effects(one, moved, dials) for one, moved in zip(followed, effects, strict=True)]
    tables += [tabulate_dials(rows, dials), tabulate_not_run(rows)]
    return [table for table in tables if table is not None]


def _describe(universes: Universes) -> MethodsSection:
    said = [
        "Every choice that is a dial was set to each of its alternatives, in every combination with the others, and "
        "the study was run anew each time, from the cohort to the estimates; all else stayed as the protocol says it.",
    ]
    if universes.is_sample:
        said.append(
            f"Of {universes.combinations:,} combinations {len(universes.rows):,} were run: the study itself, those in "
            "which one dial alone moves, and others drawn in blocks in which each alternative comes equally often "
            f"(seed {universes.seed})."
        )
    said.append(
        "What a dial does is told by the share of the variance over the universes: between its alternatives (main "
        "effect), and, where all combinations were run, with all interactions in which it takes part (total effect). "
        "Universes in which a result has no number are left out of its ranges and shares."
    )
    return MethodsSection("The universes", tuple(said))
