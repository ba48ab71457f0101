"""A store that remembers gives what a store that forgets gives, and works nothing out twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.records.later import later
from refractory.records.remembering import RememberingStore
from refractory.records.store import Store

PERSON = {"person_id": "int64", "kg": "float64"}
ROWS = [(1, 50.0), (2, 70.0), (3, 90.0)]


@later
def keep_heavy(person, least):
    return person.filter(person.kg >= least)


def _store() -> RememberingStore:
    plain = Store()
    plain.add("person", PERSON, ROWS)
    return RememberingStore(plain)


class _Counting:
    """A connection that notes what is asked of it."""

    def __init__(self, connection) -> None:
        self.connection = connection
        self.asked: list[str] = []

    def execute(self, text, *told):
        self.asked.append(text)
        return self.connection.execute(text, *told)

    def __getattr__(self, name):
        return getattr(self.connection, name)


def _persons(store: Store, name: str) -> list[int]:
    return [person for person, _ in store.rows(store.table(name).order_by("person_id"))]


def test_a_name_stands_for_what_was_kept_last():
    store = _store()
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    assert _persons(store, "heavy") == [2, 3]
    store.keep("heavy", keep_heavy(store.table("person"), 80))
    assert _persons(store, "heavy") == [3]
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    assert _persons(store, "heavy") == [2, 3]


def test_an_answer_follows_the_content_and_not_the_name():
    store = _store()
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    store.keep("heaviest", keep_heavy(store.table("heavy"), 80))
    store.keep("heavy", keep_heavy(store.table("person"), 100))
    assert _persons(store, "heaviest") == [3]
    store.keep("heaviest", keep_heavy(store.table("heavy"), 80))
    assert _persons(store, "heaviest") == []


def test_an_equal_question_about_equal_contents_is_not_asked_again():
    store = _store()
    store.connection = counting = _Counting(store.connection)
    for _ in range(3):
        store.keep("heavy", keep_heavy(store.table("person"), 60))
        _persons(store, "heavy")
        store.tally("heavy")
    assert len([text for text in counting.asked if text.startswith("CREATE TABLE")]) == 1
    assert len([text for text in counting.asked if text.startswith("SELECT")]) == 3


def test_tables_with_the_same_rows_are_one_content():
    store = _store()
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    first = store.names["heavy"]
    store.keep("heavy", keep_heavy(store.table("person"), 65))
    assert store.names["heavy"] == first
    store.keep("heavy", keep_heavy(store.table("person"), 75))
    assert store.names["heavy"] != first


def test_coming_back_forgets_the_names_that_came_later():
    store = _store()
    before = store.names
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    assert store.has("heavy")
    store.come_back(before)
    assert not store.has("heavy")
    with pytest.raises(KeyError):
        store.table("heavy")


def test_rows_that_are_added_again_are_one_content_and_others_are_not():
    store = _store()
    store.add("label", PERSON, ROWS)
    first = store.names["label"]
    store.add("label", PERSON, ROWS[:1])
    assert store.names["label"] != first
    store.add("label", PERSON, [list(row) for row in ROWS])
    assert store.names["label"] == first


def test_a_renamed_table_keeps_its_rows_and_loses_its_name():
    store = _store()
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    store.rename("heavy", "cohort")
    assert (_persons(store, "cohort"), store.has("heavy")) == ([2, 3], False)


def _count_heavy(store: Store, least: float, worked: list[float] | None = None) -> int:
    store.keep("counted", keep_heavy(store.table("person"), least))
    return store.tally("counted")[0]


_WORKED: list[float] = []


def _count_and_note(store: Store, least: float) -> int:
    _WORKED.append(least)
    return _count_heavy(store, least)


def test_a_function_is_worked_out_once_for_equal_words_and_contents_and_its_tables_stand_again():
    _WORKED.clear()
    store = _store()
    names = store.names
    assert [store.once(_count_and_note, least) for least in (60, 80, 60)] == [2, 1, 2]
    assert _WORKED == [60, 80]
    store.come_back(names)
    assert store.once(_count_and_note, 80) == 1
    assert _WORKED == [60, 80]
    assert _persons(store, "counted") == [3]


def test_a_function_is_worked_out_again_when_what_it_looked_at_is_another():
    _WORKED.clear()
    store = _store()
    assert store.once(_count_and_note, 60) == 2
    store.add("other", PERSON, ROWS)
    assert store.once(_count_and_note, 60) == 2
    assert _WORKED == [60]
    store.add("person", PERSON, ROWS[:2])
    assert store.once(_count_and_note, 60) == 1
    assert _WORKED == [60, 60]


def _ask_for_heavy(store: Store) -> bool:
    return store.has("heavy")


def test_that_a_table_was_not_there_is_something_that_a_function_looked_at():
    store = _store()
    assert store.once(_ask_for_heavy) is False
    store.keep("heavy", keep_heavy(store.table("person"), 60))
    assert store.once(_ask_for_heavy) is True


def _ask_within(store: Store, least: float) -> int:
    return store.once(_count_and_note, least) + 1


def test_what_an_inner_function_looked_at_counts_for_the_outer_one_even_when_it_was_known():
    _WORKED.clear()
    store = _store()
    store.once(_count_and_note, 60)
    assert store.once(_ask_within, 60) == 3
    store.add("person", PERSON, ROWS[:1])
    assert store.once(_ask_within, 60) == 1


def test_a_table_of_unknown_content_is_refused():
    with pytest.raises(TypeError, match="unknown content"):
        _store().declare("mine", PERSON)


def test_two_stores_in_one_database_do_not_mix():
    first = Store()
    first.add("person", PERSON, ROWS)
    one = RememberingStore(first)
    second = Store(first.connection)
    second.add("person", PERSON, ROWS[:1])
    other = RememberingStore(second)
    assert (_persons(one, "person"), _persons(other, "person")) == ([1, 2, 3], [1])


def test_a_plain_store_works_a_function_out_each_time():
    _WORKED.clear()
    plain = Store()
    plain.add("person", PERSON, ROWS)
    assert [plain.once(_count_and_note, 60), plain.once(_count_and_note, 60)] == [2, 2]
    assert _WORKED == [60, 60]


_STEPS = st.lists(st.tuples(st.sampled_from(["keep", "once", "add", "back"]), st.integers(40, 100)), max_size=12)


@given(_STEPS)
def test_whatever_was_asked_before_a_store_that_remembers_answers_like_one_that_forgets(steps):
    """Kept tables, functions, replaced tables and returns, in any order: the rows of all names are the same."""
    remembering, held = _store(), {"person": ROWS}
    marks: Mapping[str, str] = remembering.names
    held_then = dict(held)
    for step, least in steps:
        if step == "keep":
            remembering.keep("heavy", keep_heavy(remembering.table("person"), least))
            held["heavy"] = [row for row in held["person"] if row[1] >= least]
        elif step == "once":
            found = remembering.once(_count_heavy, least)
            held["counted"] = [row for row in held["person"] if row[1] >= least]
            assert found == len(held["counted"])
        elif step == "add":
            held["person"] = [row for row in ROWS if row[1] != least // 10 * 10]
            remembering.add("person", PERSON, held["person"])
            marks, held_then = remembering.names, dict(held)
        else:
            remembering.come_back(marks)
            held = dict(held_then)
        for name, rows in held.items():
            assert sorted(remembering.rows(remembering.table(name))) == rows
        assert set(remembering.names) == set(held)
