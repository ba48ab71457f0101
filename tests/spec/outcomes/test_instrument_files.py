"""Instruments that a user writes: rules as text, and every mistake named by line, what is allowed and nearest name."""

from __future__ import annotations

import pytest

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.from_python import read_python_instrument
from refractory.outcomes.instruments.from_toml import parse_instrument
from refractory.outcomes.instruments.library import find_instrument, read_instrument
from refractory.outcomes.instruments.rules import Constant, Doubled, Largest, Mean, Product, Scaled, Sum, say_rule
from refractory.outcomes.instruments.written_rules import parse_rule

GOOD = """[instrument]
key = "two-signs"
name = "Two signs"

[items]
redness = { name = "Redness", least = 0, most = 3 }
scaling = { name = "Scaling", least = 0, most = 2 }
papules = { name = "Papules", least = 0, most = 1 }

[[total]]
key = "total"
name = "Total"
least = 0
most = 8
higher_is = "worse"
rule = "doubled(redness, papules) + scaling"
source = "invented"
"""


def refusal(old="", new="", text=GOOD):
    """What is said of the file in which one text is replaced by another."""
    assert old in text
    with pytest.raises(InstrumentError) as refused:
        parse_instrument(text.replace(old, new, 1), "two.toml")
    return str(refused.value)


def line(fragment):
    """The line of the good file on which a text stands."""
    return next(number for number, one in enumerate(GOOD.splitlines(), start=1) if fragment in one)


def test_a_good_file_is_the_instrument_that_it_says():
    made = parse_instrument(GOOD)
    assert made.item_keys == ("redness", "scaling", "papules")
    assert made.total("total").rule == Sum((Doubled("redness", when="papules"), "scaling"))
    assert (made.total("total").confidence, made.total("total").minimal_important_change) == ("G", None)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("most = 3", "moost = 3", [f"line {line('redness =')}", "unknown key", 'Did you mean "most"?']),
    ("most = 3", "mosst = 3", ["items.redness.most", "this key is missing"]),
    ('higher_is = "worse"', 'higher_is = "wors"', [f"line {line('higher_is')}", 'Did you mean "worse"?', "better"]),
    ("redness, papules", "redness, papule", [f"line {line('rule =')}", 'no item "papule"', 'Did you mean "papules"?']),
    ("doubled(", "doubld(", [f"line {line('rule =')}", 'knows no "doubld"', 'Did you mean "doubled"?']),
    ("most = 8", "most = 7", [f"line {line('rule =')}", "reaches from 0 to 8, not from 0 to 7"]),
    ("redness, papules", "redness, scaling", ["doubles when scaling is 1, but scaling is not 0 or 1"]),
    ("least = 0, most = 3", "least = 3, most = 3", [f"line {line('redness =')}", "least answer is not below"]),
    ("scaling = {", "Scaling = {", ["lower-case letters, digits and underscores"]),
    ('name = "Total"', "", ["total[1].name", "this key is missing"]),
    ('source = "invented"', 'source = "invented"\nconfidence = "high"', ["'high' is not allowed", "S, S2, G, C"]),
    ('key = "two-signs"', 'key = "Two Signs"', [f"line {line('two-signs')}", "is not allowed"]),
    ("least = 0, most = 3", 'least = "none", most = 3', [f"line {line('redness =')}", "valid number"]),
    ("least = 0, most = 3", "least = 0, most = inf", [f"line {line('redness =')}", "finite"]),
    ("least = 0, most = 3", "least = 0, most = 3, blank_is = 4", ["blank_is lies outside the range"]),
])  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(old, new, said):
    told = refusal(old, new)
    assert [one for one in said if one not in told] == []
    assert "two.toml" in told


def test_all_mistakes_come_at_once_in_the_order_of_their_lines():
    text = GOOD.replace("most = 3", "most = -1").replace("+ scaling", "+ scalling")
    told = refusal(text=text)
    assert told.startswith("InstrumentError: 2 mistakes in two.toml.")
    assert told.index("items.redness") < told.index("total[1].rule")
    told = refusal(text=GOOD.replace("most = 3", "moost = 3").replace("+ scaling", "+ scalling"))
    assert told.startswith("InstrumentError: 3 mistakes in two.toml.")
    assert 'no item "scalling". Did you mean "scaling"?' in told


