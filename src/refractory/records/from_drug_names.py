"""Names of drugs as people write them: generic, brand, abbreviation and common misspelling."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from refractory.records.drug_denials import tell_denials
from refractory.records.drug_spelling import Spellings
from refractory.records.from_codelists import DRUG_NAMES

_MOST_PARTS = 6  # a name has at most so many: "interferon beta-1a" has four
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[ \t'’.,/®™+-]{0,2}")  # what may stand between the parts of one name
# Near to the name of a drug, and none.
_OTHER_WORDS = (
    "thyroglobulin", "creatinine", "creatine", "myoglobin", "haemoglobin", "hemoglobin", "haptoglobin", "albumin",
    "microglobulin", "cryoglobulin", "cryoglobulins", "antithrombin", "sulfonamide", "beclomethasone", "beclometasone",
    "chlorpromazine", "promethazine", "hydroxyprogesterone", "methyldopa", "sulfamethizole", "sulfisoxazole",
)  # fmt: skip


@dataclass(frozen=True)
class Ingredient:
    """A drug: its ingredient in RxNorm, and the name by which the reports call it.

    Args:
        rxnorm: Code of the ingredient; empty where a text names no single ingredient ("steroids", "JAKi", "PLEX") or
            the code is not known for certain.
        name: Its name.
        route: Where the name tells it: "intravenous" for IVIG, "subcutaneous" for SCIG, "topical" for Protopic.
    """

    rxnorm: str
    name: str
    route: str = ""


@dataclass(frozen=True)
class DrugMention:
    """A drug that a text names, and where.

    Args:
        ingredient: The drug.
        start: Place of its first letter in the text, from 0.
        end: Place after its last letter.
        is_denied: True when the text says that it was not given: "never on MTX", "MTX: no".
        is_guessed: True when the name is misspelt in a way that the list does not have.
    """

    ingredient: Ingredient
    start: int
    end: int
    is_denied: bool = False
    is_guessed: bool = False


def find_ingredients(text: str) -> tuple[Ingredient, ...]:
    """Find the drugs that a text names, in the order in which it names them; each once.

    Drugs that the text plainly denies are left out.

    Example:
        >>> [one.name for one in find_ingredients("failed MTX (LFTs), then CellCept 1g BID; never on IVIG")]
        ['methotrexate', 'mycophenolate']
    """
    return tuple(dict.fromkeys(one.ingredient for one in find_drug_mentions(text) if not one.is_denied))


@lru_cache(maxsize=200_000)
def find_drug_mentions(text: str) -> tuple[DrugMention, ...]:
    """Find every place where a text names a drug, also to deny it.

    Case, accents, hyphens, blanks, a plural s and a dose without a blank ("MMF1g") make no difference. A long name may
    be misspelt where it is plain which drug was meant: never prednisone for prednisolone.

    Example:
        >>> [(one.ingredient.rxnorm, one.is_denied) for one in find_drug_mentions("pred, no MTX")]
        [('8640', False), ('6851', True)]
    """
    folded, origin = _fold(text)
    parts = _parts(text, folded, origin)
    names = _read_names()
    found: list[tuple[int, int, Ingredient, bool]] = []
    at = 0
    while at < len(parts):
        taken = _match(text, folded, origin, parts, at, names)
        if taken is None:
            at += 1
            continue
        ingredient, many, is_guessed = taken
        found.append((parts[at][0], parts[at + many - 1][1], ingredient, is_guessed))
        at += many
    if not found:
        return ()
    denied = tell_denials(folded, [(start, end) for start, end, _, _ in found])
    return tuple(
        DrugMention(ingredient, origin[start], origin[end - 1] + 1, is_denied, is_guessed)
        for (start, end, ingredient, is_guessed), is_denied in zip(found, denied, strict=True)
    )


@dataclass(frozen=True)
class _Names:
    by_name: dict[str, Ingredient]  # small letters and digits, nothing between them
    as_written: dict[str, Ingredient]  # abbreviations that are words too when written small
    by_code: dict[str, Ingredient]
    beginnings: frozenset[str]  # of all of them, letter by letter
    spellings: Spellings


@cache
def _read_names() -> _Names:
    by_name: dict[str, Ingredient] = {}
    as_written: dict[str, Ingredient] = {}
    right: dict[str, str] = {}
    with DRUG_NAMES.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            ingredient = Ingredient(line["rxnorm"], line["ingredient"], line["route"])
            for column in ("names", "misspelt"):
                for name in filter(None, line[column].split("; ")):
                    joined = "".join(_WORD.findall(_fold(name)[0]))
                    if name.startswith("="):
                        as_written.setdefault(name.removeprefix("="), ingredient)
                        continue
                    by_name.setdefault(joined, ingredient)
                    if column == "names":
                        right.setdefault(joined, ingredient.rxnorm or ingredient.name)
    every = (*by_name, *("".join(_WORD.findall(_fold(name)[0])) for name in as_written))
    beginnings = frozenset(name[:many] for name in every for many in range(1, len(name) + 1))
    by_code = {one.rxnorm: one for one in reversed(list(by_name.values())) if one.rxnorm and one.route != "topical"}
    return _Names(by_name, as_written, by_code, beginnings, Spellings(right, _OTHER_WORDS))


def find_by_code(rxnorm: str) -> Ingredient | None:
    """Find the ingredient that has a code of RxNorm; None when the list has none."""
    return _read_names().by_code.get(rxnorm.strip())


def drug_name_count() -> tuple[int, int]:
    """Count the ingredients and the names of the list."""
    names = _read_names()
    every = [*names.by_name.values(), *names.as_written.values()]
    return len({one.name for one in every}), len(every)


def _fold(text: str) -> tuple[str, list[int]]:
    """A text in small letters without accents, and the place in the text that each letter came from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        for one in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(one):
                letters.append(one)
                origin.append(place)
    return "".join(letters), origin


