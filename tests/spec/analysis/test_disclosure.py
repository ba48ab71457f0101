"""Which counts are shared: small ones never, nor what would give them away."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from linked_rows import NO, OPEN, YES, link, persons_of, see_row, suppress, two_strata
from refractory.analysis.disclosure.limits import Limit
from refractory.analysis.disclosure.linked_counts import RESPONSE, STRATUM
from refractory.analysis.disclosure.shared_attrition import suppress_attrition
from refractory.analysis.disclosure.sharing import may_add_up
from refractory.analysis.results import AttritionStep

IN_A, IN_B = f"{STRATUM}:A", f"{STRATUM}:B"


@pytest.mark.parametrize(("count", "seen"), [(1, "few"), (4, "few"), (5, 5), (15, 15), (16, "suppressed")])
def test_a_count_of_1_to_4_is_marked_and_one_whose_rest_is_so_small_is_suppressed(count, seen):
    shared = suppress(link(persons_of((count, {"sex": "yes"}), (20 - count, {"sex": "no"}))))
    assert see_row(shared, "sex", "yes") == [seen]


def test_a_count_of_nobody_is_shared():
    shared = suppress(link(persons_of((12, {RESPONSE: YES}), (8, {RESPONSE: NO}))))
    assert [see_row(shared, RESPONSE, answer)[0] for answer in (YES, NO, OPEN)] == [12, 8, 0]


def test_the_limit_is_the_one_that_the_protocol_names():
    cohort = link(persons_of((10, {"sex": "yes"}), (20, {"sex": "no"})))
    assert see_row(suppress(cohort, 10), "sex", "yes") == [10]
    assert see_row(suppress(cohort, 11), "sex", "yes") == ["few"]


def test_where_zeros_are_suppressed_nobody_is_a_small_count_and_everybody_gives_it_away():
    cohort = link(persons_of((20, {"sex": "yes"}), (0, {"sex": "no"})))
    assert see_row(suppress(cohort), "sex", "yes") == [20]
    assert see_row(suppress(cohort, zeros_shown=False), "sex", "yes") != [20]


def test_one_small_count_in_one_of_two_strata_takes_the_breakdown_along():
    shared = suppress(two_strata(13, 2, 22, 5))
    assert see_row(shared, RESPONSE, YES, IN_A, IN_B) == [35, "withheld", "withheld"]
    assert see_row(shared, RESPONSE, NO, IN_A, IN_B) == [7, "withheld", "withheld"]


def test_of_three_strata_the_two_that_would_give_each_other_away_are_suppressed():
    cells = (("A", YES, 13), ("A", NO, 2), ("B", YES, 22), ("B", NO, 6), ("C", YES, 20), ("C", NO, 9))
    shared = suppress(link(persons_of(*((n, {STRATUM: s, RESPONSE: q}) for s, q, n in cells))))
    assert see_row(shared, RESPONSE, YES, IN_A, IN_B, f"{STRATUM}:C") == [55, "suppressed", 22, "suppressed"]
    assert see_row(shared, RESPONSE, NO, IN_A, IN_B, f"{STRATUM}:C") == [17, "few", 6, "suppressed"]


def test_where_no_count_is_small_everything_is_shared():
    shared = suppress(two_strata(8, 7, 20, 6))
    assert see_row(shared, RESPONSE, YES, IN_A, IN_B) == [28, 8, 20]
    assert see_row(shared, RESPONSE, NO, IN_A, IN_B) == [13, 7, 6]


def test_a_total_is_suppressed_that_leaves_its_parts_one_value_each():
    four = persons_of(*((4, {"reason": name}) for name in ("one", "two")), (12, {"reason": "three"}))
    shared = suppress(link(four))
    # 20 less 12 leaves 8, which only 4 and 4 can add up to.
    assert [see_row(shared, "reason", name)[0] for name in ("one", "two", "three")] == ["few", "few", "suppressed"]


def test_one_person_who_is_not_evaluable_hides_the_number_of_those_who_are():
    shared = suppress(link(persons_of((30, {RESPONSE: YES}), (11, {RESPONSE: NO}), (1, {RESPONSE: OPEN}))))
    assert [see_row(shared, RESPONSE, answer)[0] for answer in (YES, NO, OPEN)] == [30, "suppressed", "few"]


def test_two_rules_of_which_one_takes_only_persons_of_the_other_must_differ_by_enough_persons():
    def ask(stricter: int) -> list[int | str]:
        both = persons_of(
            (stricter, {"lax": "yes", "strict": "yes"}),
            (29 - stricter, {"lax": "yes", "strict": "no"}),
            (13, {"lax": "no", "strict": "no"}),
        )
        return see_row(suppress(link(both)), "strict", "yes")

    assert ask(24) == [24]
    assert ask(25) == ["suppressed"]
    assert ask(29) == [29]


def test_a_trait_is_broken_down_one_way_where_the_other_way_holds_a_small_count():
    """By stratum 17 and 18; by response 32 and 3."""
    persons = persons_of(
        (15, {STRATUM: "A", RESPONSE: YES, "drug": "y"}), (2, {STRATUM: "A", RESPONSE: NO, "drug": "y"}),
        (17, {STRATUM: "B", RESPONSE: YES, "drug": "y"}), (1, {STRATUM: "B", RESPONSE: NO, "drug": "y"}),
        (9, {STRATUM: "A", RESPONSE: YES, "drug": "n"}), (8, {STRATUM: "A", RESPONSE: NO, "drug": "n"}),
        (9, {STRATUM: "B", RESPONSE: YES, "drug": "n"}), (8, {STRATUM: "B", RESPONSE: NO, "drug": "n"}),
    )  # fmt: skip
    shared = suppress(link(persons))
    by_response = (f"{RESPONSE}:{YES}", f"{RESPONSE}:{NO}")
    assert see_row(shared, "drug", "y", IN_A, IN_B, *by_response) == [35, 17, 18, "withheld", "withheld"]


def test_a_trait_is_broken_down_both_ways_where_nothing_is_small():
    cells = product("AB", (YES, NO), "yn")
    shared = suppress(link(persons_of(*((6, {STRATUM: s, RESPONSE: q, "sex": sex}) for s, q, sex in cells))))
    assert see_row(shared, "sex", "y", IN_A, IN_B, f"{RESPONSE}:{YES}", f"{RESPONSE}:{NO}") == [24, 12, 12, 12, 12]


def test_beside_suppressed_counts_of_response_by_stratum_a_trait_is_broken_down_one_way():
    """Strata of 15 and 27 with 13 and 22 responders; the trait itself has no small count."""
    cells = ((8, "A", YES, "y"), (5, "A", YES, "n"), (0, "A", NO, "y"), (2, "A", NO, "n"))
    cells += ((10, "B", YES, "y"), (12, "B", YES, "n"), (5, "B", NO, "y"), (5, "B", NO, "n"))
    persons = persons_of(*((n, {STRATUM: s, RESPONSE: q, "sex": sex}) for n, s, q, sex in cells))
    shared = suppress(link(persons))
    assert see_row(shared, RESPONSE, YES, IN_A, IN_B)[1:] == ["withheld", "withheld"]
    assert see_row(shared, "sex", "y", IN_A, IN_B, f"{RESPONSE}:{YES}") == [23, 8, 15, "withheld"]


@pytest.mark.parametrize(("persons", "is_told"), [(4, False), (5, True)])
def test_of_a_small_cohort_not_even_its_size_is_shared(persons, is_told):
    assert suppress(two_strata(persons, 0, 0, 0)).has_persons is is_told


def test_of_a_cohort_below_twice_the_limit_nothing_but_its_size_is_shared():
    assert suppress(two_strata(0, 9, 0, 0)).marks == {}
    assert suppress(two_strata(0, 10, 0, 0)).marks != {}


def test_nobody_is_no_cohort_to_share():
    shared = suppress(two_strata(0, 0, 0, 0))
    assert not shared.has_persons
    assert shared.marks == {}


def test_a_mean_of_drugs_is_not_shared_where_one_suppressed_drug_is_what_is_missing_to_the_sum():
    def ask(*counts: int) -> bool:
        names = [f"drug.{number}" for number in range(len(counts))]
        persons = [
            {name: "yes" if place < count else "no" for name, count in zip(names, counts, strict=True)}
            for place in range(30)
        ]
        return may_add_up(suppress(link(persons, added_up=tuple(names))), "known.drugs_before", "all")

    assert ask(10, 20)
    assert not ask(10, 20, 3)
    assert ask(10, 20, 3, 2)
    # Two that are 4 together with no more than 4 each, and two of 1: only 1 and 1 add up to 2.
    assert not ask(10, 20, 1, 1)


def step(criterion: str, before: int, after: int) -> AttritionStep:
    return AttritionStep(criterion, f"{criterion}.", f"not {criterion}", before, after, 2 * before, 2 * after)


def shared_steps(*after: int, smallest: int = 5) -> list[tuple[str, int, int]]:
    steps = [step("start", after[0], after[0])]
    steps += [step(f"c{n}", *pair) for n, pair in enumerate(pairwise(after), start=1)]
    found = suppress_attrition(steps, Limit(smallest))
    return [(one.criterion, one.persons_before, one.persons_after) for one in found]


def test_criteria_that_lost_few_persons_stand_together_until_enough_are_lost():
    assert shared_steps(50, 48, 44, 42, 30) == [("start", 50, 50), ("c1, c2", 50, 44), ("c3, c4", 44, 30)]


def test_a_criterion_that_lost_few_at_the_end_joins_the_one_before_it():
    assert shared_steps(50, 40, 38) == [("start", 50, 50), ("c1, c2", 50, 38)]


def test_a_criterion_that_lost_nobody_stands_alone():
    assert shared_steps(50, 50, 42) == [("start", 50, 50), ("c1", 50, 50), ("c2", 50, 42)]


def test_no_step_is_shared_where_all_criteria_together_lost_few():
    assert shared_steps(44, 43, 42) == []


def test_no_step_is_shared_where_few_are_left():
    assert shared_steps(44, 4) == []
    assert shared_steps(44, 5) == [("start", 44, 44), ("c1", 44, 5)]


def test_shared_steps_tell_no_candidate_days():
    (start,) = suppress_attrition([step("start", 9, 9)], Limit(5))
    assert (start.records_before, start.records_after, start.records_lost) == (None, None, None)
