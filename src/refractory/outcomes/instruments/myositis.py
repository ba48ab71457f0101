"""EULAR/ACR 2017: is this an idiopathic inflammatory myopathy, how surely, and of which subgroup?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.myositis_points import (
    ADULT_AGE,
    ADULT_POINTS,
    BIOPSY,
    CLINICAL,
    CUT_OFFS,
    ITEM_KEYS,
    ITEMS,
    LATE_AGE,
    LATE_POINTS,
    PROBABILITY_OFFSET,
    RASH,
    WEAKNESS,
    Class,
    Points,
    Subgroup,
)
from refractory.outcomes.instruments.scoring import Answers, Fault, count_sheets, read_answers, say_problems

_AGE_KEY = ITEM_KEYS[0]
_WORDS: tuple[Class, ...] = ("definite", "probable", "possible")
Answer = float | None


@dataclass(frozen=True)
class ScoreOfMyositis:
    """One score, in points: its value where all of its items are known, and its two ends."""

    value: float | None
    lower: float
    upper: float


@dataclass(frozen=True)
class ClassifiedMyositis:
    """What the criteria say of one person.

    Args:
        without_biopsy: The score that asks for no biopsy.
        with_biopsy: The score that does; None where no biopsy is known.
        myositis_class: By the score with the biopsy where there is one; None where the ends disagree.
        is_myositis: Whether the class reaches the cut; None where nobody can say.
        subgroup: None where there is none, or where the unknown answers decide.
        probability: For information, from the score that counts; None where that is not known.
        needs_biopsy: True for somebody without the three skin signs and without a biopsy: the authors ask for one.
        missing: How many answers that the score asks for are missing.
    """

    without_biopsy: ScoreOfMyositis
    with_biopsy: ScoreOfMyositis | None
    myositis_class: Class | None
    is_myositis: bool | None
    subgroup: Subgroup | None
    probability: float | None
    needs_biopsy: bool | None
    missing: int


@dataclass(frozen=True)
class ClassifiedPersons:
    """What the criteria say of every person; None where an answer is not allowed; and all faults."""

    persons: tuple[ClassifiedMyositis | None, ...]
    faults: tuple[Fault, ...]

    def say_problems(self) -> list[str]:
        """Say, per person, which answers are not allowed; empty where all are."""
        return say_problems(len(self.persons), self.faults)


def classify_myositis(
    items: Mapping[str, Answers], *, cut: Literal["definite", "probable", "possible"] = "probable"
) -> ClassifiedPersons:
    """Classify persons by the EULAR/ACR 2017 criteria, where no better explanation of the illness exists.

    Points are added as whole tenths and compared with the published score cut-offs. An unknown answer may be
    either; there is a class where it makes no difference. A biopsy was done where `biopsy` says so, or, where that is
    unknown, where any of its findings is known.

    Args:
        items: The answers of every person by key of ITEMS: 1 present, 0 absent, None unknown, and the age in years.
        cut: The least class that counts as myositis; the authors advise "probable" (55 per cent).

    Returns:
        One answer per person.

    Raises:
        InstrumentError: When an item or the cut is unknown, or items have different numbers of persons.

    Source:
        Lundberg et al., Ann Rheum Dis 2017;76:1955, tables 2 and 3; the tree of subgroups from general knowledge.

    Example:
        >>> absent = {key: [0] for key in ITEM_KEYS}
        >>> found = classify_myositis(absent | {"age_at_onset": [50], "gottron_sign": [1], "biopsy": [0]}).persons[0]
        >>> found.without_biopsy.value, found.myositis_class, found.needs_biopsy
        (5.4, 'possible', False)
    """
    if cut not in _WORDS:
        raise InstrumentError(
            f'"{cut}" is no cut.', where="EULAR/ACR 2017", remedy=f"choose one of {', '.join(_WORDS)}."
        )
    persons = count_sheets(items, ITEM_KEYS, "EULAR/ACR 2017")
    answers: dict[str, Answers] = {}
    faults: list[Fault] = []
    for item in ITEMS:
        answers[item.key], found = read_answers(item, items.get(item.key, (None,) * persons))
        faults += found
    contradicted = tuple(
        row for row in range(persons) if answers["biopsy"][row] == 0 and any(answers[key][row] == 1 for key in BIOPSY)
    )
    if contradicted:
        faults.append(Fault("biopsy", "1 although a finding of a biopsy is given", contradicted))
    without = {row for fault in faults for row in fault.rows}
    told = tuple(
        None if row in without else _classify_person({key: answers[key][row] for key in ITEM_KEYS}, cut)
        for row in range(persons)
    )
    return ClassifiedPersons(told, tuple(faults))


def _classify_person(answers: Mapping[str, Answer], cut: Class) -> ClassifiedMyositis:
    has_biopsy = _has_biopsy(answers)
    asked = [_AGE_KEY, *CLINICAL, *(BIOPSY if has_biopsy else ())]
    ends_without = _add_points(answers, CLINICAL, is_with_biopsy=False)
    ends_with = _add_points(answers, CLINICAL | BIOPSY, is_with_biopsy=True) if has_biopsy else None
    ends = ends_without if ends_with is None else ends_with
    lower, upper = (_name_class(end, has_biopsy) for end in ends)
    reaches = [_WORDS.index(one) <= _WORDS.index(cut) if one in _WORDS else False for one in (lower, upper)]
    is_myositis = reaches[0] if reaches[0] == reaches[1] else None
    missing = sum(answers[key] is None for key in asked)
    known = ends[0] / 10 if ends[0] == ends[1] else None
    return ClassifiedMyositis(
        without_biopsy=_say_score(ends_without),
        with_biopsy=None if ends_with is None else _say_score(ends_with),
        myositis_class=lower if lower == upper else None,
        is_myositis=is_myositis,
        subgroup=_find_subgroup(answers) if is_myositis else None,
        probability=None if known is None else 1 / (1 + exp(PROBABILITY_OFFSET[has_biopsy] - known)),
        needs_biopsy=False if has_biopsy else _negate(_any(answers[key] for key in RASH)),
        missing=missing,
    )


def _has_biopsy(answers: Mapping[str, Answer]) -> bool:
    if answers["biopsy"] is not None:
        return answers["biopsy"] == 1
    return any(answers[key] is not None for key in BIOPSY)


def _say_score(ends: tuple[int, int]) -> ScoreOfMyositis:
    return ScoreOfMyositis(ends[0] / 10 if ends[0] == ends[1] else None, ends[0] / 10, ends[1] / 10)


def _add_points(answers: Mapping[str, Answer], table: Mapping[str, Points], *, is_with_biopsy: bool) -> tuple[int, int]:
    """Add the points up, in tenths: the unknown answers as absent, and as present."""

    def tenths(points: Points) -> int:
        return points.with_biopsy if is_with_biopsy else points.without_biopsy

    age = answers[_AGE_KEY]
    late, adult = tenths(LATE_POINTS), tenths(ADULT_POINTS)
    of_age = 0 if age is None or age < ADULT_AGE else adult if age < LATE_AGE else late
    lower, upper = of_age, late if age is None else of_age
    for key, points in table.items():
        lower += tenths(points) if answers[key] == 1 else 0
        upper += tenths(points) if answers[key] != 0 else 0
    return lower, upper


def _name_class(tenths: int, has_biopsy: bool) -> Class:
    for name, least in CUT_OFFS:
        if tenths >= (least.with_biopsy if has_biopsy else least.without_biopsy):
            return name
    return "not"


def _any(answers: Iterable[Answer]) -> bool | None:
    """Say whether any finding is present: None where none is, but one is unknown."""
    several = list(answers)
    if 1 in several:
        return True
    return None if None in several else False


def _negate(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _find_subgroup(answers: Mapping[str, Answer]) -> Subgroup | None:
    """Walk the tree for every way that the unknown answers may be; a subgroup where all ways lead to one."""
    age = answers[_AGE_KEY]
    is_adult = None if age is None else age >= ADULT_AGE
    weak_fingers = _any((answers["finger_flexors_weak"],))
    inclusion = (
        _both(weak_fingers, _negate(_any((answers["treatment_helped"],)))),
        _any((answers["rimmed_vacuoles"],)) if _has_biopsy(answers) else False,
    )
    is_inclusion = True if True in inclusion else None if None in inclusion else False
    has_rash, is_weak = (_any(answers[key] for key in table) for table in (RASH, WEAKNESS))
    found = {
        _walk(adult, rash, weak, body)
        for adult in _ways(is_adult)
        for rash in _ways(has_rash)
        for weak in _ways(is_weak)
        for body in _ways(is_inclusion)
    }
    return found.pop() if len(found) == 1 else None


def _ways(answer: bool | None) -> Sequence[bool]:
    return (True, False) if answer is None else (answer,)


def _walk(is_adult: bool, has_rash: bool, is_weak: bool, is_inclusion: bool) -> Subgroup:
    if not is_adult:
        return "JDM" if has_rash else "JM"
    if has_rash:
        return "DM" if is_weak else "ADM"
    return "IBM" if is_inclusion else "PM"
