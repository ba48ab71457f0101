"""Response by chart review, by score or by event: RESPONSE, NO_RESPONSE or NOT_EVALUABLE, never a silent drop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from refractory.dates import Days, PartialDate, Window, WindowDays, say_days
from refractory.definition import Definition

_CHANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(points?|%|per cent)\s*$")
MINIMAL = "minimal important change"


class ResponseStatus(StrEnum):
    """The three answers."""

    RESPONSE = "RESPONSE"
    NO_RESPONSE = "NO_RESPONSE"
    NOT_EVALUABLE = "NOT_EVALUABLE"


@dataclass(frozen=True)
class Change:
    """How much a score must change: points, or per cent of the baseline.

    Args:
        amount: Points, or per cent; None for the minimal important change that the instrument itself declares.
        is_relative: True for per cent of the baseline.
    """

    amount: float | None
    is_relative: bool = False

    def __str__(self) -> str:
        if self.amount is None:
            return MINIMAL
        return f"{self.amount:g} %" if self.is_relative else f"{self.amount:g} points"


def _read_change(value: Any) -> Change:
    if isinstance(value, Change):
        return value
    if isinstance(value, str) and value.strip().lower() == MINIMAL:
        return Change(None)
    found = _CHANGE.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'a change of a score is written like "4 points", "40 %" or "{MINIMAL}", not {value!r}')
    change = Change(float(found[1]), not found[2].startswith("point"))
    if change.amount == 0:
        raise ValueError("a change of 0 is no change")
    return change


ScoreChange = Annotated[
    Change,
    BeforeValidator(_read_change),
    WithJsonSchema({"type": "string", "pattern": rf"^\s*(\d+(\.\d+)?\s*(points?|%|per cent)|{MINIMAL})\s*$"}),
]
_WAYS = ("label", "score", "event", "all_of", "any_of")


class ResponseRule(Definition):
    """One way to tell a response: a label, a score, an event, or other rules taken together."""

    name: str | None = Field(None, description="The rule in words, as it is printed.")
    label: str | None = Field(None, description="Adjudicated item.")
    positive: tuple[str, ...] = Field(("yes",), min_length=1, description="Values of the item that are a response.")
    negative: tuple[str, ...] = Field((), description="Values that are no response; none named: all other values.")
    score: str | None = Field(None, description="A score: an instrument of this study, or a concept set.")
    fall: ScoreChange | None = Field(
        None, description=f'Fall of the score that is a response: "4 points", "40 %", "{MINIMAL}".'
    )
    rise: ScoreChange | None = Field(None, description="Rise of the score that is a response.")
    at_most: float | None = Field(None, description="The score itself is at most this.")
    at_least: float | None = Field(None, description="The score itself is at least this.")
    category: str | None = Field(
        None, description='The score lies in this category of its instrument or a better one: "moderate".'
    )
    baseline: WindowDays = Field(Window(-90, 0), description="Days from which the baseline score is taken.")
    confirmed: Days = Field(0, description="The change is met again at a visit at least this much later.")
    event: str | None = Field(None, description="Concept set of an event.")
    all_of: tuple[str, ...] = Field((), description="Names of other rules that must all be met.")
    any_of: tuple[str, ...] = Field((), description="Names of other rules of which one must be met.")
    window: WindowDays = Field(Window(1, 365), description="Days after day 0 in which the response is looked for.")

    @model_validator(mode="after")
    def _is_one_rule(self) -> ResponseRule:
        named = [key for key in _WAYS if getattr(self, key)]
        if len(named) != 1:
            said = " and ".join(named) or "none of them"
            raise ValueError(f"a response rule names exactly one of {', '.join(_WAYS)}; this one names {said}")
        if self.fall and self.rise:
            raise ValueError("a score either falls or rises")
        if self.score and not self.has_limit:
            raise ValueError('a score needs fall, rise, at_most, at_least or category, such as fall = "4 points"')
        if self.has_limit and not self.score:
            raise ValueError("fall, rise, at_most, at_least and category speak of a score, and this rule has none")
        if self.fall and self.fall.is_relative and (self.fall.amount or 0) > 100:
            raise ValueError("a score cannot fall by more than 100 %")
        if self.baseline.last_day is None or self.baseline.last_day > 0:
            raise ValueError("a baseline window ends on day 0 or before: what comes after is no baseline")
        if self.window.first_day is None or self.window.first_day < 0:
            raise ValueError("a response window starts on day 0 or after")
        return self

    @property
    def has_limit(self) -> bool:
        """True when the rule says what a score must do."""
        return any(getattr(self, key) is not None for key in ("fall", "rise", "at_most", "at_least", "category"))

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the rules that this one takes together."""
        return self.all_of or self.any_of

    def describe(self) -> str:
        """Say the rule as one sentence."""
        if self.label:
            said = f'the reviewers\' label "{self.label}" ({", ".join(self.positive)}) on {self.window}'
        elif self.event:
            said = f"{self.event} on {self.window}"
        elif self.parts:
            said = (" and " if self.all_of else " or ").join(f'"{part}"' for part in self.parts)
            said += ", all of them met, from the day of the last" if self.all_of else ", whichever is met first"
        else:
            again = f", met again at least {say_days(self.confirmed)} later" if self.confirmed else ""
            said = f"{self.score} {self._say_limits()}, at a visit on {self.window}{again}"
        return f"{self.name}: {said}" if self.name else said

    def _say_limits(self) -> str:
        change = self.fall or self.rise
        limits = []
        if change:
            by = "the " + str(change) if change.amount is None else str(change)
            side = "lower" if self.fall else "higher"
            limits.append(f"{side} than the last value on {self.baseline} by at least {by}")
        limits += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        limits += [f"at least {self.at_least:g}"] if self.at_least is not None else []
        limits += [f'in the category "{self.category}" or a better one'] if self.category else []
        return " and ".join(limits)


class ResponseDefinition(Definition):
    """What a response is, and what happens to persons whom nobody could judge."""

    name: str = Field(min_length=1, description="The outcome in words.")
    means: Literal["benefit", "harm"] = Field("benefit", description="Whether the outcome is good for the person.")
    primary: ResponseRule = Field(description="The rule whose result is the study's answer.")
    supporting: tuple[ResponseRule, ...] = Field((), description="Other rules, printed beside it.")
    missing: Literal["evaluable", "non-response"] = Field(
        "evaluable", description="The primary reading of persons who are not evaluable."
    )

    @model_validator(mode="after")
    def _names_its_parts(self) -> ResponseDefinition:
        simple = [rule.name for rule in self.rules if rule.name and not rule.parts]
        doubled = sorted({name for name in simple if simple.count(name) > 1})
        if doubled:
            raise ValueError(f"two rules have the name {doubled[0]!r}")
        for rule in self.rules:
            for part in rule.parts:
                if part not in simple:
                    known = ", ".join(map(repr, simple)) or "none"
                    raise ValueError(
                        f"all_of and any_of name rules that are not taken together themselves; {part!r} is none of "
                        f"them (there are: {known})"
                    )
        return self

    @property
    def rules(self) -> tuple[ResponseRule, ...]:
        """The primary rule, then the supporting ones."""
        return (self.primary, *self.supporting)

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
        score: The number, for a score; None where items are missing.
        lower: The least that the score may be, where items are missing.
        upper: The most that it may be.
    """

    when: PartialDate | None
    value: str | None = None
    score: float | None = None
    lower: float | None = None
    upper: float | None = None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the most that the score may be; None for a label, and where nothing is known."""
        if self.score is not None:
            return self.score, self.score
        return None if self.lower is None or self.upper is None else (self.lower, self.upper)


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