def _parts(text: str, folded: str, origin: list[int]) -> list[tuple[int, int, str]]:
    """Words and numbers with their places; "mtxStart" and "CellCept" have two parts each."""
    parts = []
    for word in _WORD.finditer(folded):
        start, end = word.span()
        begin = start
        for place in range(start + 1, end):
            if text[origin[place]].isupper() and text[origin[place - 1]].islower():
                parts.append((begin, place, folded[begin:place]))
                begin = place
        parts.append((begin, end, folded[begin:end]))
    return parts


def _match(
    text: str, folded: str, origin: list[int], parts: list[tuple[int, int, str]], at: int, names: _Names
) -> tuple[Ingredient, int, bool] | None:
    """Find the longest name that begins with a part: the drug, how many parts, and whether it was guessed."""
    best: tuple[Ingredient, int, bool] | None = None
    joined = ""
    widest = min(len(parts), at + _MOST_PARTS)
    for last in range(at, widest):
        if last > at and not _BETWEEN.fullmatch(folded, parts[last - 1][1], parts[last][0]):
            break
        joined += parts[last][2]
        ingredient = names.by_name.get(joined)
        if ingredient is None and len(joined) > 3 and joined.endswith("s"):
            ingredient = names.by_name.get(joined[:-1])
        if ingredient is None and joined in names.beginnings:
            ingredient = names.as_written.get(text[origin[parts[at][0]] : origin[parts[last][1] - 1] + 1])
        if ingredient is not None:
            best = (ingredient, last + 1 - at, False)
        elif joined not in names.beginnings:
            break
    if best is not None:
        return best
    # A word is tried whole before its parts: "hydroxyChloriquine" is one word to whoever typed it.
    whole = at
    while whole + 1 < widest and parts[whole][1] == parts[whole + 1][0] and parts[whole + 1][2].isalpha():
        whole += 1
    name = names.spellings.find_name("".join(part[2] for part in parts[at : whole + 1]))
    return (names.by_name[name], whole + 1 - at, True) if name is not None else None
