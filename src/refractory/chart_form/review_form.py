"""The form of the review: what a reader of the chart judged, with the day that it is of and who judged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.chart_form.fields import Destination, Form, FormField, ask_for_person

if TYPE_CHECKING:
    from refractory.protocol import Protocol

_STOP_REASONS = ("responded", "did not work", "side effect", "cost or insurance", "person's wish", "other")


@dataclass(frozen=True)
class _Label:
    """An item that a reviewer judges."""

    item: str
    choices: tuple[str, ...]
    why: str
    question: str
    date_question: str
    is_open: bool = False


def build_review_form(protocol: Protocol) -> Form | None:
    """Build the form of the review; None where the study uses no label."""
    labels = _find_labels(protocol)
    if not labels:
        return None
    fields = [ask_for_person()]
    destinations = []
    for number, label in enumerate(labels, start=1):
        name = label.item[:1].upper() + label.item[1:]
        value, day = f"item{number}", f"item{number}_date"
        fields += [
            FormField(value, name, label.question, "choice", label.why, label.choices, is_open=label.is_open),
            FormField(
                day, f"{name}: date", label.date_question, "date", label.why, may_be_incomplete=True, only_with=value,
                note="The month or the year alone where the chart says no more: 2015-03.",
            ),
        ]  # fmt: skip
        columns = {"value": value, "date": day, "reviewer": "reviewer"}
        destinations.append(Destination("label", columns, {"item": label.item}))
    fields.append(
        FormField(
            "reviewer", "Reviewer", "Who judged?", "text", ", ".join(dict.fromkeys(label.why for label in labels)),
            note='Initials; "consensus" where several agreed on one answer.',
        )
    )  # fmt: skip
    row = "One row per person and reviewer; another row where something is judged again on another day."
    return Form("review", "Review", row, tuple(fields), tuple(destinations))


def _find_labels(protocol: Protocol) -> list[_Label]:
    found: dict[str, _Label] = {}
    treatment = protocol.treatment.concept
    for rule in protocol.response.rules:
        if not rule.label:
            continue
        before = found.get(rule.label)
        values = (*(before.choices if before else ()), *rule.positive, *(rule.negative or _opposite(rule.positive)))
        found[rule.label] = _Label(
            rule.label, tuple(dict.fromkeys(values)), "response",
            f"{rule.label[:1].upper()}{rule.label[1:]} after {treatment}, {rule.window} after the first day of it?",
            "On which day was it first seen? Of no response: the day of the last visit that was judged.",
        )  # fmt: skip
    active = protocol.refractory.active if protocol.refractory else None
    if active and active.label:
        found.setdefault(
            active.label,
            _Label(
                active.label, (*active.positive, *_opposite(active.positive)), "refractory.active",
                f"Was the disease active on {active.window}, day 0 being the first day of {treatment}?",
                "On which day was that seen?",
            ),
        )  # fmt: skip
    relapse = protocol.follow_up.relapse
    if relapse and relapse.label:
        found.setdefault(
            relapse.label,
            _Label(
                relapse.label, (*relapse.positive, *_opposite(relapse.positive)), "follow_up.relapse",
                "After a response: did the disease come back?", "On which day was that first seen?",
            ),
        )  # fmt: skip
    if protocol.safety and protocol.safety.stop_reason:
        found.setdefault(
            protocol.safety.stop_reason,
            _Label(
                protocol.safety.stop_reason, _STOP_REASONS, "safety.stop_reason",
                f"If {treatment} was stopped: why?", "On which day was it stopped?", is_open=True,
            ),
        )  # fmt: skip
    return list(found.values())


def _opposite(positive: tuple[str, ...]) -> tuple[str, ...]:
    return () if "no" in positive else ("no",)
