"""What was seen of each person after day 0, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from refractory.outcomes.assess import Patient
from refractory.records.store import Store

FOLLOW_UP = {
    "person_id": "int64",
    "seen_until_day": "int64",
    "first_response_day": "int64",
    "response_day": "int64",
    "stop_day": "int64",
    "loss": "string",
    "loss_day": "int64",
    "restart_day": "int64",
    "again": "string",
    "best_day": "int64",
    "best_gain": "float64",
}


def add_follow_up(store: Store, patients: Iterable[Patient]) -> None:
    """Add the table "follow_up": one row per person, in days from day 0."""
    rows = []
    for one in patients:
        if one.followed is None:
            continue
        seen = one.followed.follow_up
        rows.append(
            (
                one.member.person_id, seen.seen_until_day, seen.first_response_day, seen.response_day, seen.stop_day,
                seen.loss.value if seen.loss else None, seen.loss_day, seen.restart_day,
                seen.again.value if seen.again else None, seen.best_day, seen.best_gain,
            )
        )  # fmt: skip
    store.add("follow_up", FOLLOW_UP, rows)
