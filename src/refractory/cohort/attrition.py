"""Attrition: one step a criterion, counted as the cohort is built, so that the flow chart cannot disagree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class AttritionStep:
    """One criterion of the study and whom it left.

    Args:
        criterion: Short name, unique in the study ("Refractory").
        sentence: The criterion as a sentence of the protocol.
        reason: Why somebody is lost here, as the flow chart says it ("Fewer than 2 systemic drugs before").
        persons_before: Persons with at least one candidate day zero before this criterion.
        persons_after: The same after it.
        records_before: Candidate days zero before; None where they are not told.
        records_after: Candidate days zero after; None where they are not told.
    """

    criterion: str
    sentence: str
    reason: str
    persons_before: int
    persons_after: int
    records_before: int | None
    records_after: int | None

    @property
    def persons_lost(self) -> int:
        """Persons whose last candidate day zero this criterion took away."""
        return self.persons_before - self.persons_after

    @property
    def records_lost(self) -> int | None:
        """Candidate days zero that this criterion took away; None where they are not told."""
        if self.records_before is None or self.records_after is None:
            return None
        return self.records_before - self.records_after


@later
def derive_losses(kept: Sequence[ir.Table], criteria: Sequence[str]) -> ir.Table:
    """Say at which criterion each person was lost.

    Args:
        kept: The candidates before the first criterion, and after each of them.
        criteria: The names of the criteria, one fewer than tables.

    Returns:
        One row per person lost: person_id, criterion.
    """
    import ibis

    losses = []
    for before, after, criterion in zip(kept, kept[1:], criteria, strict=False):
        lost = before.select("person_id").distinct().anti_join(after, "person_id")
        losses.append(lost.mutate(criterion=ibis.literal(criterion)))
    return ibis.union(*losses, distinct=False)


class Attrition:
    """The steps so far; each keeps its candidates under a name of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.steps: list[AttritionStep] = []
        self.kept: list[str] = []

    def start(self, table: ir.Table, criterion: str, sentence: str) -> ir.Table:
        """Begin with the candidates before any criterion."""
        kept = self._keep(table)
        persons, records = self.store.tally(self.kept[-1])
        self.steps.append(AttritionStep(criterion, sentence, "", persons, persons, records, records))
        return kept

    def require(self, table: ir.Table, criterion: str, sentence: str, reason: str) -> ir.Table:
        """Keep the candidates that a criterion left, and note the step."""
        before = self.steps[-1]
        kept = self._keep(table)
        persons, records = self.store.tally(self.kept[-1])
        self.steps.append(
            AttritionStep(criterion, sentence, reason, before.persons_after, persons, before.records_after, records)
        )
        return kept

    def _keep(self, table: ir.Table) -> ir.Table:
        self.kept.append(f"candidates_{len(self.kept)}")
        return self.store.keep(self.kept[-1], table)
