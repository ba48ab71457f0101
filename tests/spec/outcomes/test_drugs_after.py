"""What became of each systemic drug after day 0, in days from day 0."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.courses import FIRST, draw_courses
from tests.tables import table

from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course
from refractory.outcomes.drugs_after import DrugAfter, classify_drugs_after


def _classify(drawn: str, observed_until: int | None = 999, **chosen) -> dict[str, DrugAfter]:
    courses: dict[str, list[Course]] = {}
    for row in draw_courses(drawn):
        courses.setdefault(row[1], []).append(Course(*row[1:6]))
    until = None if observed_until is None else FIRST + timedelta(days=observed_until)
    return classify_drugs_after(courses, FIRST, until, LineDefinition(among="drugs", **chosen))


def _assert_became(drawn: str, expected: str, observed_until: int | None = 999, **chosen) -> None:
    found = {
        drug: {
            "end": after.end.value if after.end else None,
            "end day": None if after.end_day is None else str(after.end_day),
            "begun day": None if after.begun_day is None else str(after.begun_day),
            "became": " and ".join(word for word in ("restarted", "added", "switched") if getattr(after, f"is_{word}"))
            or None,
        }
        for drug, after in _classify(drawn, observed_until, **chosen).items()
    }
    wanted = {str(row.pop("drug")): row for row in table(expected)}
    assert {drug: {name: row[name] for name in wanted.get(drug, row)} for drug, row in found.items()} == wanted


def test_on_a_drug_at_day_0_is_whoever_began_before_it_and_is_covered_on_it_or_later():
    """Begun on day 0 is added; ended on day -1 is neither."""
    _assert_became(
        """
        drug         | first | last
        -------------+-------+-----
        azathioprine | -90   | -1
        dapsone      | -90   | 0
        methotrexate | -1    | 300
        tacrolimus   | 0     | 300
        """,
        """
        drug         | end          | end day | begun day | became
        dapsone      | discontinued | 0       | -         | switched
        methotrexate | continued    | -       | -         | -
        tacrolimus   | -            | -       | 0         | added
        """,
    )


def test_continued_is_covered_on_the_last_day_of_follow_up_and_discontinued_is_not():
    _assert_became(
        """
        drug         | first | last
        dapsone      | -90   | 179
        methotrexate | -90   | 180
        """,
        """
        drug         | end          | end day
        dapsone      | discontinued | 179
        methotrexate | continued    | -
        """,
        observed_until=179 + 60,
    )


@pytest.mark.parametrize(
    ("observed_until", "expected"),
    [
        (100 + 60, "discontinued"),
        (100 + 59, "not observed long enough"),
        (100, "not observed long enough"),
        (50, "not observed long enough"),
        (None, "discontinued"),
    ],
)
def test_a_drug_is_discontinued_only_when_the_person_is_observed_for_the_grace_period_after_it(
    observed_until, expected
):
    """Death within the grace period ends observation: nobody knows whether the drug would have been taken up again."""
    found = _classify("drug | first | last\ndapsone | -90 | 100", observed_until)
    assert found["dapsone"].end.value == expected
    assert found["dapsone"].end_day == (100 if expected == "discontinued" else None)


@pytest.mark.parametrize(("observed_until", "expected"), [(180, "continued"), (179, "not observed long enough")])
def test_supply_beyond_the_end_of_observation_does_not_make_a_drug_continued(observed_until, expected):
    assert _classify("drug | first | last\ndapsone | -90 | 300", observed_until)["dapsone"].end.value == expected


def test_a_drug_given_up_before_day_0_or_after_it_and_begun_again_is_restarted_and_a_new_one_is_added():
    _assert_became(
        """
        drug           | first | last
        azathioprine   | -400  | -300
        azathioprine   | 40    | 300
        glucocorticoid | -200  | 20
        glucocorticoid | 100   | 150
        glucocorticoid | 300   | 400
        leflunomide    | 180   | 300
        tacrolimus     | 181   | 300
        """,
        """
        drug           | end          | begun day | became
        azathioprine   | -            | 40        | restarted
        glucocorticoid | discontinued | 100       | restarted and switched
        leflunomide    | -            | 180       | added
        """,
    )


def test_what_is_begun_after_observation_ends_is_not_seen():
    _assert_became(
        """
        drug        | first | last
        dapsone     | 50    | 100
        leflunomide | 51    | 100
        """,
        """
        drug    | became
        dapsone | added
        """,
        observed_until=50,
    )


def test_a_switch_begins_less_than_the_overlap_before_the_old_drug_ends_or_at_most_the_grace_period_after():
    for begun, expected in ((70, None), (71, "switched"), (160, "switched"), (161, None)):
        _assert_became(
            f"""
            drug         | first   | last
            methotrexate | -90     | 100
            azathioprine | {begun} | 400
            """,
            f"""
            drug         | became
            methotrexate | {expected or "-"}
            azathioprine | added
            """,
        )


def test_a_drug_that_was_there_already_is_nothing_to_switch_to():
    _assert_became(
        """
        drug         | first | last
        methotrexate | -90   | 30
        azathioprine | -10   | 400
        """,
        """
        drug         | end          | became
        methotrexate | discontinued | -
        azathioprine | continued    | -
        """,
    )


def test_the_last_day_of_follow_up_is_the_protocols():
    found = _classify("drug | first | last\ndapsone | -90 | 100", follow_up_day=100)
    assert found["dapsone"].end.value == "continued"
