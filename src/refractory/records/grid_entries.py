"""Entries of a cell that says what a record is: each with its text, its codings and, of a drug, its route."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refractory.records.cell_words import is_ditto
from refractory.records.drug_stems import find_unlisted_drugs
from refractory.records.from_drug_names import DrugMention, find_drug_mentions
from refractory.records.grid_cells import NOT_USED, RecordCells
from refractory.records.grid_codes import CodeBook, count_codes, read_codes
from refractory.records.staging import Coding


@dataclass(frozen=True)
class Entry:
    """One thing that a cell names.

    Args:
        text: What is written of it.
        codings: Its codes; empty where it has none.
        route: How the name of a drug says that it is given (IVIG); empty where it does not.
        directions: What is written beside the name of a drug, where it may hold a dose.
    """

    text: str
    codings: tuple[Coding, ...] = ()
    route: str = ""
    directions: str = ""


def find_entries(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[Entry]:
    """Find each entry of the cell that says what a record is, with its codings.

    The codes in a column of their own come first, then those that the mapping gives the text; a drug without either
    is found by its name. A text of several drugs is an entry each; a drug that the text denies is none.

    Args:
        cells: The cells of the record.
        codes: The codes of the mapping; counts the texts that have none.
        grid: Name of the grid, for that count.
    """
    kind, written, column = cells.plan.definition.kind, cells.text("what"), cells.column("what")
    if column and is_ditto(written):
        cells.tell(column, "stands for the cell above", NOT_USED)
        return
    if not written:
        return
    vocabulary = cells.text("vocabulary")
    own = _read_own_codes(cells, written, vocabulary)
    if own:
        yield Entry(written, (*own, *(_only_drug(written) if kind == "drug" else ())))
        return
    for text in split_entries(written, cells.plan.definition.split):
        found = codes.find(kind, text)
        if found is not None:
            yield Entry(text, found, _route(text) if kind == "drug" else "", _directions(text))
        elif vocabulary and "code" not in cells.plan.names and (coded := read_codes(text, vocabulary)):
            yield Entry(text, tuple(Coding(system, code) for system, code in coded))
        elif kind == "drug" and (mentions := find_drug_mentions(text)):
            yield from _name_drugs(text, mentions, cells, codes, grid)
        else:
            codes.count_uncoded(grid, kind, column, text)
            yield Entry(text, directions=_directions(text))


def split_entries(text: str, marks: Sequence[str]) -> list[str]:
    """Split a cell at marks between its entries.

    Example:
        >>> split_entries("MTX, MMF; HCQ/pred", (",", ";", "/"))
        ['MTX', 'MMF', 'HCQ', 'pred']
    """
    if not marks:
        return [text]
    parts = re.split("|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)), text)
    return [part.strip() for part in parts if part.strip()] or [text]


def _name_drugs(
    text: str, mentions: Sequence[DrugMention], cells: RecordCells, codes: CodeBook, grid: str
) -> Iterator[Entry]:
    column = cells.column("what")
    if find_unlisted_drugs(text, [(one.start, one.end) for one in mentions]):
        cells.tell(column, "beside drugs that are known a word that ends as names of drugs do", "no record of it")
    for place, one in enumerate(mentions):
        if one.is_denied:
            cells.tell(column, "the text says of a drug that it was not given", "no record of it")
            continue
        if one.is_guessed:
            cells.tell(column, "a misspelt name was taken for a drug", "used so")
        until = mentions[place + 1].start if place + 1 < len(mentions) else len(text)
        said = text if len(mentions) == 1 else text[one.start : until].strip(" ,;/+&(")
        found = codes.find("drug", text[one.start : one.end])
        found = codes.find("drug", one.ingredient.name) if found is None else found
        if found is None and one.ingredient.rxnorm:
            found = (Coding("RxNorm", one.ingredient.rxnorm, one.ingredient.name),)
        directions = _directions(said)
        if found is None:  # "steroids", "JAKi": it goes by the name that the list of drug names has for it
            codes.count_uncoded(grid, "drug", column, said)
            said = one.ingredient.name
        yield Entry(said, found or (), one.ingredient.route, directions)


def _only_drug(text: str) -> tuple[Coding, ...]:
    """Return the coding of the drug that a text names, where it names one and no other."""
    mentions = find_drug_mentions(text)
    plain = {one.ingredient for one in mentions if not one.is_denied and not one.is_guessed and one.ingredient.rxnorm}
    if len(plain) != 1 or len(plain) != len({one.ingredient for one in mentions}):
        return ()
    (drug,) = plain
    return (Coding("RxNorm", drug.rxnorm, drug.name),)


def _route(text: str) -> str:
    """Return the route that the names of drugs in a text tell, where they tell one."""
    told = {one.ingredient.route for one in find_drug_mentions(text)}
    return told.pop() if len(told) == 1 else ""


def _directions(text: str) -> str:
    return text if any(one.isdigit() for one in text) else ""


def _read_own_codes(cells: RecordCells, text: str, vocabulary: str) -> tuple[Coding, ...]:
    code = cells.text("code")
    if not code:
        return ()
    found = read_codes(code, vocabulary)
    if len(found) < count_codes(code):
        cells.tell(cells.column("code"), "a code without its coding system", NOT_USED)
    return tuple(Coding(system, one, text) for system, one in found)
