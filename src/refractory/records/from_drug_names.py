"""Names of drugs as people write them: generic, brand, abbreviation and common misspelling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ingredient:
    """A drug: its ingredient in RxNorm, and the name by which the reports call it."""

    rxnorm: str
    name: str


def find_ingredients(text: str) -> tuple[Ingredient, ...]:
    """Find the drugs that a text names, in the order in which it names them; each once."""
    return ()
