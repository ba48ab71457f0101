"""Words in cells: texts with their blanks in order, yes and no, what stands for nothing, keys of persons."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time
from unicodedata import normalize

from refractory.records.grid import AN_ERROR, NO_RESULT, Cell

# A spreadsheet's errors: there is no value behind them.
_ERRORS = "#n/a #ref! #value! #div/0! #num! #name? #null! #getting_data #spill!"
ERRORS = frozenset(_ERRORS.split()) | {NO_RESULT.lower(), AN_ERROR.lower()}
_GOES_ON = """
ongoing, on going, on-going, current, currently, present, to present, continuing, continues, continued, cont, cont.,
still on, still taking, to date, now, until now, laufend, weiter, en cours, aktuell
"""
_DITTO = """
" \'\' `` 〃 ” “ ,, -"- "-" do. do dto dto. ditto idem id. same above s.a. s.o. w.o. ^
"""
DITTOS = frozenset(_DITTO.split()) | {"same as above", "as above", "siehe oben", "s. o."}
# Characters that nobody sees: blanks without width, marks of direction, soft hyphens.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_ABBREVIATION = re.compile(r"[^\W\d_](?:\s?[./]\s?[^\W\d_])+\.?")
_CUT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_EXACT_NUMBERS = 10**15  # a spreadsheet keeps fifteen digits of a number
# "Patient 1", "Pt. #1", "Pac. 01": a word for a patient before nothing but a number.
_A_PATIENT = re.compile(
    r"^(?:(?:PATIENTIN|PATIENTE?|PAT|PT|PACIENTE|PAC|PAZIENTE|PAZ|SUBJ[A-Z]*|CASE|FALL|CASO|ID|#)[-_.:#]*"
    r"(?:(?:NUMBER|NUMMER|NUM|ID|NR|NO|N°|N)[-_.:#]*)?)+(?=\d[\d.]*$)"
)
_BETWEEN = re.compile(r"(?<=[^\W\d_])[-_.#–:]+(?=\d)|(?<=\d)[-_.#–:]+(?=[^\W\d_])")
_OPEN = frozenset(one.strip() for one in _GOES_ON.split(","))


def read_cell_text(cell: Cell) -> str:
    """Return what a cell says as a text, its blanks in order; an empty text for an empty cell.

    Example:
        >>> read_cell_text(" skin \\n biopsy "), read_cell_text(3.0), read_cell_text(True)
        ('skin biopsy', '3', 'true')
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell == cell and abs(cell) < 1e15 and cell == int(cell) else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return " ".join(show_all(str(cell)).split())


def show_all(text: str) -> str:
    """Leave out the characters that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def is_blank(cell: Cell) -> bool:
    """Say whether nobody sees anything in a cell."""
    return cell is None or (isinstance(cell, str) and not show_all(cell).strip())


def is_ditto(cell: Cell) -> bool:
    """Say whether a cell stands for the one above it ("ditto")."""
    return isinstance(cell, str) and read_cell_text(cell).lower() in DITTOS


def is_cut(cell: Cell) -> bool:
    """Say whether a spreadsheet may have cut the digits of a key: 1.0E+05, or a number of more than fifteen digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= _EXACT_NUMBERS
    return _CUT.fullmatch(read_cell_text(cell)) is not None


def is_missing(cell: Cell, missing: Collection[str]) -> bool:
    """Say whether a cell stands for nothing: empty, blank, or one of the codes that the mapping names.

    Args:
        cell: The cell.
        missing: Codes for nothing, in lower case.
    """
    if cell is None:
        return True
    if not isinstance(cell, str):
        return bool(missing) and read_cell_text(cell).lower() in missing
    text = read_cell_text(cell).lower()
    return text in ("", "'") or text in missing


def is_open(cell: Cell) -> bool:
    """Say whether a cell where an end is looked for says that there is none yet ("ongoing")."""
    return read_cell_text(cell).lower().strip("() ") in _OPEN


def read_yes_or_no(cell: Cell, yes: Collection[str], no: Collection[str]) -> bool | None:
    """Read a cell as yes or no; None when it says neither.

    A word of yes or no that a mark parts from more text counts ("yes (LFTs)").

    Args:
        cell: The cell.
        yes: Spellings of yes, in lower case.
        no: Spellings of no, in lower case.

    Example:
        >>> read_yes_or_no("Y", {"y"}, {"n"}), read_yes_or_no("no: never", {"yes"}, {"no"})
        (True, False)
        >>> read_yes_or_no("n.b.", {"y"}, {"n"}) is None
        True
    """
    text = read_cell_text(cell).lower()
    is_short = _ABBREVIATION.fullmatch(text) is not None  # "n.b.", "n/d": the first letter is no answer
    first = "" if is_short else re.split(r"\s*[(,;:./–-]", text, maxsplit=1)[0].strip() if len(text) > 1 else text
    for said in (text, text.strip(" .!*"), first if first.isalpha() else ""):
        if said and said in yes:
            return True
        if said and said in no:
            return False
    return None


def spell_person(cell: Cell) -> str:
    """Return how the key of a person is told apart from others: without case, blanks, leading zeros and ".0".

    A mark between a letter and a digit does not count, nor does a word for a patient before a number: sheets of one
    study write "P-01" and "P1", "Patient 1" and "001". A mark between two numbers does: 1-12 and 11-2 are two
    persons. A zero behind a point leads no number: 1.01 and 1.1 are two persons.

    Example:
        >>> spell_person(" p 01 "), spell_person(1.0), spell_person("001.0"), spell_person("P-01")
        ('P1', '1', '1', 'P1')
        >>> spell_person("Pat.-Nr. 7"), spell_person("MN_003"), spell_person("1-02")
        ('7', 'MN3', '1-2')
    """
    plain = re.sub(r"\s+", "", normalize("NFKC", read_cell_text(cell))).strip("'").upper()
    plain = _BETWEEN.sub("", _A_PATIENT.sub("", plain, count=1))
    if re.fullmatch(r"\d+\.0+", plain):
        plain = plain.split(".")[0]
    return re.sub(r"(?<!\d)(?<!\d\.)0+(?=\d)", "", plain)
