"""Files of reported numbers: what they may say, what is wrong with them, and the verdict on each statement."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from refractory.consistency.answers import Verdict
from refractory.consistency.checking import run_consistency
from refractory.consistency.from_toml import parse_reported, read_reported
from refractory.consistency.writing import write_answers
from refractory.errors import OutputError, ReportedError

DOCUMENT = Path(__file__).parents[3] / "docs" / "consistency.md"
ROUNDED = '[[percentage]]\nname = "rounded"\nprinted = "87"\nof = 15\n'


def answers(*lines):
    """Judge the statements of a file with these lines."""
    found = run_consistency(parse_reported("\n".join(['title = "A paper"', *lines])))
    return {one.name: one for one in found.listed}


def percentage(name, printed, **more):
    said = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in more.items()]
    return "\n".join(["[[percentage]]", f'name = "{name}"', f'printed = "{printed}"', *said])


def mean(name, printed, **more):
    said = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in more.items()]
    return "\n".join(["[[mean]]", f'name = "{name}"', f'mean = "{printed}"', *said])


def test_what_fits_only_with_digits_cut_off_is_called_so_until_another_statement_was_rounded():
    alone = answers(percentage("lower", "80", of=42))["lower"]
    assert alone.verdict is Verdict.ONLY_CUT_OFF
    assert alone.note == "with digits cut off and not rounded it would fit (34/42)"
    beside = answers(percentage("lower", "80", of=42), ROUNDED)["lower"]
    assert beside.verdict is Verdict.IMPOSSIBLE
    assert '"rounded" cannot have been cut off' in beside.note
    both_ways = answers(percentage("lower", "80", of=42), percentage("half", "50", of=2))["lower"]
    assert both_ways.verdict is Verdict.ONLY_CUT_OFF
    apart = answers("one_rounding = false", percentage("lower", "80", of=42), ROUNDED)["lower"]
    assert apart.verdict is Verdict.ONLY_CUT_OFF


def test_a_file_may_name_the_rules_of_rounding_that_are_considered():
    only = answers('roundings = ["cut off"]', percentage("lower", "80", of=42), ROUNDED)
    assert (only["lower"].verdict, only["rounded"].verdict) == (Verdict.POSSIBLE, Verdict.IMPOSSIBLE)
    up = answers('roundings = ["half up"]', percentage("an eighth", "12", of=8))["an eighth"]
    assert up.verdict is Verdict.IMPOSSIBLE


def test_a_count_that_depends_on_a_tie_says_so():
    found = answers(percentage("an eighth", "13", of=8))["an eighth"]
    assert found.verdict is Verdict.POSSIBLE
    assert found.note == "it depends on ties: not by rounding half down or half to even"


def test_a_percentage_that_fits_no_count_names_its_neighbours_and_the_denominators_that_would_fit():
    found = answers(percentage("improved", "83", of=42), percentage("lower", "80", of=42), ROUNDED)["lower"]
    assert "33/42 is 79 %, 34/42 is 81 %" in found.finding
    assert "33/41, 32/40, 28/35" in found.finding
    assert '28/35 would be of "improved"' in found.finding


def test_a_percentage_may_be_of_those_whom_another_one_counts_wherever_it_stands():
    found = answers(percentage("of responders", "80", of="improved"), percentage("improved", "83", of=42))
    assert found["of responders"].finding == "28/35"


def test_without_a_denominator_all_up_to_the_limit_are_tried():
    found = answers(percentage("lower", "80.0", at_most=12))["lower"]
    assert (found.verdict, found.finding) == (
        Verdict.POSSIBLE, "2 fit: 8/10 or 4/5",
    )  # fmt: skip
    assert answers(percentage("lower", "80.1", at_most=12))["lower"].verdict is Verdict.IMPOSSIBLE


def test_what_rests_on_a_percentage_that_fits_no_count_is_not_decided():
    found = answers(
        percentage("lower", "80", of=42), ROUNDED, percentage("of these", "50", of="lower"),
        mean("days", "2", of="lower"),
        '[[sum]]\nname = "both"\nwhole = "rounded"\nparts = ["lower", "rounded"]',
        '[[test]]\nname = "P"\nprinted = "0.5"\ngroups = ["lower", "rounded"]',
        '[[interval]]\nname = "ends"\npercentage = "lower"\nlower = "10"\nupper = "20"',
    )  # fmt: skip
    assert {name for name, one in found.items() if one.verdict is Verdict.UNDECIDED} == {
        "of these", "days", "both", "P", "ends",
    }  # fmt: skip


def test_strata_that_do_not_add_up_are_impossible():
    found = answers(
        percentage("all", "50", of=20), percentage("men", "60", of=10), percentage("women", "50", of=10),
        '[[sum]]\nname = "by sex"\nwhole = "all"\nparts = ["men", "women"]',
    )  # fmt: skip
    assert found["by sex"].verdict is Verdict.IMPOSSIBLE
    assert found["by sex"].printed == "50 % of 60 % and 50 %"


def test_parts_that_may_be_almost_anything_are_not_added_up():
    found = answers(
        percentage("all", "50", at_most=2000), percentage("men", "50", at_most=600),
        percentage("women", "50", at_most=600),
        '[[sum]]\nname = "by sex"\nwhole = "all"\nparts = ["men", "women"]',
    )  # fmt: skip
    assert found["by sex"].verdict is Verdict.UNDECIDED


def test_nobody_is_no_denominator():
    found = answers(percentage("harmed", "0", of=20), percentage("of these", "50", of="harmed"))["of these"]
    assert found.verdict is Verdict.UNDECIDED
    assert 'no count above 0 fits "harmed"' in found.finding


def test_percentages_of_the_same_persons_name_the_denominators_they_can_share():
    said = '[[shared]]\nname = "same persons"\npercentages = ["a", "b"]\nat_most = '
    both = percentage("a", "83.3", at_most=20), percentage("b", "42", at_most=20)
    assert answers(*both, said + "20")["same persons"].finding == "1 of the denominators up to 20 fit: 12 (10 and 5)"
    assert answers(*both, said + "11")["same persons"].verdict is Verdict.IMPOSSIBLE


def test_a_mean_over_persons_that_nobody_knows_names_the_numbers_that_fit():
    found = answers(mean("cycles", "1.82", sd="1.38", at_most=42, least=1), ROUNDED)["cycles"]
    assert found.verdict is Verdict.POSSIBLE
    assert found.details["persons"] == (17, 33, 34, 39, 40)


def test_of_several_items_the_ends_are_those_of_the_mean_of_a_person():
    found = answers(mean("grade", "4.75", sd="0.35", of=2, items=2, least=1, most=5))["grade"]
    assert found.finding == "over 2: for example 9, 10, each over 2 items"
    assert (
        answers(mean("grade", "4.75", sd="0.35", of=2, items=1, least=1, most=5))["grade"].verdict
        is not Verdict.POSSIBLE
    )


def test_the_end_of_a_scale_forbids_a_mean_beyond_it():
    assert answers(mean("grade", "4.50", of=10, least=0, most=5))["grade"].verdict is Verdict.POSSIBLE
    beyond = answers(mean("grade", "5.50", of=10, least=0, most=5))["grade"]
    assert beyond.verdict is Verdict.IMPOSSIBLE
    assert beyond.finding.startswith("not over 10: the mean lies beyond the ends of the values; no number of persons")
    assert answers(mean("grade", "0.50", of=10, least=1))["grade"].verdict is Verdict.IMPOSSIBLE


def test_an_sd_that_the_ends_of_the_values_forbid_names_its_limits():
    found = answers(mean("grade", "2.0", sd="1.5", of=10, least=1, most=3))["grade"]
    assert found.verdict is Verdict.IMPOSSIBLE
    assert "with this mean the SD lies between 0.0 and 1.1" in found.finding


def test_an_sd_that_one_end_forbids_has_no_limits_to_name():
    found = answers(mean("count", "0.24", sd="6.43", of=34, least=0), ROUNDED)["count"]
    assert found.verdict is Verdict.IMPOSSIBLE
    assert "have such a sum and sum of squares; " in found.finding


def test_a_search_that_gives_up_is_not_taken_for_an_answer():
    # Three whole numbers with the sum 0 and these squares do not exist: half of the squares is 2 to the 8th times
    # 5 to the 13th, and no such number is x² + xy + y². To see that by trying takes more steps than are allowed.
    found = answers(mean("change", "0.00", sd="559016.9943749", of=3))["change"]
    assert found.verdict is Verdict.UNDECIDED
    assert "the search for values ended before it could say" in found.finding
    assert "1 more are not decided" in found.finding


def test_an_sd_that_only_divides_by_n_says_so():
    found = answers(mean("grade", "1.5", sd="0.50", of=2))["grade"]
    assert found.verdict is Verdict.POSSIBLE
    assert found.finding == "over 2: for example 1, 2; only if the SD divides by n and not by n - 1"
    assert "only if" not in answers(mean("grade", "5.21", sd="1.6", of=28))["grade"].finding


def test_a_p_value_and_an_interval_name_the_method_that_gives_them():
    strata = percentage("skin", "87", of=15), percentage("other", "81", of=27)
    found = answers(
        *strata,
        '[[test]]\nname = "fits"\nprinted = "P = 1.00"\ngroups = ["skin", "other"]',
        '[[test]]\nname = "fits not"\nprinted = "< 0.05"\ngroups = ["skin", "other"]',
        '[[interval]]\nname = "ends"\npercentage = "skin"\nlower = "59.5"\nupper = "98.3"',
        '[[interval]]\nname = "no ends"\npercentage = "skin"\nlower = "60"\nupper = "80"',
    )
    assert "Fisher's exact test 1.0000" in found["fits"].finding
    assert found["fits not"].verdict is Verdict.IMPOSSIBLE
    assert found["ends"].finding == "13/15: Clopper-Pearson 59.5 to 98.3"
    assert found["no ends"].verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "there is no statement in it"),
        (('[percentage]\nname = "a"',), "each statement is a table: [[percentage]]"),
        ((ROUNDED, '[[sum]]\nname = "s"\nwhole = "rounded"\nparts = "rounded"'), "write a list of names"),
        (('[[count]]\nname = "a"\npersons = 0',), "greater than or equal to 1"),
        (('[[percentage]]\nname = "a"\nprinted = 80\nof = 42',), "line 4, percentage[1].printed: write it in quotes"),
        ((percentage("a", "80 %", of=42),), '"80 %" is no printed number'),
        ((percentage("a", "101", of=42),), "does not lie between 0 and 100"),
        ((percentage("a", "80"),), "say of how many"),
        ((percentage("a", "80", of=0),), "a whole number from 1 to 100,000"),
        ((percentage("a", "80", of=1.5),), "a whole number from 1 to 100,000"),
        ((percentage("a", "80", of="b"),), 'no count or percentage is called "b"'),
        ((percentage("treated", "80", of=4), percentage("b", "80", of="treted")), 'Did you mean "treated"?'),
        ((percentage("a", "80", of="a"),), "the percentage is of itself"),
        ((percentage("a", "80", of="b"), percentage("b", "80", of="a")), "the percentage is of itself"),
        ((percentage("a", "80", of=4), percentage("a", "80", of=5)), 'a second statement is called "a"'),
        ((percentage("a", "80", of=4, at_moost=5),), 'Did you mean "at_most"?'),
        ((mean("a", "x", of=4),), '"x" is no printed number'),
        ((mean("a", "1.0", sd="-1", of=4),), "it is negative"),
        ((mean("a", "1.0", of=4, least=3, most=2),), "do not rise in this order"),
        ((ROUNDED, '[[test]]\nname = "t"\nprinted = "ns"\ngroups = ["rounded", "rounded"]'), "no printed number"),
        ((ROUNDED, '[[test]]\nname = "t"\nprinted = "2"\ngroups = ["rounded", "rounded"]'), "between 0 and 1"),
        ((ROUNDED, '[[sum]]\nname = "s"\nwhole = "rounded"\nparts = ["roundd", "rounded"]'), 'Did you mean "rounded"?'),
        (('roundings = ["up"]', ROUNDED), "'up' is not allowed"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(lines, said):
    with pytest.raises(ReportedError) as told:
        answers(*lines)
    assert said in str(told.value)
    assert "Try: " in str(told.value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ReportedError, match="3 mistakes"):
        answers(percentage("a", "x", of=4), percentage("a", "y", of=4))


def test_text_that_is_no_toml_and_a_file_that_is_none_are_refused(tmp_path):
    with pytest.raises(ReportedError, match="not valid TOML"):
        parse_reported("title = ")
    with pytest.raises(ReportedError, match="cannot be read"):
        read_reported(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"')
    with pytest.raises(ReportedError, match="not UTF-8: byte 13"):
        read_reported(tmp_path / "latin.toml")


def test_the_file_that_the_documentation_shows_is_one():
    (shown,) = re.findall(r"^```\n(title.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found = run_consistency(parse_reported(shown))
    kinds = {one.kind for one in found.listed}
    assert kinds == {"count", "percentage", "sum", "shared", "mean", "test", "interval"}


def test_answers_are_written_whole_or_not_at_all(tmp_path):
    found = run_consistency(parse_reported(f'title = "A paper"\n{ROUNDED}'))
    write_answers(found, tmp_path / "answers.json")
    whole = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))
    assert whole["answers"][0]["numbers"] == {"counts": [[13, 15]]}
    assert whole["answers"][0]["verdict"] == "possible"
    assert whole["not_cut_off_by"] == ["rounded"]
    with pytest.raises(OutputError, match=r"neither in \.json nor in \.csv"):
        write_answers(found, tmp_path / "answers.xlsx")
    with pytest.raises(OutputError, match="cannot be written"):
        write_answers(found, tmp_path / "no" / "answers.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["answers.json"]
