"""The expression of a cohort definition, read part by part: what is known comes out clean, all else is named.

The result holds nothing but what was read here, without the names and remarks that people wrote: it is what the
queries are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refractory.records.circe.attributes import DEMOGRAPHIC, KINDS, Attribute, Form
from refractory.records.circe.values import Reader

Part = dict[str, Any]
_LIMITS = ("First", "Last", "All")
_GROUPS = ("ALL", "ANY", "AT_LEAST", "AT_MOST")
_COUNTED = (
    "DOMAIN_CONCEPT", "DOMAIN_SOURCE_CONCEPT", "DURATION", "ERA_OCCURRENCES", "GAP_DAYS", "START_DATE", "END_DATE",
    "DAYS_SUPPLY", "QUANTITY", "REFILLS", "RANGE_LOW", "RANGE_HIGH", "UNIT", "VALUE_AS_NUMBER", "VISIT_ID",
)  # fmt: skip
_TOP = (
    "cdmVersionRange", "Title", "PrimaryCriteria", "AdditionalCriteria", "ConceptSets", "QualifiedLimit",
    "ExpressionLimit", "InclusionRules", "EndStrategy", "CensoringCriteria", "CollapseSettings", "CensorWindow",
)  # fmt: skip
# A group in a group in a group: more than any definition needs, and less than a query can bear.
_DEEPEST = 12


class ExpressionReader:
    """Reads one expression; `faults` of its reader says what is not supported."""

    def __init__(self, concept_sets: Mapping[int, Any]) -> None:
        self.read = Reader()
        self._concept_sets = concept_sets

    def expression(self, raw: Mapping[str, Any]) -> Part:
        """Read the whole expression."""
        whole = self.read.keys(raw, "file", _TOP)
        found: Part = {"ConceptSets": [], "PrimaryCriteria": self._primary(whole.get("PrimaryCriteria"))}
        additional = whole.get("AdditionalCriteria")
        if additional:
            found["AdditionalCriteria"] = self.group(additional, "AdditionalCriteria")
        for key in ("QualifiedLimit", "ExpressionLimit"):
            found[key] = self._limit(whole.get(key), key)
        found["InclusionRules"] = [
            {"expression": self.group(self._rule(rule, where), f"{where}.expression")}
            for where, rule in self.read.items(whole.get("InclusionRules"), "InclusionRules")
        ]
        found |= self._exit(whole)
        return found

    def _rule(self, raw: Any, place: str) -> Any:
        return self.read.keys(raw, place, ("name", "description", "expression")).get("expression", {})

    def _primary(self, raw: Any) -> Part:
        place = "PrimaryCriteria"
        if raw is None:
            self.read.note(place, "is missing")
            return {}
        whole = self.read.keys(raw, place, ("CriteriaList", "ObservationWindow", "PrimaryCriteriaLimit"))
        criteria = self.read.items(whole.get("CriteriaList"), f"{place}.CriteriaList")
        if not criteria:
            self.read.note(f"{place}.CriteriaList", "names no event")
        where = f"{place}.ObservationWindow"
        window = self.read.keys(whole.get("ObservationWindow", {}), where, ("PriorDays", "PostDays"))
        return {
            "CriteriaList": [self.criterion(one, there) for there, one in criteria],
            "ObservationWindow": {
                key: self.read.days(window.get(key, 0), f"{where}.{key}") for key in ("PriorDays", "PostDays")
            },
            "PrimaryCriteriaLimit": self._limit(whole.get("PrimaryCriteriaLimit"), f"{place}.PrimaryCriteriaLimit"),
        }

    def _limit(self, raw: Any, place: str) -> Part:
        written = self.read.keys(raw or {}, place, ("Type",))
        return {"Type": self.read.choice(written.get("Type", "First"), f"{place}.Type", _LIMITS)}

    def criterion(self, raw: Any, place: str, depth: int = 0) -> Part:
        """Read one criterion: an object with the name of its kind as its only key."""
        if not isinstance(raw, dict) or len(raw) != 1:
            self.read.note(place, "is no criterion")
            return {}
        ((name, body),) = raw.items()
        where = f"{place}.{name}"
        if name not in KINDS:
            self.read.note(where, "is not supported")
            return {}
        own = KINDS[name].attributes
        known = {*own, "CorrelatedCriteria", "DateAdjustment", *(("CodesetId",) if KINDS[name].concept else ())}
        written = self.read.keys(body, where, known)
        found = {key: self._attribute(value, f"{where}.{key}", own.get(key)) for key, value in written.items()}
        found.pop("CorrelatedCriteria", None)
        if group := written.get("CorrelatedCriteria"):
            found["CorrelatedCriteria"] = self.group(group, f"{where}.CorrelatedCriteria", depth + 1)
        if adjusted := written.get("DateAdjustment"):
            found["DateAdjustment"] = self._adjustment(adjusted, f"{where}.DateAdjustment")
        return {name: {key: value for key, value in found.items() if value not in (None, [])}}

    def _attribute(self, raw: Any, place: str, attribute: Attribute | None) -> Any:
        if place.endswith(".CodesetId"):
            return self._concept_set(raw, place)
        if attribute is None:
            return None
        match attribute.form:
            case Form.CONCEPT_SET:
                return self._concept_set(raw, place)
            case Form.FLAG:
                return self.read.flag(raw, place)
            case Form.CONCEPTS:
                return self.read.concepts(raw, place)
            case Form.SELECTION:
                return self._selection(raw, place)
            case Form.TEXT:
                return self.read.text(raw, place)
            case Form.PERIOD:
                return self.read.period(raw, place)
            case _:
                return self.read.bounds(raw, place, attribute.form)

    def _concept_set(self, raw: Any, place: str) -> int | None:
        number = self.read.whole(raw, place)
        if number is not None and number not in self._concept_sets:
            self.read.note(place, f"names the concept set {number}, which the file does not define")
        return number

    def _selection(self, raw: Any, place: str) -> Part:
        written = self.read.keys(raw, place, ("CodesetId", "IsExclusion"))
        found: Part = {"IsExclusion": self.read.flag(written.get("IsExclusion", False), f"{place}.IsExclusion")}
        if "CodesetId" in written:
            found["CodesetId"] = self._concept_set(written["CodesetId"], f"{place}.CodesetId")
        return found

    def _adjustment(self, raw: Any, place: str) -> Part:
        written = self.read.keys(raw, place, ("StartWith", "StartOffset", "EndWith", "EndOffset"))
        found: Part = {}
        for side in ("Start", "End"):
            anchor = written.get(f"{side}With", f"{side.upper()}_DATE")
            found[f"{side}With"] = self.read.choice(anchor, f"{place}.{side}With", ("START_DATE", "END_DATE"))
            found[f"{side}Offset"] = self.read.days(written.get(f"{side}Offset", 0), f"{place}.{side}Offset")
        return found

    def group(self, raw: Any, place: str, depth: int = 0) -> Part:
        """Read a group of criteria, with the groups in it."""
        if depth > _DEEPEST:
            self.read.note(place, f"is nested more than {_DEEPEST} deep")
            return {}
        lists = ("CriteriaList", "DemographicCriteriaList", "Groups")
        written = self.read.keys(raw, place, ("Type", "Count", *lists))
        inner = {key: self.read.items(written.get(key), f"{place}.{key}") for key in lists}
        found: Part = {"Type": self.read.choice(written.get("Type", "ALL"), f"{place}.Type", _GROUPS)}
        if found["Type"] in ("AT_LEAST", "AT_MOST"):
            found["Count"] = self.read.whole(written.get("Count"), f"{place}.Count")
        found["CriteriaList"] = [self._correlated(one, where, depth) for where, one in inner["CriteriaList"]]
        found["DemographicCriteriaList"] = [
            self._demographic(one, where) for where, one in inner["DemographicCriteriaList"]
        ]
        found["Groups"] = [self.group(one, where, depth + 1) for where, one in inner["Groups"]]
        return found

    def _demographic(self, raw: Any, place: str) -> Part:
        written = self.read.keys(raw, place, DEMOGRAPHIC)
        found = {key: self._attribute(value, f"{place}.{key}", DEMOGRAPHIC[key]) for key, value in written.items()}
        return {key: value for key, value in found.items() if value not in (None, [])}

    def _correlated(self, raw: Any, place: str, depth: int) -> Part:
        known = ("Criteria", "StartWindow", "EndWindow", "Occurrence", "RestrictVisit", "IgnoreObservationPeriod")
        written = self.read.keys(raw, place, known)
        criterion = self.criterion(written.get("Criteria"), f"{place}.Criteria", depth)
        found: Part = {"Criteria": criterion, "StartWindow": self._window(written, "StartWindow", place)}
        if "EndWindow" in written:
            found["EndWindow"] = self._window(written, "EndWindow", place)
        where = f"{place}.Occurrence"
        occurrence = self.read.keys(written.get("Occurrence"), where, ("Type", "Count", "IsDistinct", "CountColumn"))
        is_distinct = self.read.flag(occurrence.get("IsDistinct", False), f"{where}.IsDistinct")
        found["Occurrence"] = {
            "Type": self.read.whole(occurrence.get("Type"), f"{where}.Type"),
            "Count": self.read.whole(occurrence.get("Count"), f"{where}.Count"),
            "IsDistinct": is_distinct,
        }
        if found["Occurrence"]["Type"] not in (0, 1, 2):
            self.read.note(f"{where}.Type", "is none of 0 (exactly), 1 (at most), 2 (at least)")
        if is_distinct and "CountColumn" in occurrence:
            column = self.read.choice(occurrence["CountColumn"], f"{where}.CountColumn", _COUNTED)
            found["Occurrence"]["CountColumn"] = column
        if is_distinct and any("CorrelatedCriteria" in body for body in criterion.values()):
            self.read.note(where, "counts distinct values of events with criteria of their own, which is not supported")
        for key in ("RestrictVisit", "IgnoreObservationPeriod"):
            found[key] = self.read.flag(written.get(key, False), f"{place}.{key}")
        return found

    def _window(self, written: Mapping[str, Any], key: str, place: str) -> Part:
        where = f"{place}.{key}"
        window = self.read.keys(written.get(key), where, ("Start", "End", "UseIndexEnd", "UseEventEnd"))
        found: Part = {}
        for side in ("Start", "End"):
            there = f"{where}.{side}"
            end = self.read.keys(window.get(side), there, ("Days", "Coeff"))
            found[side] = {"Coeff": self.read.whole(end.get("Coeff"), f"{there}.Coeff")}
            if found[side]["Coeff"] not in (-1, 1):
                self.read.note(f"{there}.Coeff", "is neither -1 (before) nor 1 (after)")
            if "Days" in end:
                found[side]["Days"] = self.read.days(end["Days"], f"{there}.Days")
        for flag in ("UseIndexEnd", "UseEventEnd"):
            if flag in window:
                found[flag] = self.read.flag(window[flag], f"{where}.{flag}")
        return found

    def _exit(self, whole: Mapping[str, Any]) -> Part:
        """Read how a person leaves, and which stays are joined."""
        found: Part = {}
        if strategy := whole.get("EndStrategy"):
            found["EndStrategy"] = self._strategy(strategy)
        censoring = self.read.items(whole.get("CensoringCriteria"), "CensoringCriteria")
        found["CensoringCriteria"] = [self.criterion(one, where) for where, one in censoring]
        collapse = self.read.keys(whole.get("CollapseSettings", {}), "CollapseSettings", ("CollapseType", "EraPad"))
        self.read.choice(collapse.get("CollapseType", "ERA"), "CollapseSettings.CollapseType", ("ERA",))
        found["CollapseSettings"] = {
            "CollapseType": "ERA",
            "EraPad": self.read.days(collapse.get("EraPad", 0), "CollapseSettings.EraPad"),
        }
        found["CensorWindow"] = self.read.period(whole.get("CensorWindow", {}), "CensorWindow")
        return found

    def _strategy(self, raw: Any) -> Part:
        place = "EndStrategy"
        written = self.read.keys(raw, place, ("DateOffset", "CustomEra"))
        if "DateOffset" in written:
            where = f"{place}.DateOffset"
            offset = self.read.keys(written["DateOffset"], where, ("DateField", "Offset"))
            field = self.read.choice(offset.get("DateField"), f"{where}.DateField", ("StartDate", "EndDate"))
            days = self.read.days(offset.get("Offset", 0), f"{where}.Offset")
            return {"DateOffset": {"DateField": field, "Offset": days}}
        where = f"{place}.CustomEra"
        era = self.read.keys(
            written.get("CustomEra"), where, ("DrugCodesetId", "GapDays", "Offset", "DaysSupplyOverride")
        )
        found: Part = {"DrugCodesetId": self._concept_set(era.get("DrugCodesetId"), f"{where}.DrugCodesetId")}
        for key in ("GapDays", "Offset"):
            found[key] = self.read.days(era.get(key, 0), f"{where}.{key}")
        if "DaysSupplyOverride" in era:
            found["DaysSupplyOverride"] = self.read.days(era["DaysSupplyOverride"], f"{where}.DaysSupplyOverride")
        return {"CustomEra": found}
