"""What a column is in spite of its name: a difference, a count of doses, two values in a cell, a history in words."""

from __future__ import annotations

import re
from functools import lru_cache

from refractory.records.cell_pairs import read_values
from refractory.records.cell_words import is_open
from refractory.records.from_drug_names import find_ingredients
from refractory.records.grid import Cell
from refractory.starting import words
from refractory.starting.looks import NO, ColumnLook

_DOSES = (
    r"(?:doses|dosen|cycles|infusions|courses|treatments|injections|zyklen|infusionen|gaben|behandlungen|cures"
    r"|perfusions|ciclos|infusiones|dosis|cicli|infusioni)"
)
_HOW_MANY = r"(?:#|no|nr|num|number|totals?|count|n|anzahl|nombre|numero|how many)"
_COUNT = re.compile(
    rf"(?:^|.* ){_HOW_MANY}(?: (?!date|mg|dose\b)[a-z]+){{0,3}} {_DOSES}(?: .*)?"
    rf"|(?:[a-z]+ )?{_DOSES}(?: (?:#|n|no|total|given|received|done|so far|to date))*"
)
_BOTH = re.compile(
    r"\b(?:before|pre|baseline|bl|start|vor|avant|antes|prima|voor)(?: \w+)? (?:/|and|to|und|et|y|e|en|vs) "
    r"(?:after|post|end|last|follow up|fu|nach|apres|despues|dopo|na|\d+ (?:mo|m|wk|w)\w*)\b"
)
_MOSTLY, _HALF = 0.6, 0.5
NO_WORDS = frozenset(
    {*NO, "not tried", "naive", "not used", "keine", "kein", "aucun", "aucune", "nil", "geen", "ninguno", "nessuno"}
)
_DENIED = re.compile(
    r"(?:never|nie|jamais|nunca|not (?:tried|used|given|taken|started|done|indicated)|contraindicat|declined|refused"
    r"|naive|n/t\b|no\s*(?:[(;:,-]|$)|no(?:t)? (?:prior|previous|history))"
)


def is_change(look: ColumnLook) -> bool:
    """Say whether a column holds the difference of two values, which is neither of them."""
    is_coded = words.RESPONSE.search(look.plain) is not None and look.is_category and all(map(str.isalnum, look.texts))
    is_answer = look.is_yes_or_no or is_coded
    return words.CHANGE.search(f"{look.name} {look.plain}") is not None and look.is_number and not is_answer


def is_count(look: ColumnLook) -> bool:
    """Say whether a column counts doses or cycles: "# doses" is no dose."""
    return look.is_number and not look.is_yes_or_no and _COUNT.fullmatch(look.plain) is not None


def is_pair(look: ColumnLook) -> bool:
    """Say whether most cells tell a value before and one after: "40→20"; "20/5" where the name says so."""
    both = sum(len(read_pair(look, cell)) > 1 for _, cell in look.cells)
    return not look.is_date and both >= _MOSTLY * look.filled > 0


def read_pair(look: ColumnLook, cell: Cell) -> tuple[str, ...]:
    """Read the values that a cell of a column tells one after the other."""
    return _read_values(str(cell), is_slashed=_BOTH.search(look.plain) is not None)


@lru_cache(maxsize=50_000)
def _read_values(text: str, *, is_slashed: bool) -> tuple[str, ...]:
    return read_values(text, is_slashed=is_slashed)


def is_dose(look: ColumnLook) -> bool:
    """Say whether cells are doses: numbers, a value before and one after, or a word for none beside some."""
    if is_pair(look):
        return True
    none = sum(count for text, count in look.texts.items() if text in words.NO_DOSE)
    return look.is_number or (not look.is_date and look.numbers > 0 and look.numbers + none >= 0.7 * look.filled)


def is_history(look: ColumnLook) -> bool:
    """Say whether a column named by a drug tells in words whether it was tried: "failed", "2015-17, LFTs", "never"."""
    rest = words.BEFORE.sub(" ", look.plain)
    named = {drug.name for drug in look.named_drugs}
    own = len(named) == 1 and not re.sub(
        r"[^a-z]", "", re.sub(r"\b(?:y / n|tried|failed)\b", " ", _leave_out_drugs(look, rest))
    )
    return own and not look.is_number and not look.is_date and any(isinstance(cell, str) for _, cell in look.cells)


def _leave_out_drugs(look: ColumnLook, plain: str) -> str:
    return " ".join(one for one in plain.split() if not find_ingredients(one))


def denies(text: str) -> bool:
    """Say whether a note on a drug says that it was not tried.

    Example:
        >>> [denies(one) for one in ("never", "no (pregnant)", "not tried", "no effect", "no response", "2015, LFTs")]
        [True, True, True, False, False, False]
    """
    return text.strip().lower() in NO_WORDS or _DENIED.match(text.strip().lower()) is not None


def count_open(look: ColumnLook) -> int:
    """Count the cells that say that something goes on ("ongoing")."""
    return sum(is_open(cell) for _, cell in look.cells)


def is_end_of_some(look: ColumnLook) -> bool:
    """Say whether a column tells the end of a drug by its name and by its cells: days, but for what goes on."""
    ended = look.filled - count_open(look)
    return words.STOP.search(look.plain) is not None and look.days.readable[look.days.best] >= _HALF * ended > 0
