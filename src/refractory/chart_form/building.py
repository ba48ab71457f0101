"""The chart form of a protocol: every form that the study needs, in the order in which a chart is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refractory.chart_form.fields import PERSON, ChartForm, Destination, Form, FormField, ask_for_person
from refractory.chart_form.mapping_text import NO_RECORDS
from refractory.chart_form.needs import Place, asks_for_upper_limit, find_places, find_reasons
from refractory.chart_form.person_form import build_person_form
from refractory.chart_form.review_form import build_review_form
from refractory.chart_form.score_forms import LONGEST_TITLE, build_score_forms
from refractory.chart_form.terms import Term, build_terms
from refractory.chart_form.treatment_forms import build_drug_form, build_glucocorticoid_form, build_treatment_form
from refractory.errors import ProtocolError
from refractory.numbers import say_count

if TYPE_CHECKING:
    from refractory.protocol import Protocol

_RESERVED_TITLES = ("History",)  # a spreadsheet keeps it for itself
# What the records of each place are called in a mapping.
_KINDS = {
    Place.TREATMENT: "drug", Place.GLUCOCORTICOID: "drug", Place.DRUG: "drug", Place.SCORE: "measurement",
    Place.WEIGHT: "measurement", Place.MEASUREMENT: "measurement", Place.DIAGNOSIS: "diagnosis",
    Place.EXAMINATION: "finding", Place.EVENT: "diagnosis",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The concept sets of one form: the answers that stand for each, and the keys that need it."""

    terms: Mapping[str, tuple[Term, ...]]
    reasons: Mapping[str, tuple[str, ...]]

    @property
    def choices(self) -> tuple[str, ...]:
        """Every answer, in the order of the protocol."""
        return tuple(dict.fromkeys(term.text for terms in self.terms.values() for term in terms))

    @property
    def why(self) -> str:
        """Every key that needs one of them."""
        return join_reasons(reason for leaf in self.terms for reason in self.reasons[leaf])


def join_reasons(reasons: Iterable[str]) -> str:
    """Join keys of the protocol, each once."""
    return ", ".join(dict.fromkeys(reasons))


def build_chart_form(protocol: Protocol) -> ChartForm:
    """Build the chart form of a study: what its protocol needs from a chart, and nothing more.

    Raises:
        ProtocolError: When a concept set has a member that is none, or a cohort definition of ATLAS decides.
    """
    if entered := protocol.cohort_definition.entered:
        # Its rules are asked of coded records; whoever reads a chart would have to answer what they come to.
        raise ProtocolError(
            f"A form cannot ask for what {say_count(len(entered), 'cohort definition')} of ATLAS decide: "
            f"{', '.join(one.file for one in entered)}.",
            remedy="for the form, name a concept set in its place: concept = ... instead of circe = ...",
        )
    places, reasons = find_places(protocol), find_reasons(protocol)
    terms = {leaf: build_terms(leaf, protocol.concept_sets) for leaf in places}

    def asked(place: Place) -> Asked:
        return Asked({leaf: terms[leaf] for leaf, own in places.items() if own is place}, reasons)

    forms = [build_person_form(protocol), _build_dated_form(_DIAGNOSES, asked(Place.DIAGNOSIS), _say_visits(protocol))]
    forms += [build_drug_form(protocol, asked(Place.DRUG).choices, asked(Place.DRUG).why)]
    forms += [build_glucocorticoid_form(protocol, asked(Place.GLUCOCORTICOID).choices)]
    forms += [build_treatment_form(protocol, asked(Place.TREATMENT).choices, terms)]
    forms += build_score_forms(protocol, terms)
    forms += [_build_measurement_form(protocol, asked(Place.MEASUREMENT))]
    forms += [_build_dated_form(_EXAMINATIONS, asked(Place.EXAMINATION), "")]
    forms += [_build_dated_form(_EVENTS, asked(Place.EVENT), ""), build_review_form(protocol)]
    codes: dict[str, dict[str, str]] = {}
    shared: dict[str, tuple[str, ...]] = {}
    for leaf, place in places.items():
        for term in terms[leaf]:
            # Without a coding the text itself is what the set names: nobody need wonder that it has none.
            codes.setdefault(_KINDS[place], {})[term.text] = term.coding
            if term.also:
                shared[term.text] = (leaf, *term.also)
    return ChartForm(
        study=protocol.study.name,
        title=protocol.study.title,
        treatment=protocol.treatment.concept,
        forms=_tell_apart([form for form in forms if form is not None]),
        codes=codes,
        shared=shared,
    )


