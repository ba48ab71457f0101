"""Other drugs begun or raised near day 0: what else may have brought the response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.cohort.criteria import Leaves, in_window
from refractory.dates import Window
from refractory.exposures.eras import derive_eras
from refractory.exposures.timeline import PULSE
from refractory.exposures.treatment import Route, UnknownRoute, has_route
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.sparing import SparingDefinition
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SAME_MG = 1e-6
# A supply of 7 tablets a week is 30 tablets in one month and 31 in the next: doses so near are one level.
_SAME_SHARE = 0.05


class Change(StrEnum):
    """What happened to a drug near day 0."""

    BEGUN = "begun"
    BEGUN_AGAIN = "begun again"
    RAISED = "raised"
    PULSE = "pulse"


@dataclass(frozen=True)
class DrugNearDay0:
    """One drug of one person that was begun, raised or given as a pulse near day 0.

    Args:
        drug: Leaf concept set of the drug; for a dose, the concept set of the glucocorticoids.
        change: What happened.
        day: The day on which it did, from day 0; the first of them for pulses.
    """

    drug: str
    change: Change
    day: int


@dataclass(frozen=True)
class Watched:
    """Which drugs are looked at near day 0, and by which routes.

    Args:
        among: The concept set, as the protocol names it.
        drugs: Its leaf concept sets without the studied treatment.
        routes: Routes that count; none named: all.
        unknown_route: What a record of unknown route does.
        glucocorticoids: Those of the drugs that are glucocorticoids.
    """

    among: str
    drugs: tuple[str, ...]
    routes: tuple[Route, ...]
    unknown_route: UnknownRoute
    glucocorticoids: tuple[str, ...]


@later
def derive_begun(
    exposures: ir.Table, cohort: ir.Table, watched: Watched, persistence_days: int, window: Window
) -> ir.Table:
    """Find the drugs that were begun in a window around day 0: after so long a gap, or for the first time.

    Args:
        exposures: One row per exposure per concept set, from exposures.eras.derive_exposures.
        cohort: One row per person: person_id, day0_date.
        watched: The drugs.
        persistence_days: The longest gap that is no new beginning.
        window: Days around day 0, both ends included.

    Returns:
        One row per person, drug and beginning: person_id, drug, day, covered_days, has_known_end, is_first (the
        drug was never taken before).
    """
    taken = exposures.filter(
        exposures.concept_set.isin(list(watched.drugs)) & has_route(exposures, watched.routes, watched.unknown_route)
    ).semi_join(cohort, "person_id")
    eras = derive_eras(taken, persistence_days)
    firsts = eras.group_by(["person_id", "concept_set"]).aggregate(first_date=eras.start_date.min())
    near = eras.join(firsts, ["person_id", "concept_set"]).join(cohort.select("person_id", "day0_date"), "person_id")
    near = near.mutate(
        day=near.start_date.delta(near.day0_date, unit="day"), is_first=near.start_date == near.first_date
    )
    return near.filter(in_window(near.day, window)).select(
        "person_id", "day", "covered_days", "has_known_end", "is_first", drug=near.concept_set
    )


def read_drugs_near_day_0(
    store: Store,
    watched: Watched,
    sparing: SparingDefinition | None,
    definition: ExplanationsDefinition,
    day0: Mapping[int, date],
) -> dict[int, tuple[DrugNearDay0, ...]]:
    """Read what was begun, raised or given as a pulse near day 0, by person; who has nothing is absent.

    A glucocorticoid that is known to cover fewer days than a raised dose must last is not begun: it is given with an
    infusion against its side effects, and where it is large it is a pulse.

    Args:
        store: Holds what build_cohort and, where the study asks for sparing, doses.keep_doses left.
        watched: The drugs.
        sparing: Says what a glucocorticoid and a pulse are; None where the study does not ask: no dose is looked at.
        definition: The window and the rules.
        day0: Time zero by person.
    """
    window = definition.near_day_0
    found: defaultdict[int, set[DrugNearDay0]] = defaultdict(set)
    begun = derive_begun(
        store.table("exposures"), store.table("cohort"), watched, definition.persistence, definition.near_day_0
    )
    for row in store.records(begun):
        is_brief = row["has_known_end"] and row["covered_days"] < definition.raised_for
        if row["drug"] in watched.glucocorticoids and is_brief:
            continue
        change = Change.BEGUN if row["is_first"] else Change.BEGUN_AGAIN
        found[row["person_id"]].add(DrugNearDay0(row["drug"], change, row["day"]))
    if sparing:
        for person, stretches in _read_stretches(store, day0).items():
            doses = derive_doses_by_day(stretches, window, sparing.pulse, definition.raised_for)
            raised = find_raised(doses, window, definition.raised, definition.raised_for)
            found[person] |= {DrugNearDay0(sparing.glucocorticoid, Change.RAISED, day) for day in raised}
            pulses = [day for day, (_, is_pulse) in doses.items() if is_pulse and _is_in(day, window)]
            found[person] |= {DrugNearDay0(sparing.glucocorticoid, Change.PULSE, min(pulses))} if pulses else set()
    return {
        person: tuple(sorted(own, key=lambda one: (one.day, one.drug, one.change)))
        for person, own in sorted(found.items())
        if own
    }


def _is_in(day: int, window: Window) -> bool:
    return (window.first_day is None or day >= window.first_day) and (window.last_day is None or day <= window.last_day)


@dataclass(frozen=True)
class DoseStretch:
    """Days with one dose, from day 0.

    Args:
        from_day: First of them.
        until_day: Last of them.
        mg: Mg of prednisone a day, of the exposures whose dose is known.
        is_known: Whether that is all of them.
        is_high: Whether it is of the exposures that could be a pulse.
    """

    from_day: int
    until_day: int
    mg: float
    is_known: bool
    is_high: bool


def _read_stretches(store: Store, day0: Mapping[int, date]) -> dict[int, list[DoseStretch]]:
    stretches = store.table("glucocorticoid_stretches")
    order = ["person_id", "from_date", "drug"]
    told = stretches.order_by(order).select("person_id", "from_date", "until_date", "daily_mg", "unknown", "drug")
    found: dict[int, list[DoseStretch]] = {}
    for person, first, last, mg, unknown, part in store.rows(told):
        zero = day0[person]
        found.setdefault(person, []).append(
            DoseStretch((first - zero).days, (last - zero).days, mg, unknown == 0, part == PULSE)
        )
    return found


# How long before the window a dose may have been held that a raised one is compared with.
_LOOK_BACK_DAYS = 90


def derive_doses_by_day(
    stretches: Sequence[DoseStretch], window: Window, pulse_mg: float, raised_for: int
) -> dict[int, tuple[float | None, bool]]:
    """Tell the dose of every day that a raised dose in the window can depend on, and whether the day is a pulse.

    Args:
        stretches: The stretches of one person.
        window: Days around day 0, both ends known.
        pulse_mg: A day with at least so many mg is a pulse.
        raised_for: How many days a level of the dose lasts at least.

    Returns:
        By day the daily dose, pulses apart (None where it is not known; 0 without exposure), and whether it is a pulse.
    """
    first, last = (window.first_day or 0) - _LOOK_BACK_DAYS, (window.last_day or 0) + raised_for - 1
    rest = dict.fromkeys(range(first, last + 1), 0.0)
    high = dict(rest)
    unknown = set()
    for one in stretches:
        for day in range(max(first, one.from_day), min(last, one.until_day) + 1):
            (high if one.is_high else rest)[day] += one.mg
            if not one.is_known:
                unknown.add(day)
    doses: dict[int, tuple[float | None, bool]] = {}
    for day, mg in rest.items():
        is_pulse = high[day] > 0 and mg + high[day] >= pulse_mg
        dose = mg if is_pulse else mg + high[day]
        doses[day] = (None if day in unknown else dose, is_pulse)
    return doses


def find_raised(
    doses: Mapping[int, tuple[float | None, bool]], window: Window, raised_percent: float, raised_for: int
) -> list[int]:
    """Find the days of a window on which the daily dose rose to a level that is higher than the one before.

    A level is a dose of at least `raised_for` days in a row, within 5 % of that of its first day. It is compared with
    the last level above 0 before it: a gap between two supplies is no lower dose. Fewer unknown days than that
    count with the dose before them; after that many nothing is known to compare with.

    Args:
        doses: The dose of each day, from derive_doses_by_day.
        window: Days around day 0, both ends included.
        raised_percent: A level higher by at least so many per cent is raised.
        raised_for: How many days a level lasts at least.

    Example:
        >>> steady = {day: (10.0 if day < 5 else 20.0, False) for day in range(-60, 60)}
        >>> find_raised(steady, Window(-30, 30), 25, 14)
        [5]
    """
    raised = []
    before: float | None = None
    for first, last, mg in _find_runs(_fill_unknown({day: mg for day, (mg, _) in doses.items()}, raised_for)):
        if last - first + 1 < raised_for or mg == 0:
            continue
        if mg is None:
            before = None
            continue
        is_higher = before is not None and mg >= before * (1 + raised_percent / 100) - _SAME_MG
        if is_higher and _is_in(first, window):
            raised.append(first)
        before = mg
    return raised


def _fill_unknown(doses: Mapping[int, float | None], at_least: int) -> dict[int, float | None]:
    """Give unknown days the dose before them, where they are fewer than so many in a row."""
    filled = dict(doses)
    before: float | None = None
    for first, last, mg in _find_runs(doses):
        if mg is None and last - first + 1 < at_least:
            filled.update(dict.fromkeys(range(first, last + 1), before))
        else:
            before = doses[last]
    return filled


def _find_runs(doses: Mapping[int, float | None]) -> Iterator[tuple[int, int, float | None]]:
    """Give the days of one dose that follow each other: first, last, dose of the first."""
    days = sorted(doses)
    first = days[0]
    for day, following in zip(days, [*days[1:], None], strict=True):
        mg = doses[first]
        if following is None or not _is_same(mg, doses[following]):
            yield first, day, mg
            first = following if following is not None else day


def _is_same(mg: float | None, other: float | None) -> bool:
    if mg is None or other is None:
        return mg is other
    return abs(mg - other) <= _SAME_MG + _SAME_SHARE * mg


def find_watched(
    leaves: Leaves,
    treatment: str,
    chosen: tuple[str, tuple[Route, ...], UnknownRoute] | None,
    sparing: SparingDefinition | None,
) -> Watched | None:
    """Say which drugs are looked at near day 0.

    Args:
        leaves: The leaf concept sets of each concept set.
        treatment: The studied treatment, which is none of them.
        chosen: The concept set, its routes and what an unknown one does; None where the study names no such drugs.
        sparing: Says what a glucocorticoid is.
    """
    if chosen is None:
        return None
    among, routes, unknown_route = chosen
    own = set(leaves[treatment])
    steroids = leaves[sparing.glucocorticoid] if sparing else ()
    return Watched(
        among, tuple(drug for drug in leaves[among] if drug not in own), routes, unknown_route, tuple(steroids)
    )
