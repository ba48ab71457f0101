"""How much a day a stretch of a direction says: amounts times how often, in the mean over its days."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refractory.exposures.sig.elements import DaysOf, Dose, Measure, Parts, Times, Weekdays
from refractory.exposures.sig.factors import (
    EVERY_OTHER_DAY,
    ONCE_DAILY,
    SAME_TIME,
    UNSAID,
    ContradictionError,
    Factor,
    derive_factor,
    merge_parts,
)
from refractory.exposures.sig.segments import Intake, Segment

# The unit that a dose is given in when the text gives several: what is nearest to milligrams.
_PREFERRED = ("mg", "mg/kg", "mg/m2", "IU", "IU/kg", "mL/kg", "mL", "unit")
_ALL_WEEK = frozenset(range(7))
_TURNS = {"alternating", "alternate days"}
_DAY_BY_DAY = {"one day", "next day"}


@dataclass(frozen=True)
class Rate:
    """What a stretch says.

    Args:
        measures: Amount a day in the mean, in each unit that the text gives.
        single: Amount of one intake; None where intakes differ.
        factor: How often it is taken.
    """

    measures: tuple[Measure, ...]
    single: Dose | None
    factor: Factor

    def choose(self) -> Measure:
        """The amount a day in the unit that is nearest to milligrams."""
        return choose_measure(self.measures)

    def scale(self, share: float) -> Rate:
        """The same amounts spread over more or fewer days."""
        return replace(self, measures=scale_measures(self.measures, share, share))


def choose_measure(measures: tuple[Measure, ...]) -> Measure:
    """Choose the amount in the unit that is nearest to milligrams."""
    by_unit = {one.unit: one for one in measures}
    unit = next((unit for unit in _PREFERRED if unit in by_unit), measures[0].unit)
    return by_unit[unit]


def scale_measures(measures: tuple[Measure, ...], least: float, most: float) -> tuple[Measure, ...]:
    """Multiply amounts, their lower bound by one number and their upper by another."""
    return tuple(Measure(one.unit, one.least * least, one.most * most) for one in measures)


def derive_rate(segment: Segment, inherited: Factor | None, sides: int = 1) -> Rate | None:
    """Derive the amounts a day of one stretch.

    Args:
        segment: The stretch; it has at least one amount.
        inherited: How often, where the stretch itself does not say it; None when that is open.
        sides: Into how many sides each amount goes.

    Returns:
        The rate; None when the text does not say how often.

    Raises:
        ContradictionError: When what is said cannot all be true, or can be read in two ways.
    """
    intakes = segment.intakes
    if _take_turns(segment):
        doses = [intake.dose for intake in intakes]
        if (pair := doses[0].pair) is not None:
            amounts: list[tuple[Measure, ...]] = [(Measure(doses[0].measures[0].unit, one, one),) for one in pair]
        else:
            amounts = [dose.measures for dose in doses]
        return Rate(scale_measures(_add(amounts), sides / 2, sides / 2), None, replace(UNSAID, is_said=True))
    if len(intakes) == 1:
        said = _derive_only_factor(segment)
        factor = said if said.is_said else inherited
        if factor is None:
            return None
        return Rate(
            scale_measures(intakes[0].dose.measures, factor.least * sides, factor.most * sides), intakes[0].dose, factor
        )
    _share_last_weekday(intakes)
    _name_the_rest(intakes)
    factors = [derive_factor(intake) for intake in intakes]
    _check_sum(intakes, factors)
    summed = [
        scale_measures(intake.dose.measures, factor.least * sides, factor.most * sides)
        for intake, factor in zip(intakes, factors, strict=True)
    ]
    longest = max(factor.every_days for factor in factors) if _are_all_weekly(factors) else 1.0
    return Rate(_add(summed), None, Factor(1.0, 1.0, None, longest))


def _are_all_weekly(factors: list[Factor]) -> bool:
    return all(factor.every_days >= 7 for factor in factors)


def _add(amounts: list[tuple[Measure, ...]]) -> tuple[Measure, ...]:
    """Add amounts in the units that all of them have."""
    units = set.intersection(*({one.unit for one in measures} for measures in amounts))
    if not units:
        raise ContradictionError
    return tuple(
        Measure(
            unit,
            sum(one.least for measures in amounts for one in measures if one.unit == unit),
            sum(one.most for measures in amounts for one in measures if one.unit == unit),
        )
        for unit in sorted(units)
    )


def _derive_only_factor(segment: Segment) -> Factor:
    (intake,) = segment.intakes
    factor = derive_factor(intake)
    if "alternate days" not in segment.marks:
        return factor
    if factor.is_said and not factor.is_daily:
        raise ContradictionError
    return EVERY_OTHER_DAY


def _take_turns(segment: Segment) -> bool:
    """Say whether two amounts take turns, so that a day has their mean.

    "10 mg and 5 mg every other day" has the same mean whether they are taken together or in turns.

    Raises:
        ContradictionError: When they are said to take turns and cannot.
    """
    intakes = segment.intakes
    is_day_by_day = segment.marks >= _DAY_BY_DAY
    is_called = bool(segment.marks & _TURNS) or is_day_by_day
    is_pair = len(intakes) == 1 and intakes[0].dose.pair is not None
    is_on_own = len(intakes) == 1 and not is_pair
    if is_on_own or not is_called:
        if (
            is_pair
            or (segment.marks & _DAY_BY_DAY and not is_day_by_day)
            or (is_on_own and segment.marks & {"alternating"})
        ):
            raise ContradictionError
        if len(intakes) == 2 and not intakes[0].timings:
            return [one for one, _ in intakes[1].timings] == [Times(1, 1, 2)]
        return False
    if (
        "alternating" not in segment.marks
        and not is_day_by_day
        and (ONCE_DAILY, False) in intakes[0].timings
        and not is_pair
    ):
        # "5 mg daily and 2.5 mg on alternate days" may be 5 and 7.5 mg as well as 5 and 2.5 mg.
        raise ContradictionError
    said = [one for intake in intakes for one, _ in intake.timings]
    is_plain = all(
        one in (ONCE_DAILY, Times(1, 1, 2)) or (isinstance(one, Parts) and len(one.names) == 1) for one in said
    )
    parts = {one for one in said if isinstance(one, Parts)}
    if len(parts) > 1 or len(intakes) > 2 or not is_plain or any(intake.dose.is_day_scheme for intake in intakes):
        raise ContradictionError
    if any(intake.dose.over_days not in (None, 1.0) for intake in intakes):
        raise ContradictionError
    return True


def _share_last_weekday(intakes: list[Intake]) -> None:
    """Let "10 mg in the morning and 5 mg in the evening on Mondays" mean Mondays for both."""
    *earlier, last = intakes
    weekly = [
        (one, is_joined)
        for one, is_joined in last.timings
        if (isinstance(one, Weekdays) and len(one.days) == 1) or one == Times(1, 1, 7)
    ]
    has_part = any(isinstance(one, Parts) for one, _ in last.timings)
    if has_part and all(intake.timings and isinstance(one, Parts) for intake in earlier for one, _ in intake.timings):
        for intake in earlier:
            intake.timings += weekly


def _name_the_rest(intakes: list[Intake]) -> None:
    """Say which weekdays "the other days" are, and which are left to an amount by the exception from it."""
    first = intakes[0]
    has_days = any(isinstance(one, Weekdays) for one, _ in first.timings)
    if any(intake.is_exception for intake in intakes[1:]) and not has_days:
        first.timings = [(one, joined) for one, joined in first.timings if one != ONCE_DAILY]
        first.timings.append((Weekdays(frozenset(), is_rest=True), False))
    named = [one.days for intake in intakes for one, _ in intake.timings if isinstance(one, Weekdays)]
    rest = Weekdays(_ALL_WEEK - frozenset().union(*named))
    for intake in intakes:
        intake.timings = [
            (rest if isinstance(one, Weekdays) and one.is_rest else one, is_joined) for one, is_joined in intake.timings
        ]


def _check_sum(intakes: list[Intake], factors: list[Factor]) -> None:
    """Raise unless the amounts of a stretch are for different parts of the day or for different weekdays."""
    parts = [merge_parts(intake.timings) for intake in intakes]
    weekdays = [
        frozenset().union(*(one.days for one, _ in intake.timings if isinstance(one, Weekdays))) for intake in intakes
    ]
    if all(weekdays) and _are_apart(weekdays):
        return
    days_of = [one for intake in intakes for one, _ in intake.timings if isinstance(one, DaysOf)]
    if (
        len(days_of) == len(intakes)
        and sum(one.most for one in days_of) == 7
        and {one.period for one in days_of} == {7}
    ):
        return
    is_alike = len(set(weekdays)) == 1 and len({factor.every_days for factor in factors}) == 1
    if all(parts) and _are_apart(parts) and is_alike:
        return
    # "1 tablet twice daily and 2 at bedtime".
    first, *others = factors
    is_regular = first.times is not None and first.times >= 2 and first.every_days == 1 and not parts[0]
    if is_regular and len(others) == 1 and parts[1] and parts[1] <= SAME_TIME and others[0].every_days == 1:
        return
    raise ContradictionError


def _are_apart(sets: list[frozenset[int]] | list[frozenset[str]]) -> bool:
    return sum(len(one) for one in sets) == len({item for one in sets for item in one})
