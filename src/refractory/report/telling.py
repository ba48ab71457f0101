"""Sentences in which every number is one of the results, and carries its id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from refractory.analysis.results import NamedEstimate, Results
from refractory.numbers import format_count, format_estimate
from refractory.report.answer import find_estimate
from refractory.statistics.estimate import Estimate, EstimateKind

_HOLE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence; a number carries the id of the estimate that it is."""

    text: str
    result: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Paragraph:
    """A headed paragraph."""

    heading: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The paragraph as plain text."""
        return " ".join(sentence.text for sentence in self.sentences)


def print_estimate(estimate: Estimate, unit: str = "") -> str:
    """Print an estimate inside a sentence, with its unit behind the figure."""
    figure, bracket, rest = format_estimate(estimate).partition(" (")
    said = f"{figure} {unit}".rstrip()
    if estimate.kind is EstimateKind.MEAN and estimate.sd is None:
        return f"{said} (n = {format_count(estimate.n)})"
    if estimate.kind is EstimateKind.MEAN:
        return f"{said} (mean ± SD; n = {format_count(estimate.n)})"
    return f"{said}{bracket}{rest}"


class Teller:
    """Says sentences in which every number is one of the results; a sentence that lacks one is not said."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def find(self, estimate_id: str) -> NamedEstimate | None:
        """Return an estimate that has a number."""
        named = find_estimate(self._results, estimate_id)
        return named if named is not None and named.estimate.value is not None else None

    def tell(self, pattern: str, *ids: str) -> Iterator[Sentence]:
        """Say a sentence: {} in the pattern is the next result, {days} the same with its unit behind the figure."""
        found = [named for one in ids if (named := self.find(one)) is not None]
        if len(found) < len(ids):
            return
        parts = _HOLE.split(pattern)
        pieces: list[Piece] = []
        # Text and unit take turns, and end with text.
        for text, unit, named in zip(parts[::2], parts[1::2], found, strict=False):
            pieces += [Piece(text)] if text else []
            pieces.append(Piece(print_estimate(named.estimate, unit), named.id))
        pieces += [Piece(parts[-1])] if parts[-1] else []
        yield Sentence(tuple(pieces))
