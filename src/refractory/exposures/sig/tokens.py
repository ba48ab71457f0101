"""From the letters of a direction to its words and numbers, before any of them has a meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import combining, normalize

# Signs that say the same as plain ones.
_SIGNS = {
    "½": " 1/2",
    "¼": " 1/4",
    "¾": " 3/4",
    "⅓": " 1/3",
    "m²": "m2",
    "×": " x ",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "→": " then ",
    "⇒": " then ",
    "•": " ; ",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "⁄": "/",
}
# Raised and lowered digits are footnotes or powers, circled ones are list marks: never digits of a dose.
_NO_DIGITS = re.compile("[²³¹⁰⁴-⁹₀-₉①-⓿❶-➓⅔⅕-⅞]")

_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/\s*m\s?\^?2\b"), " / sqm "),
    (re.compile(r"\(e?s\)"), "s"),
    (re.compile(r"[-=]+>"), " then "),
    (re.compile(r"\bd/c(?:'?d|ed)?\b"), " dc "),
    (re.compile(r"\bw/o\b"), " without "),
    (re.compile(r"\b([sip])/([cvmo])\b"), r" \1\2 "),
    (re.compile(r"(?<!/)\bw/\s*"), " with "),
    (re.compile(r"\band/or\b"), " or "),
    (re.compile(r"\bq\s?[/']\s?d(?:ay)?\b"), " qd "),
    (re.compile(r"\bt\s?(\d)\s?t(?![a-z])"), r" \1 tablet "),
    (re.compile(r"\bt\s?(\d)\s?c(?![a-z])"), r" \1 capsule "),
    (re.compile(r"(?<=\d)\s*\*\s*(?=\d)"), " x "),
    # A dash that touches a number and nothing before it may be a minus.
    (re.compile(r"(?<!\S)-(?=[\d.])"), " ? "),
    # The dot of an abbreviation ends no sentence.
    (re.compile(r"\b(dr|tabs?|caps?|tgl|tbl|tabl|max|disp|qty)\.(?!\d)"), r"\1 "),
    # A code of ICD-10 in an indication is a word, not an amount.
    (re.compile(r"\b[a-pr-wyz]\d{2}\.\d{1,4}\b"), " icdcode "),
    (re.compile(r"(?<=[a-z])'(?=[a-z])|(?<=s)'"), ""),
)
_DOTTED = re.compile(r"(?<![a-z])((?:[a-z]\.){1,4}[a-z])\.?(?![a-z])")

_PIECE = re.compile(
    r"(?P<clock>\b\d{1,2}:\d{2}\b)"
    r"|(?P<date>(?<![\d/.-])(?:\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4}"
    r"|\d{1,2}\.\d{1,2}\.\d{2,4})(?![\d/]))"
    r"|(?P<ratio>(?<![\d.,/])\d{1,4}\s?/\s?\d{1,4}(?!\s*/\s*\d|[.,]?\d))"
    r"|(?P<number>\d+(?:[.,]\d+)*|(?<![\w.])\.\d+)"
    r"|(?P<word>[a-z]+)"
    r"|(?P<sign>[^\s])"
)
_FRACTIONS = {(1, 2), (1, 3), (1, 4), (3, 4)}


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign of a direction.

    Args:
        sort: "number", "fraction", "ratio", "clock", "word", "sign", or "bad" for what cannot be trusted.
        text: As written, in lower case.
        value: The number; for a ratio its two numbers.
    """

    sort: str
    text: str
    value: object = None


def read_tokens(text: str) -> list[Token]:
    """Cut a direction into words, numbers and signs; a number that can be read in two ways is bad.

    Example:
        >>> [token.text for token in read_tokens("20mg P.O. q.i.d. x5d")]
        ['20', 'mg', 'po', 'qid', 'x', '5', 'd']
        >>> [(token.sort, token.value) for token in read_tokens("1,000 2,5 1½ 1.000")]
        [('number', 1000.0), ('number', 2.5), ('number', 1.0), ('fraction', 0.5), ('bad', None)]
    """
    tokens: list[Token] = []
    for found in _PIECE.finditer(_plain(text)):
        sort, piece = str(found.lastgroup), found[0]
        if sort == "number":
            tokens += _read_numbers(piece)
        elif sort == "ratio":
            tokens.append(_read_ratio(piece))
        elif sort == "date" or (sort == "clock" and not _is_clock(piece)):
            tokens.append(Token("bad", piece))
        else:
            tokens.append(Token(sort, piece, piece if sort == "clock" else None))
    return tokens


def _plain(text: str) -> str:
    plain = text
    for sign, said in _SIGNS.items():
        if sign in plain:
            plain = plain.replace(sign, said)
    if not plain.isascii():
        plain = _NO_DIGITS.sub(" ? ", plain)
        plain = normalize("NFKC", plain).replace("µ", "u").replace("μ", "u").replace("Μ", "u")
        plain = "".join(letter for letter in normalize("NFD", plain.casefold()) if not combining(letter))
    plain = plain.casefold()
    for pattern, said in _REWRITTEN:
        plain = pattern.sub(said, plain)
    return _DOTTED.sub(lambda found: found[1].replace(".", "") + " ", plain)


def _is_clock(piece: str) -> bool:
    hours, minutes = piece.split(":")
    return int(hours) < 24 and int(minutes) < 60


def _read_ratio(piece: str) -> Token:
    upper, lower = (int(number) for number in piece.split("/"))
    if (upper, lower) in _FRACTIONS:
        return Token("fraction", piece, upper / lower)
    return Token("ratio", piece, (float(upper), float(lower)))


def _read_numbers(piece: str) -> list[Token]:
    if "." not in piece and re.fullmatch(r"\d{1,3}(,\d{1,2}){2,}", piece):
        listed = [Token("number", number, float(number)) for number in piece.split(",")]
        return [token for number in listed for token in (Token("sign", ","), number)][1:]
    value = read_number(piece)
    return [Token("bad", piece) if value is None else Token("number", piece, value)]


def read_number(piece: str) -> float | None:
    """Read a number in digits; None when it can be read in two ways, or in none.

    A comma before three digits parts thousands, before one or two it is the decimal sign. "1.000" is a thousand in
    half of Europe and one elsewhere, "60,50" is a list or a decimal: neither is read.

    Example:
        >>> read_number("1,000"), read_number("2,5"), read_number(".5"), read_number("0.125")
        (1000.0, 2.5, 0.5, 0.125)
        >>> read_number("1.000"), read_number("05"), read_number("60,50")
        (None, None, None)
    """
    if len(piece) > 12:
        return None
    if re.fullmatch(r"0|[1-9]\d*", piece):
        return float(piece)
    if re.fullmatch(r"(?:0|[1-9]\d*)?\.\d+", piece):
        return None if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", piece) else float(piece)
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?", piece):
        return float(piece.replace(",", ""))
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2}", piece):
        return float(piece.replace(".", "").replace(",", "."))
    if re.fullmatch(r"(?:0,\d+|[1-9]\d*,\d|[1-9],\d5)", piece):
        return float(piece.replace(",", "."))
    return None
