"""What the values of a column of sexes mean, in several languages."""

from __future__ import annotations

import re

from refractory.starting.looks import ColumnLook

MEN = frozenset(
    {
        "m", "male", "man", "men", "boy", "h", "homme", "hombre", "masculin", "masculino", "mann", "männlich", "uomo",
        "mannelijk", "maschio", "varon", "varón", "hombres",
    }
)  # fmt: skip
WOMEN = frozenset(
    {
        "f", "female", "woman", "women", "girl", "w", "weiblich", "frau", "femme", "feminin", "féminin", "mujer",
        "femenino", "donna", "femmina", "vrouw", "vrouwelijk",
    }
)  # fmt: skip
# What a letter means hangs on the language: "M" is a woman beside "H" in Spanish, "V" a woman in Dutch.
_HOMBRE_MUJER, _VARON_MUJER, _MAN_VROUW = (
    {"h": "M", "m": "F"},
    {"v": "M", "m": "F"},
    {"v": "F", "m": "M"},
)


def say_sexes(look: ColumnLook) -> dict[str, str]:
    """Say what the values of a column of sexes mean: F or M."""
    meaning = {}
    by_language = _read_letters(look)
    is_woman = re.search(r"female|sex f(?! /)|weiblich|femme", look.plain) is not None
    is_man = re.search(r"(?<!fe)male|sex m(?! /)|mannlich|homme", look.plain) is not None
    asked = "F" if is_woman and not is_man else "M" if is_man and not is_woman else ""  # "male/female" asks neither
    for text, written in look.first_spelling.items():
        told = look.legend.get(text, "").lower()
        if not told and by_language is not None and text in ("h", "m", "v"):
            meaning.update({written: by_language[text]} if text in by_language else {})
        elif told in WOMEN | MEN:
            meaning[written] = "F" if told in WOMEN else "M"
        elif text in WOMEN | MEN:
            meaning[written] = "F" if text in WOMEN else "M"
        elif asked and text in ("1", "0", "yes", "no", "y", "n"):
            other = "M" if asked == "F" else "F"
            meaning[written] = asked if text in ("1", "yes", "y") else other
    return meaning


def _read_letters(look: ColumnLook) -> dict[str, str] | None:
    """Read the letters H, M and V of a column of sexes; an empty answer where their language is open."""
    held = {"h", "m", "v"} & set(look.texts)
    if "v" in held:
        if re.search(r"geslacht|vrouw|\bm / v\b", look.plain):
            return _MAN_VROUW
        return _VARON_MUJER if re.search(r"sexo|varon|v / m", look.plain) else {}
    if held == {"h", "m"} and not {"f", "w"} & set(look.texts):
        return _HOMBRE_MUJER
    if held == {"m"} and re.search(r"\bh / m\b", look.plain):
        return _HOMBRE_MUJER
    return None
