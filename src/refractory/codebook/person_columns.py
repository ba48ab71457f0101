"""The columns of what is fixed about a person at day 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from refractory.codebook.columns import Column, Kind, build_day, build_yes_no, days_from_day0
from refractory.codebook.facts import NOT_TAKEN, Facts
from refractory.cohort.refractory import RefractoryDefinition
from refractory.cohort.strata import FeatureDefinition, GroupDefinition
from refractory.outcomes.assess import Patient
from refractory.protocol import Protocol

_NO_BIRTH = "no date of birth"
_READINGS = {
    "strictly": ("only courses known to be adequate", "Refractory, read strictly"),
    "as_written": ("courses count as the protocol says", "Refractory, as the protocol says"),
    "laxly": ("any course begun in time counts", "Refractory, read laxly"),
}
_ADEQUACY = {
    "ADEQUATE": "taken long enough, and at a dose that is high enough where the study asks for one",
    "UNKNOWN": "how long or at what dose is not known",
    "INADEQUATE": "too short, or the dose too low",
    NOT_TAKEN: "no course before day 0",
}


def build_person_columns(protocol: Protocol, facts: Facts) -> list[Column]:
    """Build the columns of who a person is at day 0, in the order of the protocol."""
    treatment = protocol.treatment.concept
    columns = [
        Column(("person_id",), "Person, as numbered in the source", Kind.INTEGER, lambda one: one.member.person_id),
        Column(
            ("day0_date",), "Day 0", Kind.DATE, lambda one: one.member.day0_date, "treatment",
            f"The first day of {treatment} that meets every criterion.",
        ),
        Column(
            ("diagnosis_date",), "First evidence of the disease", Kind.DATE, lambda one: one.member.diagnosis_date,
            "disease", f"The first record of {protocol.disease.name}.",
        ),
        Column(
            ("days_from_diagnosis",), "Diagnosis to day 0", Kind.INTEGER,
            lambda one: one.member.days_from_diagnosis, "disease", "day0_date less diagnosis_date.", "days",
        ),
        Column(
            ("age_years",), "Age at day 0", Kind.NUMBER, lambda one: one.member.age_years, "",
            "Days of life over 365.25; from the middle where birth is an interval.", "years", why=lambda _: _NO_BIRTH,
        ),
        Column(
            ("sex",), "Sex", Kind.TEXT, lambda one: one.member.sex,
            values={"female": "female", "male": "male", "unknown": "not recorded, or another word"},
        ),
        Column(("race",), "Race, as the source has it", Kind.TEXT, lambda one: one.member.race),
    ]  # fmt: skip
    return [
        *columns,
        *_build_groups(protocol),
        *(_build_refractory(protocol, protocol.refractory, facts) if protocol.refractory else []),
        *_build_lines(protocol),
        *_build_covariates(protocol),
        *_build_near(protocol, facts),
    ]


def _build_groups(protocol: Protocol) -> list[Column]:
    columns = [
        build_yes_no(
            ("feature", feature.name), _start(feature.name), _has(feature.name), "feature",
            _start(_without_name(feature)) + ".", lambda _: "cannot be decided",
        )
        for feature in protocol.feature
    ]  # fmt: skip
    undecided = "a feature that decides it cannot be decided"
    if protocol.stratum:
        columns.append(
            Column(
                ("stratum",), "Stratum", Kind.TEXT, lambda one: one.member.stratum, "stratum",
                "The first group that fits.", values=_say_groups(protocol.stratum),
                why=lambda _: undecided,
            )
        )  # fmt: skip
    if protocol.subtype:
        columns.append(
            Column(
                ("subtype",), "Subtype", Kind.TEXT, lambda one: one.member.subtype, "subtype",
                "The first group that fits.", values=_say_groups(protocol.subtype),
                why=lambda _: undecided,
            )
        )  # fmt: skip
    return columns


def _has(feature: str) -> Callable[[Patient], bool | None]:
    return lambda one: one.member.features[feature]


def _is_among(days: Mapping[int, date]) -> Callable[[Patient], bool]:
    return lambda one: one.member.person_id in days


def _reads_day(days: Mapping[int, date]) -> Callable[[Patient], int | None]:
    return lambda one: days_from_day0(one, days.get(one.member.person_id))


def _best_course(facts: Facts, drug: str) -> Callable[[Patient], str]:
    return lambda one: facts.drugs.get((one.member.person_id, drug), NOT_TAKEN)


def _base(covariate: str) -> Callable[[Patient], float | None]:
    return lambda one: one.baseline[covariate]


def _build_refractory(protocol: Protocol, rule: RefractoryDefinition, facts: Facts) -> list[Column]:
    said = f"At least {rule.failed} different drugs of {rule.among} had failed before day 0"
    columns = [
        Column(
            ("drugs_before",), "Drugs before day 0 that count for the refractory rule", Kind.INTEGER,
            lambda one: one.member.drugs_before, "refractory", f"Different drugs of {rule.among} with a course that "
            "counts.", "drugs",
        )
    ]  # fmt: skip
    if rule.active:
        columns.append(
            Column(
                ("active_by",), "By what active disease at day 0 is known", Kind.TEXT,
                lambda one: one.member.active_by, "refractory.active", rule.active.describe() + ".",
                values={"chart": "a label from the chart", "score": "a score", "treatment": "the treatment itself"},
            )
        )  # fmt: skip
    for name, (reading, label) in _READINGS.items():
        days = facts.readings.get(name, {})
        columns.append(
            build_yes_no(
                ("refractory", name), label, _is_among(days),
                "refractory", f"{said}; {reading}.",
            )
        )  # fmt: skip
        columns.append(
            build_day(
                ("refractory", name, "day"), f"{label}: the day 0 that this reading would give",
                _reads_day(days),
                "refractory", f"{said}; {reading}.", lambda _: "this reading does not take the person",
            )
        )  # fmt: skip
    for drug in protocol.leaves[rule.among]:
        columns.append(
            Column(
                ("before", drug), f"{_start(drug)} before day 0", Kind.TEXT,
                _best_course(facts, drug),
                "refractory.adequate", "The best of the person's courses of the drug that began before day 0.",
                values=_ADEQUACY,
            )
        )  # fmt: skip
    return columns


def _build_lines(protocol: Protocol) -> list[Column]:
    if protocol.lines is None:
        return []
    return [
        Column(
            ("lines_before",), "Lines of systemic treatment before day 0", Kind.INTEGER, lambda one: len(one.lines),
            "lines", f"Courses of {protocol.lines.among} in order of start, those near one another together.", "lines",
        ),
        Column(
            ("last_line",), "Drugs of the last line before day 0", Kind.TEXT,
            lambda one: one.lines[-1].regimen if one.lines else None, "lines", why=lambda _: "no line before day 0",
        ),
    ]  # fmt: skip


def _build_covariates(protocol: Protocol) -> list[Column]:
    return [
        Column(
            ("base", one.name), one.name, Kind.NUMBER,
            _base(one.name), "covariate",
            f"The last value of {one.concept or one.score} on {one.window}.",
            one.unit or ("points" if one.score else ""),
            why=lambda patient: "no value on these days",
        )
        for one in protocol.covariate
    ]  # fmt: skip


def _build_near(protocol: Protocol, facts: Facts) -> list[Column]:
    near = facts.near_day_0
    if near is None:
        return []
    label = "Another drug begun or raised near day 0"
    window = protocol.explanations.near_day_0
    said = f"A drug of {protocol.explanations.among or 'the study'} begun, or its dose raised, on {window}."
    return [
        build_yes_no(
            ("other_drug_near_day0",), label, lambda one: one.member.person_id in near, "explanations.near_day_0", said
        )
    ]


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _say_groups(groups: Sequence[GroupDefinition]) -> dict[str, str]:
    return {group.name: _without_name(group) for group in groups}


def _without_name(named: GroupDefinition | FeatureDefinition) -> str:
    return named.describe().removeprefix(f"{named.name}: ")
