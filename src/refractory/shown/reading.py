"""A summarised_result read back: the rows of each result brought together again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf, isnan

from refractory.analysis.results import NamedEstimate
from refractory.analysis.summarised_result import COLUMNS, DECIMALS, KIND
from refractory.statistics.estimate import Estimate, EstimateKind

OVERALL = "overall"
_NOT_KNOWN = ("", "NA")
_SETTINGS = "settings"
_KINDS = {kind.value: kind for kind in EstimateKind}
# A ratio or a shift may be infinite, and any bound; an estimate of these kinds is not.
_FINITE = (EstimateKind.COUNT, EstimateKind.PROPORTION, EstimateKind.DIFFERENCE)
_KEYS = tuple(name for name in COLUMNS if not name.startswith("estimate_"))
Number = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """What a result is of: all of the 13 columns but the number itself."""

    result_id: str
    cdm_name: str
    group_name: str
    group_level: str
    strata_name: str
    strata_level: str
    variable_name: str
    variable_level: str
    additional_name: str
    additional_level: str

    @property
    def stratum(self) -> str:
        """The stratum in words; several are joined by a comma."""
        return ", ".join(_split(self.strata_level))

    @property
    def group(self) -> str:
        """The group, such as a cohort, in words."""
        return ", ".join(_split(self.group_level))

    @property
    def more(self) -> str:
        """What else tells the result from others, in words; empty where nothing does."""
        pairs = zip(_split(self.additional_name), _split(self.additional_level), strict=False)
        return ", ".join(f"{name} {level}" for name, level in pairs if name != OVERALL)

    @property
    def variable(self) -> str:
        """What was counted or measured, in words."""
        level = self.variable_level
        return self.variable_name if level in _NOT_KNOWN else f"{self.variable_name}: {level}"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("&&&")]


@dataclass(frozen=True)
class ToldResult:
    """One result with all of its numbers.

    Args:
        place: What it is of.
        numbers: Name, type and text of each number, as they stand in the file.
        estimate: The same as one estimate, where this program wrote it and its count is told.
    """

    place: Place
    numbers: tuple[Number, ...]
    estimate: Estimate | None = None

    @property
    def id(self) -> str:
        """The stable name of a result of this program; else its variable."""
        return self.place.additional_level if self.place.additional_name == "result" else self.place.variable

    @property
    def mark(self) -> str:
        """What stands in the place of a count that is not told; empty where it is."""
        return next((text for name, _, text in self.numbers if name == "count" and is_mark(text)), "")


def is_mark(text: str) -> bool:
    """Say whether a text stands for a number that is not told: "-", or "<" with the smallest count."""
    return text == "-" or (text.startswith("<") and text[1:].strip().isdecimal())


@dataclass(frozen=True)
class ToldResults:
    """Everything that a file of results says.

    Args:
        results: The results but the attrition, in the order of the file.
        attrition: The steps of attrition.
        settings: What is said of each result set: result_type, package_name and others.
        rows: Rows of the file.
    """

    results: tuple[ToldResult, ...]
    attrition: tuple[ToldResult, ...]
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: int = 0

    @cached_property
    def estimates(self) -> dict[str, NamedEstimate]:
        """The estimates of this program by their ids."""
        return {
            one.id: NamedEstimate(
                one.id, one.place.variable_name, "", one.place.strata_level, one.place.variable_name, one.estimate
            )
            for one in self.results
            if one.estimate is not None
        }

    @property
    def is_ours(self) -> bool:
        """True when this program wrote the results."""
        return any(one.get("package_name") == "refractory" for one in self.settings.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources that the results are of."""
        return tuple(dict.fromkeys(one.place.cdm_name for one in self.results))

    def settings_of(self, name: str) -> tuple[str, ...]:
        """Return the different values of one setting, in the order of the result sets."""
        return tuple(dict.fromkeys(one[name] for one in self.settings.values() if name in one))


