"""Response by chart review, by score or by event: RESPONSE, NO_RESPONSE or NOT_EVALUABLE, never a silent drop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from refractory.dates import Days, PartialDate, Window, WindowDays, say_days
from refractory.definition import Definition

_CHANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(points?|%|per cent)\s*$")


class ResponseStatus(StrEnum):
    """The three answers."""

    RESPONSE = "RESPONSE"
    NO_RESPONSE = "NO_RESPONSE"
    NOT_EVALUABLE = "NOT_EVALUABLE"


@dataclass(frozen=True)
class Change:
    """How much a score must change: points, or per cent of the baseline."""

    amount: float
    is_relative: bool

    def __str__(self) -> str:
        return f"{self.amount:g} %" if self.is_relative else f"{self.amount:g} points"


def _read_change(value: Any) -> Change:
    if isinstance(value, Change):
        return value
    found = _CHANGE.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'a change of a score is written like "4 points" or "40 %", not {value!r}')
    change = Change(float(found[1]), not found[2].startswith("point"))
    if change.amount == 0:
        raise ValueError("a change of 0 is no change")
    return change


ScoreChange = Annotated[
    Change,
    BeforeValidator(_read_change),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(points?|%|per cent)\s*$"}),
]


class ResponseRule(Definition):
    """One way to tell a response: a label, a score or an event."""

    name: str | None = Field(None, description="The rule in words, as it is printed.")
    label: str | None = Field(None, description="Adjudicated item.")
    positive: tuple[str, ...] = Field(("yes",), min_length=1, description="Values of the item that are a response.")
    negative: tuple[str, ...] = Field((), description="Values that are no response; none named: all other values.")
    score: str | None = Field(None, description="Concept set of a score.")
    fall: ScoreChange | None = Field(None, description='Fall of the score that is a response: "4 points", "40 %".')
    rise: ScoreChange | None = Field(None, description="Rise of the score that is a response.")
    baseline: WindowDays = Field(Window(-90, 0), description="Days from which the baseline score is taken.")
    confirmed: Days = Field(0, description="The change is met again at a visit at least this much later.")
    event: str | None = Field(None, description="Concept set of an event.")
    window: WindowDays = Field(Window(1, 365), description="Days after day 0 in which the response is looked for.")

    @model_validator(mode="after")
    def _is_one_rule(self) -> ResponseRule:
        named = [key for key in ("label", "score", "event") if getattr(self, key)]
        if len(named) != 1:
            said = " and ".join(named) or "none of them"
            raise ValueError(f"a response rule names exactly one of label, score, event; this one names {said}")
        if self.score and bool(self.fall) == bool(self.rise):
            raise ValueError('a score needs fall or rise, such as fall = "4 points"')
        if self.fall and self.fall.is_relative and self.fall.amount > 100:
            raise ValueError("a score cannot fall by more than 100 %")
        if self.baseline.last_day is None or self.baseline.last_day > 0:
            raise ValueError("a baseline window ends on day 0 or before: what comes after is no baseline")
        if self.window.first_day is None or self.window.first_day < 0:
            raise ValueError("a response window starts on day 0 or after")
        return self

    def describe(self) -> str:
        """Say the rule as one sentence."""
        if self.label:
            said = f'the reviewers\' label "{self.label}" ({", ".join(self.positive)}) on {self.window}'
        elif self.event:
            said = f"{self.event} on {self.window}"
        else:
            change = f"at least {self.fall} lower" if self.fall else f"at least {self.rise} higher"
            again = f", met again at least {say_days(self.confirmed)} later" if self.confirmed else ""
            said = f"{self.score} {change} than the last value on {self.baseline}, at a visit on {self.window}{again}"
        return f"{self.name}: {said}" if self.name else said


class ResponseDefinition(Definition):
    """What a response is, and what happens to persons whom nobody could judge."""

    name: str = Field(min_length=1, description="The outcome in words.")
    means: Literal["benefit", "harm"] = Field("benefit", description="Whether the outcome is good for the person.")
    primary: ResponseRule = Field(description="The rule whose result is the study's answer.")
    supporting: tuple[ResponseRule, ...] = Field((), description="Other rules, printed beside it.")
    missing: Literal["evaluable", "non-response"] = Field(
        "evaluable", description="The primary reading of persons who are not evaluable."
    )

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        reading = {
            "evaluable": "Persons who are not evaluable are left out of the primary result",
            "non-response": "Persons who are not evaluable count as non-response in the primary result",
        }[self.missing]
        said = [f"The primary outcome, {self.name.lower()}, was {self.primary.describe()}."]
        said += [f"Supporting: {rule.describe()}." for rule in self.supporting]
        return (*said, f"{reading}; the other readings and the worst and best bounds are printed beside it.")


@dataclass(frozen=True)
class Assessment:
    """One dated value about one person: a label, or a score.

    Args:
        when: The day, or the interval of days that an incomplete date may mean; None without a date.
        value: Lower-case label; None where reviewers disagree.
        score: The number, for a score.
    """

    when: PartialDate | None
    value: str | None = None
    score: float | None = None


@dataclass(frozen=True)
class Response:
    """The answer for one person by one rule.

    Args:
        status: RESPONSE, NO_RESPONSE or NOT_EVALUABLE.
        when: Day of the first response, or the interval that it may be; None without response.
        why: Why the person is not evaluable, in words; empty otherwise.
        change: Change of the score at the response, or the largest seen; None for labels and events.
        baseline: Baseline score; None for labels and events.
    """

    status: ResponseStatus
    when: PartialDate | None = None
    why: str = ""
    change: float | None = None
    baseline: float | None = None


def _lies_in(when: PartialDate, day0: date, window: Window) -> bool | None:
    """Say whether an interval of days lies in a window; None where it lies across an end."""
    inside = [
        (window.first_day is None or (day - day0).days >= window.first_day)
        and (window.last_day is None or (day - day0).days <= window.last_day)
        for day in (when.earliest, when.latest)
    ]
    if all(inside):
        return True
    first, last = (when.earliest - day0).days, (when.latest - day0).days
    is_before = window.first_day is not None and last < window.first_day
    is_after = window.last_day is not None and first > window.last_day
    return False if is_before or is_after else None


def classify_by_label(assessments: Sequence[Assessment], day0: date, rule: ResponseRule) -> Response:
    """Classify one person by the reviewers' labels: the first positive one in the window is the response."""
    positive = {text.lower() for text in rule.positive}
    negative = {text.lower() for text in rule.negative}
    hits: list[PartialDate] = []
    has_negative = has_open_date = has_disagreement = False
    for seen in assessments:
        lies = _lies_in(seen.when, day0, rule.window) if seen.when else None
        if lies is False:
            continue
        is_positive = seen.value in positive
        if lies is None:
            has_open_date = has_open_date or seen.value is None or is_positive
        elif seen.value is None:
            has_disagreement = True
        elif is_positive and seen.when:
            hits.append(seen.when)
        elif not negative or seen.value in negative:
            has_negative = True
    if hits:
        first = min(hits, key=lambda when: (when.latest, when.earliest))
        earliest = min(when.earliest for when in hits)
        return Response(ResponseStatus.RESPONSE, PartialDate(earliest, first.latest))
    if has_open_date:
        return Response(ResponseStatus.NOT_EVALUABLE, why="the date of the assessment is incomplete")
    if has_disagreement:
        return Response(ResponseStatus.NOT_EVALUABLE, why="the reviewers disagree")
    if has_negative:
        return Response(ResponseStatus.NO_RESPONSE)
    return Response(ResponseStatus.NOT_EVALUABLE, why="no assessment in the window")


