"""From the words of a direction to its statements, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from refractory.exposures.sig import elements
from refractory.exposures.sig.amounts import read_dose
from refractory.exposures.sig.changes import read_change
from refractory.exposures.sig.cursor import Bare, Cursor
from refractory.exposures.sig.durations import read_after, read_days, read_duration
from refractory.exposures.sig.elements import Joint, Mark, Named, Piece, Said, Then, Unread
from refractory.exposures.sig.kinds import KINDS, Kind, Word
from refractory.exposures.sig.measures import read_strength
from refractory.exposures.sig.remarks import read_remark
from refractory.exposures.sig.schemes import read_series
from refractory.exposures.sig.timings import read_timing

_JOINTS = {
    Kind.AND: "and",
    Kind.PLUS: "and",
    Kind.COMMA: ",",
    Kind.DASH: ",",
    Kind.SLASH: ",",
    Kind.STOP_MARK: ".",
    Kind.COLON: ":",
}
# Behind the last amount these mean that it goes on; "then" there is a text that was cut off.
_FOR_GOOD = ("thereafter", "and thereafter", "afterwards", "and afterwards", "afterward")
_CONDITIONS = ("if", "unless", "skip", "miss", "missed", "when", "while", "depending", "otherwise")
_MARKS = {
    Kind.SINGLE: elements.SINGLE,
    Kind.ONE_DAY: elements.ONE_DAY,
    Kind.NEXT_DAY: elements.NEXT_DAY,
    Kind.NEXT: elements.NEXT_DAY,
    Kind.EXCEPT: elements.EXCEPT,
    Kind.PACK: elements.PACK,
    Kind.NOT_DAILY: elements.NOT_DAILY,
    Kind.VERB: elements.VERB,
    Kind.NOISE: elements.NOTHING,
    Kind.ARTICLE: elements.NOTHING,
    Kind.OPENING: elements.NOTHING,
    Kind.CLOSING: elements.NOTHING,
}


def read_pieces(words: list[Word], bare: Bare | None = None) -> list[Piece]:
    """Read the statements of a direction; each word belongs to exactly one of them.

    The order of the rules decides where words could be read in two ways: "2 times a day" is a timing before "2" is a
    number of tablets, "5 days a week" a timing before "5 days" is a duration.
    """
    cursor = Cursor(words, bare)
    pieces: list[Piece] = []
    while cursor.at < len(words):
        mark = cursor.at
        element = next((found for rule in _RULES[cursor.kind()] if (found := cursor.attempt(rule)) is not None), None)
        if element is None:
            cursor.at = mark + 1
            element = Unread(cursor.word(-1).text in _CONDITIONS)
        cursor.elements.append(element)
        pieces.append(Piece(element, cursor.text_since(mark)))
    return pieces


_Rule = Callable[[Cursor], object | None]


def _read_single_word(cursor: Cursor) -> object | None:
    word = cursor.word()
    cursor.at += 1
    if word.kind in _JOINTS:
        return Joint(_JOINTS[word.kind])
    if word.kind in _MARKS:
        return _MARKS[word.kind]
    return _read_said(cursor, word)


def _read_said(cursor: Cursor, word: Word) -> Mark | Named | Said | Then | None:
    if word.kind is Kind.THEN:
        return Then(is_for_good=word.text in _FOR_GOOD)
    if word.kind is Kind.ROUTE:
        return Said(str(word.value))
    if word.kind is Kind.SIDES:
        return Said(str(word.value), sides=2)
    if word.kind is Kind.APPLY:
        return elements.APPLIED if word.value is None else Said(str(word.value), sides=0)
    if word.kind is Kind.DRUG:
        return Named(str(word.value))
    if word.kind is Kind.ALTERNATE:
        if cursor.word().text in ("with", "between"):
            cursor.at += 1
        return elements.ALTERNATE_DAYS if word.value == "days" else elements.ALTERNATING
    if word.kind is Kind.TIMES_OVER and word.number == 1:
        return elements.SINGLE
    if word.kind is Kind.INTAKES and word.text == "dose":
        return elements.NOTHING
    return None


_NUMBERS = {Kind.NUMBER, Kind.FRACTION, Kind.ARTICLE}
# Each rule with the words that it can begin with.
_BEGINNINGS: tuple[tuple[_Rule, set[Kind]], ...] = (
    (read_change, {Kind.CHANGE, Kind.BY}),
    (
        read_remark,
        {
            *(Kind.MAX, Kind.DISPENSE, Kind.REFILL, Kind.HASH, Kind.FOR, Kind.PURPOSE, Kind.AS_NEEDED, Kind.UNTIL),
            *(Kind.PER, Kind.AS_DIRECTED, Kind.SEE_ELSEWHERE, Kind.STOP, Kind.STAY, *_NUMBERS),
        },
    ),
    (read_days, {Kind.FOR, Kind.ON, Kind.IN, Kind.FROM, Kind.NOISE, Kind.PERIOD, Kind.FIRST, Kind.ORDINAL}),
    (
        read_timing,
        {
            *(Kind.UP_TO, Kind.X, Kind.TIMES_OVER, Kind.ON, Kind.IN, Kind.CLOCK, Kind.WEEKDAY, Kind.OTHER_DAYS),
            *(
                Kind.EVERY,
                Kind.PART,
                Kind.RATE,
                Kind.FOR,
                Kind.DIVIDED,
                Kind.OF,
                Kind.ONE_DAY,
                Kind.PER,
                Kind.SLASH,
                *_NUMBERS,
            ),
        },
    ),
    (read_after, {Kind.REPEAT, Kind.AFTER, Kind.IN}),
    (read_series, {Kind.NUMBER}),
    (read_strength, _NUMBERS),
    (read_dose, {*_NUMBERS, Kind.RATIO}),
    (
        read_duration,
        {Kind.OVER, Kind.FOR, Kind.X, Kind.OF, Kind.UP_TO, Kind.NEXT, Kind.FIRST, Kind.EVERY, Kind.RATIO, *_NUMBERS},
    ),
    (_read_single_word, set(KINDS.values())),
)
_RULES = {kind: [rule for rule, kinds in _BEGINNINGS if kind in kinds] for kind in KINDS.values()}
