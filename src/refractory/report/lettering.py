"""How wide a line of text is at most, and where it breaks, without a font at hand."""

from __future__ import annotations

import unicodedata
from functools import cache

# Advance widths in em, rounded up, of DejaVu Sans: the widest sans-serif that a browser is likely to fall back on, so
# that text set in any of the usual faces (Arial, Helvetica, Segoe UI, Roboto) is narrower than what is counted here.
_WIDTHS_EM: dict[str, float] = {
    character: width_em
    for width_em, characters in (
        (0.30, "'ijlIJ\u202f\u2009"),
        (0.37, " ,.·’:;/\\|f-\u00a0"),
        (0.42, "()[]tr!²"),
        (0.56, '"*_`–°“”szc?L'),
        (0.62, "FkvxyPTYoae"),
        (0.66, "0123456789$EhnuSbdgpq{}ßK"),
        (0.71, "AVXZBRC"),
        (0.80, "UNHDGOQ&"),
        (0.90, "w#+<=>^~−±×≤≥M"),
        (1.01, "mW%@—…"),
    )
    for character in characters
}
# Wider than any letter of the alphabets that concept names are written in, full-width signs included.
_UNKNOWN_WIDTH_EM = 1.15
_BOLD_ADDS_EM = 0.12


@cache
def _measure_character(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Mn":
        return 0.0
    # A letter with an accent is as wide as the letter.
    base = unicodedata.normalize("NFD", character)[0]
    return _WIDTHS_EM.get(base, _UNKNOWN_WIDTH_EM)


def measure_text(text: str, *, size: float, is_bold: bool = False) -> float:
    """Measure the width that a line of text needs at most.

    Args:
        text: One line.
        size: Font size, in the unit of the answer.
        is_bold: Whether it is set in bold.

    Example:
        >>> measure_text("mm", size=10)
        20.2
    """
    widths_em = [_measure_character(character) for character in text]
    if is_bold:
        widths_em = [width_em + _BOLD_ADDS_EM if width_em else 0.0 for width_em in widths_em]
    return round(sum(widths_em) * size, 3)


def _break_word(word: str, *, width: float, size: float, is_bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        longer = pieces[-1] + character
        if pieces[-1] and measure_text(longer, size=size, is_bold=is_bold) > width:
            pieces.append(character)
        else:
            pieces[-1] = longer
    return pieces


def wrap_text(text: str, *, width: float, size: float, is_bold: bool = False) -> tuple[str, ...]:
    """Break text into lines that fit a width: between words, and within a word only when the word alone is too wide.

    Args:
        text: What is to be set.
        width: Room for a line, in the unit of `size`.
        size: Font size.
        is_bold: Whether it is set in bold.

    Returns:
        One string per line; none when there is nothing to print.

    Example:
        >>> wrap_text("Fewer than 2 systemic drugs", width=90, size=10)
        ('Fewer than 2', 'systemic drugs')
    """
    lines: list[str] = []
    for word in text.split(" "):
        if not word:
            continue
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(longer, size=size, is_bold=is_bold) <= width:
            lines[-1] = longer
        else:
            lines.extend(_break_word(word, width=width, size=size, is_bold=is_bold))
    return tuple(lines)