def _tell_apart(forms: list[Form]) -> tuple[Form, ...]:
    """Give each sheet, and each column of a sheet, a name of its own: a spreadsheet knows no upper and lower case."""
    titles = {name.lower() for name in (*NO_RECORDS, *_RESERVED_TITLES)}
    told = []
    for form in forms:
        title = _name_apart(form.title, titles, LONGEST_TITLE)
        titles.add(title.lower())
        names: set[str] = set()
        fields = []
        for field in form.fields:
            name = _name_apart(" ".join(field.name.split()), names)
            names.add(name.lower())
            fields.append(replace(field, name=name))
        told.append(replace(form, title=title, fields=tuple(fields)))
    return tuple(told)


def _name_apart(name: str, taken: Collection[str], longest: int | None = None) -> str:
    own, number = name[:longest], 1
    while own.lower() in taken:
        number += 1
        own = f"{name[: longest - len(str(number)) - 2] if longest else name}, {number}"
    return own


@dataclass(frozen=True)
class _Dated:
    """A form that asks what was found and when."""

    key: str
    title: str
    row: str
    kind: str
    what: str
    question: str
    note: str


_DIAGNOSES = _Dated(
    "dx", "Diagnoses", "One row per diagnosis and day on which it is written.", "diagnosis", "Diagnosis",
    "Which diagnosis does the chart give?", "",
)  # fmt: skip
_EXAMINATIONS = _Dated(
    "exam", "Examinations", "One row per examination and day.", "finding", "Examination", "What was examined?",
    "Only that it was done counts, not what it showed.",
)  # fmt: skip
_EVENTS = _Dated(
    "event", "Events", "One row per event and day, before the treatment and after it.", "diagnosis", "Event",
    "What happened?", "Write every event, whether or not the treatment may have caused it.",
)  # fmt: skip


def _build_dated_form(form: _Dated, asked: Asked, note: str) -> Form | None:
    if not asked.terms:
        return None
    fields = (
        ask_for_person(),
        FormField(
            "what", form.what, form.question, "choice", asked.why, asked.choices, is_required=True,
            note=form.note or note,
        ),
        FormField("date", "Date", "On which day?", "date", asked.why, is_required=True),
    )  # fmt: skip
    destination = Destination(form.kind, {"what": "what", "date": "date"})
    return Form(form.key, form.title, form.row, fields, (destination,))


def _say_visits(protocol: Protocol) -> str:
    """Say how often the disease must be written down."""
    disease = protocol.disease
    if disease.at_least == 1:
        return ""
    apart = f", at least {disease.apart} days apart," if disease.apart else ""
    return (
        f"The study asks for {disease.name} on at least {disease.at_least} days{apart} up to the treatment: "
        "write each visit that says so."
    )


def _build_measurement_form(protocol: Protocol, asked: Asked) -> Form | None:
    if not asked.terms:
        return None
    units = {leaf: protocol.measurement_units.get(leaf) for leaf in asked.terms}
    wanted = "; ".join(f"{leaf} is wanted in {unit}" for leaf, unit in units.items() if unit)
    fields = [
        ask_for_person(),
        FormField("what", "Test", "What was measured?", "choice", asked.why, asked.choices, is_required=True),
        FormField("date", "Date", "On which day?", "date", asked.why, is_required=True),
        FormField("value", "Value", "The result, as a number", "number", asked.why, least=0, is_required=True),
        FormField("unit", "Unit", "In which unit?", "text", asked.why, note=wanted.capitalize()),
    ]
    columns = {"what": "what", "date": "date", "value": "value", "unit": "unit"}
    if asks_for_upper_limit(protocol):
        fields.append(
            FormField(
                "upper", "Upper limit of normal", "The laboratory's own upper limit of normal, in the same unit",
                "number", _find_upper(asked), least=0, note="Without it the result cannot be called raised.",
            )
        )  # fmt: skip
        columns["upper_limit"] = "upper"
    return Form("lab", "Measurements", "One row per result.", tuple(fields), (Destination("measurement", columns),))


def _find_upper(asked: Asked) -> str:
    return join_reasons(reason for leaf in asked.terms for reason in asked.reasons[leaf] if "feature" in reason)


def count_fields(form: ChartForm) -> int:
    """Count the questions of a chart form, the person of the repeated forms not counted again."""
    return 1 + sum(field.key != PERSON for one in form.forms for field in one.fields)
