"""The form of persons: who they are, from when to when their chart is known, and whether they died."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.chart_form.fields import Destination, Form, FormField, ask_for_person

if TYPE_CHECKING:
    from refractory.protocol import Protocol


def build_person_form(protocol: Protocol) -> Form:
    """Build the form of persons."""
    sexes = ("female", "male", "unknown")
    birth = ["table 1"]
    birth += ["eligibility.age"] if protocol.eligibility.age else []
    birth += [
        f'feature "{one.name}"' for one in protocol.feature if one.age is not None or one.age_at_diagnosis is not None
    ]
    sex = ["table 1", *(f'feature "{one.name}"' for one in protocol.feature if one.sex)]
    observed = ["eligibility.observed_before"] if protocol.eligibility.observed_before else []
    followed = ["follow_up.until", *(["safety.until"] if protocol.safety else [])]
    fields = (
        ask_for_person("What is the person's number in this study?"),
        FormField(
            "birth", "Date of birth", "When was the person born?", "date", ", ".join(birth), is_identifier=True,
            may_be_incomplete=True, note="The year alone is enough where the day must not be copied: 1962.",
        ),
        FormField("sex", "Sex", "What sex does the chart record?", "choice", ", ".join(sex), sexes),
        FormField(
            "race", "Race", "What race does the chart record? Leave it empty where the chart says nothing.", "text",
            "table 1",
        ),
        FormField(
            "seen_from", "Observed from", "First day that the chart covers", "date", ", ".join((*observed, *followed)),
            is_required=True, note="From this day on nothing that matters would have escaped the chart.",
        ),
        FormField(
            "seen_to", "Observed to", "Last day that the chart covers", "date", ", ".join((*observed, *followed)),
            is_required=True, after="seen_from", note="The last visit, or the day of death.",
        ),
        FormField("died", "Date of death", "If the person died: on which day?", "date", ", ".join(followed)),
    )  # fmt: skip
    destinations = (
        Destination("person", {"birth": "birth", "sex": "sex", "race": "race"}),
        Destination("observed", {"start": "seen_from", "end": "seen_to"}),
        Destination("death", {"date": "died"}),
    )
    return Form(
        "person", "Persons", f"One row per person who ever had {protocol.treatment.concept}.", fields, destinations,
        is_repeated=False,
    )  # fmt: skip
