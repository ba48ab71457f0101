"""The code lists that ship with the program: codes with their names, what is known of them, and from where."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from refractory.codes import Code, Vocabulary, read_code
from refractory.records.members import Attributes

FOLDER = Path(__file__).parent.parent / "codelists"
DRUG_NAMES = FOLDER / "drug_names.csv"  # the one list of another shape


@dataclass(frozen=True)
class ListedCode:
    """One line of a code list.

    Args:
        list: Name of the list.
        code: The code.
        name: What the code stands for; the vocabulary's own name must share a word with it.
        attributes: Route, billing unit and prednisone factor, where they apply.
        confidence: S read in a source, C computed from one, G general knowledge, unverified.
        source: Where the line comes from.
    """

    list: str
    code: Code
    name: str
    attributes: Attributes
    confidence: str
    source: str


def read_code_list(name: str) -> tuple[ListedCode, ...]:
    """Read a shipped code list.

    Raises:
        ValueError: When no list of that name ships; the text names the nearest.

    Example:
        >>> [str(line.code) for line in read_code_list("dapsone") if line.code.vocabulary == "RxNorm"]
        ['3108+']
    """
    lists = _read_all()
    if name not in lists:
        near = get_close_matches(name, lists, n=1, cutoff=0.5)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        raise ValueError(f'no code list "{name}" ships with the program{meant} There are: {", ".join(sorted(lists))}')
    return lists[name]


def code_list_names() -> tuple[str, ...]:
    """List the names of the shipped code lists, sorted."""
    return tuple(sorted(_read_all()))


@cache
def _read_all() -> dict[str, tuple[ListedCode, ...]]:
    lists: dict[str, list[ListedCode]] = {}
    for path in sorted(set(FOLDER.glob("*.csv")) - {DRUG_NAMES}):
        with path.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                listed = _read_line(line)
                lists.setdefault(listed.list, []).append(listed)
    return {name: tuple(listed) for name, listed in lists.items()}


def _read_line(line: dict[str, str]) -> ListedCode:
    return ListedCode(
        list=line["list"],
        code=read_code(Vocabulary(line["vocabulary"]), line["code"]),
        name=line["name"],
        attributes=Attributes(
            route=line["route"] or None,
            mg_per_unit=float(line["mg_per_unit"]) if line["mg_per_unit"] else None,
            prednisone_factor=float(line["prednisone_factor"]) if line["prednisone_factor"] else None,
        ),
        confidence=line["confidence"],
        source=line["source"],
    )
