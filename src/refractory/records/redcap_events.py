"""Events of REDCap: one export has their unique names, another their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from refractory.records.redcap_dictionary import slug_of

_UNIQUE = re.compile(r"(.+)_arm_([0-9]+)")
_LABEL = re.compile(r"(.+?)\s*\(Arm ([0-9]+):.*\)", re.IGNORECASE | re.DOTALL)
_LONGEST = 18  # letters of a label that REDCap keeps in an event's unique name


def match_events(exports: Sequence[Iterable[str]]) -> list[Mapping[str, str]]:
    """Find the events that a later export calls otherwise than an earlier one.

    Args:
        exports: The events of each export of one project, in the order in which they are named.

    Returns:
        By export, the earlier name of each such event. Empty where a name may be that of two events.
    """
    known: dict[tuple[str, str], str] = {}
    found: list[Mapping[str, str]] = []
    for export in exports:
        own = name_events(event for event in export if event)
        found.append({event: known[key] for key, event in own.items() if known.get(key, event) != event})
        known = {**own, **known}
    return found


def name_events(events: Iterable[str]) -> dict[tuple[str, str], str]:
    """Give each event under what its unique name and its label have in common; nothing where two have the same.

    Example:
        >>> name_events(["week_4_arm_2", "baseline_arm_1"])
        {('baseline', '1'): 'baseline_arm_1', ('week_4', '2'): 'week_4_arm_2'}
        >>> name_events(["Week 4 (Arm 2: Treated)", "Baseline"])
        {('baseline', '1'): 'Baseline', ('week_4', '2'): 'Week 4 (Arm 2: Treated)'}
        >>> name_events(["Week 4", "week 4"])
        {}
    """
    every = sorted(events)
    named = {_name_event(event): event for event in every}
    return dict(sorted(named.items())) if len(named) == len(every) else {}


def _name_event(event: str) -> tuple[str, str]:
    found = _UNIQUE.fullmatch(event) or _LABEL.fullmatch(event)
    base, arm = found.groups() if found else (event, "1")
    return (slug_of(base)[:_LONGEST].strip("_"), arm)
