"""What the universes say, in sentences with their numbers, and what a reader must know before believing them."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.multiverse_effects import count_different, value_of
from refractory.analysis.multiverse_results import DialEffect, DialHead, UniverseRow
from refractory.analysis.multiverse_tables import (
    Followed,
    count_beyond,
    count_share,
    say_alike,
    sort_effects,
    spread_of,
)
from refractory.analysis.results import Caution, Severity
from refractory.numbers import format_count, format_estimate, format_number

# Dials that move less of the variance than this are not named in a sentence; the table has them.
_LEAST_SHARE = 0.05
_FEW_PERSONS = 10


def say_how_many(rows: Sequence[UniverseRow], dials: Sequence[DialHead], combinations: int) -> str:
    """Say how many universes there are, and how many of them differ at all."""
    if len(rows) == 1:
        return "There is one universe, the study as it is written: no choice was varied."
    moving = sum(len(dial.choices) > 1 for dial in dials)
    dials_said = f"{moving} dial" if moving == 1 else f"{moving} dials"
    of_all = f" of {format_count(combinations)}" if len(rows) < combinations else ""
    said = f"The alternatives of {dials_said} make {format_count(len(rows))}{of_all} universes"
    not_run = sum(bool(row.why_not) for row in rows)
    if not_run:
        said += f", of which {format_count(not_run)} could not be run"
    different = count_different(rows)
    return f"{said}; they hold {format_count(different)} different set{'' if different == 1 else 's'} of numbers."


def say_range(rows: Sequence[UniverseRow], one: Followed) -> str:
    """Say where a result lies as written and over the universes."""
    values = [value for row in rows if (value := value_of(row, one.id)) is not None]
    written = one.named.estimate
    said = f"{one.label}: {format_estimate(written)} as written"
    if not values:
        return f"{one.label} has no number in any universe."
    if len(values) == 1:
        return f"{said}."
    spread = spread_of(rows, one.id)
    printed = [one.print_value(value) for value in (spread.value, spread.lower, spread.upper, min(values), max(values))]
    if min(values) == max(values):
        return f"{said}, and the same number in all {format_count(len(values))} universes that have it."
    return (
        f"{said}; over {format_count(len(values))} universes the median is {printed[0]}, nine tenths of them lie from "
        f"{printed[1]} to {printed[2]}, and all from {printed[3]} to {printed[4]}."
    )


def say_what_moves(one: Followed, effects: Sequence[DialEffect]) -> str:
    """Say which dials move a result, with their shares of the variance."""
    named = []
    for effect in sort_effects(effects):
        share = effect.total or effect.main
        if share.value is not None and share.value >= _LEAST_SHARE:
            main = f", {_percent(effect.main.value)} by itself" if effect.total else ""
            named.append(f"{effect.dial} ({_percent(share.value)} of the variance{main})")
    if all(effect.main.value is None for effect in effects):
        return f"{one.label}: no dial moves it."
    if not named:
        return f"{one.label}: no single dial holds {100 * _LEAST_SHARE:g} % of the variance; they share it."
    return f"{one.label} is moved by {', '.join(named)}; every other dial holds less than {100 * _LEAST_SHARE:g} %."


def _percent(share: float | None) -> str:
    return f"{format_number(100 * (share or 0.0), 0)} %"


def say_benchmarks(
    rows: Sequence[UniverseRow], result: str, benchmarks: Sequence[BenchmarkDefinition], *, is_benefit: bool
) -> list[str]:
    """Say in how many universes the response lies beyond that of others without the treatment."""
    found = [one for row in rows if (one := row.estimates.get(result)) and one.value is not None]
    said = []
    for benchmark in benchmarks:
        if benchmark.is_treated or not found:
            continue
        counted = count_beyond(found, benchmark, is_benefit=is_benefit, is_clear=False)
        clearly = count_beyond(found, benchmark, is_benefit=is_benefit, is_clear=True)
        events, among = benchmark.counts
        end, side = ("lower", "above") if is_benefit else ("upper", "below")
        said.append(
            f"The {end} limit of the response lies {side} {benchmark.title} ({events}/{among}) in "
            f"{format_estimate(counted)} universes, and the difference is clear of 0 in {format_estimate(clearly)}."
        )
    return said


def say_still(rows: Sequence[UniverseRow], dials: Sequence[DialHead]) -> list[str]:
    """Say which dials move nothing that is followed."""
    names = [dial.name for place, dial in enumerate(dials) if say_alike(rows, dials, place) == "all: it moves nothing"]
    if not names:
        return []
    return [f"Nothing that is followed is moved by {', '.join(names)}."]


def find_multiverse_cautions(
    rows: Sequence[UniverseRow], dials: Sequence[DialHead], followed: Sequence[Followed], combinations: int
) -> list[Caution]:
    """Find what a reader must know before believing the universes.

    Args:
        rows: All universes; each says how many persons it has, and how many could be judged.
        dials: Their dials.
        followed: The results that are followed.
        combinations: How many combinations there are.
    """
    cautions = [
        Caution(
            "universes-not-independent",
            "The universes are no independent evidence",
            f"All {format_count(len(rows))} universes look at the same persons. That many of them agree proves "
            "nothing, a share of universes is no probability, and no P value is taken over them. Which choices are "
            "dials, and which alternatives they have, was chosen too; and what the report of the study cautions "
            "against holds in every universe.",
            Severity.SERIOUS,
            len(rows),
        )
    ]
    outcome = [dial.name for dial in dials if dial.name.startswith("response.primary") and len(dial.choices) > 1]
    if outcome:
        cautions.append(
            Caution(
                "universes-other-outcomes",
                "Some universes ask another question",
                f"{', '.join(outcome)} changes what a response is: these universes do not disagree about one number, "
                "they measure different ones.",
            )
        )
    not_run = [row for row in rows if row.why_not]
    if not_run:
        text = f"{format_estimate(count_share(len(not_run), len(rows)))} universes could not be run; the table of "
        cautions.append(Caution("universes-not-run", "Not run", f"{text}reasons counts them.", number=len(not_run)))
    if len(rows) < combinations:
        cautions.append(
            Caution(
                "universes-sample",
                "A sample of the universes",
                f"{format_count(len(rows))} of {format_count(combinations)} combinations were run, drawn so that each "
                "alternative of a dial comes about equally often. The least and the largest number of all may lie "
                "beyond those found.",
                number=len(rows),
            )
        )
    return cautions + _find_small(rows, followed)


def _find_small(rows: Sequence[UniverseRow], followed: Sequence[Followed]) -> list[Caution]:
    cautions = []
    run = [row for row in rows if not row.why_not]
    for one in followed:
        without = sum(value_of(row, one.id) is None for row in run)
        if without:
            text = f"{one.label} has no number in {format_estimate(count_share(without, len(run)))} universes: nobody "
            text += "is left whom it could be worked out from. They stand in no range and in no median."
            cautions.append(Caution(f"universes-without-{one.id}", "No number", text, number=without))
    judged = [found.denominator or 0 for row in run if (found := row.estimates.get("response.overall.evaluable"))]
    few = sum(number < _FEW_PERSONS for number in judged)
    if few:
        text = f"Fewer than {_FEW_PERSONS} persons could be judged in {format_estimate(count_share(few, len(judged)))} "
        text += f"universes, {min(judged)} in the smallest: a single person moves their response by a tenth or more."
        cautions.append(Caution("universes-few-persons", "Universes of few persons", text, number=few))
    return cautions
