"""The forms of scores: the items of each instrument with their ranges, or the core measures of an improvement score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from refractory.chart_form.fields import Destination, Form, FormField, ask_for_person
from refractory.chart_form.terms import Term

if TYPE_CHECKING:
    from refractory.outcomes.instrument_use import InstrumentDefinition
    from refractory.protocol import Protocol

Terms = Mapping[str, tuple[Term, ...]]
LONGEST_TITLE = 31  # what a spreadsheet allows
_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def build_score_forms(protocol: Protocol, terms: Terms) -> list[Form]:
    """Build a form for each instrument: one row per visit."""
    forms = []
    for number, (name, one) in enumerate(protocol.instrument.items(), start=1):
        why = f'instrument "{name}"'
        fields = [ask_for_person(), FormField("date", "Date", "On which day?", "date", why, is_required=True)]
        asked = _ask_for_measures(one, why, terms) if one.is_of_change else _ask_for_items(name, one, why, terms)
        fields += [field for field, _ in asked]
        destinations = [destination for _, destination in asked if destination]
        if one.is_of_change:
            destinations = _join_limits(destinations)
        title = " ".join(name.translate(_NOT_IN_A_TITLE).split())[:LONGEST_TITLE].strip() or "Score"
        key = "score" if len(protocol.instrument) == 1 else f"score{number}"
        row = "One row per visit at which it was scored."
        if not one.is_of_change and one.unrecorded == "missing":
            row += " What is not there is 0; an empty cell is not known."
        forms.append(Form(key, title, row, tuple(fields), tuple(destinations)))
    return forms


def _ask_for_items(
    name: str, one: InstrumentDefinition, why: str, terms: Terms
) -> list[tuple[FormField, Destination | None]]:
    items = {item.key: item for item in one.instrument.items}
    asked: list[tuple[FormField, Destination | None]] = []
    for key, concept_set in one.name_item_sets(name).items():
        item = items[key]
        field = FormField(
            key, item.name, f"{item.name} ({item})", "number", why, least=item.least, most=item.most,
            is_whole=item.is_whole,
        )  # fmt: skip
        asked.append((field, _measured(terms[concept_set][0].text, key)))
    if one.recorded:
        total = one.instrument.total(one.total_key)
        field = FormField(
            "total", "Total as written down", f"{total.name}, where the chart has the total alone", "number",
            f"{why}, recorded", least=total.least, most=total.most,
            note="Only where the items are not known: they are added up.",
        )  # fmt: skip
        asked.append((field, _measured(terms[one.recorded][0].text, "total")))
    return asked


def _ask_for_measures(one: InstrumentDefinition, why: str, terms: Terms) -> list[tuple[FormField, Destination | None]]:
    from refractory.outcomes.instruments.tis_points import ENZYMES, MEASURES

    asked: list[tuple[FormField, Destination | None]] = []
    for key, concept_set in one.measures.items():
        measure = MEASURES[key]
        most = one.ranges.get(key, measure.range) if measure.is_bounded else None
        question = measure.name if most is None else f"{measure.name} (0 to {most:g})"
        asked.append(
            (
                FormField(key, measure.name, question, "number", why, least=0, most=most),
                _measured(terms[concept_set][0].text, key),
            )
        )
        if key in ENZYMES:
            limit = FormField(
                f"{key}_upper", f"{measure.name}, upper limit", "The laboratory's upper limit of normal, same unit",
                "number", why, least=0, only_with=key,
                note="Without it the enzyme cannot be compared between laboratories.",
            )  # fmt: skip
            asked.append((limit, None))
    return asked


def _join_limits(destinations: list[Destination]) -> list[Destination]:
    """Write the upper limit of an enzyme into the record of its value."""
    from refractory.outcomes.instruments.tis_points import ENZYMES

    return [
        Destination(one.kind, {**one.column, "upper_limit": f"{one.column['value']}_upper"}, one.text)
        if one.column["value"] in ENZYMES
        else one
        for one in destinations
    ]


def _measured(what: str, key: str) -> Destination:
    return Destination("measurement", {"value": key, "date": "date"}, {"what": what})
