"""The estimates of a small study load nothing that is slow to load."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from refractory.numbers import format_estimate
from refractory.statistics.agreement import estimate_ac1, estimate_kappa
from refractory.statistics.association import (
    estimate_boschloo, estimate_fisher_exact, estimate_freeman_halton, estimate_odds_ratio,
)
from refractory.statistics.balance import (
    estimate_standardised_difference, estimate_standardised_difference_of_categories,
)
from refractory.statistics.competing import derive_cumulative_incidence, estimate_incidence_by
from refractory.statistics.firth import fit_firth
from refractory.statistics.krippendorff import estimate_alpha_ordinal
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.location import estimate_hodges_lehmann_shift, estimate_mann_whitney, estimate_mean
from refractory.statistics.means import estimate_mean_difference, estimate_paired_t_test, estimate_welch_test
from refractory.statistics.multiplicity import adjust_by_holm
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.power import find_detectable_difference
from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference
from refractory.statistics.rates import estimate_dispersion, estimate_rate, estimate_rate_ratio
from refractory.statistics.regression_to_mean import find_share_falling
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.self_controlled import WindowCounts, estimate_self_controlled_ratio
from refractory.statistics.shrinkage import derive_shrunken_proportions
from refractory.statistics.survival import estimate_median_time
from refractory.statistics.trajectory import estimate_mean_by_t

for estimate in [
    *(method(35, 42) for method in PROPORTION_METHODS.values()),
    estimate_difference(13, 15, 22, 27),
    estimate_fisher_exact(13, 15, 22, 27),
    estimate_odds_ratio(13, 15, 22, 27),
    estimate_freeman_halton([[13, 2], [20, 5], [2, 0]]),
    estimate_mean([1, 2, 5]),
    estimate_mann_whitney([1, 2, 5], [2, 3]),
    estimate_hodges_lehmann_shift([1, 2, 5], [2, 3]),
    estimate_paired_shift([1, 2, 5]),
    estimate_signed_rank([1, 2, 5]),
    estimate_median_time([1, 2, 5], [2, 3]),
    estimate_kappa([[20, 5], [10, 15]]),
    estimate_ac1([[20, 5], [10, 15]]),
    estimate_alpha_ordinal([[1, 2], [2, 2]]),
    estimate_incidence_by(derive_cumulative_incidence([1, 2, 5], [3], [2, 3]), time=2),
    estimate_rate(3, 120),
    estimate_rate_ratio(3, 120, 5, 80),
    estimate_dispersion([3, 0, 1], [12, 6, 6]),
    estimate_self_controlled_ratio([WindowCounts(1, 7, 2, 90)]),
    estimate_mean_by_t([1, 2, 5]),
    estimate_boschloo(13, 15, 22, 27),
    estimate_difference_by_score(13, 15, 22, 27),
    estimate_mean_difference([1, 2, 5], [2, 3]),
    estimate_welch_test([1, 2, 5], [2, 3]),
    estimate_paired_t_test([1, 2, 5]),
    estimate_standardised_difference([1, 2, 5], [2, 3]),
    estimate_standardised_difference_of_categories([1, 2, 5], [2, 3, 0]),
    estimate_true_proportion(35, 42, said_yes=18, truly_yes=20, said_no=18, truly_no=20),
    *derive_shrunken_proportions([3, 6], [3, 8]).shrunken,
    *(term.odds_ratio for term in fit_firth([0, 1, 1, 0, 1], {"age": [1, 4, 5, 3, 2]}).terms),
]:
    format_estimate(estimate)
find_detectable_difference(15, 27, rate=35 / 42)
find_share_falling(20, 8, reliability=0.8, cutoff=20, fall=4)
print(*sorted({"pandas", "statsmodels", "scipy.stats", "scipy.optimize"} & set(sys.modules)))
"""


def test_estimating_and_printing_load_nothing_that_is_slow_to_load():
    printed = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == ""
