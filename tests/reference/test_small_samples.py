"""Many small samples, the ends of every range among them: each number that R gave is ours to one in a million."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from math import inf, log
from pathlib import Path

import pytest

from refractory.statistics import (
    agreement,
    association,
    competing,
    krippendorff,
    location,
    means,
    multiplicity,
    paired,
    power,
    proportions,
    rates,
    regression_to_mean,
    score_difference,
    survival,
)
from refractory.statistics.distributions import normal_quantile, student_quantile
from refractory.statistics.estimate import Estimate
from refractory.statistics.firth import fit_firth

Given = list[list[float]]
HERE = Path(__file__).parent
# logistf climbs until a step gains less than 1e-10, at which its coefficients are right to about half as many digits;
# irrCAC rounds alpha to five places.
LOOSER = {"Firth": 2e-5, "alpha nominal": 5.1e-6, "alpha interval": 5.1e-6}


def read_known() -> dict[str, list[tuple[str, Given, str, float]]]:
    known = defaultdict(list)
    with (HERE / "small_samples_r.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = [[float(one) for one in group.replace("NA", "nan").split()] for group in row["given"].split(";")]
            value = {"NA": inf, "Inf": inf}.get(row["known"]) or float(row["known"])
            known[row["what"]].append((row["given"], given, row["part"], value))
    return dict(known)


def whole(given: Given) -> list[int]:
    return [round(group[0]) for group in given]


def numbers(given: Given) -> list[list[int]]:
    return [[round(one) for one in group] for group in given]


def of_proportion(method: Callable[..., Estimate]) -> Callable[[Given], Estimate]:
    return lambda given: method(*whole(given[:2]), given[2][0])


def of_groups(method: Callable[..., Estimate]) -> Callable[[Given], Estimate]:
    return lambda given: method(*whole(given[:4]), *(group[0] for group in given[4:]))


def of_ratings(method: Callable[..., Estimate]) -> Callable[[Given], Estimate]:
    return lambda given: method([[None if one != one else one for one in row] for row in given])


def error_of(estimate: Estimate, quantile: float) -> float:
    return (estimate.upper - estimate.lower) / 2 / quantile


def agree(method: Callable[..., Estimate]) -> Callable[[Given], dict[str, float]]:
    def answer(given: Given) -> dict[str, float]:
        table = numbers(given)
        # A level so low that neither end is cut off at 1.
        low = method(table, level=0.001)
        n = sum(map(sum, table))
        quantile = student_quantile(0.5005, n - 1) if method is agreement.estimate_ac1 else normal_quantile(0.5005)
        error = 0.0 if low.lower is None else error_of(low, quantile)
        return {"value": low.value, "error": error}

    return answer


def weigh(build: Callable[[int], agreement.Weights]) -> Callable[..., Estimate]:
    return lambda table, level: agreement.estimate_weighted_kappa(table, weights=build(len(table)), level=level)


def tell_incidence(given: Given) -> dict[str, float]:
    events, rivals, censored, (at,) = given
    curve = competing.derive_cumulative_incidence(events, rivals, censored, level=0.95)
    (step,) = (step for step in curve.steps if step.time == at)
    if step.lower is None:
        return {"value": step.incidence, "error": 0.0}
    # Symmetric on the scale of log(-log): the spread there gives the standard error back.
    ends = [log(-log(1 - end)) for end in (step.lower, step.upper)]
    spread = (ends[1] - ends[0]) / 2 / normal_quantile(0.975)
    without = 1 - step.incidence
    return {"value": step.incidence, "error": spread * -log(without) * without}


def tell_probability(given: Given) -> Estimate:
    events, rivals, censored, (at,) = given
    return survival.estimate_probability_by(events, [*rivals, *censored], time=at)


def tell_firth(given: Given) -> dict[str, float]:
    responded, one, other = given
    term = fit_firth([bool(y) for y in responded], {"one": one, "other": other}).terms[0]
    ratio = term.odds_ratio
    return {
        "coefficient": term.coefficient,
        "lower": log(ratio.lower),
        "upper": log(ratio.upper),
        "p": term.test.p_value,
    }


def number(adjust: Callable[..., tuple[float, ...]]) -> Callable[[Given], dict[str, float]]:
    return lambda given: {str(place): p for place, p in enumerate(adjust(given[0]), start=1)}


def tell_share(given: Given, name: str) -> dict[str, float]:
    mean, sd, reliability, cutoff, by = (group[0] for group in given)
    kind = {
        "fall": regression_to_mean.find_share_falling,
        "part": regression_to_mean.find_share_falling_by_part,
    }[name]
    return {"value": kind(mean, sd, reliability=reliability, cutoff=cutoff, **{name: by})}


def tell_fall(given: Given) -> dict[str, float]:
    mean, sd, reliability, cutoff = (group[0] for group in given)
    found = regression_to_mean.find_regression_to_mean(mean, sd, reliability=reliability, cutoff=cutoff)
    return {"fall": found.fall}


def tell_two_means(given: Given) -> dict[str, float]:
    told = means.estimate_mean_difference(*given)
    return {"lower": told.lower, "upper": told.upper, "p": means.estimate_welch_test(*given).p_value}


def tell_change(given: Given) -> dict[str, float]:
    told = means.estimate_mean_change(given[0])
    return {"lower": told.lower, "upper": told.upper, "p": means.estimate_paired_t_test(given[0]).p_value}


def tell_rate_ratio(given: Given) -> Estimate:
    events1, time1, events2, time2, level = (group[0] for group in given)
    return rates.estimate_rate_ratio(round(events1), time1, round(events2), time2, level=level)


def tell_power(given: Given) -> dict[str, float]:
    n1, rate1, n2, rate2, alpha = (group[0] for group in given)
    return {"value": power.find_power(round(n1), rate1, round(n2), rate2, alpha)}


ASKED: dict[str, Callable[[Given], Estimate | dict[str, float]]] = {
    "Clopper-Pearson": of_proportion(proportions.estimate_proportion),
    "Wilson": of_proportion(proportions.estimate_proportion_wilson),
    "Jeffreys": of_proportion(proportions.estimate_proportion_jeffreys),
    "mid-P": of_proportion(proportions.estimate_proportion_mid_p),
    "Fisher": of_groups(association.estimate_fisher_exact),
    "Boschloo": of_groups(association.estimate_boschloo),
    "odds ratio": of_groups(association.estimate_odds_ratio),
    "Newcombe": of_groups(proportions.estimate_difference),
    "Miettinen-Nurminen": of_groups(score_difference.estimate_difference_by_score),
    "Freeman-Halton": lambda given: association.estimate_freeman_halton(numbers(given)),
    "Mann-Whitney": lambda given: location.estimate_mann_whitney(*given),
    "shift": lambda given: location.estimate_hodges_lehmann_shift(*given),
    "Welch": tell_two_means,
    "signed rank": lambda given: paired.estimate_signed_rank(given[0]),
    "paired shift": lambda given: paired.estimate_paired_shift(given[0]),
    "paired t": tell_change,
    "median": lambda given: location.estimate_median(given[0]),
    "Kaplan-Meier": tell_probability,
    "median time": lambda given: survival.estimate_median_time(given[0], [*given[1], *given[2]]),
    "Aalen-Johansen": tell_incidence,
    "kappa": agree(agreement.estimate_kappa),
    "linear kappa": agree(weigh(agreement.build_linear_weights)),
    "quadratic kappa": agree(weigh(agreement.build_quadratic_weights)),
    "AC1": agree(agreement.estimate_ac1),
    "alpha nominal": of_ratings(krippendorff.estimate_alpha_nominal),
    "alpha interval": of_ratings(krippendorff.estimate_alpha_interval),
    "rate": lambda given: rates.estimate_rate(round(given[0][0]), given[1][0], level=given[2][0]),
    "rate ratio": tell_rate_ratio,
    "dispersion": lambda given: rates.estimate_dispersion(*numbers(given[:1]), given[1]),
    "Firth": tell_firth,
    "power": tell_power,
    "Holm": number(multiplicity.adjust_by_holm),
    "Benjamini-Hochberg": number(multiplicity.adjust_by_benjamini_hochberg),
    "regression to the mean": tell_fall,
    "share falling": lambda given: tell_share(given, "fall"),
    "share falling by part": lambda given: tell_share(given, "part"),
}
KNOWN = read_known()


def as_parts(answer: Estimate | dict[str, float]) -> dict[str, float | None]:
    if isinstance(answer, dict):
        return dict(answer)
    return {"value": answer.value, "lower": answer.lower, "upper": answer.upper, "p": answer.p_value}


def test_every_quantity_that_r_was_asked_for_is_asked_of_the_program():
    assert KNOWN.keys() == ASKED.keys()


@pytest.mark.parametrize("what", ASKED)
def test_each_number_is_that_of_r_to_one_in_a_million(what):
    near = LOOSER.get(what, 1e-6)
    apart = []
    for text, given, part, known in KNOWN[what]:
        unknown = as_parts(ASKED[what](given))[part]
        unknown = inf if unknown is None else unknown
        if unknown != pytest.approx(known, rel=near, abs=near if what in LOOSER else 1e-9):
            apart.append((text, part, known, unknown))
    assert not apart, f"{len(apart)} of {len(KNOWN[what])}: {apart[:12]}"
