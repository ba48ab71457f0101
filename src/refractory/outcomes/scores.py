"""The scores that a rule speaks of: as recorded, or worked out from the items of an instrument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from refractory.cohort.criteria import Leaves
from refractory.dates import PartialDate, Window
from refractory.outcomes.evidence import read_scores, read_values
from refractory.outcomes.improvement import read_improvements
from refractory.outcomes.instrument_use import InstrumentDefinition
from refractory.outcomes.instruments.scoring import read_answers, score
from refractory.outcomes.judging import ScoreScale
from refractory.outcomes.response import Assessment
from refractory.records.store import Store


class ScoreOrigin(StrEnum):
    """Where the score of a visit comes from."""

    ITEMS = "items"
    TOTAL_ONLY = "total only"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class InstrumentUse:
    """An instrument as a study uses it.

    Args:
        name: What the study calls the score.
        definition: Which instrument, and where its numbers come from.
    """

    name: str
    definition: InstrumentDefinition


InstrumentUses = Mapping[str, InstrumentUse]

SCORE = {
    "person_id": "int64",
    "score": "string",
    "date": "date",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "origin": "string",
    "recorded": "float64",
    "missing": "int64",
    "disagrees": "boolean",
}


@dataclass(frozen=True)
class ScoreVisit:
    """The score of one person on one day.

    Args:
        person_id: The person.
        day: The day.
        value: The score; None where it is not known exactly.
        lower: The least that it may be.
        upper: The most that it may be.
        origin: Worked out from items, taken as it was written down, or known within bounds only.
        recorded: The total that was written down on that day; None without.
        missing: Items that are missing, or whose value cannot be.
    """

    person_id: int
    day: date
    value: float | None
    lower: float
    upper: float
    origin: ScoreOrigin
    recorded: float | None
    missing: int

    @property
    def disagrees(self) -> bool:
        """True when the total that was written down is not the one that the items give."""
        return self.origin is ScoreOrigin.ITEMS and self.recorded is not None and self.recorded != self.value


def read_visits(store: Store, persons: str, leaves: Leaves, use: InstrumentUse) -> list[ScoreVisit]:
    """Read the score of an instrument at every visit of the persons of a kept table.

    The items of one day are one sheet; of several values of one item and day the last as given counts. A total
    that the items give is taken; else one that was written down on that day; else the bounds that the items leave.
    A value outside the range of its item counts as missing.

    Args:
        store: Holds the measurements.
        persons: Name of the kept table of persons.
        leaves: The leaf concept sets of each concept set.
        use: The instrument.

    Returns:
        One visit per person and day with an item or a total, in this order.
    """
    sheets = _read_sheets(store, persons, leaves, use)
    recorded = _read_recorded(store, persons, leaves, use)
    keys = sorted(sheets)
    instrument, key_of_total = use.definition.instrument, use.definition.total_key
    total = instrument.total(key_of_total)
    answers: dict[str, Sequence[float | None]] = {}
    for item in instrument.items:
        if item.key in total.item_keys:
            blank = item.least if use.definition.unrecorded == "least" else None
            answers[item.key], _ = read_answers(item, [sheets[key].get(item.key, blank) for key in keys])
    scored = score(instrument, answers).totals[key_of_total] if keys else None
    found = {}
    for place, key in enumerate(keys):
        assert scored is not None
        value, lower, upper = scored.value[place], scored.lower[place], scored.upper[place]
        written = recorded.get(key)
        origin = ScoreOrigin.ITEMS
        if value is None and written is not None:
            value, origin = written, ScoreOrigin.TOTAL_ONLY
        elif value is None:
            origin = ScoreOrigin.INCOMPLETE
        if value is not None:
            lower = upper = value
        if lower is not None and upper is not None:
            found[key] = ScoreVisit(*key, value, lower, upper, origin, written, scored.missing[place])
    for key, written in recorded.items():
        if key not in found:
            found[key] = ScoreVisit(*key, written, written, written, ScoreOrigin.TOTAL_ONLY, written, 0)
    return [found[key] for key in sorted(found)]


def _read_sheets(
    store: Store, persons: str, leaves: Leaves, use: InstrumentUse
) -> dict[tuple[int, date], dict[str, float]]:
    """Read the values of each item by person and day."""
    sets = use.definition.name_item_sets(use.name)
    item_of = {leaf: item for item, name in sets.items() for leaf in leaves[name]}
    sheets: dict[tuple[int, date], dict[str, float]] = {}
    for person, day, leaf, value in read_values(store, persons, tuple(item_of)) if item_of else ():
        sheets.setdefault((person, day), {})[item_of[leaf]] = value
    return sheets


def _read_recorded(store: Store, persons: str, leaves: Leaves, use: InstrumentUse) -> dict[tuple[int, date], float]:
    """Read the totals that were written down, by person and day; one outside the range of the total does not count."""
    if use.definition.recorded is None:
        return {}
    total = use.definition.instrument.total(use.definition.total_key)
    rows = read_values(store, persons, leaves[use.definition.recorded])
    return {(person, day): value for person, day, _, value in rows if total.least <= value <= total.most}


def read_assessments(
    store: Store,
    persons: str,
    name: str,
    leaves: Leaves,
    instruments: InstrumentUses,
    *,
    day0: Mapping[int, date],
    baseline: Window,
) -> dict[int, list[Assessment]]:
    """Read a score by its name: that of an instrument of the study, else the values of a concept set.

    Args:
        store: Holds the measurements.
        persons: Name of the kept table of persons.
        name: Name of the instrument or of the concept set.
        leaves: The leaf concept sets of each concept set.
        instruments: The instruments of the study by name.
        day0: Time zero by person, for an instrument of change.
        baseline: Days of the baseline, for an instrument of change.

    Returns:
        By person the dated scores, in the order of days.
    """
    if name not in instruments:
        return read_scores(store, persons, leaves[name])
    if is_of_change(name, instruments):
        return read_improvements(store, persons, leaves, instruments[name].definition, day0, baseline)
    found: dict[int, list[Assessment]] = {}
    for visit in store.once(read_visits, persons, leaves, instruments[name]):
        when = PartialDate(visit.day, visit.day)
        found.setdefault(visit.person_id, []).append(
            Assessment(when, score=visit.value, lower=visit.lower, upper=visit.upper)
        )
    return found


def is_of_change(name: str, instruments: InstrumentUses) -> bool:
    """Say whether a score is itself a change from baseline, so that it depends on day 0."""
    return name in instruments and instruments[name].definition.is_of_change


def find_scale(name: str, instruments: InstrumentUses) -> ScoreScale:
    """Return what a rule needs to know of a score: nothing, of one that is no instrument."""
    if name not in instruments:
        return ScoreScale()
    definition = instruments[name].definition
    return ScoreScale(definition.minimal_important_change, definition.category_limits)


def find_direction(name: str | None, instruments: InstrumentUses) -> Literal["worse", "better"]:
    """Say what a higher score means: as its instrument declares; worse, of one that is no instrument."""
    if name is None or name not in instruments or instruments[name].definition.is_of_change:
        return "worse"
    definition = instruments[name].definition
    return definition.instrument.total(definition.total_key).higher_is


def keep_scores(store: Store, leaves: Leaves, instruments: InstrumentUses) -> None:
    """Keep the score of every visit of the cohort: its value, its bounds, and where it comes from.

    The kept table "scores" has one row per person, instrument and day; instruments of change have none, for their
    scores are of no single day.
    """
    rows = [
        (
            visit.person_id, name, visit.day, visit.value, visit.lower, visit.upper, visit.origin.value,
            visit.recorded, visit.missing, visit.disagrees,
        )
        for name, use in sorted(instruments.items())
        if not use.definition.is_of_change
        for visit in store.once(read_visits, "cohort", leaves, use)
    ]  # fmt: skip
    store.add("scores", SCORE, rows)


def read_kept_scores(store: Store, name: str) -> dict[int, list[Assessment]]:
    """Read the scores of an instrument that keep_scores kept of the cohort, by person, in the order of days."""
    scores = store.table("scores")
    scores = scores.filter(scores.score == name).order_by(["person_id", "date"])
    found: dict[int, list[Assessment]] = {}
    for person, day, value, lower, upper in store.rows(scores.select("person_id", "date", "value", "lower", "upper")):
        seen = Assessment(PartialDate(day, day), score=value, lower=lower, upper=upper)
        found.setdefault(person, []).append(seen)
    return found


def count_origins(store: Store) -> dict[str, dict[str, int]]:
    """Count the kept visits by instrument and origin; under "disagrees" those with another total written down."""
    counts: dict[str, Counter[str]] = {}
    scores = store.table("scores").order_by(["score", "person_id", "date"])
    for name, origin, disagrees, *_ in store.rows(scores.select("score", "origin", "disagrees", "person_id", "date")):
        own = counts.setdefault(name, Counter())
        own[origin] += 1
        own["disagrees"] += disagrees
    return {name: dict(own) for name, own in counts.items()}
