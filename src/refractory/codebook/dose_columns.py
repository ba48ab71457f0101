"""The columns of the drugs that could be lowered: what became of each, and the glucocorticoid dose over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refractory.codebook.columns import Column, Kind, build_day, build_yes_no
from refractory.dates import Window
from refractory.exposures.tapers import DoseGoal
from refractory.outcomes.assess import Patient
from refractory.outcomes.dose_over_time import DoseOverTimeDefinition, DoseTime
from refractory.outcomes.sparing import LOWER, Sparing, SparingClass, SparingDefinition
from refractory.protocol import Protocol

_MG = "mg of prednisone equivalent a day"
_NOT_TOLD = "not evaluable"


def build_dose_columns(protocol: Protocol) -> list[Column]:
    """Build the columns of sparing and of the dose over time; none where the protocol does not ask."""
    rule = protocol.sparing
    if rule is None:
        return []
    columns = _build_glucocorticoid(rule)
    if rule.steroid_sparing:
        columns += _build_others(rule, list(protocol.leaves[rule.steroid_sparing]))
    return [*columns, *(_build_over_time(rule.over_time) if rule.over_time else [])]


def _classes(rule: SparingDefinition) -> dict[str, str]:
    return {
        "STOPPED": "on it at baseline, no covered day at the end of follow-up",
        "DECREASED": f"dose lower by at least {rule.change:g} %",
        "UNCHANGED": f"dose within {rule.change:g} %",
        "INCREASED": f"dose higher by at least {rule.change:g} %, or begun",
        "NOT_EVALUABLE": "not on it, a dose unknown, or followed too briefly",
    }


def _build_glucocorticoid(rule: SparingDefinition) -> list[Column]:
    name, key = rule.glucocorticoid, "sparing"
    baseline, follow_up = f"over {rule.baseline}", f"over {rule.follow_up}"

    def take(read: Callable[[Sparing], Any]) -> Callable[[Patient], Any]:
        return lambda one: read(one.sparing) if one.sparing else None

    def is_lower(sparing: Sparing) -> bool | None:
        if not sparing.is_on_glucocorticoid or sparing.glucocorticoid is SparingClass.NOT_EVALUABLE:
            return None
        return sparing.glucocorticoid in LOWER

    def why_not(one: Patient) -> str:
        is_on = one.sparing is not None and one.sparing.is_on_glucocorticoid
        return _NOT_TOLD if is_on else "not on it at baseline"

    return [
        build_yes_no(
            ("on_glucocorticoid",), f"On {name} at baseline", take(lambda own: own.is_on_glucocorticoid),
            "sparing.baseline", f"A covered day {baseline}.",
        ),
        Column(
            ("glucocorticoid",), f"What became of {name}", Kind.TEXT, take(lambda own: own.glucocorticoid.value), key,
            f"The dose {follow_up} against that {baseline}.", values=_classes(rule),
        ),
        build_yes_no(
            ("glucocorticoid_lower",), f"{name[:1].upper()}{name[1:]} lower", take(is_lower), "sparing.change",
            f"Stopped, or lower by at least {rule.change:g} %; of persons on it at baseline who are evaluable.",
            why_not,
        ),
        *(
            Column(
                (f"glucocorticoid_{field}_{when}",), f"{name[:1].upper()}{name[1:]} {said}: {words}", kind,
                take(_dose(when, field)), f"sparing.{when}" if when == "baseline" else "sparing.last", more, unit,
            )
            for when, said in (("baseline", baseline), ("follow_up", follow_up))
            for field, words, kind, unit, more in (
                ("mg", "mean daily dose", Kind.NUMBER, _MG, "Pulses apart; days of unknown dose count as they are "
                 "known, see the days of unknown dose."),
                ("covered", "covered days", Kind.INTEGER, "days", "Pulses included."),
                ("unknown", "days of unknown dose", Kind.INTEGER, "days", ""),
                ("pulses", "days of a pulse", Kind.INTEGER, "days", f"At least {rule.pulse:g} mg in a day."),
            )
        ),
    ]  # fmt: skip


_FIELDS = {"mg": "mg_per_day", "covered": "covered_days", "unknown": "unknown_days", "pulses": "pulse_days"}


def _dose(when: str, field: str) -> Callable[[Sparing], Any]:
    return lambda own: getattr(getattr(own, when), _FIELDS[field])


def _build_others(rule: SparingDefinition, drugs: list[str]) -> list[Column]:
    none = "on no such drug that can be judged"
    ends: list[tuple[str, str, Callable[[Sparing], SparingClass | None]]] = [
        ("best", "the best of the person's drugs", lambda own: own.best_of_drugs),
        ("worst", "the worst of them", lambda own: own.worst_of_drugs),
    ]
    columns = [
        Column(
            ("sparing", end), f"What became of {rule.steroid_sparing}: {said}", Kind.TEXT, _end(read),
            "sparing.steroid_sparing", values=_classes(rule), why=lambda _: none,
        )
        for end, said, read in ends
    ]  # fmt: skip
    return columns + [
        Column(
            ("sparing", drug), f"What became of {drug}", Kind.TEXT, _drug(drug), "sparing.steroid_sparing",
            "In its own mg, by the same rule.", values=_classes(rule),
            why=lambda _: "not on it at baseline, nor at the end of follow-up",
        )
        for drug in drugs
    ]  # fmt: skip


def _end(read: Callable[[Sparing], SparingClass | None]) -> Callable[[Patient], SparingClass | None]:
    return lambda one: read(one.sparing) if one.sparing else None


def _drug(drug: str) -> Callable[[Patient], SparingClass | None]:
    return lambda one: one.sparing.drugs.get(drug) if one.sparing else None


def _build_over_time(rule: DoseOverTimeDefinition) -> list[Column]:
    key = "sparing.over_time"
    columns = [
        Column(
            ("glucocorticoid_covered_days",), "Days on the glucocorticoid", Kind.INTEGER,
            lambda one: one.doses.whole.covered_days if one.doses else None, key,
            f"Over all days that are looked at: {rule.span}.", "days",
        ),
        Column(
            ("glucocorticoid_unknown_days",), "Days of unknown glucocorticoid dose", Kind.INTEGER,
            lambda one: one.doses.whole.unknown_days if one.doses else None, key, "Of the same days.", "days",
        ),
    ]  # fmt: skip
    columns += [_build_dose_of_day(rule, day) for day in rule.days]
    for window in rule.cumulative:
        columns += _build_sums(window, key)
    for below in rule.below:
        columns += _build_time(rule, DoseGoal.BELOW, below, (f"below_{below:g}mg",), f"below {below:g} mg a day")
    columns += _build_time(rule, DoseGoal.HALF, None, ("half_dose",), "at or below half of that at baseline")
    columns += _build_time(rule, DoseGoal.OFF, None, ("off_glucocorticoid",), "stopped")
    tapers = (
        ("fall_mg_per_4_weeks", "Fall of the dose in four weeks", Kind.NUMBER, "mg"),
        ("reductions", "Steps down", Kind.INTEGER, "steps"),
        ("rises", "Steps up", Kind.INTEGER, "steps"),
    )
    return columns + [
        Column(
            ("taper", name), label, kind, _taper(name), f"{key}.step", "", unit,
            why=lambda _: "a dose is not known, or there was none",
        )
        for name, label, kind, unit in tapers
    ]  # fmt: skip


def _build_dose_of_day(rule: DoseOverTimeDefinition, day: int) -> Column:
    return Column(
        (f"dose_day_{_spell_day(day)}",),
        f"Glucocorticoid dose at day {day}",
        Kind.NUMBER,
        lambda one: one.doses.at_days[day].mg_per_day if one.doses else None,
        "sparing.over_time.days",
        f"The mean over the {rule.mean_over} days that end with it.",
        _MG,
        why=lambda one: (one.doses.at_days[day].why if one.doses else None) or _NOT_TOLD,
    )


def _build_sums(window: Window, key: str) -> list[Column]:
    ends = f"{_spell_day(window.first_day or 0)}_to_{_spell_day(window.last_day or 0)}"
    columns = []
    for field, end, label in (
        ("cumulative_mg", "", "without pulses"),
        ("cumulative_with_pulses_mg", "_pulses", "with pulses"),
    ):
        columns.append(
            Column(
                (f"dose_sum_{ends}{end}",), f"Glucocorticoid added up over {window}, {label}", Kind.NUMBER,
                _sum(window, field), f"{key}.cumulative", "", "mg of prednisone equivalent",
                why=lambda one: (one.doses.windows[window].why if one.doses else None) or _NOT_TOLD,
            )
        )  # fmt: skip
    return columns


def _sum(window: Window, field: str) -> Callable[[Patient], float | None]:
    return lambda one: getattr(one.doses.windows[window], field) if one.doses else None


def _taper(name: str) -> Callable[[Patient], float | None]:
    return lambda one: getattr(one.doses.taper, name) if one.doses else None


def _build_time(
    rule: DoseOverTimeDefinition, goal: DoseGoal, below: float | None, start: tuple[str, ...], said: str
) -> list[Column]:
    def find(one: Patient) -> DoseTime | None:
        times = one.doses.times if one.doses else ()
        return next((time for time in times if time.goal is goal and time.below_mg == below), None)

    key = "sparing.over_time.below" if goal is DoseGoal.BELOW else "sparing.over_time"
    statuses = {
        "REACHED": "the day is known",
        "CENSORED": "not seen to the day given",
        "BELOW_AT_BASELINE": "so already on day 0",
        "NOT_EVALUABLE": "cannot be told",
    }
    return [
        Column(
            (*start, "status"), f"Glucocorticoid {said}: what is known", Kind.TEXT,
            lambda one: time.status.value if (time := find(one)) else None, key,
            f"Of days up to {rule.until_day}.", values=statuses,
        ),
        build_day(
            (*start, "day"), f"Glucocorticoid {said}: day, or last day without",
            lambda one: time.day if (time := find(one)) else None, key, "Event where the status is REACHED, "
            "censored where it is CENSORED.",
            lambda one: "so already on day 0" if (t := find(one)) and t.status == "BELOW_AT_BASELINE" else _NOT_TOLD,
        ),
    ]  # fmt: skip


def _spell_day(day: int) -> str:
    return f"m{-day}" if day < 0 else str(day)
