"""From words and numbers to phrases with a meaning: the longest known phrase wins."""

from __future__ import annotations

from refractory.exposures.sig import (
    words_of_amounts,
    words_of_directions,
    words_of_drugs,
    words_of_remarks,
    words_of_time,
)
from refractory.exposures.sig.kinds import KINDS, Kind, Word
from refractory.exposures.sig.tokens import Token, read_tokens

_Phrase = tuple[tuple[str, ...], Word]


def _build_phrases() -> dict[str, list[_Phrase]]:
    rows = (
        *words_of_amounts.ROWS,
        *words_of_time.ROWS,
        *words_of_directions.ROWS,
        *words_of_remarks.ROWS,
        (Kind.NOISE, None, words_of_drugs.AFTER_A_NAME),
        (Kind.PACK, None, words_of_drugs.PACK),
        (Kind.DRUG, "immunoglobulin", words_of_drugs.IMMUNOGLOBULIN),
    )
    phrases: dict[str, list[_Phrase]] = {"|": [(("|",), Word(Kind.STOP_MARK, None, "|"))]}
    for kind, value, written in rows:
        for phrase in " ".join(written.split()).split(" | "):
            parts = tuple(phrase.split())
            word = Word(kind, value, phrase, is_spelled=True)
            phrases.setdefault(parts[0], []).append((parts, word))
    for listed in phrases.values():
        listed.sort(key=lambda one: -len(one[0]))
    return phrases


_PHRASES = _build_phrases()

# Words that are written with slips of the pen: two letters swapped, one missing, one too many. A changed letter is
# never mended, for it makes another word: dairy is not daily, weakly is not weekly.
_OFTEN_MISSPELLED = (
    *("tablet", "tablets", "capsule", "capsules", "daily", "twice", "three", "times", "every", "other", "weekly"),
    *("monthly", "morning", "evening", "night", "nightly", "bedtime", "needed", "mouth", "hours", "weeks", "months"),
    *("orally", "injection", "inject", "subcutaneous", "intravenous", "directed", "decrease", "taper", "increase"),
    *(
        "continue",
        "thereafter",
        "affected",
        "apply",
        "prednisone",
        "methotrexate",
        "stop",
        "once",
        "days",
        "week",
        "then",
    ),
)
_WITH_A_LETTER_LESS = {
    word[:place] + word[place + 1 :]: word
    for word in reversed(_OFTEN_MISSPELLED)
    if len(word) >= 5
    for place in range(len(word))
}

# Short words that are written without a blank after a unit: mgpobid, tabpo, xdaily.
_GLUED_FIRST = {"mg", "mcg", "ml", "tab", "tabs", "tablet", "tablets", "cap", "caps", "capsule", "x", "po", "iv", "sc"}
_GLUED = _GLUED_FIRST | {
    *("subq", "sq", "im", "qd", "bid", "tid", "qid", "daily", "weekly", "od", "bd", "tds", "qds", "qhs", "qam", "qpm"),
    *("prn", "qod", "nightly", "twice", "once", "orally", "capsules", "puffs", "monthly", "q"),
}


def read_words(text: str) -> list[Word]:
    """Read a direction as phrases with a meaning; what has none is of the kind UNKNOWN, what must not be trusted DOUBT.

    Example:
        >>> [word.kind.name for word in read_words("take 2 tabs by mouth twcie dialy")]
        ['VERB', 'NUMBER', 'FORM', 'ROUTE', 'RATE']
    """
    tokens = [part for token in read_tokens(text) for part in _mend(token)]
    words: list[Word] = []
    place = 0
    while place < len(tokens):
        word, length = _match(tokens, place)
        words.append(word)
        place += length
    return _read_eyes(words)


def _match(tokens: list[Token], place: int) -> tuple[Word, int]:
    token = tokens[place]
    phrases = _PHRASES.get(token.text, ())
    if phrases:
        spelled = tuple([one.text for one in tokens[place : place + len(phrases[0][0])]])
        for parts, word in phrases:
            if spelled[: len(parts)] == parts and (len(parts) > 1 or token.sort not in ("number", "fraction")):
                return word, len(parts)
    if token.sort in ("number", "fraction", "ratio", "clock"):
        return Word(KINDS[token.sort.upper()], token.value, token.text), 1
    if token.sort == "word":
        drug = words_of_drugs.find_drug(token.text)
        return Word(Kind.DRUG if drug else Kind.UNKNOWN, drug, token.text), 1
    # Quotation marks, stars and exclamation marks stress what they stand at; any other sign may change it.
    return Word(Kind.NOISE if token.text in "\"'*!_" else Kind.DOUBT, None, token.text), 1


def _mend(token: Token) -> list[Token]:
    if token.sort != "word" or token.text in _PHRASES or token.text in _INSIDE or words_of_drugs.find_drug(token.text):
        return [token]
    glued = _cut(token.text)
    if len(glued) == 1:
        return [Token("word", part) for part in glued[0]]
    meant = _correct(token.text)
    return [Token("word", meant)] if meant else [token]


def _cut(word: str) -> list[list[str]]:
    ways: list[list[str]] = []

    def cut(rest: str, so_far: list[str]) -> None:
        if not rest:
            ways.append(so_far)
        for length in range(1, len(rest) + 1):
            part = rest[:length]
            if part in (_GLUED if so_far else _GLUED_FIRST):
                cut(rest[length:], [*so_far, part])

    if len(word) <= 24:
        cut(word, [])
    return ways


def _correct(word: str) -> str | None:
    """Say which often misspelled word is meant: one slip away, and the only one that is."""
    if len(word) < 4:
        return None
    meant = {
        swapped
        for place in range(len(word) - 1)
        if (swapped := word[:place] + word[place + 1] + word[place] + word[place + 2 :]) in _MISSPELLED
    }
    if len(word) >= 5:
        meant |= {
            shorter
            for place in range(len(word))
            if len(shorter := word[:place] + word[place + 1 :]) >= 5 and shorter in _MISSPELLED
        }
        meant |= {_WITH_A_LETTER_LESS[word]} if word in _WITH_A_LETTER_LESS else set()
    return meant.pop() if len(meant) == 1 else None


_MISSPELLED = frozenset(_OFTEN_MISSPELLED)
# Words that stand in a longer phrase only, and so are known although they mean nothing alone.
_INSIDE = frozenset(part for listed in _PHRASES.values() for parts, _ in listed for part in parts)

_EYES = {"od": Kind.ROUTE, "os": Kind.ROUTE, "ou": Kind.SIDES}


def _read_eyes(words: list[Word]) -> list[Word]:
    """With drops, od, os and ou are the right, the left and both eyes; od is once a day everywhere else."""
    if not any(word.kind is Kind.FORM and word.value == "drop" for word in words):
        return words
    return [Word(_EYES[word.text], "ophthalmic", word.text) if word.text in _EYES else word for word in words]
