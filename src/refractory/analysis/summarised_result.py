"""Results in the long shape of the OMOP world's `summarised_result`: 13 columns, one row per number."""

from __future__ import annotations

from collections.abc import Iterator

from refractory.analysis.results import AttritionStep, NamedEstimate, Results
from refractory.analysis.shared import SharedResults
from refractory.numbers import choose_percentage_decimals
from refractory.statistics.estimate import Estimate, EstimateKind

COLUMNS = (
    "result_id",
    "cdm_name",
    "group_name",
    "group_level",
    "strata_name",
    "strata_level",
    "variable_name",
    "variable_level",
    "estimate_name",
    "estimate_type",
    "estimate_value",
    "additional_name",
    "additional_level",
)

# Rows that say how an estimate is printed: which number it is, and with how many decimals.
KIND, DECIMALS = "kind", "decimals"
_ESTIMATES, _ATTRITION = "1", "2"
_OVERALL = ("overall", "overall")
Number = tuple[str, str, str]


def derive_summarised_result(results: Results) -> list[tuple[str, ...]]:
    """Put the estimates and the attrition of a run into the 13 columns of a summarised_result.

    Args:
        results: What a run found.

    Returns:
        One row per number, in the order of COLUMNS; the settings of each result set come last. Of shared results an
        estimate that is not told has one row: "<5" where its own count is small, "-" where others are.

    Source:
        omopgenerics, class summarised_result: pairs are joined by "&&&", a missing value is the text "NA".
    """
    source, study = results.head.source_name, results.head.name
    rows: list[tuple[str, ...]] = []
    for named in results.estimates:
        strata = _OVERALL if named.stratum == "overall" else ("group", named.stratum)
        for name, kind, value in _numbers(named.estimate):
            number = (named.variable, "NA", name, kind, value)
            rows.append((_ESTIMATES, source, "cohort_name", study, *strata, *number, "result", named.id))
    for hidden in results.suppressed if isinstance(results, SharedResults) else ():
        strata = _OVERALL if hidden.stratum == "overall" else ("group", hidden.stratum)
        number = (hidden.variable, "NA", "count", "integer", hidden.mark)
        rows.append((_ESTIMATES, source, "cohort_name", study, *strata, *number, "result", hidden.id))
    for position, step in enumerate(results.attrition, start=1):
        for variable, count in _attrition_counts(step):
            told = (variable, "NA", "count", "integer", str(count))
            place = ("reason_id", str(position))
            rows.append((_ATTRITION, source, "cohort_name", study, "reason", step.sentence, *told, *place))
    rows += list(_settings(results))
    return rows


def _attrition_counts(step: AttritionStep) -> tuple[tuple[str, int], ...]:
    counts = (
        ("number_records", step.records_after),
        ("number_subjects", step.persons_after),
        ("excluded_records", step.records_lost),
        ("excluded_subjects", step.persons_lost),
    )
    return tuple((name, count) for name, count in counts if count is not None)


def _numbers(estimate: Estimate) -> Iterator[Number]:
    kind = estimate.kind
    if kind is EstimateKind.COUNT:
        yield "count", "integer", "NA" if estimate.value is None else str(round(estimate.value))
        if estimate.note:
            yield "note", "character", estimate.note
        return
    if kind is EstimateKind.PROPORTION:
        if estimate.denominator is None:
            yield "count", "integer", str(estimate.n)
        else:
            yield "count", "integer", str(estimate.numerator)
            yield "denominator", "integer", str(estimate.denominator)
        yield from _percentages(estimate)
    elif kind is EstimateKind.MEAN:
        yield "count", "integer", str(estimate.n)
        yield "mean", "numeric", _spell(estimate.value)
        yield "sd", "numeric", _spell(estimate.sd)
    elif kind is EstimateKind.MEDIAN:
        yield "count", "integer", str(estimate.n)
        yield "median", "numeric", _spell(estimate.value)
        yield "q25", "numeric", _spell(estimate.lower)
        yield "q75", "numeric", _spell(estimate.upper)
    else:
        yield "count", "integer", str(estimate.n)
        yield KIND, "character", kind.value
        yield "estimate", "numeric", _spell(estimate.value)
        if estimate.denominator is not None:
            # How exactly a difference is printed depends on the smaller group, whose size is not told.
            yield DECIMALS, "integer", str(choose_percentage_decimals(estimate.denominator))
        yield from _interval(estimate, 1)
        if estimate.p_value is not None:
            yield "p_value", "numeric", _spell(estimate.p_value)
    yield "method", "character", estimate.method
    if estimate.note:
        yield "note", "character", estimate.note


def _percentages(estimate: Estimate) -> Iterator[Number]:
    yield "percentage", "percentage", _spell(None if estimate.value is None else 100 * estimate.value)
    yield from _interval(estimate, 100)


def _interval(estimate: Estimate, factor: int) -> Iterator[Number]:
    if estimate.lower is not None and estimate.upper is not None:
        yield "lower", "numeric", _spell(factor * estimate.lower)
        yield "upper", "numeric", _spell(factor * estimate.upper)
    if estimate.level is not None:
        yield "level", "numeric", _spell(estimate.level)


def _spell(value: float | None) -> str:
    """Spell a number with ten significant digits: the last ones depend on the order of a sum."""
    return "NA" if value is None else format(value, ".10g")


def _settings(results: Results) -> Iterator[tuple[str, ...]]:
    head = results.head
    smallest = results.smallest_count if isinstance(results, SharedResults) else 0
    for result_id, result_type in ((_ESTIMATES, "treatment_response"), (_ATTRITION, "summarise_attrition")):
        settings = {
            "result_type": result_type,
            "package_name": "refractory",
            "package_version": head.version,
            "protocol_hash": head.protocol_hash,
            "min_cell_count": str(smallest),
        }
        for name, value in settings.items():
            told = ("settings", "NA", name, "character", value)
            yield (result_id, head.source_name, *_OVERALL, *_OVERALL, *told, *_OVERALL)


def find_estimate(results: Results, estimate_id: str) -> NamedEstimate:
    """Return the estimate of that id."""
    return next(named for named in results.estimates if named.id == estimate_id)
