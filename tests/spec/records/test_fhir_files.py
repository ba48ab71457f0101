"""Files of FHIR: whatever a server or a person made of them, each resource is used, not asked for, or listed."""

from __future__ import annotations

import gzip
import json
import os

import pytest

from fhir_clinic import ANNA, accounts, made, opened, resource, told, write_lines
from refractory.errors import RecordsError
from refractory.records.from_anywhere import open_records

CONDITION = resource("Condition", onsetDateTime="2015-03-02")
BERT = {"resourceType": "Patient", "id": "bert"}


def bundle(*bodies, kind="collection", **parts):
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": body} for body in bodies], **parts}


def read(path):
    return open_records(str(path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Patient.ndjson", json.dumps(ANNA) + "\n" + json.dumps(CONDITION)),
        ("bom.ndjson", "\ufeff" + json.dumps(ANNA) + "\r\n\r\n" + json.dumps(CONDITION) + "\r\n"),
        ("lines.json", json.dumps(ANNA) + "\n" + json.dumps(CONDITION) + "\n"),
        ("list.json", json.dumps([ANNA, CONDITION])),
        ("list of entries.json", json.dumps(bundle(ANNA, CONDITION)["entry"])),
        ("entries.ndjson", "\n".join(map(json.dumps, bundle(ANNA, CONDITION)["entry"]))),
        ("Patient.ndjson-00000-of-00001", json.dumps(ANNA) + "\n" + json.dumps(CONDITION)),
        ("All.ndjson.7", json.dumps(ANNA) + "\n" + json.dumps(CONDITION)),
        ("bundle.json-00000-of-00001", json.dumps(bundle(ANNA, CONDITION), indent=2)),
        ("a.json.ndjson", json.dumps(ANNA) + "\n" + json.dumps(CONDITION)),
        ("bundle.json", json.dumps(bundle(ANNA, CONDITION))),
        ("pretty.json", json.dumps(bundle(ANNA, CONDITION), indent=2)),
        ("entries first.json", json.dumps({"entry": bundle(ANNA, CONDITION)["entry"], "resourceType": "Bundle"})),
        ("pretty.ndjson", json.dumps(bundle(ANNA, CONDITION), indent=2)),
        ("line of a bundle.ndjson", json.dumps(bundle(ANNA, CONDITION))),
        ("nested.json", json.dumps(bundle(bundle(ANNA), bundle(CONDITION, kind="searchset")))),
        ("keys sorted.ndjson", json.dumps(ANNA, sort_keys=True) + "\n" + json.dumps(CONDITION, sort_keys=True)),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_same_resources_come_out_of_every_form_of_file(tmp_path, name, text, is_packed):
    packed = gzip.compress(text.encode()) if is_packed else text.encode()
    (tmp_path / (f"{name}.gz" if is_packed else name)).write_bytes(packed)
    source = read(tmp_path)
    assert accounts(source) == {"Condition": (1, 1, 0, 0), "Patient": (1, 1, 0, 0)}
    assert made(source, "condition_occurrence", "condition_start_date") == [("2015-03-02",)]


def test_a_packed_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path):
    (tmp_path / "Patient.ndjson").write_bytes(gzip.compress(json.dumps(ANNA).encode()))
    assert accounts(read(tmp_path)) == {"Patient": (1, 1, 0, 0)}


@pytest.mark.parametrize("packer", ["zip", "bz2", "xz", "zst", "7z"])
def test_a_file_that_is_packed_otherwise_is_told(tmp_path, packer):
    beginnings = {
        "zip": b"PK\3\4",
        "bz2": b"BZh9",
        "xz": b"\xfd7zXZ\0",
        "zst": b"\x28\xb5\x2f\xfd",
        "7z": b"7z\xbc\xaf",
    }
    (tmp_path / f"Observation.ndjson.{packer}").write_bytes(beginnings[packer] + bytes(100))
    source = opened(tmp_path)
    assert accounts(source) == {"Patient": (1, 1, 0, 0), "lines without a resource": (1, 0, 0, 1)}
    (problem,) = source.problems
    assert problem.rule.endswith("and not with gzip; unpack it first")


def test_utf_16_is_read(tmp_path):
    (tmp_path / "Patient.ndjson").write_text(json.dumps(ANNA) + "\n", encoding="utf-16")
    assert accounts(read(tmp_path)) == {"Patient": (1, 1, 0, 0)}


def test_sub_folders_are_read_and_a_manifest_is_none_of_the_resources(tmp_path):
    write_lines(tmp_path / "a" / "Patient.000.ndjson", [ANNA])
    write_lines(tmp_path / "b" / "Patient.001.ndjson", [BERT])
    manifest = {"transactionTime": "2024-01-01T00:00:00Z", "output": [{"type": "Patient", "url": "file:///etc/passwd"}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert accounts(read(tmp_path)) == {"Patient": (2, 2, 0, 0)}


def test_a_journal_of_the_export_is_none_of_the_resources(tmp_path):
    source = opened(tmp_path, '{"exportId": "1", "eventId": "kickoff", "eventDetail": {}}')
    assert accounts(source)["entries without a resource"] == (1, 0, 1, 0)
    assert told(source) == []


def test_a_line_that_cannot_be_read_is_listed_with_its_number(tmp_path):
    source = opened(tmp_path, '{"resourceType": "Condition", "id": "1"', "[1, 2]", '{"a": NaN}', "null", CONDITION)
    assert accounts(source)["lines without a resource"] == (4, 0, 0, 4)
    assert [(one.line, one.rule) for one in source.problems] == [
        (2, "is no JSON"),
        (3, "is no resource of FHIR"),
        (4, "is no JSON"),
        (5, "is no JSON"),
    ]
    assert accounts(source)["Condition"] == (1, 1, 0, 0)


def test_nesting_without_end_is_a_line_that_cannot_be_read(tmp_path):
    deep = '{"resourceType":"Condition","id":"1","extension":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert accounts(opened(tmp_path, deep))["lines without a resource"] == (1, 0, 0, 1)


def test_a_file_that_ends_early_gives_what_it_has_and_says_so(tmp_path):
    text = "".join(json.dumps(resource("Condition", n, onsetDateTime="2015-03-02")) + "\n" for n in range(5_000))
    packed = gzip.compress((json.dumps(ANNA) + "\n" + text).encode())
    (tmp_path / "all.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    found = accounts(read(tmp_path))
    assert found["lines without a resource"][3] >= 1
    assert 0 < found["Condition"][1] < 5_000


def test_a_bundle_that_ends_early_gives_the_entries_before_and_says_so(tmp_path):
    text = json.dumps(bundle(ANNA, CONDITION))
    (tmp_path / "bundle.json").write_text(text[:-20])
    source = read(tmp_path)
    assert accounts(source) == {"lines without a resource": (1, 0, 0, 1), "Patient": (1, 1, 0, 0)}
    assert told(source) == [("", "the file ends early or is damaged", "left out")]


def test_a_line_in_another_encoding_is_read_and_noted(tmp_path):
    line = json.dumps(resource("Condition", code={"text": "Muskelschwäche"}), ensure_ascii=False)
    (tmp_path / "x.ndjson").write_bytes(json.dumps(ANNA).encode() + b"\n" + line.encode("cp1252") + b"\n")
    source = read(tmp_path)
    assert made(source, "condition_occurrence", "condition_source_value") == [("Muskelschwäche",)]
    assert told(source) == [("", "is not in UTF-8", "read as Windows-1252")]


def test_an_attachment_of_many_megabytes_is_not_read_and_its_line_is(tmp_path):
    content = [{"attachment": {"data": "QUJD" * (5 << 20)}}]
    document = resource("DocumentReference", type={"text": "note"}, date="2015-03-02T10:00:00Z", content=content)
    source = opened(tmp_path, document, CONDITION)
    assert made(source, "observation", "observation_date, observation_source_value") == [("2015-03-02", "note")]
    assert accounts(source)["Condition"] == (1, 1, 0, 0)


def test_a_line_without_end_is_listed_and_the_next_one_read(tmp_path):
    long = '{"resourceType": "Condition", "id": "' + "a b " * (17 << 20) + '"}'
    source = opened(tmp_path, long, CONDITION)
    assert told(source) == [("", "line is too long", "left out")]
    assert accounts(source)["Condition"] == (1, 1, 0, 0)


def test_types_that_no_study_asks_for_are_counted_and_not_read(tmp_path):
    source = opened(tmp_path, '{"resourceType":"AllergyIntolerance", this is not read', resource("Practitioner"))
    assert accounts(source) == {
        "AllergyIntolerance": (1, 0, 1, 0),
        "Patient": (1, 1, 0, 0),
        "Practitioner": (1, 0, 1, 0),
    }


@pytest.mark.parametrize(
    ("older", "newer", "rule"),
    [
        ({"lastUpdated": "2020-01-01T01:00:00+02:00"}, {"lastUpdated": "2020-01-01T00:00:00Z"}, "an older version"),
        ({"versionId": "9"}, {"versionId": "10"}, "an older version"),
        ({}, {"versionId": "1"}, "an older version"),
    ],
)
@pytest.mark.parametrize("is_swapped", [False, True])
def test_of_two_versions_the_newer_one_counts(tmp_path, older, newer, rule, is_swapped):
    both = [
        resource("Condition", meta=older, onsetDateTime="2015-01-01"),
        resource("Condition", meta=newer, onsetDateTime="2016-01-01"),
    ]
    source = opened(tmp_path, *(reversed(both) if is_swapped else both))
    assert made(source, "condition_occurrence", "condition_start_date") == [("2016-01-01",)]
    assert told(source) == [("id", f"{rule} of another resource", "left out")]


def test_a_newer_version_that_is_entered_in_error_takes_the_older_one_along(tmp_path):
    old = resource("Condition", meta={"versionId": "1"}, onsetDateTime="2015-01-01")
    new = resource("Condition", meta={"versionId": "2"}, verificationStatus={"coding": [{"code": "entered-in-error"}]})
    source = opened(tmp_path, old, new)
    assert made(source, "condition_occurrence", "condition_start_date") == []
    assert accounts(source)["Condition"] == (2, 0, 0, 2)


def test_a_copy_counts_once(tmp_path):
    source = opened(tmp_path, CONDITION, CONDITION)
    assert told(source) == [("id", "exact copy of another resource", "left out")]


def test_a_deleted_resource_does_not_count(tmp_path):
    deleted = {"resourceType": "Bundle", "type": "transaction"}
    deleted["entry"] = [{"request": {"method": "DELETE", "url": "Condition/1"}}]
    source = opened(tmp_path, CONDITION, deleted)
    assert told(source) == [("id", "its server has deleted it", "left out")]


def test_resources_of_a_transaction_refer_to_each_other_by_their_addresses(tmp_path):
    entries = [
        {"fullUrl": "urn:uuid:1-2-3", "resource": {"resourceType": "Patient", "birthDate": "1970"}},
        {"fullUrl": "urn:uuid:4-5-6", "resource": {**BERT, "id": "another"}},
        {"resource": resource("Condition", 1, subject={"reference": "urn:uuid:1-2-3"}, onsetDateTime="2015-01-01")},
        {"resource": resource("Condition", 2, subject={"reference": "urn:uuid:4-5-6"}, onsetDateTime="2016-01-01")},
    ]
    (tmp_path / "x.json").write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    source = read(tmp_path)
    persons = source.person_ids()
    assert set(persons) == {"1-2-3", "another"}
    assert made(source, "condition_occurrence", "person_id, condition_start_date") == [
        (persons["1-2-3"], "2015-01-01"),
        (persons["another"], "2016-01-01"),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/anna"},
        {"reference": "https://example.org/fhir/Patient/anna"},
        {"reference": "Patient/anna/_history/3"},
        {"reference": "Patient?identifier=urn:mrn|77"},
        {"identifier": {"system": "urn:mrn", "value": "77"}},
    ],
)
def test_a_patient_is_found_by_every_form_of_reference(tmp_path, reference):
    anna = {**ANNA, "identifier": [{"system": "urn:mrn", "value": "77"}]}
    write_lines(tmp_path / "x.ndjson", [anna, resource("Condition", subject=reference, onsetDateTime="2015-01-01")])
    assert made(read(tmp_path), "condition_occurrence", "person_id") == [(1,)]


@pytest.mark.parametrize(
    ("reference", "rule"),
    [({"reference": "Group/1"}, "refers to no patient"), ({"display": "Anna"}, "refers to no patient")],
)
def test_a_resource_about_nobody_is_listed(tmp_path, reference, rule):
    assert told(opened(tmp_path, resource("Condition", subject=reference))) == [("subject", rule, "left out")]


def test_a_patient_that_was_merged_gives_its_records_to_the_other(tmp_path):
    merged = {**BERT, "active": False, "link": [{"type": "replaced-by", "other": {"reference": "Patient/anna"}}]}
    condition = resource("Condition", subject={"reference": "Patient/bert"}, onsetDateTime="2015-01-01")
    source = opened(tmp_path, condition, merged)
    assert set(source.person_ids()) == {"anna"}
    assert told(source) == [("link", "merged into another patient, who has its records", "left out")]
    assert made(source, "condition_occurrence", "person_id") == [(1,)]


def test_a_patient_that_is_merged_in_a_circle_stays_one(tmp_path):
    links = [{"type": "replaced-by", "other": {"reference": "Patient/anna"}}]
    back = [{"type": "replaced-by", "other": {"reference": "Patient/bert"}}]
    write_lines(tmp_path / "x.ndjson", [{**ANNA, "link": back}, {**BERT, "link": links}])
    assert sum(used for _, used, _, _ in accounts(read(tmp_path)).values()) <= 2


def test_a_folder_without_patients_says_so_and_names_no_file(tmp_path):
    write_lines(tmp_path / "Maria_Muster.ndjson", [CONDITION])
    with pytest.raises(RecordsError, match="No patient is in the 1 file of FHIR") as raised:
        read(tmp_path)
    assert "Muster" not in str(raised.value)


def test_a_mapping_that_names_a_file_outside_its_folder_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    write_lines(tmp_path / "x.ndjson", [ANNA])
    (tmp_path / "in" / "source.mapping.toml").write_text('[source]\nkind = "fhir"\nfile = "../x.ndjson"\n')
    with pytest.raises(RecordsError, match="outside its folder"):
        read(tmp_path / "in" / "source.mapping.toml")


def test_a_problem_leads_back_to_file_line_and_resource(tmp_path):
    source = opened(tmp_path, resource("Condition", 7, onsetDateTime="1960-01-01"))
    assert made(source, "origin", "table_name, row_id, file, row_number, column_name")[0] == (
        ("condition_occurrence", 7, "export.ndjson", 2, "Condition")
    )


def test_files_of_one_name_in_two_folders_of_a_mapping_are_all_read(tmp_path):
    write_lines(tmp_path / "one" / "Patient.ndjson", [ANNA, "broken"])
    write_lines(tmp_path / "two" / "Patient.ndjson", [BERT, "broken"])
    mapping = tmp_path / "source.mapping.toml"
    mapping.write_text('[source]\nkind = "fhir"\nfile = ["one", "two", "two/Patient.ndjson"]\n')
    source = read(mapping)
    assert accounts(source)["Patient"] == (2, 2, 0, 0)
    assert [(one.file, one.line) for one in source.problems] == [("one/Patient.ndjson", 2), ("two/Patient.ndjson", 2)]


@pytest.mark.parametrize("name", ["bundle.json", "bundle.ndjson"])
def test_an_entry_of_a_bundle_that_stands_alone_is_read(tmp_path, name):
    alone = {"resourceType": "Bundle", "entry": {"resource": ANNA}}
    (tmp_path / name).write_text(json.dumps(alone))
    assert accounts(read(tmp_path)) == {"Patient": (1, 1, 0, 0)}


def test_entries_of_a_bundle_that_are_no_entries_are_listed(tmp_path):
    source = opened(tmp_path, {"resourceType": "Bundle", "entry": "none"})
    assert [(one.rule, one.is_left_out) for one in source.problems] == [("is no resource of FHIR", True)]


def test_a_name_of_a_file_that_is_no_text_keeps_nothing_from_being_read(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"Pati\xffnt.ndjson")).write_text(json.dumps(ANNA))
    except OSError:
        pytest.skip("the disk takes no such name")
    assert accounts(read(tmp_path)) == {"Patient": (1, 1, 0, 0)}
