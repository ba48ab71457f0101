"""What a proportion would be if its label were always right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from refractory.statistics.distributions import check_level
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

METHOD = "Rogan-Gladen, melded exact interval"
METHOD_AT = "Rogan-Gladen at a given sensitivity and specificity, {} limits"
NO_BETTER_THAN_CHANCE = (
    "Sensitivity and specificity add up to no more than 1: the label says no more than a coin, and nothing follows "
    "from it."
)
DOES_NOT_FIT = "Such errors do not fit what was observed: the whole interval lies beyond 0 or beyond 100 %."
AT_THE_EDGE = "Such errors fit what was observed badly: the value lies beyond 0 or 100 %, and was put on the edge."
PARTLY_BY_CHANCE = (
    "Sensitivity and specificity are known so little that the label may say no more than a coin: the interval is wide."
)
# Gauss-Legendre nodes for sensitivity and for specificity, and halvings of the proportion.
_NODES = 64
_BISECTIONS = 44


@dataclass(frozen=True)
class ProportionBounds:
    """Between which ends a corrected proportion lies when sensitivity and specificity are known within ends.

    Args:
        lower: The smallest corrected proportion.
        upper: The largest.
        lower_limit: Lower end of the interval where the corrected proportion is smallest.
        upper_limit: Upper end of the interval where it is largest.
        level: Coverage of the intervals, given sensitivity and specificity.
    """

    lower: float
    upper: float
    lower_limit: float
    upper_limit: float
    level: float


def estimate_true_proportion(
    responders: int,
    evaluable: int,
    *,
    said_yes: int,
    truly_yes: int,
    said_no: int,
    truly_no: int,
    level: float = 0.95,
) -> Estimate:
    """Estimate the proportion that a label without error would have given, from one with known kinds of error.

    The value is Rogan and Gladen's: (p + specificity - 1) / (sensitivity + specificity - 1), within 0 and 1. Its
    interval melds the exact confidence distributions of the three proportions, each taken on the side on which it
    does harm: at the lower end a low p, a high sensitivity and a low specificity. It is summed over both and not
    drawn. Where the label is known to be right the interval is that of Clopper and Pearson.

    Args:
        responders: Persons whom the label says to have responded.
        evaluable: Persons who have a label.
        said_yes: Of those known to have responded, the ones whom the label says to have: the sensitivity.
        truly_yes: Persons known to have responded.
        said_no: Of those known not to have responded, the ones of whom the label says so: the specificity.
        truly_no: Persons known not to have responded.
        level: Coverage of the interval, between 0 and 1; kept at least, as far as is known.

    Returns:
        No value, and the reason in `note`, where sensitivity and specificity add up to no more than 1, or where one
        of the three rests on nobody.

    Raises:
        ValueError: When more are counted than there are, or the level is not between 0 and 1.

    Source:
        Rogan and Gladen, Am J Epidemiol 107 (1978) 71-76; Bayer, Fay and Graubard, Statistics in Medicine 42 (2023)
        1822-1867, for the interval.

    Example:
        >>> e = estimate_true_proportion(35, 42, said_yes=45, truly_yes=50, said_no=40, truly_no=50)
        >>> round(e.value, 3), round(e.lower, 3), round(e.upper, 3)
        (0.905, 0.666, 1.0)
    """
    check_level(level)
    for counted, persons in ((responders, evaluable), (said_yes, truly_yes), (said_no, truly_no)):
        if not 0 <= counted <= persons:
            raise ValueError(f"{counted} persons cannot be counted among {persons}")
    nothing = Estimate(EstimateKind.PROPORTION, None, evaluable, METHOD, level=level)
    if min(evaluable, truly_yes, truly_no) == 0:
        return replace(nothing, note="The label, its sensitivity or its specificity rests on nobody.")
    sensitivity, specificity = said_yes / truly_yes, said_no / truly_no
    # As whole numbers: the sum of two fractions may miss 1 by its last digit.
    if said_yes * truly_no + said_no * truly_yes <= truly_yes * truly_no:
        return replace(nothing, note=NO_BETTER_THAN_CHANCE)
    value = correct_proportion(responders / evaluable, sensitivity=sensitivity, specificity=specificity)
    tail = (1 - level) / 2
    # Upper confidence distributions (one more counted) and lower ones (one fewer) of the same count.
    own, yes, no = (responders, evaluable), (said_yes, truly_yes), (said_no, truly_no)
    lower = _find_melded(tail, (*own, False), (*yes, True), (*no, False), -1.0)
    upper = _find_melded(1 - tail, (*own, True), (*yes, False), (*no, True), 1.0)
    is_known = sum(estimate_proportion(*one, level).lower or 0.0 for one in (yes, no)) > 1
    is_inside = 1 - specificity <= responders / evaluable <= sensitivity
    return Estimate(
        EstimateKind.PROPORTION,
        value,
        evaluable,
        METHOD,
        lower=min(lower, value),
        upper=max(upper, value),
        level=level,
        note=PARTLY_BY_CHANCE if not is_known else "" if is_inside else AT_THE_EDGE,
    )


def correct_proportion(observed: float, *, sensitivity: float, specificity: float) -> float:
    """Correct an observed proportion for the errors of its label; what falls outside 0 and 1 is put on the edge.

    Raises:
        ValueError: When a share does not lie between 0 and 1, or sensitivity and specificity add up to no more than 1.

    Source:
        Rogan and Gladen, Am J Epidemiol 107 (1978) 71-76, formula 2.

    Example:
        >>> round(correct_proportion(0.5, sensitivity=0.9, specificity=0.8), 4)
        0.4286
    """
    if not all(0 <= share <= 1 for share in (observed, sensitivity, specificity)):
        raise ValueError("a proportion, a sensitivity and a specificity lie between 0 and 1")
    if sensitivity + specificity <= 1:
        raise ValueError("sensitivity and specificity add up to more than 1 in a label that says anything")
    # Grouped so that a label without error gives back what was observed to the last digit.
    return min(1.0, max(0.0, (observed - (1 - specificity)) / (sensitivity - (1 - specificity))))


def estimate_proportion_at(
    responders: int,
    evaluable: int,
    *,
    sensitivity: float,
    specificity: float,
    level: float = 0.95,
    interval: Callable[[int, int, float], Estimate] = estimate_proportion,
) -> Estimate:
    """Estimate a proportion as it would be if its label erred exactly so often.

    Value and limits are corrected alike: the interval holds if the label errs as it is said to. A value outside 0 and
    1 is put on the edge, and `note` says so.

    Args:
        responders: Persons whom the label says to have responded.
        evaluable: Persons who have a label; with none there is no value.
        sensitivity: Of those who truly responded, the share of whom the label says so.
        specificity: Of those who truly did not, the share of whom the label says so.
        level: Coverage of the interval, between 0 and 1.
        interval: Estimates the observed proportion, by Clopper and Pearson where none is given.

    Returns:
        No value, and the reason in `note`, where the whole interval falls outside 0 and 1.

    Raises:
        ValueError: When a share does not lie between 0 and 1, or sensitivity and specificity add up to no more than 1.

    Source:
        Rogan and Gladen, Am J Epidemiol 107 (1978) 71-76, formula 2.

    Example:
        >>> e = estimate_proportion_at(35, 42, sensitivity=1, specificity=0.8)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (0.7917, 0.6079, 0.9128)
    """
    observed = interval(responders, evaluable, level)
    method = METHOD_AT.format(observed.method)
    value, lower, upper = (
        correct_proportion(share or 0.0, sensitivity=sensitivity, specificity=specificity)
        for share in (observed.value, observed.lower, observed.upper)
    )
    nothing = Estimate(EstimateKind.PROPORTION, None, evaluable, method, level=level)
    if observed.value is None or observed.lower is None or observed.upper is None:
        return nothing
    # The label says so of at least 1 - specificity of all persons, and of at most the sensitivity.
    least, most = 1 - specificity, sensitivity
    if observed.upper <= least or observed.lower >= most:
        return replace(nothing, note=DOES_NOT_FIT)
    note = "" if least <= observed.value <= most else AT_THE_EDGE
    return Estimate(EstimateKind.PROPORTION, value, evaluable, method, lower=lower, upper=upper, level=level, note=note)


def find_proportion_bounds(
    responders: int,
    evaluable: int,
    *,
    sensitivity: tuple[float, float],
    specificity: tuple[float, float],
    level: float = 0.95,
) -> ProportionBounds:
    """Find between which ends the corrected proportion lies when nobody knows the errors of the label but within ends.

    The corrected proportion falls with the sensitivity and rises with the specificity, so that the ends lie in two
    corners. The limits are those of Clopper and Pearson, corrected in the same corners.

    Args:
        responders: Persons whom the label says to have responded.
        evaluable: Persons who have a label, at least one.
        sensitivity: Its lowest and highest value that is thought possible.
        specificity: Its lowest and highest value that is thought possible.
        level: Coverage of the limits, between 0 and 1.

    Raises:
        ValueError: When nobody has a label, the ends of a range are not in order and between 0 and 1, or the lowest
            values add up to no more than 1.

    Source:
        Rogan and Gladen, Am J Epidemiol 107 (1978) 71-76.

    Example:
        >>> found = find_proportion_bounds(35, 42, sensitivity=(0.85, 1), specificity=(0.8, 1))
        >>> round(found.lower, 4), round(found.upper, 4)
        (0.7917, 0.9804)
    """
    estimate = estimate_proportion(responders, evaluable, level)
    if estimate.value is None or estimate.lower is None or estimate.upper is None:
        raise ValueError("without a labelled person there is nothing to correct")
    if sensitivity[0] > sensitivity[1] or specificity[0] > specificity[1]:
        raise ValueError("a range has its lower end first")
    least = {"sensitivity": sensitivity[1], "specificity": specificity[0]}
    most = {"sensitivity": sensitivity[0], "specificity": specificity[1]}
    if sensitivity[0] + specificity[0] <= 1:
        raise ValueError("sensitivity and specificity add up to more than 1 in a label that says anything")
    return ProportionBounds(
        correct_proportion(estimate.value, **least),
        correct_proportion(estimate.value, **most),
        correct_proportion(estimate.lower, **least),
        correct_proportion(estimate.upper, **most),
        level,
    )


# A count, the persons among whom it was made, and whether its confidence distribution is the upper one.
_Counted = tuple[int, int, bool]


def _find_melded(share: float, observed: _Counted, yes: _Counted, no: _Counted, outwards: float) -> float:
    """The value that the melded corrected proportion stays below with the given probability.

    A corrected proportion is at most x when the observed one is at most x sensitivity + (1 - x) (1 - specificity): no
    division, so that a label that may be no better than a coin does no harm.
    """
    import numpy as np
    from scipy.special import betainc

    node, weight = np.polynomial.legendre.leggauss(_NODES)
    # A quintic that is flat at both ends: a quantile runs there like a root, which straight nodes follow badly.
    place = (node + 1) / 2
    share_of, weight = place**3 * (10 - 15 * place + 6 * place**2), weight * 15 * (place * (1 - place)) ** 2
    sensitivity = _confidence_quantiles(yes, share_of)[:, None]
    specificity = _confidence_quantiles(no, share_of)[None, :]
    weights = np.outer(weight, weight)
    weights /= weights.sum()
    a, b = _find_shapes(observed)

    def probability(x: float) -> float:
        limit = x * sensitivity + (1 - x) * (1 - specificity)
        if a == 0 or b == 0:
            return float((weights * ((limit >= 0) if a == 0 else (limit >= 1))).sum())
        return float((weights * betainc(a, b, np.clip(limit, 0.0, 1.0))).sum())

    low, high = 0.0, 1.0
    if outwards < 0 and probability(0.0) >= share:
        return 0.0
    if outwards > 0 and probability(1.0) <= share:
        return 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if probability(middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _find_shapes(counted: _Counted) -> tuple[int, int]:
    count, persons, is_upper = counted
    return (count + 1, persons - count) if is_upper else (count, persons - count + 1)


def _confidence_quantiles(counted: _Counted, probabilities: Any) -> Any:
    import numpy as np
    from scipy.special import betaincinv

    a, b = _find_shapes(counted)
    if a == 0 or b == 0:
        return np.full(len(probabilities), 0.0 if a == 0 else 1.0)
    return betaincinv(a, b, probabilities)
