"""The compact notation of daily doses that a clinician can check: `0-4: 60 mg; 5-: ? unit [0..8]`."""

from __future__ import annotations

import re

from refractory.exposures.sig import DoseStep, Sig

_STEP = re.compile(r"(\d+)-(\d*): (\?|[\d./]+) ?([^\[ ]*)(?: \[([\d./]*)\.\.([\d./]*)\])?")


def _number(written: str) -> float | None:
    if written in ("", "?"):
        return None
    upper, _, lower = written.partition("/")
    return float(upper) / float(lower or 1)


def read_notation(written: str) -> list[DoseStep]:
    """Read steps as the corpus writes them; a fraction such as 15/7 is a division."""
    steps = []
    for part in filter(None, (part.strip() for part in written.split(";"))):
        found = _STEP.fullmatch(part)
        assert found, part
        first, last, amount, unit, least, most = found.groups("")
        steps.append(
            DoseStep(int(first), int(last) if last else None, _number(amount), unit, _number(least), _number(most))
        )
    return steps


def _same_number(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) <= 1e-6 * max(1.0, abs(other))


def have_same_steps(found: Sig, expected: list[DoseStep]) -> bool:
    """Say whether a reading has the expected steps, to a millionth."""
    return len(found.steps) == len(expected) and all(
        (ours.first_day, ours.last_day, ours.unit) == (theirs.first_day, theirs.last_day, theirs.unit)
        and _same_number(ours.per_day, theirs.per_day)
        and _same_number(ours.least_per_day, theirs.least_per_day)
        and _same_number(ours.most_per_day, theirs.most_per_day)
        for ours, theirs in zip(found.steps, expected, strict=True)
    )