def classify_by_score(assessments: Sequence[Assessment], day0: date, rule: ResponseRule) -> Response:
    """Classify one person by the change of a score from baseline.

    Baseline is the last value in the baseline window; of several values of one day the last as given.
    """
    dated = [(seen.when.earliest, seen.score) for seen in assessments if seen.when and seen.score is not None]
    dated.sort(key=lambda visit: visit[0])

    def between(window: Window) -> list[tuple[date, float]]:
        return [visit for visit in dated if _lies_in(PartialDate(visit[0], visit[0]), day0, window)]

    before, visits = between(rule.baseline), between(rule.window)
    if not before:
        return Response(ResponseStatus.NOT_EVALUABLE, why="no baseline score")
    baseline = before[-1][1]
    if not visits:
        return Response(ResponseStatus.NOT_EVALUABLE, why="no score in the window", baseline=baseline)
    change = rule.fall or rule.rise
    if change is None or (change.is_relative and baseline <= 0):
        return Response(ResponseStatus.NOT_EVALUABLE, why="a baseline of 0 has no relative change", baseline=baseline)
    needed = change.amount * baseline / 100 if change.is_relative else change.amount
    gains = [(day, baseline - score if rule.fall else score - baseline) for day, score in visits]
    met = [day for day, gain in gains if gain >= needed - 1e-9]
    least_apart = timedelta(days=rule.confirmed)
    firsts = [day for day in met if any(later - day >= least_apart for later in met)]
    largest = max(gain for _, gain in gains)
    if firsts:
        return Response(ResponseStatus.RESPONSE, PartialDate(firsts[0], firsts[0]), "", largest, baseline)
    return Response(ResponseStatus.NO_RESPONSE, None, "", largest, baseline)


def classify_by_event(
    event_dates: Sequence[date], observed_until: date | None, day0: date, rule: ResponseRule
) -> Response:
    """Classify one person by an event: RESPONSE means that it happened in the window.

    A person without the event is evaluable when observation covers the whole window. An `observed_until`
    of None says that the source knows no end of observation.
    """
    hits = sorted(day for day in event_dates if _lies_in(PartialDate(day, day), day0, rule.window))
    if hits:
        return Response(ResponseStatus.RESPONSE, PartialDate(hits[0], hits[0]))
    last = rule.window.last_day
    if observed_until is not None and last is not None and (observed_until - day0).days < last:
        return Response(ResponseStatus.NOT_EVALUABLE, why="observation ends before the window does")
    return Response(ResponseStatus.NO_RESPONSE)
