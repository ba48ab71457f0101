"""The answers of all persons by all rules of a study, from what the store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from refractory.cohort.criteria import Leaves
from refractory.dates import Window
from refractory.outcomes.evidence import read_events, read_labels
from refractory.outcomes.judging import (
    classify_by_event,
    classify_by_label,
    classify_by_score,
    combine_all,
    combine_any,
)
from refractory.outcomes.response import Assessment, Response, ResponseRule
from refractory.outcomes.scores import InstrumentUses, find_scale, is_of_change, read_assessments, read_kept_scores
from refractory.records.store import Store

Seen = dict[int, list[Assessment]]


@dataclass(frozen=True)
class Evidence:
    """Where the answers come from.

    Args:
        store: Holds the records, the labels and the table of persons.
        leaves: The leaf concept sets of each concept set.
        instruments: The instruments of the study by name.
        persons: Name of the kept table of persons.
        until: Last day of observation by person; empty where the source knows none.
        has_kept_scores: Whether the store holds the scores of these persons' visits, from scores.keep_scores.
    """

    store: Store
    leaves: Leaves
    instruments: InstrumentUses
    persons: str
    until: Mapping[int, date]
    has_kept_scores: bool = False
    _labels: dict[str, Seen] = field(default_factory=dict)
    _scores: dict[tuple[object, ...], Seen] = field(default_factory=dict)

    def read_labels(self, item: str) -> Seen:
        """Read the labels of an item, once for all rules."""
        if item not in self._labels:
            self._labels[item] = read_labels(self.store, self.persons, item)
        return self._labels[item]

    def read_scores(self, name: str, baseline: Window, day0: Mapping[int, date]) -> Seen:
        """Read a score; that of an instrument of change depends on day 0 and on the baseline window."""
        # Without a change in it, a score is the same whatever day 0 is.
        depends = is_of_change(name, self.instruments)
        key = (name, baseline, tuple(day0.items())) if depends else (name,)
        if key not in self._scores and name in self.instruments and not depends and self.has_kept_scores:
            self._scores[key] = read_kept_scores(self.store, name)
        elif key not in self._scores:
            self._scores[key] = read_assessments(
                self.store, self.persons, name, self.leaves, self.instruments, day0=day0, baseline=baseline
            )
        return self._scores[key]


def classify_persons(evidence: Evidence, day0: Mapping[int, date], rule: ResponseRule) -> dict[int, Response]:
    """Classify every person by one rule that stands for itself.

    Args:
        evidence: Where the answers come from.
        day0: Time zero by person.
        rule: The rule; not one that takes others together.
    """
    if rule.event:
        events = read_events(evidence.store, evidence.persons, evidence.leaves[rule.event])
        return {
            person: classify_by_event(events.get(person, []), evidence.until.get(person), day, rule)
            for person, day in day0.items()
        }
    if rule.label:
        seen = evidence.read_labels(rule.label)
        return {person: classify_by_label(seen.get(person, []), day, rule) for person, day in day0.items()}
    name = rule.score or ""
    scores, scale = evidence.read_scores(name, rule.baseline, day0), find_scale(name, evidence.instruments)
    return {person: classify_by_score(scores.get(person, []), day, rule, scale) for person, day in day0.items()}


def classify_rules(
    evidence: Evidence, day0: Mapping[int, date], rules: Sequence[ResponseRule]
) -> list[dict[int, Response]]:
    """Classify every person by every rule, those that take others together after those.

    Args:
        evidence: Where the answers come from.
        day0: Time zero by person.
        rules: The rules of a study; those named by others are among them.

    Returns:
        One answer per person for each rule, in the order of the rules.
    """
    simple = {place: classify_persons(evidence, day0, rule) for place, rule in enumerate(rules) if not rule.parts}
    by_name = {rules[place].name: answers for place, answers in simple.items()}
    found = []
    for place, rule in enumerate(rules):
        if not rule.parts:
            found.append(simple[place])
            continue
        combine = combine_all if rule.all_of else combine_any
        found.append({person: combine([by_name[part][person] for part in rule.parts]) for person in day0})
    return found
