"""Visits at which the CDASI was written item by item, and what was measured beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from refractory.records.hospital.facts import PlannedPerson, Reading, SkinVisit
from refractory.records.hospital.skin_items import (
    ACTIVITY_ITEMS,
    DAMAGE_ITEMS,
    HANDS,
    PAPULES,
    SITES,
    activity_of,
    draw_growth,
    lay_out,
)

_ITEMISED, _GLOBALS = 2 / 3, 0.6  # shares of the members
_NEAR_MISSES = 8
_EXACT = ("fall of exactly 4 points", "fall of exactly 40 %", "fall of exactly 50 %")
_STEPS = (4, 3)  # points below the baseline: the least important change, and one less
_UNSCORED = ("no score", "no baseline score", "no follow-up score")

# What is planted at a visit that has a written total | how many persons.
_WITH_TOTAL = (
    ("hands lost", 6),
    ("missing", 4),
    ("too high", 3),
    ("damage missing", 3),
    ("total only", 6),
)
# What is planted at a visit without a written total | how many persons.
_ALONE = (
    ("right", 10),
    ("missing", 4),
    ("papules missing", 3),
    ("too high", 3),
)


@dataclass
class _Chart:
    """The scores of one person while the visits are being dealt out."""

    person: PlannedPerson
    totals: dict[int, int]  # day: written total
    turns: dict[int, str] = field(default_factory=dict)
    alone: dict[int, int] = field(default_factory=dict)  # day without a written total: activity

    @property
    def is_exact(self) -> bool:
        return bool(self.person.specials & {*_EXACT, "low score too early"})

    @property
    def is_scored(self) -> bool:
        return not self.person.specials & set(_UNSCORED)

    def baseline(self) -> int | None:
        before = [day for day in self.totals if -90 <= day <= 0]
        return self.totals[max(before)] if before else None

    def follow_up(self) -> list[int]:
        return [value for day, value in self.totals.items() if 28 <= day <= 365]


def plan_visits(members: Sequence[PlannedPerson], seed: int) -> dict[str, tuple[SkinVisit, ...]]:
    """Plan the itemised visits of the members: at the days of planned totals, and some on days of their own.

    A written total is never changed. Where the redness of the hands is lost from it, the items add up to more than was
    written, as a form does that counts the redness only where there are papules. A day of its own lies, in value,
    between its neighbours, except where it is planned to lie exactly 3 or 4 points below the baseline.

    Returns:
        Visits by key of the person.
    """
    rng = Random(f"skin visits {seed}")
    unscored = [_chart(person) for person in members if person.specials & set(_UNSCORED)]
    others = [_chart(person) for person in members if not person.specials & set(_UNSCORED)]
    charts = unscored + rng.sample(others, max(0, round(len(members) * _ITEMISED) - len(unscored)))
    for place, chart in enumerate(unscored):
        _fill_the_gap(chart, _STEPS[place % 2], rng)
    charts += _steps(others, charts, rng)
    for turn, wanted in _WITH_TOTAL:
        _deal(turn, wanted, [chart for chart in charts if not chart.is_exact], rng)
    for turn, wanted in _ALONE:
        _deal_alone(turn, wanted, [chart for chart in charts if not chart.is_exact and chart.is_scored], rng)
    return {chart.person.key: _visits(chart, Random(f"skin {seed} {chart.person.key}")) for chart in charts}


def plan_visits_of_others(persons: Sequence[PlannedPerson], seed: int) -> dict[str, tuple[SkinVisit, ...]]:
    """Plan itemised visits of some persons outside the cohort, on the days of their totals alone."""
    scored = [chart for chart in map(_chart, persons) if chart.totals]
    chosen = Random(f"skin visits of others {seed}").sample(scored, min(_NEAR_MISSES, len(scored)))
    return {chart.person.key: _visits(chart, Random(f"skin {seed} {chart.person.key}")) for chart in chosen}


def plan_globals(person: PlannedPerson, visits: Iterable[SkinVisit], rng: Random) -> tuple[Reading, ...]:
    """Plan the physician's global assessment (0 to 10 cm) and the itch (0 to 10) on days of scores.

    The global follows activity as closely as in Yassaee 2010 (r = 0.75); itch follows it loosely.
    """
    scores = _chart(person).totals | {visit.day: activity_of(visit.items) for visit in visits}
    if not scores or rng.random() > _GLOBALS:
        return ()
    found = []
    for day, activity in sorted(scores.items()):
        severity = 10 * activity / 48  # the highest activity seen in the cohorts of Anyanwu 2015
        if rng.random() < 0.85:
            value = min(10.0, max(0.0, round(severity + rng.gauss(0, 1.3), 1)))
            found.append(Reading(day, "physician global", value))
        if rng.random() < 0.6:
            value = float(min(10, max(0, round(0.7 * severity + 1 + rng.gauss(0, 2)))))
            found.append(Reading(day, "pruritus NRS", value))
    return tuple(found)


def _chart(person: PlannedPerson) -> _Chart:
    found = (each for each in person.readings if each.kind == "CDASI activity" and each.value is not None)
    return _Chart(person, {each.day: int(each.value or 0) for each in found})


def _taken(chart: _Chart) -> set[int]:
    return {each.day for each in chart.person.readings if each.kind.startswith("CDASI")} | set(chart.alone)


def _fill_the_gap(chart: _Chart, step: int, rng: Random) -> None:
    """Give items alone, on the boundary day, to a person whose written totals lack the baseline or what follows."""
    specials = chart.person.specials
    if "no baseline score" in specials:
        chart.alone[-90] = chart.totals[-91]
    elif "no follow-up score" in specials:
        chart.alone[rng.choice([28, 365])] = (chart.baseline() or 0) - step
    else:
        chart.alone = {-20: rng.randint(18, 30), 100: rng.randint(3, 12)}
    chart.turns |= dict.fromkeys(chart.alone, "right")


def _steps(others: Sequence[_Chart], itemised: Sequence[_Chart], rng: Random) -> list[_Chart]:
    """Give items alone, exactly 4 and exactly 3 points below the baseline, to persons whose totals never fell by 4.

    Returns:
        The persons among them who had no items so far.
    """
    steady = []
    for chart in others:
        baseline, after = chart.baseline(), chart.follow_up()
        if baseline is not None and after and baseline - min(after) < _STEPS[1] and not chart.is_exact:
            steady.append(chart)
    chosen = rng.sample(steady, min(6, len(steady)))
    for place, chart in enumerate(chosen):
        day = _free_day(chart, 100, 260, rng)
        chart.alone[day] = (chart.baseline() or 0) - _STEPS[place % 2]
        # All else of these persons is right, so that the step alone decides.
        chart.turns |= dict.fromkeys([*chart.totals, day], "right")
    return [chart for chart in chosen if chart not in itemised]


def _free_day(chart: _Chart, first: int, last: int, rng: Random) -> int:
    return rng.choice(sorted(set(range(first, last + 1)) - _taken(chart)))


def _deal(turn: str, wanted: int, charts: Sequence[_Chart], rng: Random) -> None:
    places = [(chart, day) for chart in charts for day in chart.totals if day not in chart.turns and day >= -90]
    rng.shuffle(places)
    given: set[str] = set()
    for chart, day in places:
        if len(given) < wanted and chart.person.key not in given:
            chart.turns[day] = turn
            given.add(chart.person.key)


def _deal_alone(turn: str, wanted: int, charts: Sequence[_Chart], rng: Random) -> None:
    may = [chart for chart in charts if len(chart.alone) < 2 and chart.follow_up()]
    for chart in rng.sample(may, min(wanted, len(may))):
        last = max(day for day in chart.totals if day <= 365)
        free = sorted(set(range(14, last)) - _taken(chart))
        if free:
            day = rng.choice(free)
            before, after = max(each for each in chart.totals if each < day), min(e for e in chart.totals if e > day)
            around = sorted((chart.totals[before], chart.totals[after]))
            chart.alone[day] = rng.randint(*around)
            chart.turns[day] = turn


def _visits(chart: _Chart, rng: Random) -> tuple[SkinVisit, ...]:
    growth = draw_growth(rng)
    tends_to_papules = rng.random() < 0.6
    written_damage = {each.day: int(each.value or 0) for each in chart.person.readings if each.kind == "CDASI damage"}
    usual_damage = rng.randint(0, 8)
    found = []
    for day, activity in sorted((chart.totals | chart.alone).items()):
        turn = chart.turns.get(day, "right" if rng.random() < 0.8 else "total only")
        if turn == "total only":
            continue
        damage = written_damage.get(day, usual_damage)
        if turn == "hands lost":
            elsewhere = tuple(item for item in growth if item != HANDS)
            items = lay_out(elsewhere, activity, damage, rng, has_papules=False) | {HANDS: rng.randint(1, 3)}
        else:
            order = _hands_first(growth) if turn == "papules missing" else growth
            items = lay_out(order, activity, damage, rng, has_papules=tends_to_papules)
        found.append(_as_written(day, items, turn, rng))
    return tuple(found)


def _hands_first(growth: tuple[str, ...]) -> tuple[str, ...]:
    """Let the hands be red whatever the total, so that a missing word on papules leaves it open."""
    first = growth.index(HANDS)
    return (HANDS, *growth[:first], *growth[first + 1 :])


def _as_written(day: int, items: Mapping[str, int], turn: str, rng: Random) -> SkinVisit:
    """Leave out or spoil what the turn says of a visit."""
    if turn == "missing":
        unknown = [item for item in ACTIVITY_ITEMS if item not in (HANDS, PAPULES)]
        return SkinVisit(day, items, missing=tuple(rng.sample(unknown, rng.choice([1, 1, 2]))))
    if turn == "papules missing":
        return SkinVisit(day, items, missing=(PAPULES,))
    if turn == "damage missing":
        return SkinVisit(day, items, missing=(rng.choice(list(DAMAGE_ITEMS)),))
    if turn == "too high":
        return SkinVisit(day, items, too_high=(f"{rng.choice(SITES)}_erythema",))
    return SkinVisit(day, items)
