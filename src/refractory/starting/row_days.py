"""Sheets with a row an event: which column is the day of the row, and which says what the row is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from refractory.records.from_drug_names import find_drug_mentions
from refractory.starting.drug_times import is_apart_from_treatment
from refractory.starting.looks import ColumnLook
from refractory.starting.roles import Role
from refractory.starting.words import DIAGNOSED, EVENTS, INFUSION_SHEET, NOT_GIVEN, START, STOP, spell_name

_DAYS = ("date", "drug start")
EVENT = "event"
_FEWEST, _SOME, _FEW, _LONGEST = 3, 0.1, 0.03, 40
_A_DAY = ("date", "drug start", "other date", "response date")


def settle_events(looks: Sequence[ColumnLook], roles: Mapping[int, Role], *, is_long: bool) -> dict[int, Role]:
    """Settle a column that says what each row is, a drug among visits: "Visit", "Rituximab 1 g", "RTX infusion".

    Args:
        looks: The columns.
        roles: What each column is so far.
        is_long: True when a person has several rows.

    Returns:
        The role that changes, by its place; none where a column of drugs alone is there, or the rows have no day.
    """
    for look in looks:
        if roles[look.place].kind in ("drug name", "tried list") and is_long and _holds_visits(look):
            return {look.place: replace(roles[look.place], kind="drug name", item=EVENT)}
    kinds = {role.kind for role in roles.values()}
    has_start = any(role.kind == "drug start" and role.drug is not None for role in roles.values())
    if {"drug name", "tried list"} & kinds or has_start or not is_long or not kinds & set(_A_DAY):
        return {}
    for look in looks:
        texts = [len(text) for text in look.texts.elements()]
        if roles[look.place].kind not in ("unknown", "diagnosis") or look.is_number or not texts:
            continue
        if look.naming_drugs >= max(_FEWEST, _SOME * look.filled) and sum(texts) <= _LONGEST * len(texts):
            why = f"{look.naming_drugs} of {look.filled} cells name a drug; the others tell other events"
            return {look.place: Role("drug name", why, item=EVENT)}
    return {}


def _holds_visits(look: ColumnLook) -> bool:
    """Say whether a column that names drugs tells visits or diagnoses too."""
    others = [low for low in look.texts if not find_drug_mentions(low) and is_other_event(low)]
    return sum(look.texts[low] for low in others) >= _FEW * look.filled > 0


def is_other_event(text: str) -> bool:
    """Say whether a text is an event that is no drug: a visit or a diagnosis."""
    plain = spell_name(text)
    return EVENTS.search(plain) is not None or DIAGNOSED.fullmatch(plain) is not None


def says_no_drug(text: str) -> bool:
    """Say whether a text says that a drug was stopped on that day, or was not given.

    Example:
        >>> [says_no_drug(one) for one in ("given", "DNA", "MTX abgesetzt", "Infusión prevista", "start")]
        [False, True, True, True, False]
    """
    return says_stop(text) or NOT_GIVEN.search(spell_name(text)) is not None


def says_stop(text: str) -> bool:
    """Say whether a text says that a drug was stopped."""
    plain = spell_name(text)
    return STOP.search(plain) is not None and START.search(plain) is None


def settle_days(
    looks: Sequence[ColumnLook], roles: Mapping[int, Role], *, sheet: str, has_drugs: bool
) -> dict[int, Role]:
    """Settle the day of a row: "From" and "von" beside names of drugs, the only date of a row, a log of infusions.

    Args:
        looks: The columns of a sheet with several rows a person.
        roles: What each column is so far.
        sheet: Name of the sheet.
        has_drugs: True when a column names the drug of each row.

    Returns:
        The roles that change, by the place of their columns.
    """
    dated = [look for look in looks if roles[look.place].kind in _DAYS and roles[look.place].drug is None]
    named = [look for look in looks if roles[look.place].kind in _DAYS and roles[look.place].drug is not None]
    others = [
        look for look in looks if roles[look.place].kind == "other date" and not is_apart_from_treatment(look.name)
    ]
    if named:
        return {}
    if not dated:
        begun = [look for look in others if START.search(look.plain)]
        dated = begun[:1] or (others if len(others) == 1 else [])
        if not dated:
            return {}
        kind = "drug start" if begun and has_drugs else "date"
        said = roles[dated[0].place].why.removesuffix("; its name does not say of what")
        roles = {**roles, dated[0].place: Role(kind, said)}
    first = dated[0]
    if not has_drugs and INFUSION_SHEET.search(spell_name(sheet)) and roles[first.place].kind == "date":
        why = f"{roles[first.place].why}; the sheet is called after infusions"
        return {first.place: replace(roles[first.place], kind="drug start", why=why)}
    return {first.place: roles[first.place]}
