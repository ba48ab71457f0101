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
    seen: dict[str, dict[int, list[Assessment]]] = {}
    for person, reviewer, value, earliest, latest, _ in store.rows(
        said.select("person_id", "reviewer", "value", "earliest", "latest", "row_id")
    ):
        name = reviewer.strip().lower()
        if name in ("", CONSENSUS):
            continue
        when = PartialDate(earliest, latest) if earliest else None
        assessment = Assessment(when, value=None if value is None else value.strip().lower())
        seen.setdefault(name, {}).setdefault(person, []).append(assessment)
    return {
        name: {person: classify_by_label(own, day0[person], rule).status for person, own in by_person.items()}
        for name, by_person in sorted(seen.items())
    }
