"""The score of a visit: from its items, as it was written down, or within the bounds that missing items leave."""

from __future__ import annotations

from datetime import date

import pytest
from tests.tables import fill

from refractory.outcomes.instrument_use import InstrumentDefinition
from refractory.outcomes.scores import (
    InstrumentUse,
    ScoreOrigin,
    find_direction,
    find_scale,
    read_assessments,
    read_visits,
)
from refractory.records.store import Store

COHORT = {"person_id": "int64", "day0_date": "date"}


def _use(**changes) -> InstrumentUse:
    chosen = {"use": "cdasi", "total": "damage", "items": "cdasi_*", "recorded": "written"} | changes
    return InstrumentUse("CDASI", InstrumentDefinition(**chosen))


def _store(values: str) -> tuple[Store, dict[str, tuple[str, ...]]]:
    """Fill a store with persons 1 and 2, and with the values; a set that is not named has no rows."""
    store = Store()
    store.add("cohort", COHORT, [(1, date(2020, 1, 1)), (2, date(2020, 1, 1))])
    fill(store, "measurement", values)
    sets = [*_use().definition.name_item_sets("CDASI").values(), "written", "own"]
    return store, {name: (name,) for name in sets}


def _sheet(person: int, day: str, **changes: float | None) -> str:
    """Draw a whole sheet of damage items, all 0 but those that change; None leaves one out."""
    items = dict.fromkeys(_use().definition.name_item_sets("CDASI"), 0.0) | changes
    return "\n".join(
        f"{person} | CDASI: {item} | {day} | {value}" for item, value in items.items() if value is not None
    )


HEADS = "person_id | concept_set | date | value\n"


def _visits(values: str, **changes):
    store, leaves = _store(HEADS + values)
    return [
        (one.person_id, one.day.isoformat(), one.value, one.lower, one.upper, one.origin, one.recorded)
        for one in read_visits(store, "cohort", leaves, _use(**changes))
    ]


def test_complete_items_give_the_total_whatever_was_written_down():
    found = _visits(_sheet(1, "2020-02-01", hands_damage=2, arm_calcinosis=1) + "\n1 | written | 2020-02-01 | 7")
    assert found == [(1, "2020-02-01", 3.0, 3.0, 3.0, ScoreOrigin.ITEMS, 7.0)]


def test_a_total_that_was_written_down_stands_in_for_items_that_are_missing():
    incomplete = _sheet(1, "2020-02-01", hands_damage=None, arm_calcinosis=1)
    assert _visits(incomplete + "\n1 | written | 2020-02-01 | 2") == [
        (1, "2020-02-01", 2.0, 2.0, 2.0, ScoreOrigin.TOTAL_ONLY, 2.0)
    ]
    assert _visits(incomplete) == [(1, "2020-02-01", None, 1.0, 3.0, ScoreOrigin.INCOMPLETE, None)]


def test_a_total_on_a_day_without_items_is_a_visit_of_its_own():
    found = _visits(_sheet(1, "2020-02-01") + "\n1 | written | 2020-02-02 | 2\n2 | written | 2020-02-01 | 5")
    assert [(person, day, origin) for person, day, *_, origin, _ in found] == [
        (1, "2020-02-01", ScoreOrigin.ITEMS),
        (1, "2020-02-02", ScoreOrigin.TOTAL_ONLY),
        (2, "2020-02-01", ScoreOrigin.TOTAL_ONLY),
    ]


def test_an_item_outside_its_range_is_missing_and_a_total_outside_its_range_does_not_count():
    found = _visits(_sheet(1, "2020-02-01", hands_damage=4) + "\n1 | written | 2020-02-01 | 33")
    assert found == [(1, "2020-02-01", None, 0.0, 2.0, ScoreOrigin.INCOMPLETE, None)]


def test_of_two_values_of_one_item_and_day_the_last_as_given_counts():
    found = _visits(_sheet(1, "2020-02-01", hands_damage=2) + "\n1 | CDASI: hands_damage | 2020-02-01 | 1")
    assert [one[2] for one in found] == [1.0]


def test_where_the_study_says_so_an_item_that_is_not_recorded_is_at_its_least():
    sheet = "1 | CDASI: hands_damage | 2020-02-01 | 2\n1 | CDASI: arm_calcinosis | 2020-02-01 | 1"
    assert _visits(sheet, unrecorded="least") == [(1, "2020-02-01", 3.0, 3.0, 3.0, ScoreOrigin.ITEMS, None)]
    assert _visits(sheet)[0][2:5] == (None, 3.0, 32.0)


def test_an_item_may_have_a_concept_set_of_its_own():
    sheet = _sheet(1, "2020-02-01", hands_damage=None) + "\n1 | own | 2020-02-01 | 2"
    assert _visits(sheet, item={"hands_damage": "own"})[0][2] == 2.0


def test_persons_outside_the_table_have_no_visits():
    assert _visits(_sheet(3, "2020-02-01") + "\n3 | written | 2020-02-01 | 5") == []


def test_a_score_that_is_no_instrument_is_the_value_of_its_concept_set():
    store, leaves = _store(f"{HEADS}1 | written | 2020-02-01 | 5")
    found = read_assessments(
        store, "cohort", "written", leaves, {"CDASI": _use()}, day0={1: date(2020, 1, 1)}, baseline=None
    )
    assert [one.score for one in found[1]] == [5.0]
    assert find_scale("written", {"CDASI": _use()}).minimal_change is None


def test_the_minimal_important_change_is_that_of_the_instrument():
    assert find_scale("CDASI", {"CDASI": _use(total="activity")}).minimal_change == 4


def test_the_instrument_itself_says_what_a_higher_score_means():
    muscle = InstrumentUse("strength", InstrumentDefinition(use="mmt-8", items="mmt_*"))
    uses = {"CDASI": _use(), "strength": muscle}
    assert find_direction("strength", uses) == "better"
    assert find_direction("CDASI", uses) == find_direction("a concept set", uses) == "worse"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"use": "cdasi", "items": "cdasi"}, "one \\* for its key"),
        ({"use": "cdasi"}, "where its numbers come from"),
        ({"use": "cdazi", "items": "*"}, "cdasi"),
        ({"use": "cdasi", "items": "*", "total": "severity"}, "it has activity, damage"),
        ({"use": "cdasi", "item": {"nose": "own"}}, "no item 'nose'"),
        ({"use": "tis-adult", "items": "*"}, "needs measures"),
        ({"use": "tis-adult", "measures": {"chaq": "x"}}, "no measure 'chaq'"),
        ({"use": "cdasi", "measures": {"haq": "x"}}, "cdasi is none"),
        ({"use": "tis-adult", "measures": {"haq": "x"}, "items": "*"}, "has no items"),
    ],
)
def test_an_instrument_that_cannot_be_read_is_refused(chosen, said):
    with pytest.raises(ValueError, match=said):
        InstrumentDefinition(**chosen)
