"""What a reader of FHIR makes of one resource, and what it knows of the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from refractory.records.fhir_codings import Coded, read_coded
from refractory.records.fhir_values import (
    NO_DAY,
    codes_of,
    day_of,
    mapping_of,
    mappings_of,
    number_of_id,
    reference_of,
    text_of,
)
from refractory.records.staging import Coding

DrugKind = Literal["administration", "dispense", "request", "statement"]
IN_ERROR = "entered in error"
# What a status may be, of one of the types or another, in any version of FHIR.
_STATUSES = frozenset((
    "aborted", "active", "amended", "appended", "arrived", "billable", "billed", "cancelled", "completed",
    "corrected", "current", "declined", "discharged", "discontinued", "draft", "ended", "entered-in-error", "final",
    "finished", "in-progress", "intended", "not-billable", "not-done", "not-taken", "on-hold", "onhold", "onleave",
    "planned", "preliminary", "preparation", "recorded", "registered", "stopped", "superseded", "suspended",
    "triaged", "unknown", "waitlist", "unfulfilled", "partial",
))  # fmt: skip
# Modifiers that turn a resource into its opposite: QI-Core's notDone and doNotPeform (sic), R5's doNotPerform in R4.
_NEGATES = re.compile(r"not(done|perform|peform|taken|given)")
# What becomes of a resource.
USED, NOT_ASKED_FOR, LISTED = "used", "not asked for", "listed"


@dataclass(frozen=True)
class FhirChoices:
    """What a mapping chooses of how FHIR is read.

    Args:
        incomplete_dates: What becomes of a date of which only the month or the year is known.
        drugs: Records of drugs that count; of those that belong together, the first of these.
        linked_drugs: Whether a request, its dispense and its administration count once or each.
        refills: Whether refills that a request allows are supply.
        systems: Vocabulary of each coding system that only the source has, by its address.
    """

    incomplete_dates: str = "not used"
    drugs: tuple[DrugKind, ...] = ("administration", "dispense", "request", "statement")
    linked_drugs: Literal["count once", "count each"] = "count once"
    refills: Literal["not counted", "counted"] = "not counted"
    systems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """A product as a Medication has it.

    Args:
        coded: Its codings and name, those of its ingredients behind.
        strength_mg: Milligrams of its one ingredient in one unit, or in one mL.
        strength_per: "unit" or "mL".
        form: Its dose form in words.
        parts: Medications that it refers to as its ingredients.
    """

    coded: Coded
    strength_mg: float | None = None
    strength_per: str | None = None
    form: str = ""
    parts: tuple[str, ...] = ()


@dataclass
class Survey:
    """What must be known of all resources before any of them is read.

    Args:
        products: Product by the id of its Medication.
        patient_of: Id of the patient by what else refers to one: an identifier, or an address within a bundle.
        merged: Id of the patient that another one, by id, was merged into.
        deleted: Resources that their server has deleted, as "Type/id".
    """

    products: dict[str, Product] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    patients: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    def id_of(self, reference: str, kind: str) -> str:
        """Return the id of what a reference points to; empty where it is of another kind."""
        reference = self.aliases.get(reference, reference)
        if reference.startswith("urn:"):
            return reference.rpartition(":")[2]
        found, _, name = reference.partition("/")
        return name if found == kind else ""

    def person_of(self, patient: str) -> str:
        """Return the id of the patient that a patient was merged into; its own where it was not."""
        seen = [patient]
        while (into := self.merged.get(patient)) and into in self.patients:
            if into in seen:
                return min(seen[seen.index(into) :])  # merged in a ring: one of them stays
            seen.append(into)
            patient = into
        return patient


class NotUsedError(Exception):
    """A resource that is left out, with the element at fault and the rule."""

    def __init__(self, column: str, rule: str) -> None:
        super().__init__(rule)
        self.column, self.rule = column, rule


@dataclass(frozen=True)
class DrugLink:
    """What ties a record of a drug to others of the same drug.

    Args:
        kind: What it is.
        key: Its own id as "Type/id".
        others: Records that it carries out, or that it tells of.
    """

    kind: DrugKind
    key: str
    others: tuple[str, ...] = ()


@dataclass
class Reading:
    """One resource on its way into the staged tables.

    Args:
        kind: Type of the resource.
        body: Its JSON.
        survey: What is known of the others.
        choices: What the mapping chooses.
        rows: Staged rows by table.
        remarks: What of it was not used as written: element, rule, what was done.
        link: What ties a record of a drug to others.
        is_asked_for: False for a resource that no study asks for.
        id: Its id; empty where it has none.
    """

    kind: str
    body: Mapping[str, Any]
    survey: Survey
    choices: FhirChoices
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    link: DrugLink | None = None
    is_asked_for: bool = True
    id: str = ""

    def __post_init__(self) -> None:
        self.id = text_of(self.body.get("id"))

    def remark(self, column: str, rule: str, done: str) -> None:
        """Note what was not used as written."""
        if (column, rule, done) not in self.remarks:
            self.remarks.append((column, rule, done))

    def refuse_status(self, refused: Mapping[str, str], column: str = "status") -> None:
        """Leave the resource out when its status is one of these; the values say why.

        Raises:
            NotUsedError: When it is.
        """
        said = codes_of(self.body.get(column))
        for code in sorted(said):
            if code in refused:
                raise NotUsedError(column, refused[code])
        if column == "status" and not said <= _STATUSES:
            self.remark(column, "status is not one of FHIR's", "used all the same")

    def refuse_negation(self) -> None:
        """Leave the resource out where a modifier says that it was not done; one that is not known is noted.

        Raises:
            NotUsedError: When it was not done.
        """
        for one in mappings_of(self.body.get("modifierExtension")):
            said = text_of(one.get("url")).rstrip("/").rpartition("/")[2].lower()
            is_negation, answer = bool(_NEGATES.search(said.replace("-", ""))), one.get("valueBoolean")
            if is_negation and answer is True:
                raise NotUsedError("modifierExtension", "a modifier says that it was not done")
            if not is_negation or answer is not False:
                self.remark("modifierExtension", "a modifier that is not known", "used all the same")

    def person(self) -> str:
        """Return the key of the person that the resource is about.

        Raises:
            NotUsedError: When it names no patient.
        """
        for name in ("subject", "patient", "individual"):
            said = mapping_of(self.body.get(name))
            if not said:
                continue
            reference = reference_of(said)
            if not reference:
                identifier = mapping_of(said.get("identifier"))
                reference = f"Patient|{text_of(identifier.get('system'))}|{text_of(identifier.get('value'))}"
            patient = self.survey.id_of(reference, "Patient")
            is_lost = reference.startswith("urn:") and patient not in self.survey.patients
            if patient and not is_lost:
                return self.survey.person_of(patient)
            raise NotUsedError(name, "refers to no patient")
        raise NotUsedError("subject", "names no patient")

    def coding(self, concept: object) -> Coded:
        """Read what a concept says, if anything."""
        return read_coded(concept, self.choices.systems)

    def coded(self, concept: object, column: str = "code") -> Coded:
        """Read what a concept says; a coding system that is not known is noted.

        Raises:
            NotUsedError: When it says nothing.
        """
        found = self.coding(concept)
        if found.unknown:
            self.remark(column, "coding system is not known", "its name is used" if found.text else "code not used")
        if found.is_empty:
            raise NotUsedError(column, "no code and no name")
        return found

    def day(self, column: str, *path: str) -> date | None:
        """Return the day that an element says, noting what keeps it from being used as written."""
        value: Any = self.body.get(column)
        for part in path:
            value = mapping_of(value).get(part)
        return self.day_in(value, column)

    def day_in(self, value: object, column: str) -> date | None:
        """Return the day that a value says, noting what keeps it from being used as written."""
        found, fault = day_of(value, self.choices.incomplete_dates)
        if fault:
            used = f"the {self.choices.incomplete_dates} is taken" if found else "value not used"
            self.remark(column, f"{column} {fault}" if fault != NO_DAY else "day is not known", used)
        return found

    def add(self, table: str, codings: Sequence[Coding], values: Mapping[str, Any], person: str = "") -> None:
        """Add a staged row; its person is that of the resource unless one is given."""
        told = {"person_key": person or self.person(), "number": number_of_id(self.id), "codings": codings}
        self.rows.append((table, {**told, **values}))

    def contained(self, reference: str) -> Mapping[str, Any]:
        """Return the resource that a reference to "#id" points to."""
        for one in mappings_of(self.body.get("contained")):
            if text_of(one.get("id")) and f"#{text_of(one.get('id')).removeprefix('#')}" == reference:
                return one
        return {}


def find_first(values: Iterator[date | None]) -> date | None:
    """Return the first day that is known."""
    return next((one for one in values if one is not None), None)
