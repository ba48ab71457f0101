"""Scoring a sheet: its columns are matched with the items of an instrument, and every row gets its totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from refractory.errors import InstrumentError
from refractory.instrument_lists import MYOSITIS, TIS, VISITS, name_column, spell_column
from refractory.numbers import format_number
from refractory.outcomes.instruments.declared import Instrument, Item
from refractory.outcomes.instruments.library import find_instrument, spell_name
from refractory.outcomes.instruments.myositis import ClassifiedMyositis, ScoreOfMyositis, classify_myositis
from refractory.outcomes.instruments.myositis_points import ITEM_KEYS, ITEMS
from refractory.outcomes.instruments.rules import say_number
from refractory.outcomes.instruments.scoring import Fault, score
from refractory.outcomes.instruments.tis import score_tis
from refractory.outcomes.instruments.tis_points import COMPONENTS, ENZYMES, Kind
from refractory.protocol_mistakes import say_nearest
from refractory.sheets import Sheet


@dataclass(frozen=True)
class TotalSummary:
    """What became of one total over all rows: how many have it, and its mean and ends among these."""

    name: str
    scored: int
    with_missing: int
    with_fault: int
    mean: str
    ends: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class ScoredSheet:
    """The columns that are added to a sheet, and what the terminal tells of them."""

    title: str
    added: Mapping[str, Sequence[str]]
    totals: tuple[TotalSummary, ...]
    faults: tuple[Fault, ...]
    not_found: tuple[str, ...]


def score_sheet(
    instrument: str, sheet: Sheet, *, ranges: Mapping[str, float] | None = None, cut: str | None = None
) -> ScoredSheet:
    """Score every row of a sheet.

    Args:
        instrument: A name, or the path of a file (`find_instrument`), "tis-adult", "tis-juvenile" or "eular-acr-2017".
        sheet: One row a visit; for the last three, one row a person.
        ranges: Ranges of measures, for the Total Improvement Score.
        cut: The least class that counts as myositis, for EULAR/ACR 2017.

    Raises:
        InstrumentError: When the instrument is not known, or the sheet does not fit it.
    """
    name = spell_name(instrument)
    if ranges and name not in TIS:
        raise InstrumentError(
            f"{instrument} has no ranges to choose.", where="--range", remedy=f"it is for {' and '.join(TIS)}."
        )
    if cut and name != MYOSITIS:
        raise InstrumentError(f"{instrument} has no cut to choose.", where="--cut", remedy=f"it is for {MYOSITIS}.")
    if name in TIS:
        scored = _score_tis(TIS[name], sheet, ranges or {})
    elif name == MYOSITIS:
        scored = _classify(sheet, cut or "probable")
    else:
        scored = _score_instrument(find_instrument(instrument, (*TIS, MYOSITIS)), sheet)
    taken = {spell_column(column) for column in sheet.header} & scored.added.keys()
    if taken:
        raise InstrumentError(
            f'the file has a column "{min(taken)}" already.',
            where=sheet.name,
            remedy="rename it, or give the file that was not scored yet.",
        )
    return scored


def find_columns(sheet: Sheet, keys: Sequence[str], prefix: str) -> dict[str, int]:
    """Find the place of the column of each key: by its own name, or after a prefix such as `cdasi_` or `cdasi_v2_`.

    Raises:
        InstrumentError: When two columns stand for one key.
    """
    before = re.compile(rf"^{'_?'.join(map(re.escape, prefix.split('_')))}(_?v?[0-9]+)?_")
    found: dict[str, int] = {}
    for place, column in enumerate(sheet.header):
        spelled = spell_column(column)
        key = spelled if spelled in keys else before.sub("", spelled)
        if key not in keys:
            continue
        if key in found:
            raise InstrumentError(
                f'the columns "{sheet.header[found[key]]}" and "{column}" both stand for {key}.',
                where=sheet.name,
                remedy="keep one of them.",
            )
        found[key] = place
    return found


def _say_not_found(sheet: Sheet, keys: Sequence[str], found: Mapping[str, int]) -> tuple[str, ...]:
    others = [spell_column(column) for place, column in enumerate(sheet.header) if place not in found.values()]
    return tuple(
        f"{key}{say_nearest(key, others).replace('Did you mean', 'Is it')}" for key in keys if key not in found
    )


def _refuse_sheet(sheet: Sheet, keys: Sequence[str], instrument: str) -> InstrumentError:
    return InstrumentError(
        f"none of the {len(keys)} columns of {instrument} is in the file.",
        where=sheet.name,
        remedy=f"name them as `refractory score {instrument} --items` does, such as {', '.join(keys[:3])}.",
    )


def _score_instrument(instrument: Instrument, sheet: Sheet) -> ScoredSheet:
    places = find_columns(sheet, instrument.item_keys, spell_column(instrument.key))
    if not places:
        raise _refuse_sheet(sheet, instrument.item_keys, instrument.key)
    items: dict[str, Item] = {item.key: item for item in instrument.items}
    answers = {key: sheet.read_numbers(place, is_yes_or_no=_is_yes_or_no(items[key])) for key, place in places.items()}
    scored = score(instrument, answers)
    added: dict[str, Sequence[str]] = {}
    totals = []
    for key, one in scored.totals.items():
        column = name_column(instrument.key, key)
        added |= {
            column: _say(one.value),
            f"{column}_lower": _say(one.lower),
            f"{column}_upper": _say(one.upper),
            f"{column}_missing": [str(count) for count in one.missing],
        }
        totals.append(_summarise(one.total.name, one.value, one.missing, one.has_fault))
    added["problem"] = scored.say_problems()
    needed = [key for key in instrument.item_keys if items[key].blank_is is None]
    title = f"{instrument.name} ({instrument.version})"
    return ScoredSheet(title, added, tuple(totals), scored.faults, _say_not_found(sheet, needed, places))


def _is_yes_or_no(item: Item) -> bool:
    return (item.least, item.most, item.is_whole) == (0, 1, True)


def _score_tis(kind: Kind, sheet: Sheet, ranges: Mapping[str, float]) -> ScoredSheet:
    measures = [key for one in COMPONENTS[kind] for several in one.measures for key in several]
    keys = [f"{key}_{visit}" for key in measures for visit in VISITS] + [f"{key}_uln" for key in ENZYMES]
    places = find_columns(sheet, keys, "tis")
    if not places:
        raise _refuse_sheet(sheet, keys, f"tis-{kind}")
    answers = {key: sheet.read_numbers(place, is_yes_or_no=False) for key, place in places.items()}
    given = [key for key in measures if any(f"{key}_{visit}" in answers for visit in VISITS)]
    for key in given:
        if key in ENZYMES and f"{key}_uln" not in answers:
            raise InstrumentError(
                f"{key} has no column {key}_uln: its upper limit of normal.",
                where=sheet.name,
                remedy="add it, in the unit of the values; 1 where they are multiples of the limit already.",
            )
    visits = [{key: answers[name] for key in given if (name := f"{key}_{visit}") in answers} for visit in VISITS]
    limits = {key: answers[f"{key}_uln"] for key in given if key in ENZYMES}
    scored = score_tis(kind, visits[0], visits[1], ranges, upper_limits=limits)
    without = {row for fault in scored.faults for row in fault.rows}
    added: dict[str, Sequence[str]] = {
        "tis_total": _say(scored.total), "tis_total_lower": _say(scored.lower), "tis_total_upper": _say(scored.upper),
        "tis_total_missing": [str(count) for count in scored.missing],
        "tis_category": [name or "" for name in scored.category],
        **{f"tis_points_{key}": _say(points) for key, points in scored.points.items()},
        "tis_enzyme_used": [key or "" for key in scored.enzyme],
        "problem": scored.say_problems(),
    }  # fmt: skip
    faulty = tuple(row in without for row in range(scored.persons))
    summary = _summarise("Total", scored.total, scored.missing, faulty, scored.category)
    absent = [f"{one.measures[0][0]}_baseline" for one in COMPONENTS[kind] if not _is_given(one.measures, given)]
    title = f"ACR/EULAR 2016 Total Improvement Score, {kind}"
    return ScoredSheet(title, added, (summary,), scored.faults, _say_not_found(sheet, absent, places))


def _is_given(measures: Iterable[Iterable[str]], given: Sequence[str]) -> bool:
    return any(key in given for several in measures for key in several)


def _classify(sheet: Sheet, cut: str) -> ScoredSheet:
    places = find_columns(sheet, ITEM_KEYS, spell_column(MYOSITIS))
    if not places:
        raise _refuse_sheet(sheet, ITEM_KEYS, MYOSITIS)
    answers = {
        item.key: sheet.read_numbers(places[item.key], is_yes_or_no=_is_yes_or_no(item))
        for item in ITEMS
        if item.key in places
    }
    found = classify_myositis(answers, cut=cut)  # type: ignore[arg-type]  # another word is refused there
    told = [_tell_person(one) for one in found.persons]
    added: dict[str, Sequence[str]] = {column: [one[column] for one in told] for column in _tell_person(None)}
    added["problem"] = found.say_problems()
    values = [None if one is None else (one.with_biopsy or one.without_biopsy).value for one in found.persons]
    missing = [0 if one is None else one.missing for one in found.persons]
    classes = [None if one is None else one.myositis_class for one in found.persons]
    summary = _summarise("Score", values, missing, [one is None for one in found.persons], classes)
    return ScoredSheet(
        "EULAR/ACR 2017 classification of myositis", added, (summary,), found.faults,
        _say_not_found(sheet, ITEM_KEYS, places),
    )  # fmt: skip


def _tell_person(one: ClassifiedMyositis | None) -> dict[str, str]:
    """Tell what is known of one person, by column; nothing where an answer is not allowed."""
    scores = {"without_biopsy": one.without_biopsy if one else None, "with_biopsy": one.with_biopsy if one else None}
    told = {}
    for name, scored in scores.items():
        for end, number in _ends_of(scored).items():
            told[f"iim_score_{name}{end}"] = _say([number])[0]
    return told | {
        "iim_missing": str(one.missing) if one else "",
        "iim_class": (one.myositis_class if one else None) or "",
        "iim_is_myositis": _say_answer(one.is_myositis if one else None),
        "iim_subgroup": (one.subgroup if one else None) or "",
        "iim_probability": "" if one is None or one.probability is None else f"{one.probability:.4f}",
        "iim_needs_biopsy": _say_answer(one.needs_biopsy if one else None),
    }


def _ends_of(scored: ScoreOfMyositis | None) -> dict[str, float | None]:
    if scored is None:
        return {"": None, "_lower": None, "_upper": None}
    return {"": scored.value, "_lower": scored.lower, "_upper": scored.upper}


def _say_answer(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"


def _say(numbers: Iterable[float | None]) -> list[str]:
    return ["" if number is None else say_number(number) for number in numbers]


def _summarise(
    name: str,
    values: Sequence[float | None],
    missing: Sequence[int],
    faulty: Sequence[bool],
    categories: Sequence[str | None] = (),
) -> TotalSummary:
    known = [value for value in values if value is not None]
    mean = format_number(sum(known) / len(known), 1) if known else ""
    ends = f"{format_number(min(known), 1)} to {format_number(max(known), 1)}" if known else ""
    named = dict.fromkeys(one for one in categories if one is not None)
    counts = tuple((one, list(categories).count(one)) for one in named)
    return TotalSummary(name, len(known), sum(map(bool, missing)), sum(faulty), mean, ends, counts)
