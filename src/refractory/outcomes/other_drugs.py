"""Other drugs begun or raised near day 0: what else may have brought the response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.cohort.criteria import Leaves, in_window
from refractory.dates import Window
from refractory.exposures.eras import derive_eras
from refractory.exposures.timeline import PULSE
from refractory.exposures.treatment import Route, UnknownRoute, has_route
from refractory.outcomes.dose_levels import DoseStretch, derive_doses_by_day, find_raised, is_in
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.sparing import SparingDefinition
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


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
            pulses = [day for day, (_, is_pulse) in doses.items() if is_pulse and is_in(day, window)]
            found[person] |= {DrugNearDay0(sparing.glucocorticoid, Change.PULSE, min(pulses))} if pulses else set()
    return {
        person: tuple(sorted(own, key=lambda one: (one.day, one.drug, one.change)))
        for person, own in sorted(found.items())
        if own
    }


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
