"""What can be scored: every instrument by name, the columns that it asks for, and the totals that it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractory.outcomes.instruments.declared import Item
from refractory.outcomes.instruments.library import SHIPPED, find_instrument, spell_name
from refractory.outcomes.instruments.myositis_points import ITEMS
from refractory.outcomes.instruments.myositis_points import SOURCE as MYOSITIS_SOURCE
from refractory.outcomes.instruments.rules import say_number, say_rule
from refractory.outcomes.instruments.tis_points import COMPONENTS, MEASURES, Kind
from refractory.outcomes.instruments.tis_points import SOURCE as TIS_SOURCE

TIS: dict[str, Kind] = {"tis-adult": "adult", "tis-juvenile": "juvenile"}
MYOSITIS = "eular-acr-2017"
VISITS = ("baseline", "follow_up")


@dataclass(frozen=True)
class ColumnOfSheet:
    """A column that an instrument asks for: its name, what it holds, what is allowed, and where that is from."""

    key: str
    name: str
    allowed: str
    source: str


def list_columns(instrument: str) -> tuple[str, tuple[ColumnOfSheet, ...], tuple[ColumnOfSheet, ...], str]:
    """List the columns that an instrument asks for and the totals that it gives, with its full name and its note."""
    name = spell_name(instrument)
    if name in TIS:
        return _list_tis(TIS[name])
    if name == MYOSITIS:
        asked = tuple(ColumnOfSheet(one.key, one.name, str(one), MYOSITIS_SOURCE) for one in ITEMS)
        return "EULAR/ACR 2017 classification of idiopathic inflammatory myopathies", asked, (), "One row a person."
    found = find_instrument(instrument, (*TIS, MYOSITIS))
    asked = tuple(ColumnOfSheet(one.key, one.name, _say_allowed(one), "") for one in found.items)
    totals = tuple(
        ColumnOfSheet(
            name_column(found.key, one.key),
            f"{one.name} = {say_rule(one.rule)}",
            f"{say_number(one.least)} to {say_number(one.most)}, higher is {one.higher_is}",
            f"{one.source} ({one.confidence})",
        )
        for one in found.totals
    )
    return f"{found.name} ({found.version})", asked, totals, found.note


def list_instruments() -> tuple[tuple[str, str, int], ...]:
    """List all that can be scored by name: name, full name, number of items."""
    own = [(one.key, f"{one.name} ({one.version})", len(one.items)) for one in SHIPPED.values()]
    tis = [(name, f"ACR/EULAR 2016 Total Improvement Score, {kind}", 6) for name, kind in TIS.items()]
    return (*own, *tis, (MYOSITIS, "EULAR/ACR 2017 classification of myositis", len(ITEMS)))


def spell_column(column: str) -> str:
    """Spell the name of a column as keys are: lower case, underscores for blanks, hyphens, dots and slashes."""
    return re.sub(r"[\s./-]+", "_", column.strip().lower()).strip("_")


def name_column(instrument: str, total: str) -> str:
    """Name the column of a total: `cdasi_activity`."""
    return f"{spell_column(instrument)}_{total}"


def _say_allowed(item: Item) -> str:
    return str(item) if item.blank_is is None else f"{item}; empty is {say_number(item.blank_is)}"


def _list_tis(kind: Kind) -> tuple[str, tuple[ColumnOfSheet, ...], tuple[ColumnOfSheet, ...], str]:
    asked = []
    for component in COMPONENTS[kind]:
        for key in (key for several in component.measures for key in several):
            measure = MEASURES[key]
            span = "must be given: --range" if measure.range is None else f"range {say_number(measure.range)}"
            span += " x upper limit of normal" if measure.is_enzyme else ""
            source = f"{measure.source} ({measure.confidence})"
            said = f"{measure.name}; better is a {measure.improvement_is}"
            asked += [ColumnOfSheet(f"{key}_{visit}", said, span, source) for visit in VISITS]
            if measure.is_enzyme:
                asked.append(ColumnOfSheet(f"{key}_uln", f"{measure.name}: upper limit of normal", "above 0", ""))
    total = ColumnOfSheet("tis_total", "Total Improvement Score", "0 to 100, higher is better", f"{TIS_SOURCE} (S)")
    note = "One row a person. The change is in per cent of the range. One measure of each component is needed."
    return f"ACR/EULAR 2016 Total Improvement Score, {kind}", tuple(asked), (total,), note
