"""What is true of one planted person: facts in days from day 0, before any record is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from refractory.records.hospital.products import mg_per_day

SWITCH_TO_ICD10 = date(2015, 10, 1)
FIRST_WITHOUT_MYOPATHY = date(2017, 10, 1)  # M33.03, M33.13 and M33.93 exist from then on
LAST_RECORD = date(2026, 6, 30)


@dataclass(frozen=True)
class Diagnosis:
    """One diagnosis code on one day.

    Args:
        day: Days from day 0.
        code: ICD-9-CM or ICD-10-CM code.
        style: How it is written: "full" (source and standard concept), "text" (the code as text only),
            "undotted" (text without its dot), "standard" (the standard concept only).
    """

    day: int
    code: str
    style: str = "full"


@dataclass(frozen=True)
class Supply:
    """A stretch of days on one product at one dose.

    Args:
        first_day: First covered day, from day 0.
        last_day: Last covered day.
        product: Key of the product.
        units_per_day: Units of quantity a day (2 tablets; 6 tablets a week are 6/7).
        is_end_known: False when no record says how long it lasted.
    """

    first_day: int
    last_day: int
    product: str
    units_per_day: float
    is_end_known: bool = True


@dataclass(frozen=True)
class Course:
    """One attempt with one drug: stretches of supply with no gap of more than 30 days between them.

    Args:
        drug: Leaf concept set of the drug.
        supplies: Its stretches.
        adequacy: ADEQUATE, INADEQUATE or UNKNOWN, judged on the days before day 0.
        stop_reason: As the last record gives it; empty when it gives none.
    """

    drug: str
    supplies: tuple[Supply, ...]
    adequacy: str
    stop_reason: str = ""

    @property
    def first_day(self) -> int:
        """First covered day."""
        return min(supply.first_day for supply in self.supplies)

    @property
    def last_day(self) -> int:
        """Last covered day."""
        return max(supply.last_day for supply in self.supplies)

    def covered(self) -> set[int]:
        """Return the days that some supply covers."""
        return {day for supply in self.supplies for day in range(supply.first_day, supply.last_day + 1)}


@dataclass(frozen=True)
class Infusion:
    """Immunoglobulin on one day.

    Args:
        day: Days from day 0.
        grams: Given on that day.
        product: HCPCS code, or key of a product.
        writing: "drug", "procedure", "both" (the bill repeats the drug row), "given and billed" (a product in
            one table, a code in the other), "grams" or "mL" (a product by dose or by volume).
        route: As the record gives it.
    """

    day: int
    grams: float
    product: str
    writing: str = "drug"
    route: str = "intravenous"


@dataclass(frozen=True)
class Reading:
    """One measurement.

    Args:
        day: Days from day 0.
        kind: "creatine kinase", "aldolase", "body weight", "CDASI activity", "CDASI damage".
        value: The number; None when the row has none.
        unit: As the record gives it; empty when it gives none.
        upper_limit: Upper limit of normal that the row gives.
    """

    day: int
    kind: str
    value: float | None
    unit: str = ""
    upper_limit: float | None = None


@dataclass(frozen=True)
class Label:
    """One line of labels.csv: an item that a reviewer read from the chart."""

    item: str
    value: str
    when: str
    reviewer: str


@dataclass(frozen=True)
class Answer:
    """What the study must find of a member of the cohort.

    Args:
        stratum: Its name.
        involvement: "none", "muscle", "lung" or "both".
        subtype: Its name.
        response: RESPONSE, NO_RESPONSE or NOT_EVALUABLE.
        response_date: Date of the first response, to the day, month or year that is known; empty without.
        cycles_to_response: None without response, and where the date leaves it open.
        cycles: Infusion days of each cycle from day 0 on.
        glucocorticoid: Class of its change.
        drugs_before: The drugs that failed.
    """

    stratum: str
    involvement: str
    subtype: str
    response: str
    response_date: str
    cycles_to_response: int | None
    cycles: tuple[tuple[int, ...], ...]
    glucocorticoid: str
    drugs_before: tuple[str, ...]


@dataclass(frozen=True)
class PlannedPerson:
    """Everything that is true of one planted person."""

    key: str
    day0_date: date
    sex: str
    race: str
    birth_date: date
    weight_kg: float
    delay_days: int
    observed: tuple[tuple[int, int], ...]
    diagnoses: tuple[Diagnosis, ...]
    courses: tuple[Course, ...]
    infusions: tuple[Infusion, ...]
    readings: tuple[Reading, ...]
    examination_days: tuple[int, ...]
    labels: tuple[Label, ...]
    answer: Answer | None
    fails: str = ""
    near_miss_of: str = ""
    death_day: int | None = None
    specials: frozenset[str] = frozenset()

    def on(self, day: int) -> date:
        """Return the date of a day."""
        return self.day0_date + timedelta(days=day)


def icd(kind: tuple[str, str], when: date) -> str:
    """Return the code of a disease at a date: ICD-9-CM before October 2015, ICD-10-CM from then on."""
    return kind[0] if when < SWITCH_TO_ICD10 else kind[1]


def mean_daily_mg(courses: tuple[Course, ...], drug: str, first_day: int, last_day: int) -> float:
    """Average a drug's daily dose over a window, pulses left out.

    A pulse is a single day of at least 250 mg of prednisone: its day is planned without any other dose.
    """
    total = 0.0
    for course in courses:
        for supply in course.supplies:
            daily = mg_per_day(supply.product, supply.units_per_day)
            days = min(last_day, supply.last_day) - max(first_day, supply.first_day) + 1
            if course.drug == drug and days > 0 and supply.product != "methylprednisolone pulse":
                total += daily * days
    return total / (last_day - first_day + 1)