def read_results(rows: Iterable[Sequence[str]]) -> ToldResults:
    """Bring the rows of a summarised_result together: one result for all rows that differ in their number alone.

    Args:
        rows: One row per number, in the order of COLUMNS.

    Source:
        omopgenerics, class summarised_result: settings are rows whose variable is "settings".
    """
    numbers: dict[tuple[Place, int], list[Number]] = {}
    turn: dict[Place, int] = {}
    settings: dict[str, dict[str, str]] = {}
    count = 0
    for row in rows:
        count += 1
        told = dict(zip(COLUMNS, row, strict=True))
        number = (told["estimate_name"], told["estimate_type"], told["estimate_value"])
        if told["variable_name"] == _SETTINGS:
            settings.setdefault(told["result_id"], {})[number[0]] = number[2]
            continue
        place = Place(**{name: told[name] for name in _KEYS})
        known = numbers.setdefault((place, turn.setdefault(place, 0)), [])
        if number[0] in (name for name, _, _ in known):
            # The same number of the same thing once more is another result, and not a better value of the first.
            turn[place] += 1
            known = numbers.setdefault((place, turn[place]), [])
        known.append(number)
    results: list[ToldResult] = []
    attrition: list[ToldResult] = []
    for (place, _), own in numbers.items():
        own_settings = settings.get(place.result_id, {})
        is_step = place.strata_name == "reason" or own_settings.get("result_type") == "summarise_attrition"
        is_ours = place.additional_name == "result" and own_settings.get("package_name", "refractory") == "refractory"
        estimate = read_estimate(own) if is_ours else None
        (attrition if is_step else results).append(ToldResult(place, tuple(own), estimate))
    return ToldResults(tuple(results), tuple(attrition), settings, count)


def read_estimate(numbers: Sequence[Number]) -> Estimate | None:
    """Read the numbers of one result of this program as the estimate that they were written from.

    Returns:
        The estimate; None where its count is not told, or the numbers are none of an estimate.

    Example:
        >>> from refractory.numbers import format_estimate
        >>> told = [("count", "integer", "35"), ("denominator", "integer", "42"), ("percentage", "percentage", "83.3")]
        >>> format_estimate(read_estimate(told))
        '35/42 (83 %)'
    """
    text = {name: value for name, _, value in numbers}
    try:
        count = None if text.get("count", "NA") in _NOT_KNOWN else int(text["count"])
        return _build_estimate(text, count)
    except (ValueError, OverflowError):
        return None


def _build_estimate(text: Mapping[str, str], count: int | None) -> Estimate | None:
    def number(name: str, factor: float = 1) -> float | None:
        value = text.get(name, "NA")
        if value in _NOT_KNOWN:
            return None
        if isnan(float(value)) or (name == "estimate" and isinf(float(value)) and text.get(KIND) in _FINITE):
            raise ValueError("no number that an estimate of its kind can be")
        return float(value) / factor

    method, note = text.get("method", ""), text.get("note", "")
    persons = count or 0
    if "percentage" in text:
        share, ends, level = number("percentage", 100), (number("lower", 100), number("upper", 100)), number("level")
        if "denominator" not in text:
            return Estimate(EstimateKind.PROPORTION, share, persons, method, *ends, level, note=note)
        among = int(text["denominator"])
        return Estimate(EstimateKind.PROPORTION, share, among, method, *ends, level, count, among, note=note)
    if "mean" in text:
        return Estimate(EstimateKind.MEAN, number("mean"), persons, method, sd=number("sd"), note=note)
    if "median" in text:
        quartiles = (number("q25"), number("q75"))
        return Estimate(EstimateKind.MEDIAN, number("median"), persons, method, *quartiles, note=note)
    if KIND in text and text[KIND] in _KINDS:
        ends, level = (number("lower"), number("upper")), number("level")
        # The size of the smaller group is not told; any that prints alike stands for it.
        smaller = {"0": 1, "1": 100}.get(text.get(DECIMALS, ""))
        kind, p_value = _KINDS[text[KIND]], number("p_value")
        return Estimate(
            kind, number("estimate"), persons, method, *ends, level, None, smaller, p_value=p_value, note=note
        )
    is_count = set(text) <= {"count", "note"} and count is not None
    return Estimate(EstimateKind.COUNT, count, count or 0, "count", note=note) if is_count else None
