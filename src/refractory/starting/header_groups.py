"""Names above a header that stand for several columns and are not merged: as far as each reaches to the right."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.starting.words import spell_name

Span = tuple[int, int, int, int]  # first line, first column, last line, last column, each from 1
# What tells little of a column without a name above it, in six languages.
_LITTLE = """
start started begin begun first stop stopped end ended last date dates day days dose doses dosage daily total
amount number cycle cycles course courses infusions before after pre post baseline bl fu until since from
week weeks wk month months mo year years yr reason effect duration length freq frequency route given ever used
beginn anfang seit von bis ende datum tag tage dosis anzahl zyklen gaben vor nach wirkung grund dauer woche monat
debut fin jusqu depuis nombre cures avant apres motif duree semaine mois jour
inicio desde hasta fecha numero ciclos antes despues motivo duracion semana mes dia
inizio fine dal data dosi cicli prima dopo durata settimana mese giorno
eind einddatum startdatum begindatum aantal kuren voor na reden duur
"""
_BESIDE = "# no nr n of and to on at in max min the 1 st nd rd th / g mg kg d w m y wk iu ml % de der la le"
_TELLING_LITTLE, _TELLING_NOTHING = frozenset(_LITTLE.split()), frozenset(_BESIDE.split())


def needs_a_group(name: str) -> bool:
    """Say whether the name of a column tells little without a name above it.

    Example:
        >>> [needs_a_group(one) for one in ("Start date", "Dose (g/kg)", "# cycles", "Week 12", "mg")]
        [True, True, True, True, False]
        >>> [needs_a_group(one) for one in ("Sex", "Date of birth", "MTX start", "Response")]
        [False, False, False, False]
    """
    parts = spell_name(name).split()
    known = [part in _TELLING_LITTLE for part in parts]
    return any(known) and all(
        is_known or part in _TELLING_NOTHING or part.isdigit() for is_known, part in zip(known, parts, strict=True)
    )


def find_spans(above: Sequence[str], below: Sequence[str], line: int, merged: Sequence[Span]) -> tuple[Span, ...]:
    """Find how far names reach to the right that stand above a header and are not merged.

    Such a name holds for its own column and for the next ones, as long as nothing stands above them and their own
    names tell little: "IVIG" above "Start", "Dose" and "Cycles", and not above "Response".

    Args:
        above: Cells of the line with such names.
        below: Cells of the line below it.
        line: Number of the line above, from 1.
        merged: Cells that the sheet itself merges.

    Example:
        >>> find_spans(["", "IVIG", "", "", ""], ["ID", "Start", "Dose", "Response", "Stop"], 1, ())
        ((1, 2, 1, 3),)
    """
    covered = {at for first, left, last, right in merged if first <= line <= last for at in range(left, right + 1)}
    spans = []
    for at, name in enumerate(above):
        if not name or at + 1 in covered or not _is_open(below, at):
            continue
        last = at
        while _is_open(below, last + 1) and last + 2 not in covered and not any(above[last + 1 : last + 2]):
            last += 1
        if last > at:
            spans.append((line, at + 1, line, last + 1))
    return tuple(spans)


def _is_open(names: Sequence[str], at: int) -> bool:
    return at < len(names) and needs_a_group(names[at])


def is_line_below(names: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether the line below a header goes on with it: under some names only, and each of its own tells little.

    Args:
        names: Cells of the header.
        below: Cells of the next line.

    Example:
        >>> is_line_below(["ID", "Sex", "IVIG", "", ""], ["", "", "start", "dose", "cycles"])
        True
        >>> is_line_below(["ID", "Sex", "IVIG"], ["1", "F", "first day"])
        False
    """
    said = [at for at, cell in enumerate(below) if cell]
    has_gap = any(at >= len(names) or not names[at] for at in said)
    return len(said) >= 2 and has_gap and all(needs_a_group(below[at]) for at in said)
