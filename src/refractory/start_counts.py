"""What a mapping and a protocol to start from give: they are tried at once, so that nothing is wrong in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from refractory.cohort.attrition import AttritionStep
from refractory.cohort.build import build_cohort
from refractory.errors import RefractoryError
from refractory.numbers import say_count
from refractory.outcomes.assess import Patient, assess_cohort
from refractory.outcomes.response import ResponseRule, ResponseStatus
from refractory.protocol import Protocol, parse_protocol
from refractory.records.from_anywhere import open_records
from refractory.records.read import Records
from refractory.starting.expected import Expected
from refractory.study import read_study


@dataclass(frozen=True)
class StartCounts:
    """What came out when the mapping and the protocol were tried.

    Args:
        said: The counts in a line.
        warnings: Where they are less than the sheet holds.
    """

    said: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Answers:
    """Answers that were read; those of the cohort: all, in the window, and the others by the fault of their day."""

    read: int = 0
    all: int = 0
    in_window: int = 0
    undated: int = 0
    too_early: int = 0
    too_late: int = 0


def count_start(study: str, mapping: Path, expected: Expected) -> StartCounts:
    """Try a protocol on the records of a mapping: who is treated, diagnosed, in the cohort and evaluable.

    Args:
        study: The protocol.
        mapping: The mapping, beside its sheets.
        expected: What the sheets hold.

    Returns:
        The counts. Where the files cannot be run, a warning says why.
    """
    try:
        return _count(parse_protocol(study), mapping, expected)
    except RefractoryError as error:
        return StartCounts("", (f"The two files could not be tried: {str(error).splitlines()[0]}",))


def _count(protocol: Protocol, mapping: Path, expected: Expected) -> StartCounts:
    source = open_records(str(mapping))
    try:
        records, _ = read_study(protocol, source, None, lambda _: None)
        cohort = build_cohort(records.store, protocol.leaves, protocol.cohort_definition)
        patients = assess_cohort(records.store, protocol.leaves, cohort, protocol.outcome_definition)
        answers = _count_answers(records, patients, protocol.response.primary)
    finally:
        source.close()
    evaluable = [one for one in patients if one.response.status is not ResponseStatus.NOT_EVALUABLE]
    responders = [one for one in evaluable if one.response.status is ResponseStatus.RESPONSE]
    treated, disease = cohort.attrition[0], _find_step(cohort.attrition, "Disease")
    said = (
        f"{say_count(treated.persons_before, 'person')} with {expected.treatment}, {disease.persons_after} of them "
        f"with the diagnosis by then, {len(patients)} in the cohort; of these {len(evaluable)} evaluable, "
        f"{len(responders)} with a response"
    )
    warnings = [
        *_warn_of_persons(cohort.attrition, disease, expected),
        *_warn_of_answers(answers, expected, len(patients), len(evaluable), protocol.response.primary),
    ]
    return StartCounts(said, tuple(warnings))


def _find_step(attrition: Sequence[AttritionStep], criterion: str) -> AttritionStep:
    return next(one for one in attrition if one.criterion == criterion)


def _warn_of_persons(
    attrition: Sequence[AttritionStep], disease: AttritionStep, expected: Expected
) -> Iterator[str]:  # fmt: skip
    treated = attrition[0].persons_before
    if treated < expected.treated:
        yield (
            f"{expected.treated - treated} of {say_count(expected.treated, 'person')} with a cell for a day of "
            f"{expected.treatment} not treated as these files have it: none was read."
        )
    if disease.persons_lost:
        yield (
            f"{disease.persons_lost} of {say_count(disease.persons_before, 'treated person')} without a diagnosis "
            "by the day of the treatment: not in the cohort."
        )
    for step in attrition:
        if step.criterion != "Disease" and step.persons_before and 2 * step.persons_lost >= step.persons_before:
            yield (
                f"{step.persons_lost} of {say_count(step.persons_before, 'person')} are lost at one criterion: "
                f"{step.reason[:1].lower() + step.reason[1:]}."
            )


def _warn_of_answers(
    answers: _Answers, expected: Expected, persons: int, evaluable: int, rule: ResponseRule
) -> Iterator[str]:
    last = rule.window.last_day
    for count, what in (
        (answers.undated, "no day at all"),
        (answers.too_early, "no day after the treatment began"),
        (answers.too_late, f"a day later than day {last}"),
    ):
        if count:
            has = "has" if count == 1 else "have"
            yield f"{count} of {say_count(answers.all, 'answer')} of the cohort {has} {what}: of no use as they stand."
    if rule.label and answers.read < expected.answers:
        yield (
            f"{expected.answers - answers.read} of {say_count(expected.answers, 'answer')} in the sheet not read: the "
            "day cannot be read, or their person did not have the treatment."
        )
    if persons and 2 * evaluable < persons:
        who = say_count(persons, "person")
        yield f"Only {evaluable} of {who} of the cohort can be judged: look at the days of the answers."


def _count_answers(records: Records, patients: Sequence[Patient], rule: ResponseRule) -> _Answers:
    """Count the answers to the rule's item; of a person with some in the window no other counts as wrong."""
    if not rule.label:
        return _Answers()
    table = records.store.table("label")
    asked = rule.label.strip().lower()
    days: dict[int, list[tuple[date | None, date | None]]] = {}
    for person, item, earliest, latest in records.store.rows(table.select("person_id", "item", "earliest", "latest")):
        if item.strip().lower() == asked:
            days.setdefault(person, []).append((earliest, latest))
    counts = dict.fromkeys(("all", "in_window", "undated", "too_early", "too_late"), 0)
    counts["read"] = sum(map(len, days.values()))
    for patient in patients:
        told = [_place(one, patient.member.day0_date, rule) for one in days.get(patient.member.person_id, ())]
        counts["all"] += len(told)
        for one in [one for one in told if one == "in_window"] or told:
            counts[one] += 1
    return _Answers(**counts)


def _place(days: tuple[date | None, date | None], day0: date, rule: ResponseRule) -> str:
    earliest, latest = days
    if earliest is None or latest is None:
        return "undated"
    first, last = rule.window.first_day or 0, rule.window.last_day
    if latest < day0 + timedelta(days=first):
        return "too_early"
    return "too_late" if last is not None and earliest > day0 + timedelta(days=last) else "in_window"


def add_counts(text: str, counts: StartCounts) -> str:
    """Write the counts into the comments at the head of a mapping or a protocol.

    Example:
        >>> add_counts("# A mapping.\\n\\n[source]\\n", StartCounts("3 persons", ("None can be judged.",)))
        '# A mapping.\\n# TRIED: 3 persons.\\n# BEWARE: None can be judged.\\n\\n[source]\\n'
    """
    head, gap, rest = text.partition("\n\n")
    said = [f"# TRIED: {counts.said}."] if counts.said else []
    said += [f"# BEWARE: {one}" for one in counts.warnings]
    return "\n".join([head, *said]) + gap + rest
