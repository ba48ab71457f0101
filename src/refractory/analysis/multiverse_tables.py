"""What the universes found, as tables: the range of each result, what moves it, the benchmarks, the dials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.multiverse_effects import SHARES, find_alike, value_of
from refractory.analysis.multiverse_results import DialEffect, DialHead, UniverseRow
from refractory.analysis.results import Cell, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import NOT_ESTIMABLE, format_number
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_difference
from refractory.statistics.variance_shares import estimate_spread

# Below so many persons a percentage is printed without a decimal, as everywhere.
_FEWEST_FOR_A_DECIMAL = 100
_DECIMALS = {EstimateKind.COUNT: 0, EstimateKind.TIME: 0, EstimateKind.RATE: 4}


@dataclass(frozen=True)
class Followed:
    """A result that is followed over the universes.

    Args:
        named: What the study as written found.
        unit: What its number is in: per cent, percentage points, or nothing where the label says it.
        decimals: Of its printed numbers.
    """

    named: NamedEstimate
    unit: str
    decimals: int

    @property
    def id(self) -> str:
        """Id of the result."""
        return self.named.id

    @property
    def label(self) -> str:
        """What was counted or measured, in words."""
        return self.named.label

    def print_value(self, value: float | None, *, is_change: bool = False) -> str:
        """Print a number of this result, a share in per cent; a change of it with its sign and in its points."""
        if value is None:
            return NOT_ESTIMABLE
        printed = format_number(value, self.decimals)
        if is_change and value > 0:
            printed = f"+{printed}"
        unit = "points" if self.unit and (is_change or self.unit != "%") else self.unit
        return f"{printed} {unit}".strip()


def follow(named: NamedEstimate, rows: Sequence[UniverseRow]) -> Followed:
    """Say how a result is printed over the universes: with the decimals of the largest of them."""
    kind = named.estimate.kind
    if kind not in SHARES:
        return Followed(named, "", _DECIMALS.get(kind, 2))
    sizes = [one.denominator or one.n for row in rows if (one := row.estimates.get(named.id))]
    decimals = 0 if max(sizes, default=0) < _FEWEST_FOR_A_DECIMAL else 1
    return Followed(named, "%" if kind is EstimateKind.PROPORTION else "percentage points", decimals)


def spread_of(rows: Sequence[UniverseRow], result: str) -> Estimate:
    """Return the median of a result over the universes that have it, and the range of the middle nine tenths."""
    return estimate_spread([value for row in rows if (value := value_of(row, result)) is not None])


def count_share(counted: int, among: int) -> Estimate:
    """Return a share of the universes as an estimate: they are all there are, so that it has no interval."""
    value = counted / among if among else None
    return Estimate(EstimateKind.PROPORTION, value, among, "share", numerator=counted, denominator=among)


def tabulate_ranges(rows: Sequence[UniverseRow], followed: Sequence[Followed]) -> ResultTable:
    """Tabulate each result as written and over the universes."""
    printed = []
    for one in followed:
        values = [value for row in rows if (value := value_of(row, one.id)) is not None]
        spread = spread_of(rows, one.id)
        estimate = one.named.estimate
        scale = 100 if estimate.kind in SHARES else 1
        written = None if estimate.value is None else estimate.value * scale
        cells: tuple[Cell, ...] = (
            one.print_value(written),
            one.print_value(spread.value),
            f"{one.print_value(spread.lower)} to {one.print_value(spread.upper)}" if values else NOT_ESTIMABLE,
            f"{one.print_value(min(values))} to {one.print_value(max(values))}" if values else NOT_ESTIMABLE,
            len(values),
        )
        printed.append(ResultRow(one.label, cells))
    footnotes = (
        "Middle 90 %: from the value that 5 % of the universes do not exceed to the one that 95 % do not exceed. It is "
        "a range of choices, not an interval of confidence.",
        "Universes: those in which the result has a number.",
    )
    columns = ("Result", "As written", "Median", "Middle 90 %", "All", "Universes")
    return ResultTable("ranges", "Each result over the universes", columns, tuple(printed), footnotes)


def tabulate_effects(one: Followed, effects: Sequence[DialEffect], dials: Sequence[DialHead]) -> ResultTable:
    """Tabulate what each dial does to one result, the dial that moves it most first."""
    by_name = {dial.name: dial for dial in dials}
    printed = []
    for effect in sort_effects(effects):
        dial = by_name[effect.dial]
        medians = "; ".join(
            f"{choice}: {one.print_value(found)}" for choice, found in zip(dial.choices, effect.medians, strict=True)
        )
        alone = one.print_value(effect.alone, is_change=True) if effect.alone is not None else "no other number"
        if effect.alone_choice is not None and alone != one.print_value(0.0, is_change=True):
            alone += f", by {dial.choices[effect.alone_choice]}"
        shares = [effect.main, *([effect.total] if effect.total else [])]
        printed.append(ResultRow(dial.name, (*shares, alone, medians)))
    has_total = any(effect.total for effect in effects)
    columns = ["Dial", "Main effect", *(["Total effect"] if has_total else []), "Alone, from what is written"]
    footnotes = [
        "Main effect: the share of the variance over the universes that lies between the alternatives of the dial "
        "(eta squared).",
        "Total effect: the share that is left when all other dials are held still: the main effect, and all "
        "interactions in which the dial takes part. Both are exact for these universes; total effects may add up to "
        "more than 100 %."
        if has_total
        else "Only a sample of the combinations was run, so that main effects are those of the sample and total "
        "effects are not given.",
        "Alone: the largest change when this dial moves and all others stay as they are written.",
    ]
    id_of_table = f"effects-{one.id}"
    return ResultTable(
        id_of_table,
        f"What moves it: {one.label}",
        (*columns, "Median by alternative"),
        tuple(printed),
        tuple(footnotes),
    )


def sort_effects(effects: Sequence[DialEffect]) -> list[DialEffect]:
    """Sort the dials by their effect, the largest first; equal ones stay in the order of the file."""

    def size(effect: DialEffect) -> tuple[float, float]:
        total = effect.total.value if effect.total else None
        return (-(total or effect.main.value or 0.0), -(effect.main.value or 0.0))

    return sorted(effects, key=size)


def tabulate_benchmarks_over_universes(
    rows: Sequence[UniverseRow], result: str, benchmarks: Sequence[BenchmarkDefinition], *, is_benefit: bool
) -> ResultTable | None:
    """Tabulate in how many universes the response is beyond that of others without the treatment; None without such."""
    untreated = [one for one in benchmarks if not one.is_treated]
    found = [one for row in rows if (one := row.estimates.get(result)) and one.value is not None]
    if not untreated or not found:
        return None
    printed = []
    for benchmark in untreated:
        counts = [
            count_beyond(found, benchmark, is_benefit=is_benefit, is_clear=is_clear) for is_clear in (False, True)
        ]
        printed.append(ResultRow(f"{benchmark.title[:1].upper()}{benchmark.title[1:]}", tuple(counts)))
    side, end = ("above", "Lower") if is_benefit else ("below", "Upper")
    columns = ("Without the treatment", f"{end} limit {side} its proportion", f"Difference clearly {side} 0")
    footnotes = (
        "Universes with a response. In the first column the proportion of the others is taken as known; in the second "
        "its own uncertainty is in the difference (Newcombe).",
        "A share of universes is no probability.",
    )
    title = "How often the response lies beyond that of others"
    return ResultTable("benchmarks", title, columns, tuple(printed), footnotes)


def count_beyond(
    found: Sequence[Estimate], benchmark: BenchmarkDefinition, *, is_benefit: bool, is_clear: bool
) -> Estimate:
    """Count the universes whose response is beyond that of a benchmark; clearly: with the uncertainty of both."""
    events, among = benchmark.counts
    beyond = 0
    for one in found:
        lower, upper, limit = one.lower, one.upper, events / among
        if is_clear:
            level = one.level or 0.95
            difference = estimate_difference(one.numerator or 0, one.denominator or 0, events, among, level=level)
            lower, upper, limit = difference.lower, difference.upper, 0.0
        if lower is not None and upper is not None:
            beyond += lower > limit if is_benefit else upper < limit
    return count_share(beyond, len(found))


def tabulate_dials(rows: Sequence[UniverseRow], dials: Sequence[DialHead]) -> ResultTable:
    """Tabulate the dials, their alternatives, and which of these come to the same."""
    printed = []
    for place, dial in enumerate(dials):
        said = [f"{choice} (as written)" if n == dial.written else choice for n, choice in enumerate(dial.choices)]
        printed.append(ResultRow(dial.name, (dial.what, "; ".join(said), say_alike(rows, dials, place))))
    columns = ("Dial", "What it is", "Alternatives", "The same in every number")
    footnotes = (
        "The same: no universe with the one alternative differs from its counterpart with the other in any result that "
        "is followed.",
    )
    return ResultTable("dials", "The dials and their alternatives", columns, tuple(printed), footnotes)


def say_alike(rows: Sequence[UniverseRow], dials: Sequence[DialHead], place: int) -> str:
    """Say which alternatives of a dial come to the same in everything that is followed."""
    dial = dials[place]
    groups = find_alike(rows, place, len(dial.choices))
    if len(dial.choices) == 1:
        return "it has one alternative"
    if not groups:
        return "none"
    if len(groups[0]) == len(dial.choices):
        return "all: it moves nothing"
    return "; ".join(" and ".join(dial.choices[choice] for choice in group) for group in groups)


def tabulate_not_run(rows: Sequence[UniverseRow]) -> ResultTable | None:
    """Tabulate the combinations that were not run by their reason; None where all were."""
    counts = Counter(row.why_not for row in rows if row.why_not)
    if not counts:
        return None
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    printed = tuple(ResultRow(reason, (number,)) for reason, number in ordered)
    return ResultTable("not_run", "Combinations that were not run", ("Reason", "Combinations"), printed)
