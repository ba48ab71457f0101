"""Cohort definitions of ATLAS as files: what is read, what is named, and what never reaches a query."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path

import pytest

from circe_notation import (
    DEFINITIONS,
    DISEASE,
    RASH,
    SETS,
    WEAKNESS,
    Clinic,
    bounds,
    concept_set,
    days,
    define,
    event,
    found,
    group,
)
from refractory.records.accounts import TableAccount
from refractory.records.circe.definition import parse_concept_sets, parse_definition
from refractory.records.circe.entries import add_entries, write_days_of
from refractory.records.circe.words import describe_definition
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_circe import read_circe_concept_set, read_circe_definition
from refractory.records.from_omop import open_source
from refractory.records.from_translation import begin_translation
from refractory.records.schema import SCHEMAS
from refractory.records.staging import Coding
from refractory.records.store import Store

SIMPLE = define(event("ConditionOccurrence"), sets=SETS)


def read(definition, file="one.json"):
    return parse_definition(json.dumps(definition), file)


def refuse(definition) -> str:
    with pytest.raises(ValueError, match=r"one\.json") as refused:
        read(definition)
    return str(refused.value)


def with_entry(kind, **body):
    return define({kind: {"CodesetId": 0, **body}}, sets=SETS)


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        (
            define({"PayerPlanPeriod": {}}, sets=SETS),
            "PrimaryCriteria.CriteriaList[1].PayerPlanPeriod: is not supported",
        ),
        (define({"LocationRegion": {"CodesetId": 0}}, sets=SETS), "CriteriaList[1].LocationRegion: is not supported"),
        (
            with_entry("VisitOccurrence", PlaceOfServiceCS={"CodesetId": 0}),
            "PrimaryCriteria.CriteriaList[1].VisitOccurrence.PlaceOfServiceCS: is not supported",
        ),
        (
            with_entry("DrugExposure", EffectiveDrugDose=bounds("gt", 5)),
            "PrimaryCriteria.CriteriaList[1].DrugExposure.EffectiveDrugDose: is not supported",
        ),
        (with_entry("ConditionOccurrence", Severity="grave"), "ConditionOccurrence.Severity: is not supported"),
        (
            define(event("ConditionOccurrence", 99), sets=SETS),
            "ConditionOccurrence.CodesetId: names the concept set 99, which the file does not define",
        ),
        (
            with_entry("ConditionOccurrence", Age=bounds("gt", 17.5)),
            "ConditionOccurrence.Age.Value: is no whole number",
        ),
        (with_entry("ConditionOccurrence", Age=bounds("above", 17)), "Age.Op: is none of lt, lte, eq"),
        (with_entry("ConditionOccurrence", Age=bounds("bt", 17)), "Age.Extent: is no number"),
        (with_entry("ConditionOccurrence", OccurrenceStartDate=bounds("gt", "2015-02-30")), "Value: is no date"),
        (with_entry("ConditionOccurrence", First="yes"), "First: is neither true nor false"),
        ({**SIMPLE, "PrimaryCriteria": {"CriteriaList": []}}, "PrimaryCriteria.CriteriaList: names no event"),
        ({**SIMPLE, "QualifiedLimit": {"Type": "Median"}}, "QualifiedLimit.Type: is none of First, Last, All"),
        ({**SIMPLE, "Surprise": {"a": 1}}, "file.Surprise: is not supported"),
        ({**SIMPLE, "EndStrategy": {"Never": {"a": 1}}}, "EndStrategy.Never: is not supported"),
        (
            SIMPLE | {"InclusionRules": [{"name": "r", "expression": {"Type": "SOME", "CriteriaList": []}}]},
            "InclusionRules[1].expression.Type: is none of ALL, ANY, AT_LEAST, AT_MOST",
        ),
        (
            define(
                event("ConditionOccurrence"),
                sets=SETS,
                rules=(
                    group(
                        found(
                            event("DrugExposure", 3, CorrelatedCriteria=group(found(event("Measurement", 6)))), ">=2d"
                        )
                    ),
                ),
            ),
            "InclusionRules[1].expression.CriteriaList[1].Occurrence: counts distinct values of events with criteria",
        ),
    ],
)
def test_what_is_not_supported_is_named_with_its_place(definition, named):
    assert named in refuse(definition)


def test_everything_that_is_not_supported_is_named_at_once():
    said = refuse(with_entry("ConditionOccurrence", Severity=1, Mood=2))
    assert said.startswith("one.json asks for 2 things that cannot be carried out: ")
    assert "Mood" in said
    assert "Severity" in said


def test_a_group_nested_without_end_is_named_and_does_not_end_the_program():
    deep: dict = group(found(event("DrugExposure", 3)))
    for _ in range(40):
        deep = group(groups=(deep,))
    assert "is nested more than 12 deep" in refuse(define(event("ConditionOccurrence"), sets=SETS, rules=(deep,)))
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_definition("[" * 100_000, "one.json")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", "null", '{"a": 1}', '{"expression": "no"}', '{"PrimaryCriteria": 3}']
)
def test_a_file_that_is_no_definition_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"one\.json"):
        parse_definition(text, "one.json")


INJECTED = "x'); DROP TABLE person; --"


@pytest.mark.parametrize(
    "definition",
    [
        with_entry("ConditionOccurrence", StopReason={"Op": "contains", "Text": INJECTED}),
        with_entry("ConditionOccurrence", StopReason={"Op": INJECTED, "Text": "a"}),
        with_entry("ConditionOccurrence", StopReason={"Op": "contains", "Text": "{@a}?{b}"}),
        with_entry("ConditionOccurrence", OccurrenceStartDate=bounds("gt", INJECTED)),
        with_entry("ConditionOccurrence", Gender=[{"CONCEPT_ID": INJECTED}]),
        define(event("ConditionOccurrence", INJECTED), sets=SETS),
        {**SIMPLE, "CensorWindow": {"StartDate": INJECTED}},
        {**SIMPLE, "EndStrategy": {"DateOffset": {"DateField": INJECTED, "Offset": 1}}},
        {**SIMPLE, "ConceptSets": [{"id": INJECTED, "name": "a", "expression": {"items": []}}]},
    ],
)
def test_a_text_that_could_be_taken_for_a_query_is_refused(definition):
    refuse(definition)


def test_names_and_remarks_never_reach_a_query():
    definition = copy.deepcopy(DEFINITIONS["three rules, the last event"])
    for one in (*definition["ConceptSets"], *definition["InclusionRules"]):
        one["name"] = one["description"] = INJECTED
    definition["ConceptSets"] = [
        {key: value for key, value in one.items() if key != "description"} for one in definition["ConceptSets"]
    ]
    read_in = read(definition | {"Title": INJECTED})
    assert INJECTED not in json.dumps(read_in.expression)
    assert read_in.title == INJECTED


def test_what_the_web_api_wraps_around_an_expression_is_taken_off():
    plain = read(SIMPLE)
    wrapped = read({"id": 7, "name": " My disease ", "expression": SIMPLE})
    as_text = read({"id": 7, "name": "My disease", "expression": json.dumps(SIMPLE)})
    assert plain.title == "one"
    assert wrapped.title == as_text.title == "My disease"
    assert plain.content == wrapped.content == as_text.content


def box(part):
    """Write a definition as R does: each value in a list of its own, but for numbers of concept sets and truths."""
    if isinstance(part, dict):
        plain = ("CodesetId", "id", "CONCEPT_ID", "CONCEPT_NAME", "name")
        return {key: value if key in plain else box(value) for key, value in part.items()}
    if isinstance(part, list):
        return [box(one) for one in part]
    return part if isinstance(part, bool) else [part]


def test_values_that_r_puts_into_lists_are_taken_out_of_them():
    definition = define(
        event("ConditionOccurrence", OccurrenceStartDate=bounds("gt", "2015-03-01"), Age=bounds("gte", 18)),
        sets=SETS,
        observed=(180, 0),
        rules=(group(found(event("DrugExposure", 3), "==0", days((180, -1), (0, 1)))),),
        EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 30}},
        CensorWindow={"StartDate": "2010-01-01"},
    )
    assert read(box(definition)).content == read(definition).content
    assert "Age.Value: is no number" in refuse(with_entry("ConditionOccurrence", Age=bounds("gt", [17, 18])))


def test_a_day_may_be_written_without_zeros_and_a_file_end_with_a_sign_that_is_none():
    def starting(day):
        return with_entry("ConditionOccurrence", OccurrenceStartDate=bounds("gt", day))

    assert read(starting("2015-3-1")).content == read(starting("2015-03-01")).content
    assert parse_definition(json.dumps(SIMPLE) + "\0", "one.json").content == read(SIMPLE).content
    assert "Value: is no date" in refuse(starting("2015-3-32"))


def test_what_a_concept_brings_along_of_its_ancestors_decides_nothing():
    told = copy.deepcopy(SIMPLE)
    told["ConceptSets"][0]["expression"]["items"][0]["concept"]["ANCESTORS"] = [{"CONCEPT_ID": 1}]
    assert read(told).content == read(SIMPLE).content


def test_the_fingerprint_changes_with_what_decides_and_with_nothing_else():
    renamed = copy.deepcopy(SIMPLE)
    renamed["ConceptSets"][0]["name"] = "another name"
    other = copy.deepcopy(SIMPLE)
    other["ConceptSets"][0]["expression"]["items"][0]["includeDescendants"] = False
    assert read(SIMPLE).content == read(renamed).content
    assert read(SIMPLE).content != read(other).content
    assert read(SIMPLE).content != read({**SIMPLE, "ExpressionLimit": {"Type": "First"}}).content


@pytest.mark.parametrize(
    "name", ["../one.json", "/etc/hostname", "inside/../../one.json", "link.json", "missing.json", "."]
)
def test_a_file_outside_of_the_folder_of_the_study_is_not_read(tmp_path, name):
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "one.json").write_text(json.dumps(SIMPLE))
    (folder / "link.json").symlink_to(tmp_path / "one.json")
    with pytest.raises(ValueError, match=r"outside the folder|there is no file"):
        read_circe_definition(name, folder)


def test_a_file_beside_the_study_is_read_whatever_its_beginning(tmp_path):
    (tmp_path / "one.json").write_text("\ufeff" + json.dumps(SIMPLE), encoding="utf-8")
    assert read_circe_definition("one.json", tmp_path).content == read(SIMPLE).content


# Concept sets alone.


def test_a_concept_set_of_a_file_is_a_concept_set_of_the_study(tmp_path):
    line = {
        "concept": {
            "CONCEPT_ID": 80182, "CONCEPT_NAME": "Dermatomyositis",
            "CONCEPT_CODE": "396230008", "VOCABULARY_ID": "SNOMED",
        },
        "includeDescendants": True,
    }  # fmt: skip
    out = {"concept": {"CONCEPT_ID": 5, "CONCEPT_CODE": "M33.0", "VOCABULARY_ID": "ICD10CM"}, "isExcluded": True}
    sets = [{"id": 3, "name": "Dermatomyositis", "expression": {"items": [line, {**out, "includeDescendants": True}]}}]
    (tmp_path / "one.json").write_text(json.dumps({**SIMPLE, "ConceptSets": [*sets, concept_set(0, RASH)]}))
    read_in = ConceptSetDefinition.model_validate({"circe": "one.json#dermatomyositis"}, context={"folder": tmp_path})
    assert read_in.OMOP == ("80182+",)
    assert read_in.SNOMED == ("396230008+",)
    assert read_in.exclude.OMOP == ("5+",)
    assert read_in.exclude.ICD10CM == ("M33.0*",)
    assert "from one.json#dermatomyositis" in read_in.describe()
    with pytest.raises(ValueError, match=r'write "one\.json#NAME"\. There are: "Dermatomyositis", "set 0"'):
        read_circe_concept_set("one.json", tmp_path)
    with pytest.raises(ValueError, match="has no codes of its own"):
        ConceptSetDefinition.model_validate(
            {"circe": "one.json#dermatomyositis", "OMOP": [1]}, context={"folder": tmp_path}
        )


def test_a_concept_set_that_was_exported_alone_is_read():
    (one,) = parse_concept_sets(json.dumps(concept_set(0, (DISEASE, "+"), (WEAKNESS, "-"))["expression"]), "rash.json")
    assert (one.name, [line.concept_id for line in one.concepts]) == ("rash", [DISEASE, WEAKNESS])
    assert [line.is_excluded for line in one.concepts] == [False, True]


# In words.


def test_a_definition_is_said_in_words():
    said = describe_definition(
        read(
            define(
                event("ConditionOccurrence", First=True, Age=bounds("gte", 18)),
                sets=SETS,
                observed=(365, 0),
                limits=("First", "All", "First"),
                rules=(group(found(event("DrugExposure", 3), "==0", days((365, -1), (1, -1)))),),
                EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 30}},
            )
        )
    )
    assert said == (
        'The cohort definition "one" (one.json) is entered on the first of: the first ever of: a diagnosis of '
        '"disease" (age at least 18), observed for at least 365 days before it.',
        'Inclusion rule "rule 1": never an exposure to "drug" that starts from 365 days before to 1 day before the '
        "event.",
        "Of the events that meet every rule the first counts.",
        "A person leaves it 30 days after the end of the event.",
    )


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_definition_can_be_said_and_every_attribute_is_in_what_is_said(name):
    said = " ".join(describe_definition(read(DEFINITIONS[name])))
    assert "None" not in said
    assert "{" not in said


# What the records answer.


def put_drugs(store, days_by_person):
    for name in ("event", "drug", "measurement"):
        rows = []
        if name == "drug":
            empty = dict.fromkeys(SCHEMAS["drug"])
            rows = [
                tuple((empty | {"person_id": person, "concept_set": "ivig", "start_date": day}).values())
                for person, all_days in days_by_person.items()
                for day in all_days
            ]
        store.add(name, SCHEMAS[name], rows)


def find_entries(source, definition, days_by_person, *others):
    store = Store(source.connect_store())
    put_drugs(store, days_by_person)
    definitions = [read(definition), *(read(one, f"other{number}.json") for number, one in enumerate(others, start=1))]
    reading = add_entries(source, store, definitions, write_days_of(["ivig"]))
    rows = store.connection.execute("SELECT person_id, day0_date, entry_date FROM entry ORDER BY ALL").fetchall()
    source.close()
    return rows, reading


def one_person(clinic: Clinic, **diagnoses: date) -> Clinic:
    clinic.add("person", person_id=1, gender_concept_id=8532, year_of_birth=1970)
    clinic.add(
        "observation_period", person_id=1, observation_period_start_date=date(2010, 1, 1),
        observation_period_end_date=date(2020, 12, 31), period_type_concept_id=0,
    )  # fmt: skip
    for day in diagnoses.values():
        clinic.add("condition_occurrence", person_id=1, condition_concept_id=RASH, condition_start_date=day)
    return clinic


TWICE = define(
    event("ConditionOccurrence"),
    sets=SETS,
    limits=("All", "All", "First"),
    rules=(group(found(event("ConditionOccurrence"), ">=1", days((30, 1), (None, 1)))),),
)


def test_a_diagnosis_that_is_confirmed_after_a_day_does_not_count_by_that_day(tmp_path):
    clinic = one_person(Clinic(), first=date(2015, 1, 1), second=date(2015, 3, 1))
    source = open_source(str(clinic.write(tmp_path / "clinic.duckdb")))
    candidates = {1: [date(2015, 2, 28), date(2015, 3, 1), date(2016, 1, 1)]}
    rows, _ = find_entries(source, TWICE, candidates)
    assert rows == [(1, date(2015, 3, 1), date(2015, 1, 1)), (1, date(2016, 1, 1), date(2015, 1, 1))]


def test_observation_after_a_day_is_not_known_by_that_day(tmp_path):
    clinic = one_person(Clinic(), first=date(2015, 1, 1))
    source = open_source(str(clinic.write(tmp_path / "clinic.duckdb")))
    seen_after = define(event("ConditionOccurrence"), sets=SETS, observed=(0, 30))
    rows, _ = find_entries(source, seen_after, {1: [date(2015, 1, 30), date(2015, 1, 31)]})
    assert rows == [(1, date(2015, 1, 31), date(2015, 1, 1))]


@pytest.mark.parametrize("form", ["postgresql", "csv"])
def test_every_source_gives_the_same_entries(tmp_path, form, request):
    import duckdb

    from circe_notation import invent_clinic

    path = invent_clinic(5, persons=60).write(tmp_path / "clinic.duckdb")
    candidates = {person: [date(2012, 6, 1), date(2014, 1, 1)] for person in range(1, 61)}
    names = ("groups in groups", "drug era", "codes that map", "diagnosis in hospital", "several tables")
    expected = {name: find_entries(open_source(str(path)), DEFINITIONS[name], candidates) for name in names}
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        if form == "csv":
            address = str(tmp_path / "csv")
            (tmp_path / "csv").mkdir()
            for table in tables:
                connection.execute(f"COPY {table} TO '{address}/{table}.csv' (HEADER)")
        else:
            import psycopg

            address = request.getfixturevalue("postgresql")()
            with psycopg.connect(address, autocommit=True) as server:
                for table in tables:
                    shape = connection.execute(f"DESCRIBE {table}").fetchall()
                    kinds = {"VARCHAR": "text", "DOUBLE": "double precision"}
                    columns = ", ".join(f"{row[0]} {kinds.get(row[1], row[1])}" for row in shape)
                    server.execute(f"CREATE TABLE {table} ({columns})")
                    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                    if rows:
                        marks = ", ".join(["%s"] * len(shape))
                        server.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    for name in names:
        assert expected[name][0]
        assert find_entries(open_source(address), DEFINITIONS[name], candidates) == expected[name]


def test_a_row_without_a_day_is_listed_and_every_row_is_accounted_for(tmp_path):
    clinic = one_person(Clinic(), first=date(2015, 1, 1))
    clinic.add("condition_occurrence", person_id=1, condition_concept_id=RASH)
    clinic.add("condition_occurrence", person_id=1, condition_concept_id=9999, condition_start_date=date(2015, 1, 2))
    clinic.add("condition_occurrence", person_id=2, condition_concept_id=RASH, condition_start_date=date(2015, 1, 2))
    source = open_source(str(clinic.write(tmp_path / "clinic.duckdb")))
    rows, reading = find_entries(source, SIMPLE, {1: [date(2016, 1, 1)]})
    assert len(rows) == 1
    name = "condition_occurrence (one.json)"
    assert reading.accounts == (TableAccount(name, rows=4, used=1, not_asked_for=2, listed=1),)
    assert [(one.table, one.row, one.rule) for one in reading.problems] == [(name, 2, "no date can be read")]


def test_two_definitions_that_read_one_table_account_for_its_rows_each(tmp_path):
    clinic = one_person(Clinic(), first=date(2015, 1, 1))
    for concept in (RASH, 110, 110):
        clinic.add("condition_occurrence", person_id=1, condition_concept_id=concept)
    rash, other = (
        define(event("ConditionOccurrence", number), sets=tuple(one for one in SETS if one["id"] == number))
        for number in (1, 12)
    )
    source = open_source(str(clinic.write(tmp_path / "clinic.duckdb")))
    _, reading = find_entries(source, rash, {1: [date(2016, 1, 1)]}, other)
    names = "condition_occurrence (one.json)", "condition_occurrence (other1.json)"
    assert reading.accounts == (TableAccount(names[0], 4, 1, 2, 1), TableAccount(names[1], 4, 0, 2, 2))
    assert [(one.table, one.row) for one in reading.problems] == [(names[0], 2), (names[1], 3), (names[1], 4)]


def test_what_the_records_cannot_answer_is_said(tmp_path):
    (tmp_path / "person.csv").write_text("person_id,year_of_birth\n1,1970\n")
    (tmp_path / "drug_exposure.csv").write_text(
        "person_id,drug_concept_id,drug_exposure_start_date\n1,301,2015-01-01\n"
    )
    definition = define(
        event("DrugExposure", 3, Refills=bounds("gt", 1)), event("Measurement", 6), event("DrugExposure", 4), sets=SETS
    )
    rows, reading = find_entries(open_source(str(tmp_path)), definition, {1: [date(2015, 2, 1)]})
    assert rows == []
    assert [gap for _, gap in reading.gaps] == [
        "the descendants of 2 concepts (no table concept_ancestor)",
        "the column refills of drug_exposure, which is not there",
        "the table measurement, which is not there",
        "periods of observation: each person counts as observed from the first record on",
    ]


def test_eras_are_derived_where_there_is_no_table_of_them(tmp_path):
    """Two supplies 30 days apart are one era, 31 days two."""
    (tmp_path / "person.csv").write_text("person_id,year_of_birth\n1,1970\n")
    (tmp_path / "observation_period.csv").write_text(
        "person_id,observation_period_start_date,observation_period_end_date\n1,2010-01-01,2020-12-31\n"
    )
    (tmp_path / "drug_exposure.csv").write_text(
        "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n"
        "1,1,301,2015-01-01,2015-01-10\n2,1,302,2015-02-09,2015-02-20\n3,1,301,2015-03-24,2015-03-30\n"
    )
    (tmp_path / "concept.csv").write_text(
        "concept_id,concept_name,vocabulary_id,concept_code,concept_class_id\n300,drug,RxNorm,1,Ingredient\n"
        "301,tablet,RxNorm,2,Clinical Drug\n302,infusion,RxNorm,3,Clinical Drug\n"
    )
    (tmp_path / "concept_ancestor.csv").write_text(
        "ancestor_concept_id,descendant_concept_id\n300,300\n300,301\n300,302\n301,301\n302,302\n"
    )
    definition = define(event("DrugEra", 4, OccurrenceCount=bounds("gte", 1)), sets=SETS)
    definition["EndStrategy"] = {"DateOffset": {"DateField": "EndDate", "Offset": 0}}
    rows, _ = find_entries(open_source(str(tmp_path)), definition, {1: [date(2015, 2, 1), date(2016, 1, 1)]})
    assert rows == [
        (1, date(2015, 2, 1), date(2015, 1, 1)),
        (1, date(2016, 1, 1), date(2015, 1, 1)),
        (1, date(2016, 1, 1), date(2015, 3, 24)),
    ]


def test_records_that_bring_no_vocabulary_are_found_by_the_codes_of_the_file():
    def origin(line):
        return {"origin_file": "charts.xlsx", "origin_row": line}

    sets = [concept_set(0, (1, "+"), (2, "+"), (3, "-+"), (4, ""))]
    coded = (("396230008", "SNOMED"), ("M33.1", "ICD10CM"), ("M33.13", "ICD10CM"), ("G99", "ICD10CM"))
    for item, (code, vocabulary) in zip(sets[0]["expression"]["items"], coded, strict=True):
        item["concept"] |= {"CONCEPT_CODE": code, "VOCABULARY_ID": vocabulary}
    written = [("SNOMED", "396230008"), ("ICD10CM", "M3311"), ("ICD10CM", "M33.13"), ("ICD10CM", "L40")]
    source = begin_translation("charts", Path("charts.xlsx"), [], {})
    for person, (vocabulary, code) in enumerate(written, start=1):
        row = {"person_key": str(person), **origin(person)}
        source.stage("person", [{**row, "year_of_birth": 1970}])
        codings = [Coding(vocabulary, code)]
        source.stage(
            "condition_occurrence", [{**row, "condition_start_date": date(2015, 1, person), "codings": codings}]
        )
    source.finish((), (), None)
    definition = define(event("ConditionOccurrence"), sets=tuple(sets))
    rows, reading = find_entries(source, definition, {person: [date(2016, 1, 1)] for person in range(1, 5)})
    assert [(row[0], row[2]) for row in rows] == [(1, date(2015, 1, 1)), (2, date(2015, 1, 2))]
    assert [gap for _, gap in reading.gaps] == [
        "1 concept whose code is written in no record",
        "periods of observation: each person counts as observed from the first record on",
    ]


def test_a_table_that_few_studies_ask_for_and_that_cannot_be_read_stops_nobody_else(tmp_path):
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    (tmp_path / "visit_occurrence.csv").write_bytes(b"")
    (tmp_path / "provider.parquet").write_bytes(b"broken")
    source = open_source(str(tmp_path))
    assert source.has("person")
    assert not source.has("visit_occurrence")
    assert not source.has("provider")
    source.close()
