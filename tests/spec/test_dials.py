"""Dials: a key by its path, its alternatives, and every combination of them as a whole protocol."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from refractory.dials import find_key, set_key, spell_value, without_dials
from refractory.errors import ProtocolError
from refractory.explain import explain_protocol
from refractory.protocol import Protocol, parse_protocol
from refractory.universes import draw_balanced, plan_universes

FLAGSHIP = (Path(__file__).parents[2] / "studies" / "ivig-cutaneous-dm.toml").read_text(encoding="utf-8")
BARE = FLAGSHIP[: FLAGSHIP.index("[dials]")]
RAW = tomllib.loads(BARE)


def _with(*dials: str, more: str = "") -> str:
    return "\n".join([BARE, "[dials]", *dials, more])


def _refusal(*dials: str) -> str:
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(_with(*dials), "study.toml")
    return str(refused.value)


def _line(dial: str) -> int:
    return next(number for number, line in enumerate(_with(dial).splitlines(), start=1) if line == dial)


@pytest.mark.parametrize(
    ("dial", "key"),
    [
        ("refractory.failed", ("refractory", "failed")),
        ("treatment.cycle.split", ("treatment", "cycle", "split")),
        ("feature.muscle.any[2].at_least", ("feature", 0, "any", 1, "at_least")),
        ("feature[2].any", ("feature", 1, "any")),
        ("response.supporting.CDASI activity lower by 40 %.fall", ("response", "supporting", 1, "fall")),
        ('stratum."Skin alone".none', ("stratum", 1, "none")),
        ("refractory.adequate.methotrexate", ("refractory", "adequate", "methotrexate")),
        ("refractory.adequate.tacrolimus", ("refractory", "adequate", "tacrolimus")),
        ("concepts.dermatomyositis.ICD10CM", ("concepts", "dermatomyositis", "ICD10CM")),
        ("instrument.CDASI.items", ("instrument", "CDASI", "items")),
        ("eligibility.age", ("eligibility", "age")),
        ("sparing.over_time.sustained", ("sparing", "over_time", "sustained")),
        ("analysis.level", ("analysis", "level")),
    ],
)
def test_a_path_names_a_key_whether_the_file_has_it_or_not(dial, key):
    assert find_key(RAW, Protocol, dial) == key


@pytest.mark.parametrize(
    ("dial", "said"),
    [
        ('"refractory.fialed" = [1]', 'refractory has no key "fialed". Did you mean "failed"?'),
        ('"refractry.failed" = [1]', 'the file has no key "refractry". Did you mean "refractory"?'),
        ('"feature.musle.any" = [[]]', 'no member of feature is called "musle". Did you mean "muscle"?'),
        ('"feature.muscle.any[3].at_least" = [1]', "feature[1].any has 2 members, and the dial names number 3."),
        ('"feature.muscle.any[0].at_least" = [1]', "a dial is a path of keys"),
        ('"refractory." = [1]', "a dial is a path of keys"),
        ('"" = [1]', "a dial is a path of keys"),
        ('"refractory.failed.more" = [1]', "refractory.failed is written as one value"),
        ('"refractory.adequate.methotrexate.at_least" = ["9 weeks"]', "is written as one value; the dial names that"),
        ('"eligibility.age.at_least" = [18]', "the study has no eligibility.age."),
        ('"concepts.dermatomyositsi.ICD10CM" = [["M33"]]', 'Did you mean "dermatomyositis"?'),
        ('"study.name" = ["other"]', "this is no choice that moves a result."),
        ('"refractory.failed" = []', "a dial names at least one alternative."),
    ],
)  # fmt: skip
def test_a_path_that_names_no_key_is_answered_with_its_line_and_the_nearest_name(dial, said):
    assert f"line {_line(dial)}, dials" in _refusal(dial)
    assert said in _refusal(dial)


@pytest.mark.parametrize(
    ("dial", "said"),
    [
        ('"refractory.failed" = [1, 0]', "refractory.failed[2]: input should be greater than or equal to 1, not 0."),
        ('"sparing.change" = ["25 %"]', "sparing.change[1]: input should be a valid number"),
        ('"disease.apart" = ["1 month"]', "A month or a year has no fixed number of days"),
        ('"response.missing" = ["evalable"]', 'Did you mean "evaluable"?'),
        ('"disease.concept" = ["dermatomyostis"]', 'no concept set is called "dermatomyostis". Did you mean'),
        ('"refractory.adequate.metotrexate" = ["8 weeks"]', 'systemic treatment. Did you mean "methotrexate"?'),
        ('"response.primary" = ["CDASI activity lower by 41 %"]', 'Did you mean "CDASI activity lower by 40 %"?'),
        ('"exclude.Immunodeficiency.window" = [[-30, 5]]', "days after day 0 cannot decide who is in the cohort"),
        ('"follow_up.stopped" = ["90 days"]', "follow_up: a treatment that comes back must have stopped"),
    ],
)  # fmt: skip
def test_an_alternative_that_the_key_cannot_be_is_answered_like_any_other_mistake(dial, said):
    assert f"line {_line(dial)}, dials" in _refusal(dial)
    assert said in _refusal(dial)


def test_two_dials_for_one_key_are_refused():
    said = _refusal('"feature.muscle.any" = [[]]', '"feature[1].any" = [[]]')
    assert '"feature.muscle.any" is a dial for the same key.' in said


def test_dials_do_not_change_the_fingerprint_of_the_study():
    with_dials = parse_protocol(_with('"refractory.failed" = [1, 2]', more="[multiverse]\nseed = 7"))
    assert with_dials.hash == parse_protocol(BARE).hash


def test_the_methods_text_names_the_dials_and_without_them_says_nothing():
    def said(text: str) -> dict[str, str]:
        return {one.heading: " ".join(one.sentences) for one in explain_protocol(parse_protocol(text))}

    told = said(_with('"refractory.failed" = [1, 2]'))["Choices that could be otherwise"]
    assert told.endswith("refractory.failed: 1; 2.")
    assert "Choices that could be otherwise" not in said(BARE)


def test_setting_a_key_leaves_the_file_as_it_was():
    before = tomllib.loads(BARE)
    changed = set_key(RAW, ("feature", 0, "any", 1, "at_least"), 5)
    assert changed["feature"][0]["any"][1]["at_least"] == 5
    assert before == RAW


def test_the_primary_rule_and_a_supporting_one_change_places():
    changed = set_key(RAW, ("response", "primary"), "CDASI activity lower by 40 %")
    assert changed["response"]["primary"]["fall"] == "40 %"
    names = [one["name"] for one in changed["response"]["supporting"]]
    assert names[1] == "Improved by chart review"
    assert len(names) == len(RAW["response"]["supporting"])


def test_a_whole_rule_is_an_alternative_too():
    rule = '{ name = "Any fall", score = "CDASI", fall = "1 points", window = [28, 365] }'
    plan = plan_universes(_with(f'"response.primary" = [{rule}]'))
    assert [one.said for one in plan.dials[0].choices] == ["Improved by chart review", "Any fall"]
    response = plan.universes[1].protocol.response
    assert response.primary.name == "Any fall"
    assert response.supporting[-1].name == "Improved by chart review"


# ---------------------------------------------------------------- universes


def test_what_is_written_is_always_an_alternative_and_stands_first_where_the_file_lists_it_not():
    plan = plan_universes(_with('"refractory.failed" = [1, 3]', '"sparing.change" = [10, 25]'))
    assert [[one.said for one in dial.choices] for dial in plan.dials] == [["2", "1", "3"], ["10", "25"]]
    assert plan.written == (0, 1)


def test_an_alternative_that_is_only_spelt_otherwise_is_the_same_one():
    plan = plan_universes(_with('"treatment.cycle.split" = ["1 week", "7 days", "10 days"]'))
    assert [(one.said, one.is_as_written) for one in plan.dials[0].choices] == [("1 week", True), ("10 days", False)]


def test_a_key_that_the_file_does_not_name_keeps_its_default_as_written():
    plan = plan_universes(_with('"refractory.adequate.tacrolimus" = ["12 weeks"]'))
    assert [one.said for one in plan.dials[0].choices] == ["not named in the file", "12 weeks"]


def test_a_dial_inside_a_table_that_another_dial_sets_keeps_that_tables_own_value():
    plan = plan_universes(
        _with('"response.primary.window" = [[1, 90]]', '"response.primary" = ["CDASI activity lower by 40 %"]')
    )
    windows = {
        (one.protocol.response.primary.name, str(one.protocol.response.primary.window)) for one in plan.universes
    }
    assert windows == {
        ("Improved by chart review", "days 1 to 365"),
        ("Improved by chart review", "days 1 to 90"),
        ("CDASI activity lower by 40 %", "days 28 to 365"),
        ("CDASI activity lower by 40 %", "days 1 to 90"),
    }


def test_a_dial_with_what_is_written_alone_makes_one_universe():
    plan = plan_universes(_with('"refractory.failed" = [2]'))
    assert [one.choices for one in plan.universes] == [(0,)]
    assert plan.universes[0].protocol.hash == plan.protocol.hash


def test_a_study_without_dials_says_how_to_write_one():
    with pytest.raises(ProtocolError, match="has no dials") as refused:
        plan_universes(BARE)
    assert '"refractory.failed" = [1, 2, 3]' in str(refused.value)


def test_combinations_that_no_protocol_allows_are_kept_with_their_reason():
    plan = plan_universes(_with('"sparing.last" = ["30 days", "120 days"]', '"sparing.follow_up_day" = [90, 180]'))
    refused = {one.choices: one.why_not for one in plan.universes if one.protocol is None}
    assert plan.combinations == 4
    assert list(refused) == [(1, 0)]
    assert 'last is between "1 day" and "90 days"' in refused[1, 0]


def test_a_key_that_another_dial_takes_away_is_a_reason_and_no_crash():
    dials = '"feature.muscle.any" = [[{ concept = "muscle weakness" }]]', '"feature.muscle.any[2].at_least" = [3]'
    reasons = [one.why_not for one in plan_universes(_with(*dials)).universes]
    assert reasons.count("") == 3
    assert "feature[1].any[2].at_least is not there when another dial is set so." in reasons


def test_the_shipped_study_has_at_least_500_universes_and_all_of_them_are_valid():
    plan = plan_universes(FLAGSHIP)
    assert plan.combinations >= 500
    assert all(one.protocol for one in plan.universes)
    assert sum(one.choices == plan.written for one in plan.universes) == 1
    assert len({one.protocol.hash for one in plan.universes}) == plan.combinations


def test_above_the_limit_a_sample_is_drawn_and_said_to_be_one():
    text = _with('"refractory.failed" = [1, 2, 3]', '"sparing.change" = [10, 25, 50]', more="[multiverse]\nmost = 6")
    plan = plan_universes(text)
    assert (len(plan.universes), plan.combinations, plan.is_sample) == (6, 9, True)
    assert plan_universes(text.replace("most = 6", "most = 9")).is_sample is False


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_holds_what_is_written_each_dial_alone_and_each_alternative_about_equally_often(seed):
    sizes, written = (2, 3, 4, 2, 3, 2, 5), (0, 1, 0, 1, 2, 0, 3)
    drawn = draw_balanced(sizes, written, 400, seed)
    assert len(set(drawn)) == 400
    assert set(drawn) <= set(product(*map(range, sizes)))
    alone = {
        (*written[:place], other, *written[place + 1 :]) for place, size in enumerate(sizes) for other in range(size)
    }
    assert alone <= set(drawn)
    for place, size in enumerate(sizes):
        counts = Counter(one[place] for one in drawn)
        assert max(abs(count - 400 / size) for count in counts.values()) <= 40
    assert drawn == draw_balanced(sizes, written, 400, seed)
    assert drawn != draw_balanced(sizes, written, 400, seed + 100)


def test_a_sample_of_one_is_the_study_as_written():
    assert draw_balanced((2, 2), (1, 0), 1, 1) == [(1, 0)]


@pytest.mark.parametrize(
    ("value", "said"),
    [(2, "2"), ("8 weeks", "8 weeks"), (False, "false"), ([[1, 2], "a"], "[[1, 2], a]"), ({"a": 1}, "{a = 1}")],
)
def test_a_value_is_spelt_in_one_line(value, said):
    assert spell_value(value) == said


def test_a_file_without_its_dials_is_the_study():
    assert without_dials(tomllib.loads(_with('"refractory.failed" = [1]'))) == RAW
