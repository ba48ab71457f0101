"""What directions ("sigs") say of the doses of exposures, read once for all records that bear the same words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from refractory.exposures.sig import Sig, read_fhir_dosage, read_sig

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.store import Store

# One row per text that says all of its doses.
SIG = {
    "sig": "string",
    "counts_units": "boolean",  # its amounts are tablets or the like, not mg
    "days": "int64",  # days that it is for; null where it says no end
    "per_day": "float64",  # its one daily amount; null where it has several
}
# One row per text and stretch of days; together they hold every day from 0 on.
SIG_STEP = {
    "sig": "string",
    "first_day": "int64",  # from the start of the exposure
    "last_day": "int64",  # null until the exposure ends
    "amount": "float64",  # a day; 0 where the text leaves days free or says the end; null where it goes on in silence
}


@dataclass(frozen=True)
class WrittenDoses:
    """What the directions of the records say, where they say it wholly.

    Args:
        sigs: One row per text, as in SIG.
        steps: One row per text and stretch of days, as in SIG_STEP.
    """

    sigs: ir.Table
    steps: ir.Table


def keep_written_doses(store: Store) -> WrittenDoses | None:
    """Read the directions of all drug records and keep what they say as `sig` and `sig_step`.

    Returns:
        The kept tables; None where no direction says a dose: nothing has then to be joined.
    """
    drug = store.table("drug")
    texts = [text for (text,) in store.rows(drug.filter(drug.sig.notnull()).select("sig").distinct())]
    sigs, steps = read_written_doses(sorted(texts))
    if not sigs:
        return None
    return WrittenDoses(store.add("sig", SIG, sigs), store.add("sig_step", SIG_STEP, steps))


def read_written_doses(
    texts: Iterable[str],
) -> tuple[list[tuple[str, bool, int | None, float | None]], list[tuple[str, int, int | None, float | None]]]:
    """Read directions into rows of SIG and SIG_STEP.

    Only a text that is understood to its last word, and that leaves no dose open, says anything: a wrong number is
    worse than the one that quantity and days give. Amounts in mL, per kg or in units of activity are not used.

    Example:
        >>> sigs, steps = read_written_doses(["2 tablets daily for 5 days, then stop", "as directed"])
        >>> sigs
        [('2 tablets daily for 5 days, then stop', True, 5, 2.0)]
        >>> [stretch for _, *stretch in steps]
        [[0, 4, 2.0], [5, None, 0.0]]
    """
    sigs: list[tuple[str, bool, int | None, float | None]] = []
    steps: list[tuple[str, int, int | None, float | None]] = []
    for text in texts:
        found = _read_text(text)
        if found is None:
            continue
        counts_units, days, per_day, stretches = found
        sigs.append((text, counts_units, days, per_day))
        steps += [(text, *stretch) for stretch in stretches]
    return sigs, steps


_Stretches = tuple[tuple[int, int | None, float | None], ...]


# A study reads its directions once, and the checks of its cohort read them again.
@lru_cache(maxsize=10_000)
def _read_text(text: str) -> tuple[bool, int | None, float | None, _Stretches] | None:
    """Say of one direction whether it counts units, for how many days it is, its one dose and its stretches."""
    said = _read_structure(text) if text.startswith("[{") else read_sig(text)
    unit = _find_unit(said)
    if unit is None:
        return None
    days = said.steps[-1].last_day if said.stops else None
    one = said.steps[0].per_day if len(said.steps) == 1 and said.steps[0].first_day == 0 else None
    return unit == "unit", None if days is None else days + 1, one, tuple(_fill_days(said))


def _read_structure(text: str) -> Sig:
    """Read the dosages of a record of FHIR, which come as the JSON that they are."""
    try:
        return read_fhir_dosage(json.loads(text))
    except (ValueError, RecursionError):
        return read_sig(text)


def _find_unit(said: Sig) -> str | None:
    """Return the one unit of a direction that says every dose; None of any other."""
    units = {step.unit for step in said.steps if step.per_day is not None and not step.is_as_needed}
    is_whole = not said.unread and bool(said.steps) and all(step.per_day is not None for step in said.steps)
    if not is_whole or len(units) != 1 or not units <= {"mg", "unit"}:
        return None
    return units.pop()


def _fill_days(said: Sig) -> list[tuple[int, int | None, float | None]]:
    """Lay the days between the steps beside them: nothing is taken then; after the last step as the text says."""
    stretches: list[tuple[int, int | None, float | None]] = []
    reached = 0
    for step in said.steps:
        if step.first_day > reached:
            stretches.append((reached, step.first_day - 1, 0.0))
        stretches.append((step.first_day, step.last_day, step.per_day))
        if step.last_day is None:
            return stretches
        reached = step.last_day + 1
    return [*stretches, (reached, None, 0.0 if said.stops else None)]
