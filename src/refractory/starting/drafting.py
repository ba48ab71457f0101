"""The records of a mapping, drafted from the roles of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from refractory.numbers import say_count
from refractory.records.from_drug_names import Ingredient, find_ingredients
from refractory.starting import words
from refractory.starting.answers import Meaning
from refractory.starting.column_facts import is_pair, read_pair
from refractory.starting.drafts import DraftRecord
from refractory.starting.incomplete_days import find_incomplete
from refractory.starting.looks import ColumnLook
from refractory.starting.orders import OrderOfDates
from refractory.starting.roles import DEFAULT_FOLLOW_UP_DAY
from refractory.starting.sexes import say_sexes
from refractory.starting.signs import MINUS, are_signs
from refractory.starting.steroids import STEROIDS
from refractory.starting.treatments import Treatment, name_drug_of_row
from refractory.starting.views import SheetView, is_same_drug, name_units

_DOSE_DAYS = 30  # a dose "at baseline" or "at 6 months" stands for so many days, and for none of another dose


@dataclass
class Found:
    """What was found on the way, for the protocol.

    Args:
        tried: Drugs that were taken before, and where that is said.
        own_column: Names of those that a column of their own asks about.
        diseases: Texts of diagnoses.
        icd: Codes of diagnoses.
        dated_persons: Persons of whom some sheet tells the day of the diagnosis.
        has_disease: True when some record tells the disease on a day.
        steroid_days: Days for which a glucocorticoid dose is known: 0 at baseline.
        steroid_courses: Rows that tell a glucocorticoid with its dose and its end.
        scores: Scores with the days that they are of; None: dated visits.
        has_weight: True when body weights are there.
        is_shortest: True when drugs and diagnoses of which no day is known are to be as short as they can be.
        spellings: How the sheets write each of the drugs that no list has and that count as tried.
        unnamed: Texts where a drug was expected and none was recognised, by column, with the number of cells.
        warnings: What a person must know before they trust it.
    """

    tried: dict[Ingredient, str] = field(default_factory=dict)
    own_column: set[str] = field(default_factory=set)
    diseases: dict[str, int] = field(default_factory=dict)
    icd: dict[str, int] = field(default_factory=dict)
    dated_persons: set[str] = field(default_factory=set)
    has_disease: bool = False
    steroid_days: set[int] = field(default_factory=set)
    steroid_courses: int = 0
    scores: dict[str, set[int | None]] = field(default_factory=dict)
    has_weight: bool = False
    is_shortest: bool = False
    spellings: dict[str, set[str]] = field(default_factory=dict)
    unnamed: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add_tried(self, drug: Ingredient, where: str) -> None:
        """Remember a drug that was taken before."""
        if not any(is_same_drug(drug, one) and drug.route == one.route for one in self.tried):
            self.tried[drug] = where


@dataclass(frozen=True)
class Draft:
    """What the drafting of one sheet needs to know.

    Args:
        view: The sheet.
        treatment: The studied treatment.
        order: The order of the dates.
        meanings: Columns of responses of this sheet, with what their answers mean.
        missing: What stands for nothing in the whole source.
        disease: What the disease is called where no column says it.
        found: Takes what is found on the way.
        lent: The first day of the treatment, where another sheet has it.
        dates_of: Takes the order of columns that differ from others of their record.
        is_of_many_files: True when the source has several files, which may have sheets of one name.
    """

    view: SheetView
    treatment: Treatment
    order: OrderOfDates
    meanings: Sequence[Meaning]
    missing: Sequence[str]
    disease: str
    found: Found
    lent: ColumnLook | None = None
    is_of_many_files: bool = False
    dates_of: dict[str, str] = field(default_factory=dict)

    def is_treatment(self, drug: Ingredient | None) -> bool:
        """Say whether a drug is the studied one; a column that names none speaks of it."""
        return drug is None or is_same_drug(drug, self.treatment.drug)

    def of_drug(self, drug: Ingredient | None, *kinds: str) -> list[ColumnLook]:
        """Return the columns of some kinds that speak of a drug."""
        return [look for look in self.view.of(*kinds) if is_same_drug(self.view.role(look).drug, drug)]

    def treated(self, *kinds: str) -> list[ColumnLook]:
        """Return the columns of some kinds that speak of the treatment, or of no drug by name."""
        return [look for look in self.view.of(*kinds) if self.is_treatment(self.view.role(look).drug)]

    @property
    def anchor(self) -> ColumnLook | None:
        """The column with the first day of the treatment, or with the day of the row."""
        if self.lent is not None:
            return self.lent
        if self.view.first("drug name") is not None:
            return self.view.first("drug start", "date")
        started = self.treated("drug start")
        for family in self.view.families:
            held = [look for look in family.members.values() if look in started]
            if held:
                return held[0]
        if started:
            return started[0]
        return self.view.first("date") if self.treated("given") or self._names_treatment() else None

    @cached_property
    def has_drug_of_person(self) -> bool:
        """True when a sheet of one row a person says in a column which drug each had, the treatment among them."""
        names = self.view.first("drug name")
        return (
            names is not None
            and not self.view.is_long
            and any(self.is_treatment(drug) for drug in name_drug_of_row(self.view, names).values())
        )

    def _names_treatment(self) -> bool:
        return any(
            is_same_drug(drug, self.treatment.drug)
            for drug in find_ingredients(f"{self.view.grid.sheet} {self.view.shape.title}")
        )

    def record(self, kind: str, looks: Iterable[ColumnLook], **rest: object) -> DraftRecord:
        """Draft a record, with the order of its dates and its own codes for nothing where they differ."""
        used = list(looks)
        order = self._find_order(used)
        numbers = sorted({code for look in used for code in look.missing if code.lstrip("-").isdigit()})
        extra = rest.pop("also_missing", ())
        own = [*numbers, *(extra if isinstance(extra, tuple) else ())]
        own = [one for one in own if one not in self.missing]
        kept = self.missing
        if any(are_signs(look.texts, look.missing) for look in used):
            kept = [one for one in kept if one not in MINUS]  # a minus says no here, and nothing elsewhere
        missing = [*kept, *own] if own or len(kept) < len(self.missing) else None
        if self.found.is_shortest:
            rest["incomplete_dates"] = find_incomplete(self.view, kind, used, self.anchor, self.is_treatment)
        # The rest are fields of DraftRecord by their names: each part drafts others.
        return DraftRecord(kind, dates=order, missing=missing, **rest)  # type: ignore[arg-type]

    def _find_order(self, looks: Sequence[ColumnLook]) -> str:
        """Find the order of the dates that a record reads, where it is another than the source's.

        Days that the file itself has as days have every order, and a borrowed day is such a one.
        """
        written = [look for look in looks if look is not self.lent and look.is_date and look.days.typed < look.filled]
        orders = {self.order.of_columns.get((self.view.grid.name, look.name), ""): look for look in reversed(written)}
        if len(orders) > 1:  # each column has its own
            for order, look in orders.items():
                self.dates_of[look.name] = order or self.order.order
            return ""
        return next(iter(orders)) if len(orders) == 1 else ""


def draft_person(draft: Draft) -> list[DraftRecord]:
    """Draft what a sheet says of the person: birth or age, sex, race."""
    view = draft.view
    column, looks, values, says = {}, [], {}, []
    birth, age = view.first("birth"), view.first("age")
    if birth is not None:
        column["birth"] = birth.name
        looks.append(birth)
        says.append(f'"{birth.name}": {view.role(birth).why}')
    elif age is not None and draft.anchor is not None:
        column |= {"age": age.name, "age_on": draft.anchor.name}
        looks += [age, draft.anchor]
        says.append(f'"{age.name}": {view.role(age).why}; taken as the age on the day of "{draft.anchor.name}"')
    for kind in ("sex", "race"):
        if (look := view.first(kind)) is not None:
            column[kind] = look.name
            looks.append(look)
    if age is not None and view.role(age).item == "sex" and "sex" not in column:
        column["sex"] = age.name
        looks.append(age)
    if (sex := view.first("sex")) is not None:
        values = say_sexes(sex)
        if unread := sum(count for text, count in sex.texts.items() if sex.first_spelling[text] not in values):
            says.append(f'"{sex.name}": {say_count(unread, "cell")} say neither woman nor man; add them to values')
    return [draft.record("person", looks, column=column, values=values, says=says)] if column else []


def count_dose_days(day: int, days: Iterable[int]) -> int:
    """Count the days that the dose of a day stands for: thirty, or those since the dose before it or the treatment.

    Example:
        >>> count_dose_days(180, [0, 180]), count_dose_days(42, [0, 28, 42]), count_dose_days(14, [0, 14])
        (30, 14, 14)
    """
    before = max((one for one in days if 0 < one < day), default=0)
    return min(_DOSE_DAYS, day - before) if day > 0 else _DOSE_DAYS


def warn_of_steroids(draft: Draft) -> None:
    """Warn of doses of glucocorticoids at visits: they hold for days that nobody wrote."""
    draft.found.warnings += [
        f'{say_count(look.filled, "dose")} of "{look.name}" of {draft.view.grid.name} are not used: a dose at a visit '
        "does not say on which other days it was taken. Put the dose before the treatment and the one after it "
        "into columns of the sheet with a row a person."
        for look in (draft.view.of("steroid dose") if draft.view.is_long else ())
    ]


def draft_steroids(draft: Draft) -> list[DraftRecord]:
    """Draft the glucocorticoid doses of a sheet with one row a person: each stands for at most thirty days."""
    view, anchor = draft.view, draft.anchor
    if anchor is None or view.is_long:
        return []
    units, records = name_units(view), []
    doses = [one for look in view.of("steroid dose") for one in find_dose_days(look, view.role(look).day)]
    days = [day or 0 for _, day, _ in doses]
    for look, told_day, which in doses:
        role, day = view.role(look), told_day or 0
        span = count_dose_days(day, days)
        drug = role.drug.name if role.drug is not None and role.drug.name in STEROIDS else "prednisone"
        if drug.endswith("not named"):
            drug = "prednisone"
        says = [f'"{look.name}": {role.why}' + (f", {units[look.place]}" if look.place in units else "")]
        if which:
            says.append(f"Its cells tell a dose before and one after: the {which} is this one.")
        elif told_day is None:
            says.append("CHOSEN WITHOUT EVIDENCE: the name says no time; taken as the dose before the treatment.")
        if role.drug is None or role.drug.name.endswith("not named"):
            says.append("Taken as mg of prednisone a day: the name says no drug.")
        if day <= 0:
            says.append("The dose of the 30 days up to the second before the treatment; 0 is not on it.")
        else:
            told = (
                "" if day != DEFAULT_FOLLOW_UP_DAY or "6" in look.plain else "; the name says no day, so 180 was taken"
            )
            says.append(f"The dose of the {span} days up to day {day}; where it is empty, the dose is not known{told}.")
        said = {part.lower(): part for text in look.first_spelling.values() for part in read_pair(look, text)}
        none = tuple(part for part in said if part in words.NO_DOSE)
        before: dict[str, object] = {"values": {said[text]: "0" for text in none}} if none else {}
        if day <= 0:
            before = {"when": (look.name, ("anything",)), "also_missing": ("0", *none)}
        records.append(
            draft.record(
                "drug", [anchor, look], says=says, days_later=-_DOSE_DAYS - 1 if day <= 0 else day - span + 1,
                text={"what": drug, "days": str(span), "route": "oral", "unit": "mg"}, of_several=which,
                column={"start": anchor.name, "daily_dose": look.name}, **before,
            )
        )  # fmt: skip
        draft.found.steroid_days.add(max(0, day))
        if day <= 0:
            draft.found.add_tried(Ingredient("8640", "prednisone"), f'"{look.name}"')
    return records


def find_dose_days(look: ColumnLook, day: int | None) -> list[tuple[ColumnLook, int | None, str]]:
    """Return the days that a column has values of, and which value of a cell is of each: "40→20" tells of two."""
    if not is_pair(look):
        return [(look, day, "")]
    return [(look, 0, "first"), (look, day or DEFAULT_FOLLOW_UP_DAY, "last")]
