"""A cohort definition in words: who enters it, on which events, under which conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refractory.numbers import say_count
from refractory.records.circe.attributes import DEMOGRAPHIC, KINDS, Attribute, Form
from refractory.records.circe.definition import CirceDefinition

Part = Mapping[str, Any]
_OPERATORS = {"lt": "below", "lte": "at most", "eq": "", "!eq": "other than", "gt": "above", "gte": "at least"}
_TIMES = {0: "exactly", 1: "at most", 2: "at least"}
_LIMITS = {"First": "the first", "Last": "the last", "All": "each"}


def describe_definition(definition: CirceDefinition) -> tuple[str, ...]:
    """Say a cohort definition in sentences.

    Args:
        definition: The definition.

    Returns:
        Sentences without numbers of lines or keys: entry, conditions, leaving.
    """
    return tuple(_Words(definition).sentences())


class _Words:
    def __init__(self, definition: CirceDefinition) -> None:
        self.definition = definition

    def sentences(self) -> list[str]:
        whole = self.definition.expression
        primary = whole["PrimaryCriteria"]
        events = " or ".join(self.event(one) for one in primary["CriteriaList"])
        limit = _LIMITS[primary["PrimaryCriteriaLimit"]["Type"]]
        said = [f'The cohort definition "{self.definition.title}" ({self.definition.file}) is entered on {limit} of:']
        said[0] += f" {events}{self._observed(primary['ObservationWindow'])}."
        if "AdditionalCriteria" in whole and (told := self.group(whole["AdditionalCriteria"])):
            said.append(f"Of these events {_LIMITS[whole['QualifiedLimit']['Type']]} counts that has {told}.")
        for name, rule in zip(self.definition.rules, whole["InclusionRules"], strict=True):
            said.append(f'Inclusion rule "{name}": {self.group(rule["expression"]) or "no condition"}.')
        if whole["InclusionRules"]:
            said.append(f"Of the events that meet every rule {_LIMITS[whole['ExpressionLimit']['Type']]} counts.")
        return [*said, *self._leaving(whole)]

    def _observed(self, window: Part) -> str:
        before, after = window["PriorDays"], window["PostDays"]
        parts = [f"{say_count(before, 'day')} before"] if before else []
        parts += [f"{say_count(after, 'day')} after"] if after else []
        known = f", observed for at least {' and '.join(parts)}" if parts else ", within a period of observation"
        return known + (" it" if parts else "")

    def _leaving(self, whole: Part) -> list[str]:
        said = []
        strategy = whole.get("EndStrategy", {})
        if offset := strategy.get("DateOffset"):
            side = "start" if offset["DateField"] == "StartDate" else "end"
            said.append(f"A person leaves it {say_count(offset['Offset'], 'day')} after the {side} of the event.")
        elif era := strategy.get("CustomEra"):
            drug = self.definition.name_of(era["DrugCodesetId"])
            said.append(f'A person leaves it with the era of "{drug}", across gaps of {era["GapDays"]} days.')
        else:
            said.append("A person leaves it at the end of the period of observation.")
        if whole["CensoringCriteria"]:
            ends = " or ".join(self.event(one) for one in whole["CensoringCriteria"])
            said.append(f"Before that it ends with {ends}.")
        pad = whole["CollapseSettings"]["EraPad"]
        if pad:
            said.append(f"Stays that are at most {say_count(pad, 'day')} apart are one.")
        if period := whole["CensorWindow"]:
            said.append(f"Only days {_say_period(period)} count.")
        return said

    def event(self, criterion: Part) -> str:
        ((name, body),) = criterion.items()
        kind = KINDS[name]
        number = body.get("CodesetId")
        own = next((body[key] for key in body if key.endswith("SourceConcept")), None)
        named = [f'"{self.definition.name_of(number)}"'] if number is not None else []
        named += [f'the source\'s own codes of "{self.definition.name_of(own)}"'] if own is not None else []
        what = " with ".join(named)
        if not named:
            kind_words = kind.words.removesuffix(" of").removesuffix(" to").removesuffix(" of the diagnosis")
            said = f"{kind_words}" + (" of any kind" if kind.concept and name != "Death" else "")
        else:
            said = f"{kind.words} {what}"
        if body.get("First"):
            said = f"the first ever of: {said}"
        details = [self._detail(key, value, body, kind.attributes) for key, value in body.items()]
        details = [one for one in details if one]
        if adjusted := body.get("DateAdjustment"):
            details.append(_say_adjustment(adjusted))
        said += f" ({', '.join(details)})" if details else ""
        if group := body.get("CorrelatedCriteria"):
            said += f", which itself has {self.group(group)}"
        return said

    def _detail(self, key: str, value: Any, body: Part, attributes: Mapping[str, Attribute]) -> str:
        attribute = attributes.get(key)
        if attribute is None or not attribute.words or key == "First":
            return ""
        match attribute.form:
            case Form.CONCEPTS:
                names = " or ".join(one["CONCEPT_NAME"] or str(one["CONCEPT_ID"]) for one in value)
                return f"{attribute.words}{' not' if body.get(f'{key}Exclude') else ''} {names}"
            case Form.SELECTION:
                number = value.get("CodesetId")
                inside = f'of "{self.definition.name_of(number)}"' if number is not None else "known"
                return f"{attribute.words} {'not ' if value['IsExclusion'] else ''}{inside}"
            case Form.FLAG:
                return attribute.words if value else ""
            case Form.TEXT:
                return f"{attribute.words} {value['Op'].replace('!', 'not ')} '{value['Text']}'"
            case Form.PERIOD:
                return f"cut to {_say_period(value)}"
            case _:
                return f"{attribute.words} {_say_bounds(value)}"

    def group(self, group: Part) -> str:
        """Say a group; empty when it asks for nothing."""
        parts = [self._correlated(one) for one in group["CriteriaList"]]
        for one in group["DemographicCriteriaList"]:
            details = [self._detail(key, value, one, DEMOGRAPHIC) for key, value in one.items()]
            parts.append(" and ".join(one for one in details if one) or "any person")
        parts += [f"({told})" for one in group["Groups"] if (told := self.group(one))]
        kind = group["Type"]
        if not parts:
            return ""
        if kind in ("AT_LEAST", "AT_MOST"):
            return f"{kind.lower().replace('_', ' ')} {group['Count']} of: {'; '.join(parts)}"
        return (" and " if kind == "ALL" else " or ").join(parts)

    def _correlated(self, one: Part) -> str:
        occurrence = one["Occurrence"]
        often = _say_times(occurrence["Type"], occurrence["Count"])
        if occurrence["IsDistinct"]:
            column = occurrence.get("CountColumn", "DOMAIN_CONCEPT").lower().replace("_", " ")
            often = f"{_TIMES[occurrence['Type']]} {occurrence['Count']} different ({column})"
        windows = [_say_window(one["StartWindow"], "starts")]
        windows += [_say_window(one["EndWindow"], "ends")] if "EndWindow" in one else []
        when = " and ".join(window for window in windows if window)
        said = f"{often} {self.event(one['Criteria'])}" + (f" that {when}" if when else "")
        said += " in the same visit" if one["RestrictVisit"] else ""
        return said + (" (outside the period of observation too)" if one["IgnoreObservationPeriod"] else "")


def _say_times(kind: int, count: int) -> str:
    if count == 0 and kind < 2:
        return "never"
    return f"{_TIMES[kind]} {'once' if count == 1 else f'{count} times'}"


def _say_window(window: Part, verb: str) -> str:
    uses_end = window.get("UseEventEnd")
    verb = {True: "ends", False: "starts", None: verb}[uses_end]
    anchor = "the end of the event" if window.get("UseIndexEnd") else "the event"
    said = []
    for side, word in (("Start", "from"), ("End", "to")):
        days, coefficient = window[side].get("Days"), window[side]["Coeff"]
        if days is None:
            continue
        place = "before" if coefficient < 0 else "after"
        said.append(f"{word} {say_count(days, 'day')} {place}" if days else f"{word} the day of")
    if not said:
        ends = [window[side]["Coeff"] for side in ("Start", "End")]
        return "" if ends == [-1, 1] else f"{verb} at any time around {anchor}"
    return f"{verb} {' '.join(said)} {anchor}"


def _say_bounds(bounds: Part) -> str:
    operator, value = bounds["Op"], bounds["Value"]
    if operator in ("bt", "!bt"):
        return f"{'not ' if operator == '!bt' else ''}between {value} and {bounds['Extent']}"
    return f"{_OPERATORS[operator]} {value}".strip()


def _say_period(period: Part) -> str:
    parts = [f"from {period['StartDate']}"] if period.get("StartDate") else []
    parts += [f"to {period['EndDate']}"] if period.get("EndDate") else []
    return " ".join(parts)


def _say_adjustment(adjusted: Part) -> str:
    said = []
    for side in ("Start", "End"):
        anchor = adjusted[f"{side}With"].split("_")[0].lower()
        said.append(f"{side.lower()} moved to {adjusted[f'{side}Offset']} days after its {anchor}")
    return ", ".join(said)
