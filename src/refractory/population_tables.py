"""Eras and doses of a study's drugs by name, from exposures that know their drug by a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_eras
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.treatment import has_route
from refractory.protocol import Protocol
from refractory.records.later import later
from refractory.records.source import literal_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.exposures.written_doses import WrittenDoses

ERA = {
    "person_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "end_date": "date",
    "covered_days": "int64",
    "exposures": "int64",
    "has_known_end": "boolean",
    "stop_reason": "string",
}
DOSE = {
    "person_id": "int64",
    "drug": "string",
    "from_date": "date",
    "until_date": "date",
    "daily_mg": "float64",
    "unknown": "int64",
}


@later
def derive_named_eras(protocol: Protocol, names: tuple[str, ...], exposures: ir.Table) -> ir.Table:
    """Derive the eras of each drug of a study.

    Args:
        protocol: Says how long a gap an era survives: the refractory rule for its drugs, else the treatment.
        names: Names of the drugs by their number.
        exposures: One row per exposure, from exposures.eras.derive_exposures, with set_number for its drug.

    Returns:
        One row per person, drug and era: ERA.
    """
    import ibis

    parts = []
    for days, sets in _sets_by_persistence(protocol).items():
        chosen = exposures
        if len(sets) < len(names):
            chosen = exposures.filter(exposures.set_number.isin([names.index(name) for name in sets]))
        parts.append(derive_eras(chosen, days, ("person_id", "set_number")))
    eras = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    return _name(eras, "set_number", "concept_set", dict(enumerate(names))).select(*ERA)


@later
def derive_named_doses(
    protocol: Protocol, names: tuple[str, ...], exposures: ir.Table, written: WrittenDoses | None = None
) -> ir.Table:
    """Derive the stretches of equal dose of the drugs whose doses a study compares; of all its drugs when it does not.

    Args:
        protocol: Says which drugs, by which routes.
        names: Names of the drugs by their number.
        exposures: One row per exposure, from exposures.eras.derive_exposures, with set_number for its drug.
        written: What the directions say; None where there are none to ask.

    Returns:
        One row per person, drug and stretch: DOSE.
    """
    doses, told = _derive_doses(protocol, names, exposures, written)
    named = _name(doses, "drug_number", "drug", told)
    # What is added and taken away again in another order leaves another dust: a nanogram is told, no less.
    return named.mutate(daily_mg=named.daily_mg.round(6)).select(*DOSE)


def _sets_by_persistence(protocol: Protocol) -> dict[int, list[str]]:
    """Group the drugs by the longest gap that their eras survive: that of the refractory rule, else the treatment's."""
    days = dict.fromkeys(protocol.drug_sets, protocol.treatment.persistence)
    if protocol.refractory:
        days |= dict.fromkeys(protocol.leaves[protocol.refractory.among], protocol.refractory.persistence)
        days |= dict.fromkeys(protocol.leaves[protocol.treatment.concept], protocol.treatment.persistence)
    grouped: dict[int, list[str]] = {}
    for name, gap in days.items():
        grouped.setdefault(gap, []).append(name)
    return grouped


def _derive_doses(
    protocol: Protocol, names: tuple[str, ...], exposures: ir.Table, written: WrittenDoses | None
) -> tuple[ir.Table, Mapping[int, str]]:
    """Derive the stretches of equal dose; glucocorticoids, where the study names them, add up to one drug."""
    import ibis

    numbers = {name: number for number, name in enumerate(names)}
    told = dict(enumerate(names))
    drug = exposures.set_number
    sparing = protocol.sparing
    if sparing:
        steroids = [numbers[name] for name in protocol.leaves[sparing.glucocorticoid]]
        others = protocol.leaves[sparing.steroid_sparing] if sparing.steroid_sparing else ()
        wanted = [*steroids, *(numbers[name] for name in others)]
        exposures = exposures.filter(exposures.set_number.isin(wanted) & has_route(exposures, sparing.routes, "counts"))
        told = {number: name for number, name in told.items() if number in wanted}
        told = {number: name for number, name in told.items() if number not in steroids}
        told[steroids[0]] = sparing.glucocorticoid
        drug = ibis.ifelse(exposures.set_number.isin(steroids), steroids[0], exposures.set_number)
    dosed = derive_daily_doses(exposures.mutate(drug_number=drug), written)
    if sparing and sparing.same_supply == "counts once":
        dosed = derive_supplies_once(dosed, "set_number")
    return derive_dose_stretches(dosed, ("person_id", "drug_number")), told


def _name(table: ir.Table, number: str, name: str, names: Mapping[int, str]) -> ir.Table:
    told = literal_rows({"told_number": "int64", name: "string"}, list(names.items()))
    return table.join(told, table[number] == told.told_number)
