"""The estimates of lines of treatment before day 0, and of what became of each drug after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractory.analysis.estimates import Plan, count_of, estimate_share
from refractory.analysis.results import NamedEstimate
from refractory.exposures.courses import CourseEnd
from refractory.exposures.line_definition import LineBegins, LineDefinition
from refractory.exposures.lines_of_person import Line
from refractory.outcomes.assess import Patient
from refractory.outcomes.drugs_after import DrugAfter
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean, estimate_median

ANY_DRUG = "any of them"
_AMONG = {"on": "persons on it at day 0", "discontinued": "persons who discontinued it"}


@dataclass(frozen=True)
class LineTaken:
    """One line of one person, and how long it was before the next line or day 0."""

    line: Line
    days_to_next: int


@dataclass(frozen=True)
class Fate:
    """One thing that may become of a drug after day 0.

    Args:
        key: Last part of the id of its estimate.
        head: In words.
        among: Key of the fate among whose persons it is counted; empty: a plain count.
        is_so: Whether it became so of one drug of one person.
    """

    key: str
    head: str
    among: str
    is_so: Callable[[DrugAfter], bool]


FATES = (
    Fate("on", "On at day 0", "", lambda one: one.was_on),
    Fate("continued", "Continued", "on", lambda one: one.end is CourseEnd.CONTINUED),
    Fate("discontinued", "Discontinued", "on", lambda one: one.end is CourseEnd.DISCONTINUED),
    Fate("switched", "Switched", "discontinued", lambda one: one.is_switched),
    Fate("not_observed", "Not observed long enough", "on", lambda one: one.end is CourseEnd.NOT_OBSERVED),
    Fate("restarted", "Restarted", "", lambda one: one.is_restarted),
    Fate("added", "Added", "", lambda one: one.is_added),
)


def find_lines(patients: Iterable[Patient], number: int) -> list[LineTaken]:
    """Return the line of that number of every person who has one."""
    taken = []
    for one in patients:
        if len(one.lines) >= number:
            line = one.lines[number - 1]
            ends = one.lines[number].start_date if len(one.lines) > number else one.member.day0_date
            taken.append(LineTaken(line, (ends - line.start_date).days))
    return taken


def count_most_lines(patients: Iterable[Patient]) -> int:
    """Return the largest number of lines of any person."""
    return max((len(one.lines) for one in patients), default=0)


def rank_regimens(taken: Iterable[LineTaken]) -> list[tuple[str, int]]:
    """Return the regimens with their persons, the most frequent first, then in order of name."""
    counts = Counter(one.line.regimen for one in taken)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def estimate_lines(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate how many lines there were before day 0, and for each of them who took what, and for how long."""
    named = [
        _name(
            "lines.overall",
            "Lines before day 0",
            "Lines of systemic treatment begun before day 0",
            estimate_mean([float(len(one.lines)) for one in patients]),
        )
    ]
    for number in range(1, count_most_lines(patients) + 1):
        taken = find_lines(patients, number)
        label, key = f"Line {number}", f"lines.{number}"
        share = estimate_share(len(taken), len(patients), plan.analysis)
        named.append(_name(f"{key}.persons", label, f"{label}: among all persons of the cohort", share))
        days = estimate_median([float(one.days_to_next) for one in taken])
        rule = f"{label}: days from its start to the start of the next line, or to day 0"
        named.append(_name(f"{key}.days", f"{label}, days to the next line or day 0", rule, days))
        for begins in LineBegins if number > 1 else ():
            so_many = sum(one.line.begins is begins for one in taken)
            share = estimate_share(so_many, len(taken), plan.analysis)
            told = f"{label}: {begins.value}, among persons with this line"
            named.append(_name(f"{key}.begins.{begins.value}", f"{label}, {begins.value}", told, share))
        for regimen, persons in rank_regimens(taken):
            told = f"{label}: persons whose drugs were {regimen}"
            named.append(_name(f"{key}.regimen.{regimen}", f"{label}, {regimen}", told, count_of(persons)))
    return named


def _name(estimate_id: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    return NamedEstimate(estimate_id, label, rule, "overall", label, estimate)


def drugs_seen(patients: Iterable[Patient]) -> list[str]:
    """Name the drugs that anybody was on at day 0 or began after it, those of most persons first."""
    counts = Counter(drug for one in patients for drug in one.drugs_after)
    return sorted(counts, key=lambda drug: (-counts[drug], drug))


def count_fates(patients: Sequence[Patient], drug: str) -> dict[str, int]:
    """Count the persons of each fate of a drug; of ANY_DRUG the persons of whom it is so for at least one drug."""
    of_persons = [
        list(one.drugs_after.values()) if drug == ANY_DRUG else [one.drugs_after[drug]]
        for one in patients
        if drug == ANY_DRUG or drug in one.drugs_after
    ]
    return {fate.key: sum(any(map(fate.is_so, drugs)) for drugs in of_persons) for fate in FATES}


def count_not_followed(patients: Iterable[Patient], definition: LineDefinition) -> int:
    """Count the persons who are not observed until the last day of follow-up."""
    return sum(
        one.observed_until is not None and (one.observed_until - one.member.day0_date).days < definition.follow_up_day
        for one in patients
    )


def estimate_drugs_after(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate what became of each systemic drug after day 0."""
    named = []
    for drug in (ANY_DRUG, *drugs_seen(patients)):
        counts = count_fates(patients, drug)
        for fate in FATES:
            label = f"{drug[:1].upper()}{drug[1:]}: {fate.head[:1].lower()}{fate.head[1:]}"
            told, estimate = f"{label}, persons", count_of(counts[fate.key])
            if fate.among:
                told = f"{label}, among {_AMONG[fate.among]}"
                estimate = estimate_share(counts[fate.key], counts[fate.among], plan.analysis)
            named.append(_name(f"drugs_after.{drug}.{fate.key}", label, told, estimate))
    return named
