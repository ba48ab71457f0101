"""What each reviewer alone would have said of a person's response, where several read the same chart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from refractory.dates import PartialDate
from refractory.outcomes.judging import classify_by_label
from refractory.outcomes.response import Assessment, ResponseRule, ResponseStatus
from refractory.records.adjudicated import CONSENSUS
from refractory.records.store import Store


def read_answers_by_reviewer(
    store: Store, day0: Mapping[int, date], rule: ResponseRule
) -> dict[str, dict[int, ResponseStatus]]:
    """Judge each person by the labels of one reviewer after the other, the consensus left aside.

    Only labels count that at least two reviewers wrote about the same date: what one saw in winter and the other in
    summer is no disagreement.

    Args:
        store: Holds `label`, as it was written, and `cohort`.
        day0: Time zero by person.
        rule: A rule by label.

    Returns:
        By reviewer, in alphabetical order, the answer for each person of whom that reviewer wrote the item.
    """
    labels = store.table("label")
    said = labels.filter(
        (labels.item.lower().strip() == (rule.label or "").lower().strip()) & labels.reviewer.notnull()
    )
    said = said.semi_join(store.table("cohort"), "person_id").order_by(["person_id", "row_id"])
    rows = [
        (person, reviewer.strip().lower(), value.strip().lower(), (earliest, latest))
        for person, reviewer, value, earliest, latest, _ in store.rows(
            said.select("person_id", "reviewer", "value", "earliest", "latest", "row_id")
        )
    ]
    rows = [row for row in rows if row[1] not in ("", CONSENSUS)]
    reviewers: dict[object, set[str]] = {}
    for person, name, _, when in rows:
        reviewers.setdefault((person, when), set()).add(name)
    seen: dict[str, dict[int, list[Assessment]]] = {}
    for person, name, value, (earliest, latest) in rows:
        if len(reviewers[person, (earliest, latest)]) > 1:
            dated = PartialDate(earliest, latest) if earliest else None
            seen.setdefault(name, {}).setdefault(person, []).append(Assessment(dated, value=value))
    return {
        name: {person: classify_by_label(own, day0[person], rule).status for person, own in by_person.items()}
        for name, by_person in sorted(seen.items())
    }
