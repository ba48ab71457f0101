"""Drugs that a text names only to say that they were not given."""

from __future__ import annotations

import re

# Read in the words before a drug and behind it, in small letters without accents. "No response to MTX", "no longer on
# MTX" and "MTX not tolerated" say that it was given.
_BEFORE_WORDS = (
    "no", "not on", "never", "never (?:on|had|tried|took|taken|used|received|given|started|been on)",
    "not (?:tried|given|used|started|taken)", "did not (?:take|receive|get|start)", "without", "w/o", "denies",
    "denied", "declined", "refused", "avoid", "no prior", "no previous", "no hx of", "no history of", "allergic to",
    "allergy to", "consider", "considered", "considering", "plan", "planned", "plan for", "planning", "will start",
    "to start",
    "kein", "keine", "keinen", "ohne", "nie", "niemals", "noch nie", "pas de", "pas d", "jamais", "jamais de", "sans",
    "sin", "nunca", "mai", "senza", "nessun",
)  # fmt: skip
_BEFORE = re.compile(
    rf"\b(?:{'|'.join(_BEFORE_WORDS)})\s*[:=]?\s*(?:any |the |prior |previous |on |start |starting )?$"
)
_OR = re.compile(r"^\s*(?:or|nor|/|and/or|oder|ou|o|u|ni|noch)\s*$")
_END = r"(?=\s*(?:$|[,;.)\]\n/|+&]|and\b))"
_BEHIND = re.compile(
    rf"^\s*(?:[:=(\-]\s*(?:no|n|nein|non|neg|none|never|0|not? ?given|not tried|nie|jamais|nunca|mai){_END}"
    rf"|(?:no|nein|non){_END}"
    rf"|[:=(\-]?\s*never{_END}"  # "never helped" is said of a drug that was given
    r"|[:=(\-]?\s*(?:(?:never|not) (?:tried|given|used|started|taken|received)|never (?:had|on|been on)|was not given"
    r"|declined|refused|contraindicated|considered|naive|nie (?:erhalten|bekommen)|jamais recu)\b)"
)
_REACH = 40  # letters


def tell_denials(text: str, places: list[tuple[int, int]]) -> list[bool]:
    """Tell which of the named drugs a text denies.

    Args:
        text: The text in small letters without accents.
        places: First letter and letter after the last of each drug, in order.

    Example:
        >>> tell_denials("never on mtx or mmf, then ivig", [(9, 12), (16, 19), (26, 30)])
        [True, True, False]
    """
    denied: list[bool] = []
    for number, (start, end) in enumerate(places):
        from_here = places[number - 1][1] if number else 0
        before = text[max(from_here, start - _REACH) : start]
        until = places[number + 1][0] if number + 1 < len(places) else len(text)
        behind = text[end : min(until, end + _REACH)]
        is_denied = bool(_BEFORE.search(before)) or bool(_BEHIND.match(behind))
        if not is_denied and number and denied[-1] and _OR.match(text[from_here:start]):
            is_denied = True
        denied.append(is_denied)
    return denied