def test_severities_must_rise():
    severity = 'severity = [{ up_to = { mild = 4, severe = 3 }, above = "worst", source = "invented" }]\n'
    assert "do not rise" in refusal("[[total]]\n", "[[total]]\n" + severity)


def test_a_second_total_of_one_name_is_refused():
    again = GOOD[GOOD.index("[[total]]") :]
    assert 'a second total is called "total"' in refusal(text=GOOD + again)


def test_what_is_no_toml_is_said_to_be_none():
    assert "not valid TOML" in refusal("[items]", "[items")


@pytest.mark.parametrize(("text", "rule"), [
    ("a", "a"),
    ("a + b + c", Sum(("a", "b", "c"))),
    ("a - b", Sum(("a", Scaled("b", by=-1)))),
    ("(a + b) * c", Product((Sum(("a", "b")), "c"))),
    ("a * 0.1", Scaled("a", by=0.1)),
    ("(a + b) / 8", Scaled(Sum(("a", "b")), over=8)),
    ('sum("*")', Sum(("a", "b", "c"))),
    ('largest("[ab]", answered = 1)', Largest(("a", "b"), answered=1)),
    ("mean(a, b * c)", Mean(("a", Product(("b", "c"))))),
    ("doubled(a + 1, b)", Doubled(Sum(("a", Constant(1))), when="b")),
    ("-a", Scaled("a", by=-1)),
    ("a + -2", Sum(("a", Constant(-2)))),
])  # fmt: skip
def test_a_rule_is_read_as_it_is_written(text, rule):
    assert parse_rule(text, ["a", "b", "c"]) == rule
    assert parse_rule(say_rule(rule), ["a", "b", "c"]) == rule


@pytest.mark.parametrize(("text", "said"), [
    ("a +", "cannot be read at character"),
    ("a ** b", "cannot use"),
    ("a / b", "is no number"),
    ("a / 0", "divides by 0"),
    ("1 + 2", "asks for no item"),
    ("mean(a, b, answered = 3)", "whole number from 1 to 2"),
    ("mean(a, b, needed = 1)", "takes `answered`, not `needed`"),
    ("doubled(a, 1)", "two parts"),
    ("sum()", "sum of nothing"),
    ('sum("x*")', 'no item fits "x'),
    ("a if b else c", "cannot use"),
    ("__import__('os')", "knows no"),
    ("a.b", "cannot use"),
    ("True * a", "is no number"),
    ("(" * 500 + "a" + ")" * 500, "r"),
    ("+".join(["a"] * 20000), "too long"),
])  # fmt: skip
def test_what_is_no_rule_is_refused(text, said):
    with pytest.raises(ValueError, match=said.replace("*", r"\*")):
        parse_rule(text, ["a", "b", "c"])


@pytest.mark.parametrize(("text", "said"), [
    ("1 / 0", "fails with ZeroDivisionError: division by zero"),
    ("x = 3", "holds no INSTRUMENT"),
    ("INSTRUMENT = 3", "its INSTRUMENT is a int"),
    ("def", "fails with SyntaxError"),
])  # fmt: skip
def test_a_python_file_without_an_instrument_is_refused(tmp_path, text, said):
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstrumentError, match=said):
        read_python_instrument(path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.py"]


def test_a_file_is_read_by_its_ending(tmp_path):
    (tmp_path / "two.toml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert find_instrument(str(tmp_path / "two.toml")) == parse_instrument(GOOD)
    with pytest.raises(InstrumentError, match=r"ends in \.toml or \.py"):
        read_instrument(tmp_path / "two.txt")
    with pytest.raises(InstrumentError, match="No such file"):
        find_instrument(str(tmp_path / "three.toml"))
    (tmp_path / "latin.toml").write_bytes(GOOD.replace("Redness", "Röte").encode("latin-1"))
    with pytest.raises(InstrumentError, match="not UTF-8"):
        find_instrument(str(tmp_path / "latin.toml"))
