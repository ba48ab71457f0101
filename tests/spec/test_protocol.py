"""Mistakes in a protocol file: each is named by line, key, what is allowed and the nearest name, all at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest

from refractory.errors import ProtocolError
from refractory.explain import explain_protocol
from refractory.protocol import parse_protocol
from refractory.protocol_schema import describe_schema
from refractory.toml_lines import find_lines, line_of

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
FLAGSHIP = next(path for path in STUDIES if path.stem == "ivig-cutaneous-dm").read_text(encoding="utf-8")


def _refusal(*changes: tuple[str, str], text: str = FLAGSHIP) -> str:
    for old, new in changes:
        assert old in text, f"the protocol has no {old!r}"
        text = text.replace(old, new, 1)
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(text, "study.toml")
    return str(refused.value)


def _line(fragment: str) -> int:
    return next(number for number, line in enumerate(FLAGSHIP.splitlines(), start=1) if fragment in line)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_shipped_study_is_valid_by_the_parser_and_by_the_published_schema(path):
    text = path.read_text(encoding="utf-8")
    assert parse_protocol(text).study.name == path.stem
    jsonschema.validate(tomllib.loads(text), describe_schema())


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_shipped_study_can_be_said_in_plain_english(path):
    sections = explain_protocol(parse_protocol(path.read_text(encoding="utf-8")))
    said = " ".join(sentence for section in sections for sentence in section.sentences)
    assert len(sections) >= 5
    assert not [mark for mark in ("None", "Window(", "{", "1 days", "..", "  ") if mark in said]


def test_the_schema_is_a_schema_and_knows_a_misspelt_key():
    jsonschema.Draft202012Validator.check_schema(describe_schema())
    wrong = tomllib.loads(FLAGSHIP) | {"diseas": {}}
    with pytest.raises(jsonschema.ValidationError, match="diseas"):
        jsonschema.validate(wrong, describe_schema())


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_key():
    said = _refusal(("failed         = 2", "fialed         = 2"))
    assert f"line {_line('failed         = 2')}, refractory.fialed: unknown key" in said
    assert 'Did you mean "failed"?' in said
    assert "Allowed: active, adequate, among" in said


def test_a_misspelt_table_is_named_with_the_tables_that_are_allowed():
    said = _refusal(("[sparing]", "[sparring]"))
    assert f'line {_line("[sparing]")}, sparring: unknown key. Did you mean "sparing"?' in said


def test_a_key_inside_an_inline_table_is_found_on_its_line():
    said = _refusal(('cycle         = { split = "7 days"', 'cycle         = { splits = "7 days"'))
    assert f'line {_line("cycle         = ")}, treatment.cycle.splits: unknown key. Did you mean "split"?' in said


def test_a_missing_key_is_named():
    said = _refusal(('among          = "systemic treatment"\n', ""))
    assert "refractory.among: this key is missing" in said


def test_all_mistakes_of_a_file_come_at_once_in_the_order_of_its_lines():
    said = _refusal(
        ('apart    = "30 days"', 'apart    = "1 month"'),
        ('routes        = ["intravenous"]', 'routes        = ["intravenus"]'),
        ('concept  = "dermatomyositis"', 'concept  = "dermatomiositis"'),
        ('any  = ["cancer"]', 'any  = ["cancr"]'),
        ("M33.0*", "M33-0*"),
        ('compare    = ["Skin alone"', 'compare    = ["Skin alon"'),
    )
    assert said.startswith("ProtocolError: 6 mistakes in study.toml.")
    lines = [int(row.split(",")[0].split()[1]) for row in said.splitlines() if row.strip().startswith("line ")]
    assert lines == sorted(lines)
    for hint in ('"30 days"', '"intravenous"', '"dermatomyositis"', '"cancer"', "ICD-10-CM", '"Skin alone"'):
        assert hint in said


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('apart    = "30 days"', "apart    = 30", 'a duration is written like "30 days"'),
        ('apart    = "30 days"', 'apart    = "1 month"', "no fixed number of days"),
        ("failed         = 2", "failed         = 0", "greater than or equal to 1"),
        ("failed         = 2", 'failed         = "two"', "valid integer"),
        ("window  = [-30, 90]", "window  = [90, -30]", "ends before it starts"),
        ("window  = [-30, 90]", "window  = [-30]", "two day numbers"),
        ('fall     = "40 %"', 'fall     = "4"', '"4 points", "40 %" or "minimal important change"'),
        ('window  = ["any day before", 0]', 'window  = ["any day before", 30]', "cannot decide who is in the cohort"),
        ("baseline = [-90, 0]", "baseline = [-90, 30]", "ends on day 0 or before"),
        ('"methotrexate" = "8 weeks"', '"methotrexat" = "8 weeks"', 'Did you mean "methotrexate"?'),
        ('name = "Overlap"', 'name = "Classic"', "a second subtype"),
        ('compare    = ["Skin alone", ', "compare    = [", "two strata are compared"),
        ("level      = 0.95", "level      = 95", "less than 1"),
        ('proportion = "Clopper-Pearson"', 'proportion = "Clopper"', 'Did you mean "Clopper-Pearson"?'),
        ('name     = "ivig-cutaneous-dm"', 'name     = "IVIG study"', "lower-case letters, digits, hyphens"),
        ('members = ["creatine kinase",', 'members = ["creatin kinase",', 'Did you mean "creatine kinase"?'),
        ('among         = "systemic treatment"', 'among         = "systemic treatmnt"', '"systemic treatment"?'),
        ('covers        = { "rituximab"', 'covers        = { "rituximb"', 'Did you mean "rituximab"?'),
        ('grace         = "60 days"', 'grace         = "2 months"', "no fixed number of days"),
        ('combination   = "30 days"', "combination   = 30", 'a duration is written like "30 days"'),
        ("follow_up_day = 180", "follow_up_day = 0", "greater than or equal to 1"),
        (
            'begun         = "after diagnosis"',
            'begun         = "after the diagnosis"',
            'Did you mean "after diagnosis"?',
        ),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_can(old, new, hint):
    said = _refusal((old, new))
    assert hint in said
    assert "line " in said


def test_a_drug_that_only_lines_are_made_of_is_a_drug_set_of_the_study():
    lines = '[lines]\namong = "dapsone"\n'
    analysis = FLAGSHIP[FLAGSHIP.index("[analysis]") : FLAGSHIP.index("[dials]")]
    text = FLAGSHIP[: FLAGSHIP.index("[lines]")] + lines + analysis
    others = text[: text.index("[refractory]")] + text[text.index("[[exclude]]") :]
    others = others[: others.index("[sparing]")] + others[others.index("[lines]") :]
    assert parse_protocol(others).drug_sets == ("dapsone", "immunoglobulin")


def test_a_study_without_lines_says_nothing_of_them():
    text = FLAGSHIP[: FLAGSHIP.index("[lines]")] + FLAGSHIP[FLAGSHIP.index("[analysis]") :]
    headings = [section.heading for section in explain_protocol(parse_protocol(text))]
    assert "Lines of treatment" not in headings
    assert "Lines of treatment" in [section.heading for section in explain_protocol(parse_protocol(FLAGSHIP))]


def test_members_that_go_in_a_circle_are_refused():
    said = _refusal(('members = ["creatine kinase",', 'members = ["work-up at diagnosis",'))
    assert "work-up at diagnosis" in said


def test_broken_toml_is_one_message_with_its_line():
    said = _refusal(text="[study]\nname = 'x'\ntitle = Intravenous\n")
    assert "not valid TOML" in said
    assert "line 3" in said


@pytest.mark.parametrize("text", ["", "[study]\n", "a = 1\n", "study = 3\n", "[concepts.x]\nuse = 3\n"])
def test_a_file_that_is_no_protocol_says_what_is_missing(text):
    assert "this key is missing" in _refusal(text=text) or "mistake" in _refusal(text=text)


def test_lines_of_keys_are_found_in_arrays_of_tables_strings_and_comments():
    text = '''# [not.a.table]
[study]
title = """
[no.table]
key = 1
"""
[[feature]]
name = "a # no comment"
any  = [
  { concept = "x", window = [-1, 0] },
]
[[feature]]
name = "b"
[concepts."my drug"]
RxNorm = ["1+"]
'''
    lines = find_lines(text)
    assert lines[("feature", 0, "name")] == 8
    assert lines[("feature", 1, "name")] == 13
    assert lines[("concepts", "my drug", "RxNorm")] == 15
    assert ("no", "table") not in lines
    assert line_of(("feature", 0, "any", 0, "window"), lines, text) == 10


def test_the_same_choices_have_the_same_hash_however_they_are_written():
    spaced = FLAGSHIP.replace("failed         = 2", "failed = 2  # two")
    assert parse_protocol(spaced).hash == parse_protocol(FLAGSHIP).hash
    assert parse_protocol(FLAGSHIP.replace("failed         = 2", "failed = 3")).hash != parse_protocol(FLAGSHIP).hash


def test_a_file_that_is_nested_too_deeply_is_refused_in_words():
    with pytest.raises(ProtocolError, match="nested too deeply"):
        parse_protocol("x = " + "[" * 5000 + "]" * 5000)
