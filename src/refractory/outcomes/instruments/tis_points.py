"""The tables of the ACR/EULAR 2016 Total Improvement Score: measures, ranges, points and categories."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from refractory.outcomes.instruments.declared import Confidence

Kind: TypeAlias = Literal["adult", "juvenile"]
SOURCE = "Aggarwal et al., Ann Rheum Dis 2017;76:792; Rider et al. 2017, PMC5577002, table 3"


@dataclass(frozen=True)
class Measure:
    """One core set measure: its range (the denominator of the change) and the direction of improvement.

    `is_bounded` says whether a value outside 0 to the range is not allowed. An enzyme is in multiples of its upper
    limit of normal, which has no largest one. A `range` of None must be given by the user.
    """

    key: str
    name: str
    range: float | None
    improvement_is: Literal["fall", "rise"]
    source: str
    confidence: Confidence
    is_enzyme: bool = False
    is_bounded: bool = True


_THIRD_PARTY = "an implementation by others in R"
_KNOWLEDGE = "general knowledge"
MEASURES = {
    one.key: one
    for one in (
        Measure("physician_global", "Physician global activity, cm", 10, "fall", "IMACS", "S"),
        Measure("patient_global", "Patient or parent global activity, cm", 10, "fall", "IMACS", "S"),
        Measure("extramuscular", "Extramuscular activity (MDAAT), cm", 10, "fall", "IMACS", "S"),
        Measure("haq", "HAQ disability index", 3, "fall", "IMACS", "S"),
        Measure("chaq", "CHAQ disability index", 3, "fall", "IMACS", "S"),
        Measure("mmt", "MMT-8, one side (150 both sides, 260 MMT-26)", 80, "rise", "IMACS form 04", "S"),
        Measure("cmas", "CMAS", 52, "rise", _KNOWLEDGE, "G"),
        Measure("das", "Disease Activity Score of juvenile dermatomyositis", 20, "fall", _KNOWLEDGE, "G"),
        Measure("chq", "CHQ physical summary", None, "rise", "no source found", "G", is_bounded=False),
        Measure("ck", "Creatine kinase", 15, "fall", _THIRD_PARTY, "S2", is_enzyme=True, is_bounded=False),
        Measure("aldolase", "Aldolase", 6, "fall", _KNOWLEDGE, "G", is_enzyme=True, is_bounded=False),
        Measure("ast", "AST", 3, "fall", _THIRD_PARTY, "S2", is_enzyme=True, is_bounded=False),
        Measure("alt", "ALT", 3, "fall", _THIRD_PARTY, "S2", is_enzyme=True, is_bounded=False),
        Measure("ldh", "LDH", 3, "fall", _THIRD_PARTY, "S2", is_enzyme=True, is_bounded=False),
    )
}
ENZYMES = tuple(key for key, measure in MEASURES.items() if measure.is_enzyme)


@dataclass(frozen=True)
class Component:
    """One of the six parts of the score: points by absolute percent change.

    A change up to and including the first edge gives the first points, and so on; above the last edge, the last.

    Args:
        measures: The measures of which one set is given: each inner tuple is an alternative.
    """

    key: str
    name: str
    measures: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...]
    points: tuple[float, ...]

    @property
    def most(self) -> float:
        """The most points that it can give."""
        return self.points[-1]

    def points_at(self, change: Fraction) -> float:
        """Return the points of a change in per cent of the range, positive when better."""
        return self.points[sum(change > edge for edge in self.edges)]


_GLOBAL_EDGES = (5, 15, 25, 40)
_STRENGTH_EDGES = (2, 10, 20, 30)
_PHYSICIAN = Component(
    "physician_global", "Physician global activity", (("physician_global",),), _GLOBAL_EDGES, (0, 7.5, 15, 17.5, 20)
)
_PATIENT = Component(
    "patient_global", "Patient or parent global activity", (("patient_global",),), _GLOBAL_EDGES, (0, 2.5, 5, 7.5, 10)
)


def _strength(*measures: str) -> Component:
    return Component(
        "strength", "Muscle strength", tuple((key,) for key in measures), _STRENGTH_EDGES, (0, 10, 20, 27.5, 32.5)
    )


def _function(measure: str) -> Component:
    return Component("function", "Physical function", ((measure,),), _GLOBAL_EDGES, (0, 5, 7.5, 7.5, 10))


def _enzyme(*alternatives: tuple[str, ...]) -> Component:
    return Component("enzyme", "Most abnormal enzyme", alternatives, _GLOBAL_EDGES, (0, 2.5, 5, 7.5, 7.5))


def _activity(*measures: str) -> Component:
    keys = tuple((key,) for key in measures)
    return Component("extramuscular", "Extramuscular activity", keys, _GLOBAL_EDGES, (0, 7.5, 12.5, 15, 20))


# Children: the measures of IMACS (enzyme, extramuscular) or those of PRINTO (CHQ, DAS).
COMPONENTS: dict[Kind, tuple[Component, ...]] = {
    "adult": (_PHYSICIAN, _PATIENT, _strength("mmt"), _function("haq"), _enzyme(ENZYMES), _activity("extramuscular")),
    "juvenile": (
        _PHYSICIAN, _PATIENT, _strength("mmt", "cmas"), _function("chaq"), _enzyme(("chq",), ENZYMES),
        _activity("das", "extramuscular"),
    ),
}  # fmt: skip
# From the largest; a total of exactly the number has the category.
CATEGORIES: dict[Kind, tuple[tuple[str, float], ...]] = {
    "adult": (("major", 60), ("moderate", 40), ("minimal", 20)),
    "juvenile": (("major", 70), ("moderate", 45), ("minimal", 30)),
}
NO_IMPROVEMENT = "none"
