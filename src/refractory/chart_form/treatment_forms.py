"""The forms of drugs: what came before and beside, glucocorticoid doses, and the studied treatment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from refractory.chart_form.fields import Destination, Form, FormField, ask_for_person
from refractory.chart_form.terms import Term

if TYPE_CHECKING:
    from refractory.protocol import Protocol

# Where the protocol names no reasons of its own.
_STOP_REASONS = ("did not work", "side effect", "not needed any more", "person's wish", "other")
_MOST_MG, _MOST_GRAMS, _MOST_KG = 5000, 400, 300
_LAST_DAY_NOTE = "Where it goes on: the last day on which it is known to be taken."


def build_drug_form(protocol: Protocol, choices: tuple[str, ...], why: str) -> Form | None:
    """Build the form of the drugs before and beside the studied treatment; None where the study asks for none."""
    if not choices:
        return None
    rule = protocol.refractory
    fields = [
        ask_for_person(),
        FormField("what", "Drug", "Which drug?", "choice", why, choices, is_required=True),
        FormField("start", "Start", "First day on the drug", "date", why, is_required=True),
        FormField(
            "stop", "Stop", "Last day on the drug", "date", why, is_required=True, after="start", note=_LAST_DAY_NOTE
        ),
    ]
    columns = {"what": "what", "start": "start", "end": "stop"}
    dosed = _why_dosed(protocol)
    if dosed:
        fields.append(
            FormField(
                "dose", "Dose and how often", "At which dose, and how often? A new row where it changes.", "text",
                dosed, note="As the chart has it: 15 mg weekly; 1000 mg twice daily.",
            )
        )  # fmt: skip
        columns["directions"] = "dose"
    routes = list(rule.routes) if rule else []
    routes += [one for one in (protocol.lines.routes if protocol.lines else ()) if one not in routes]
    if routes:
        asked = ", ".join(f"{name}.routes" for name in ("refractory", "lines") if getattr(protocol, name))
        fields.append(_ask_for_route(tuple(routes), asked))
        columns["route"] = "route"
    if rule:
        reasons = (*rule.reasons, "other") if rule.reasons else _STOP_REASONS
        fields.append(
            FormField(
                "why_stopped", "Why stopped", "Why was it stopped?", "choice",
                "refractory.reasons" if rule.reasons else "refractory (printed in the proof of each person)", reasons,
                is_open=not rule.reasons,
                note="Whether a drug failed is decided by the study's rule, from days, doses and these reasons.",
            )
        )  # fmt: skip
        columns["stop_reason"] = "why_stopped"
    row = "One row per drug and stretch of time, the earlier ones and those beside the treatment."
    return Form("drug", "Other drugs", row, tuple(fields), (Destination("drug", columns),))


def build_glucocorticoid_form(protocol: Protocol, choices: tuple[str, ...]) -> Form | None:
    """Build the form of glucocorticoid doses; None where no dose is compared."""
    if not choices or protocol.sparing is None:
        return None
    why = "sparing.glucocorticoid" + (", refractory.among" if protocol.refractory else "")
    fields = (
        ask_for_person(),
        FormField("what", "Drug", "Which glucocorticoid?", "choice", why, choices, is_required=True),
        FormField("start", "From", "First day at this dose", "date", why, is_required=True),
        FormField(
            "stop", "To", "Last day at this dose", "date", why, is_required=True, after="start", note=_LAST_DAY_NOTE
        ),
        FormField(
            "dose", "Dose", "Dose in mg of this drug a day", "number", why, least=0, most=_MOST_MG, is_limit=False,
            unit="mg a day", is_required=True,
            note="As written, not as prednisone: the study converts it.",
        ),
        _ask_for_route(protocol.sparing.routes, "sparing.routes"),
    )  # fmt: skip
    columns = {"what": "what", "start": "start", "end": "stop", "daily_dose": "dose", "route": "route"}
    return Form(
        "gc", "Glucocorticoid doses", "One row per stretch of time at one dose; a new row where the dose changes.",
        fields, (Destination("drug", columns, {"unit": "mg"}),),
    )  # fmt: skip


def build_treatment_form(protocol: Protocol, choices: tuple[str, ...], terms: Mapping[str, tuple[Term, ...]]) -> Form:
    """Build the form of the studied treatment: each infusion day, or each stretch on the drug."""
    treatment = protocol.treatment
    columns: dict[str, str] = {}
    text: dict[str, str] = {}
    fields = [ask_for_person()]
    if len(choices) > 1:
        fields.append(FormField("what", "Product", "What was given?", "choice", "treatment", choices, is_required=True))
        columns["what"] = "what"
    else:
        text["what"] = choices[0]
    if treatment.cycle is None:
        fields += [
            FormField("start", "Start", f"First day on {treatment.concept}", "date", "treatment", is_required=True),
            FormField(
                "stop", "Stop", f"Last day on {treatment.concept}", "date", "treatment.persistence", is_required=True,
                after="start", note=_LAST_DAY_NOTE,
            ),
        ]  # fmt: skip
        columns |= {"start": "start", "end": "stop"}
    else:
        fields += [
            FormField("date", "Date", "On which day was it infused?", "date", "treatment", is_required=True),
            FormField(
                "grams", "Dose in grams", "How many grams were infused on this day?", "number", "treatment.cycle",
                least=0, most=_MOST_GRAMS, is_limit=False, unit="g", note="Grams in all, not per kg.",
            ),
        ]  # fmt: skip
        columns |= {"start": "date", "end": "date", "dose": "grams"}
        text["unit"] = "g"
    if treatment.routes:
        likely = ("intravenous", "subcutaneous") if treatment.cycle else ("oral",)
        fields.append(_ask_for_route(treatment.routes, "treatment.routes", likely))
        columns["route"] = "route"
    destinations = [Destination("drug", columns, text)]
    if treatment.cycle and treatment.cycle.weight:
        fields.append(
            FormField(
                "weight", "Weight in kg", "Body weight on this day", "number", "treatment.cycle.weight", least=1,
                most=_MOST_KG, is_limit=False, unit="kg",
            )
        )  # fmt: skip
        what = terms[protocol.leaves[treatment.cycle.weight][0]][0].text
        weighed = {"what": what, "unit": "kg"}
        destinations.append(Destination("measurement", {"value": "weight", "date": "date"}, weighed))
    title, row = ("Infusions", "One row per infusion day.") if treatment.cycle else ("Treatment", "One row per course.")
    return Form("inf" if treatment.cycle else "tx", title, row, tuple(fields), tuple(destinations))


def _ask_for_route(routes: tuple[str, ...], why: str, likely: tuple[str, ...] = ("oral", "topical")) -> FormField:
    """Ask for the route: those that the study counts, and those that a chart is likely to have beside them."""
    choices = tuple(dict.fromkeys((*routes, *likely, "other")))
    return FormField(
        "route", "Route", "How was it given?", "choice", why, choices, note=f"The study counts {', '.join(routes)}."
    )


def _why_dosed(protocol: Protocol) -> str:
    asked = ["sparing.steroid_sparing"] if protocol.sparing and protocol.sparing.steroid_sparing else []
    rule = protocol.refractory
    if rule and any(one.dose for one in (*rule.adequate.values(), rule.otherwise)):
        asked.append("refractory.adequate")
    return ", ".join(asked)
