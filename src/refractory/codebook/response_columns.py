"""The columns of the response: the answer of each person by each rule, and how it went on."""

from __future__ import annotations

from collections.abc import Callable

from refractory.codebook.columns import Column, Kind, build_day, build_yes_no, days_from_day0
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import Response, ResponseRule, ResponseStatus
from refractory.protocol import Protocol

_STATUSES = {
    "RESPONSE": "the rule is met",
    "NO_RESPONSE": "the rule is not met",
    "NOT_EVALUABLE": "nobody could judge",
}
_NO_RESPONSE = "no response"
_NOT_EVALUABLE = "not evaluable"
Answer = Callable[[Patient], Response]


def build_response_columns(protocol: Protocol) -> list[Column]:
    """Build the columns of the primary rule, of each supporting rule, and of the time after them."""
    definition = protocol.response
    columns = _build_rule((), definition.primary, definition.name, "response.primary", lambda one: one.response)
    if protocol.treatment.cycle:
        columns.append(
            Column(
                ("cycles_to_response",), "Cycles to response", Kind.INTEGER, lambda one: one.cycles_to_response,
                "response.primary", "Cycles begun on or before the day of first response.", "cycles", why=_why_no_count,
            )
        )  # fmt: skip
    for number, rule in enumerate(definition.supporting):
        label = rule.name or rule.describe()
        columns += _build_rule(
            (f"supporting{number + 1}",), rule, label, f"response.supporting[{number + 1}]", _supporting(number)
        )
    return [*columns, *_build_follow_up(protocol)]


def _supporting(number: int) -> Answer:
    return lambda one: one.supporting[number]


def _why_no_count(one: Patient) -> str:
    return "the day of the response is not known" if one.response.when is None and _is(one) else _why_no_day(one)


def _is(one: Patient) -> bool:
    return one.response.status is ResponseStatus.RESPONSE


def _why_no_day(one: Patient) -> str:
    return _why(lambda patient: patient.response)(one)


def _why(answer: Answer) -> Callable[[Patient], str]:
    """Say of a person why a response has no day."""

    def why(one: Patient) -> str:
        status = answer(one).status
        if status is ResponseStatus.RESPONSE:
            return "the day of the response is not known to the day"
        return _NOT_EVALUABLE if status is ResponseStatus.NOT_EVALUABLE else _NO_RESPONSE

    return why


def _build_rule(start: tuple[str, ...], rule: ResponseRule, label: str, key: str, answer: Answer) -> list[Column]:
    said, why = rule.describe() + ".", _why(answer)

    def responded(one: Patient) -> bool | None:
        status = answer(one).status
        return None if status is ResponseStatus.NOT_EVALUABLE else status is ResponseStatus.RESPONSE

    def find_end(one: Patient, end: str) -> int | None:
        when = answer(one).when
        return days_from_day0(one, getattr(when, end)) if when else None

    columns = [
        Column(
            (*start, "response"), label, Kind.TEXT, lambda one: answer(one).status.value, key, said, values=_STATUSES
        ),
        build_yes_no(
            (*start, "responded"), f"{label}: met", responded, key, "Empty where nobody could judge, and then in no "
            "proportion of evaluable persons.", lambda _: _NOT_EVALUABLE,
        ),
        Column(
            (*start, "response_earliest"), f"{label}: first day that the response may be", Kind.DATE,
            lambda one: when.earliest if (when := answer(one).when) else None, key, said, why=why,
        ),
        Column(
            (*start, "response_latest"), f"{label}: last day that the response may be", Kind.DATE,
            lambda one: when.latest if (when := answer(one).when) else None, key,
            "The same as the first, but for a date that is incomplete.", why=why,
        ),
        build_day(
            (*start, "response_earliest_day"), f"{label}: the first in days", lambda one: find_end(one, "earliest"),
            key, said, why,
        ),
        build_day(
            (*start, "response_latest_day"), f"{label}: the last in days", lambda one: find_end(one, "latest"),
            key, said, why,
        ),
        Column(
            (*start, "response_why"), f"{label}: why nobody could judge", Kind.TEXT,
            lambda one: answer(one).why or None, key, "In words.", why=lambda _: "evaluable",
        ),
    ]  # fmt: skip
    if rule.score:
        columns += [
            Column(
                (*start, "baseline"), f"{rule.score} at baseline", Kind.NUMBER, lambda one: answer(one).baseline, key,
                f"The last value on {rule.baseline}.", "points", why=lambda _: "no value at baseline",
            ),
            Column(
                (*start, "change"), f"{rule.score}: change", Kind.NUMBER, lambda one: answer(one).change, key,
                "At the response, else the largest in the wanted direction.", "points",
                why=lambda _: "no value to compare",
            ),
        ]  # fmt: skip
    return columns


