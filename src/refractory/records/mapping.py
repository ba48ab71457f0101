"""A mapping: which column of a sheet is what, as a file that a person can read and mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from refractory.definition import Definition
from refractory.records.grid import read_span

DateOrder = Literal["year first", "day first", "month first"]
Kind = Literal[
    "person", "observed", "death", "diagnosis", "drug", "procedure", "finding", "measurement", "label"
]  # fmt: skip
Texts = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
]  # one text or several

# What can be said of each kind of record: what it cannot do without, and what more.
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "person": ((), ("birth", "age", "age_on", "sex", "race", "ethnicity")),
    "observed": (("start", "end"), ("key",)),
    "death": ((), ("date", "died")),
    "diagnosis": (("what",), ("date", "before", "end", "code", "key")),
    "drug": (
        ("what",),
        (
            "start", "before", "end", "directions", "dose", "daily_dose", "unit", "quantity", "days", "route",
            "stop_reason", "code", "weight", "weight_unit", "end_noted", "counted_from", "key",
        ),
    ),
    "procedure": (("what",), ("date", "before", "counted_from", "quantity", "modifier", "code", "key")),
    "finding": (("what",), ("date", "before", "counted_from", "value", "unit", "code", "key")),
    "measurement": (("what", "value"), ("date", "before", "counted_from", "unit", "upper_limit", "code", "key")),
    "label": (("item", "value"), ("date", "counted_from", "after", "within", "reviewer", "key")),
}  # fmt: skip


# What each field means, for the reader of the reference and of the schema.
FIELD_MEANINGS: Mapping[str, str] = {
    "birth": "date, month or year of birth",
    "age": "age in years, or with its unit (8 mo); needs `age_on`",
    "age_on": "date on which the person had that age",
    "sex": "sex, in any spelling of female and male",
    "race": "race, as written",
    "ethnicity": "ethnicity, as written",
    "start": "first day",
    "end": 'last day; "ongoing" is none',
    "end_noted": 'a note that may say until when: "until 12.03.2014, no effect"; the rest of it is not read',
    "date": "day of the record",
    "died": "yes where the person has died",
    "what": "which drug, disease, procedure, finding or test; a text is found by its name or by `[codes]`",
    "code": "its code, such as ICD10CM:M33.10; several are parted by semicolons",
    "vocabulary": "coding system of codes that name none (ICD10CM, RxNorm, LOINC, ...)",
    "before": "a date: the record is known only to be earlier, and is placed on the day before it; beside a date of "
    "its own it counts only where that is empty, unreadable or not known to the day",
    "counted_from": 'a date: a visit that stands in place of a day ("Baseline", "W12", "month 6") is counted from it; '
    "a month has 30 days",
    "directions": "how the drug was taken, in words (15 mg weekly, 1 g BID)",
    "dose": "amount given on that day, an infusion for example; a dose per kg is multiplied with `weight`",
    "daily_dose": "amount taken each day",
    "unit": "unit of the dose or the value, where the cell does not say it",
    "quantity": "amount dispensed, in units of the product or in `unit`",
    "days": "days that the supply lasts",
    "route": "how the drug was given",
    "stop_reason": "why the drug was stopped",
    "weight": "weight of the person on that day, for doses per kg",
    "weight_unit": "unit of the weight; kg where nothing says it",
    "modifier": "modifier of the procedure's code",
    "value": "the result",
    "upper_limit": "upper limit of normal",
    "item": "what the reviewer judged, in the protocol's words",
    "after": "a date: an undated answer was given after it",
    "within": "... within so many days",
    "reviewer": "who judged",
    "key": "the record's own whole number",
}


class Condition(Definition):
    """A record is there only in rows whose cell says so."""

    column: str = Field(description="Column that says whether the record is there; {n} as in the record's columns.")
    says: Texts = Field(
        ("yes",),
        alias="is",
        description='Texts, "yes" and "no" in any of their spellings, "anything" (the cell is not empty) or "nothing".',
    )
    also: Condition | None = Field(
        None, description="A second condition, of another column, that the row must meet too; without {n}."
    )


class RecordDefinition(Definition):
    """A record that each row of a table holds: a drug, a diagnosis, a measurement, a label and so on."""

    kind: Kind = Field(description="What the record is.")
    column: dict[str, str] = Field({}, description="Column of each field; {n} stands for 1, 2, 3 and so on.")
    text: dict[str, str] = Field({}, description="Fields that are the same in every row.")
    when: Condition | None = Field(None, description="The record is there only where a column says so.")
    split: Texts = Field((), description="Marks between several entries of one cell.")
    of_several: Literal["first", "last"] | None = Field(
        None, description='Which value counts of a cell that tells several one after the other, such as "40→20".'
    )
    values: dict[str, str] = Field({}, description='What a written value means: values = { "CR" = "yes" }.')
    dates: DateOrder | None = Field(None, description="Order of day and month in the record's own columns.")
    days_later: int = Field(
        0, ge=-3650, le=3650, description="The record begins so many days after its date; below 0: before it."
    )
    each_day: bool = Field(
        False,
        description='A cell that lists days ("2/13/19, 3/13, 4/10") is a record for each; else its first day counts.',
    )
    once: bool = Field(
        False,
        description="The same in several rows of a person, such as a diagnosis that each visit repeats: one record.",
    )
    incomplete_dates: Literal["not used", "first day", "middle", "last day", "shortest"] | None = Field(
        None,
        description="What becomes of such a date in this record, where it differs from the rest of the source; "
        '"shortest" takes the last day that a start may be, and the first that an end may be.',
    )
    missing: Texts | None = Field(
        None,
        description="What stands for nothing in this record's cells, where it differs from the rest of the source.",
    )

    @model_validator(mode="after")
    def _says_what_it_must(self) -> Self:
        needed, more = FIELDS[self.kind]
        known = (*needed, *more, "vocabulary")
        for name in (*self.column, *self.text):
            if name not in known:
                raise ValueError(f'a {self.kind} has no "{name}"; it has {", ".join(known)}')
        twice = sorted(self.column.keys() & self.text.keys())
        if twice:
            raise ValueError(f'"{twice[0]}" stands under column and under text; keep one')
        missing = [name for name in needed if name not in self.column and name not in self.text]
        if missing:
            raise ValueError(f'a {self.kind} needs "{missing[0]}", as a column or as a text')
        dated = [name for name in ("start", "date", "before") if name in more]
        if "before" in dated and not any(name in self.column or name in self.text for name in dated):
            raise ValueError(
                f'a {self.kind} needs a day: "{dated[0]}", or "before" where it is known only to be earlier'
            )
        return self


class BorrowedDefinition(Definition):
    """A column that a table takes from another sheet: the first day that a person has there."""

    name: str = Field(description="What the column is called in this table.")
    sheet: str = Field(description="The sheet that has the days, as it stands under its own `[[table]]`.")
    first: str = Field(description="Column of the days there; of several, and of {n}, the first of the person counts.")
    when: Condition | None = Field(None, description="Only rows there count whose column says so.")


class TableDefinition(Definition):
    """One sheet, or one file: who each row is about, and what it holds."""

    sheet: str = Field(
        "",
        description="Name of the sheet; of a CSV file, the file's name. With * it stands for several "
        'of the same columns: "Patient *".',
    )
    header: tuple[int, ...] = Field((1,), description="Lines that name the columns, as the spreadsheet numbers them.")
    merged: Texts = Field(
        (),
        description="Cells of the header that count as merged, where the sheet does not merge them: what stands in the "
        'first of them names the columns beside it too. merged = ["C1:E1"].',
    )
    until: int | None = Field(None, description="Last line that holds a row; what stands below is no data.")
    person: str = Field(
        description='Column that tells the person; "name of the sheet" where each person has a sheet of their own.'
    )
    headings: Texts = Field(
        (), description="Texts in the person's column that head groups of rows, alone in their line: no persons."
    )
    fill_down: Texts = Field((), description="Columns in which an empty cell means the same as the cell above.")
    not_used: Texts = Field((), description="Columns that hold nothing for a study, so that nobody wonders.")
    dates: DateOrder | None = Field(None, description="Order of day and month in this table.")
    dates_of: dict[str, DateOrder] = Field(
        {}, description='Order of day and month in single columns: dates_of = { "Stop (US)" = "month first" }.'
    )
    borrow: tuple[BorrowedDefinition, ...] = Field((), description="Columns that another sheet has.")
    record: tuple[RecordDefinition, ...] = Field((), description="What each row holds.")

    @model_validator(mode="after")
    def _has_its_lines_in_order(self) -> Self:
        if not self.header or min(self.header) < 1 or list(self.header) != sorted(set(self.header)):
            raise ValueError("`header` names lines from 1 on, each once and in their order: header = [1, 2]")
        if self.until is not None and self.until <= self.header[-1]:
            raise ValueError("`until` is a line below the header")
        for cells in self.merged:
            try:
                first, _, last, _ = read_span(cells)
            except ValueError as error:
                raise ValueError(f'`merged`: "{cells}" {error}') from None
            if first not in self.header or last not in self.header:
                raise ValueError(f'`merged`: "{cells}" is not within the lines of the header')
        return self


class SourceDefinition(Definition):
    """Where the records are, and how they are written."""

    kind: Literal["sheet", "redcap", "fhir"] = Field("sheet", description="What the files are.")
    name: str = Field("", description="What the report calls the records.")
    invented: bool = Field(False, description="True when no real person is in them.")
    file: Texts = Field((), description="Files or a folder beside the mapping.")
    not_used: Texts = Field((), description="Sheets that hold no records, so that nobody wonders.")
    dictionary: str = Field("", description="Data dictionary of REDCap, beside the mapping.")
    address: str = Field("", description="Address of the API of REDCap.")
    token: str = Field("REDCAP_API_TOKEN", description="Environment variable that holds the token; never the token.")
    double_entry: Literal["where both agree", "first entry", "second entry"] = Field(
        "where both agree", description="What is taken of a record of REDCap that was entered twice and not merged."
    )
    vocabulary: str = Field("", description="Folder of a vocabulary of OMOP (concept, concept_ancestor, ...).")
    dates: DateOrder = Field(
        "year first", description='Order of day and month in 02/03/2015; with "year first" such a date is not read.'
    )
    years: int = Field(30, ge=0, le=99, description="Years of two digits up to this one are 20.., others 19...")
    decimal: Literal[".", ","] = Field(".", description="What parts decimals in texts.")
    missing: Texts = Field((), description="What stands for nothing, beside an empty cell.")
    yes: Texts = Field(
        ("yes", "y", "1", "true", "x", "✓", "✔", "ja", "oui", "si", "sí"), description="Spellings of yes."
    )
    no: Texts = Field(("no", "n", "0", "false", "nein", "non", "none", "never"), description="Spellings of no.")
    incomplete_dates: Literal["not used", "first day", "middle", "last day"] = Field(
        "not used", description="What becomes of a date of which only the month or the year is known."
    )
    systems: dict[str, str] = Field(
        {}, description='Coding systems of FHIR that only the source has: its address = "name of its vocabulary".'
    )
    drugs: tuple[Literal["administration", "dispense", "request", "statement"], ...] = Field(
        ("administration", "dispense", "request", "statement"),
        description="Records of drugs in FHIR that count; of those that belong together, the first of these.",
    )
    linked_drugs: Literal["count once", "count each"] = Field(
        "count once", description="A request of FHIR, its dispense and its administration are one drug, or each one."
    )
    refills: Literal["not counted", "counted"] = Field(
        "not counted", description="Whether refills that a request of FHIR allows are supply."
    )


class SourceMapping(Definition):
    """The mapping of a source: its files, its tables, and the codes of what is written in them."""

    source: SourceDefinition = Field(description="Where the records are, and how they are written.")
    table: tuple[TableDefinition, ...] = Field((), description="One for each sheet that holds records.")
    codes: dict[str, dict[str, Texts]] = Field(
        {}, description='Codes of a written text by kind of record: codes.drug."MTX" = "RxNorm:6851".'
    )
