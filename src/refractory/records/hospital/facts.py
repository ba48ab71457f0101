"""What is true of one planted person: facts in days from day 0, before any record is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from refractory.records.hospital.products import mg_per_day

SWITCH_TO_ICD10 = date(2015, 10, 1)
FIRST_WITHOUT_MYOPATHY = date(2017, 10, 1)  # M33.03, M33.13 and M33.93 exist from then on
FIRST_R51_9 = date(2020, 10, 1)  # R51 was split into R51.0 and R51.9
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
class SkinVisit:
    """The items of the CDASI on one day.

    Args:
        day: Days from day 0.
        items: Every item as it was, by key.
        missing: Items that nobody wrote down.
        too_high: Items that were written as 4, which none of them can be.
    """

    day: int
    items: Mapping[str, int]
    missing: tuple[str, ...] = ()
    too_high: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdverseEvent:
    """One episode of an event that may follow an infusion.

    Args:
        kind: Its code list: "headache", "thromboembolism" and so on.
        days: Days on which it was coded, the first of them its first day.
        code: Its ICD-9-CM and its ICD-10-CM code.
        style: As in a diagnosis.
    """

    kind: str
    days: tuple[int, ...]
    code: tuple[str, str]
    style: str = "full"


@dataclass(frozen=True)
class Durability:
    """How long a response held and how the treatment ended.

    Args:
        relapse_day: First day on which the reviewers saw a relapse after the response; None without.
        retreatment: "improved" or "not improved" as the reviewers said after the second course; empty when they said
            nothing or there was none.
        retreatment_response_day: Day of that answer.
        stop_reason: Why the last course ended, as the reviewers read it; empty when they did not say.
        stop_day: Day of that answer.
    """

    relapse_day: int | None = None
    retreatment: str = ""
    retreatment_response_day: int | None = None
    stop_reason: str = ""
    stop_day: int | None = None


@dataclass(frozen=True)
class Sequel:
    """What is true of a person besides: each part is drawn from a stream of its own and moves nothing else.

    Args:
        infusions: Those of a later course.
        readings: Global assessments, itch, and weights at later courses.
        visits: Items of the CDASI.
        labels: Relapse, improvement after a later course, reason for stopping.
        events: Events that may follow an infusion.
        durability: None for persons outside the cohort.
        courses: Other drugs that are begun near day 0.
        earlier: Scores of the months before the baseline.
        earlier_slope: Points per 28 days of the line that they lie on; None without any.
    """

    infusions: tuple[Infusion, ...] = ()
    readings: tuple[Reading, ...] = ()
    visits: tuple[SkinVisit, ...] = ()
    labels: tuple[Label, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
    durability: Durability | None = None
    courses: tuple[Course, ...] = ()
    earlier: tuple[Reading, ...] = ()
    earlier_slope: float | None = None


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
    sequel: Sequel = Sequel()

    def on(self, day: int) -> date:
        """Return the date of a day."""
        return self.day0_date + timedelta(days=day)

    @property
    def infusion_days(self) -> tuple[int, ...]:
        """Days of the studied infusions from day 0 on, those of later courses included."""
        own = (each for each in (*self.infusions, *self.sequel.infusions) if each.route == "intravenous")
        return tuple(sorted({each.day for each in own if each.day >= 0}))

    @property
    def observed_until(self) -> int | None:
        """Last observed day of the period that holds day 0; None when none does."""
        return max((last for first, last in self.observed if first <= 0 <= last), default=None)


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