def _build_follow_up(protocol: Protocol) -> list[Column]:
    rule = protocol.follow_up
    ends = f"The end of observation, or day {rule.until}."
    columns = [
        Column(
            ("observed_until",), "Last day of observation", Kind.DATE, lambda one: one.observed_until, "",
            "The end of the period of observation that holds day 0, or death.",
            why=lambda _: "the source knows no periods of observation",
        ),
        _build_seen("seen_until_day", "Last day that is followed", ends),
        _build_seen(
            "stop_day", "Last day of treatment before its first stop",
            f"Not given for longer than {rule.stopped} days.", "not seen to stop",
        ),
        _build_seen(
            "restart_day", "First day of retreatment",
            f"Given again after a pause of more than {rule.retreatment} days.", "no retreatment",
        ),
        Column(
            ("loss",), "How the response was lost", Kind.TEXT,
            lambda one: one.followed.follow_up.loss if one.followed else None, "follow_up.relapse",
            values={"relapse": "a relapse as the protocol says", "retreatment": "treated again after a pause"},
            why=_why_not_lost,
        ),
        _build_seen("loss_day", "Day on which the response was lost", "", "", _why_not_lost),
        Column(
            ("response_again",), "Answer by the primary rule, counted from the restart", Kind.TEXT,
            lambda one: one.followed.follow_up.again if one.followed else None, "follow_up.retreatment",
            values=_STATUSES, why=lambda _: "no retreatment",
        ),
    ]  # fmt: skip
    return [*columns, *(_build_scores(protocol, rule.score) if rule.score else [])]


def _why_not_lost(one: Patient) -> str:
    return "not lost within follow-up" if _is(one) else _why_no_day(one)


def _build_seen(
    name: str, label: str, said: str, reason: str = "", why: Callable[[Patient], str] | None = None
) -> Column:
    return build_day(
        (name,), label, lambda one: getattr(one.followed.follow_up, name) if one.followed else None, "follow_up",
        said, why or (lambda _: reason),
    )  # fmt: skip


def _build_scores(protocol: Protocol, score: str) -> list[Column]:
    rule, none = protocol.follow_up, "no visit near"
    columns = [
        Column(
            ("score_baseline",), f"{score} at baseline", Kind.NUMBER,
            lambda one: one.followed.baseline if one.followed else None, "follow_up.baseline",
            f"The last value on {rule.baseline}.", "points", why=lambda _: "no value at baseline",
        )
    ]  # fmt: skip
    columns += [
        Column(
            (f"score_day{day}",), f"{score} at day {day}", Kind.NUMBER, _at_day(day), "follow_up.days",
            f"The visit nearest to the day, at most {rule.near} days away.", "points", why=lambda _: none,
        )
        for day in rule.days
    ]  # fmt: skip
    return [
        *columns,
        _build_seen("best_day", f"Day of the best {score}", "Within follow-up.", "no gain, or no value to compare"),
        Column(
            ("best_gain",), f"Best gain in {score} over baseline", Kind.NUMBER,
            lambda one: one.followed.follow_up.best_gain if one.followed else None, "follow_up.score",
            "Improvements are positive.", "points", why=lambda _: "no gain, or no value to compare",
        ),
    ]  # fmt: skip


def _at_day(day: int) -> Callable[[Patient], float | None]:
    return lambda one: one.followed.at_days.get(day) if one.followed else None
