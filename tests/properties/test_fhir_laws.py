"""Laws of reading FHIR: the order and the packing of resources never matter, and no JSON breaks it."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_clinic import ANNA, accounts, made, resource, write_lines
from refractory.records.from_anywhere import open_records
from refractory.records.from_translation import check_accounts

PLAIN = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

DAYS = st.sampled_from(["2015-03-02", "2015-03-02T10:00:00+05:00", "2015-03", "2015", "2016-02-30", "soon"])
BERT = {"resourceType": "Patient", "id": "bert", "birthDate": "1950"}
WHOLE = [
    resource("Condition", "c", onsetDateTime="2015-01-02"),
    resource("Procedure", "p", status="completed", performedDateTime="2015-01-03"),
    resource("Observation", "o", status="final", effectiveDateTime="2015-01-04", valueInteger=3),
    resource("MedicationRequest", "r", status="active", intent="order", authoredOn="2015-01-05"),
    resource(
        "MedicationDispense",
        "d",
        status="completed",
        whenHandedOver="2015-01-06",
        authorizingPrescription=[{"reference": "MedicationRequest/r"}],
    ),
    resource("MedicationAdministration", "a", status="completed", effectiveDateTime="2015-01-07"),
    resource("MedicationStatement", "s", status="active", effectivePeriod={"start": "2015-01-08"}),
    resource("Encounter", "e", status="finished", period={"start": "2015-01-01", "end": "2015-02-01"}),
    resource("Immunization", "i", status="completed", vaccineCode={"text": "flu"}, occurrenceDateTime="2015-01-09"),
    resource("ChargeItem", "h", status="billed", occurrenceDateTime="2015-01-10", quantity={"value": 2}),
    resource("DocumentReference", "t", status="current", type={"text": "note"}, date="2015-01-11"),
    resource("EpisodeOfCare", "v", status="active", period={"start": "2015-01-01", "end": "2015-03-01"}),
    {"resourceType": "Medication", "id": "m", "code": {"text": "prednisone"}},
    {"resourceType": "AllergyIntolerance", "id": "y"},
    BERT,
]
TABLES = {
    "person": "person_source_value, year_of_birth",
    "condition_occurrence": "person_id, condition_start_date, condition_source_value",
    "drug_exposure": "person_id, drug_exposure_start_date, quantity, sig, drug_source_value",
    "measurement": "person_id, measurement_date, value_as_number",
    "observation": "person_id, observation_date, observation_source_value",
    "procedure_occurrence": "person_id, procedure_date, quantity",
    "observation_period": "person_id, observation_period_start_date, observation_period_end_date",
}


def read(folder):
    source = open_records(str(folder))
    found = {table: made(source, table, columns) for table, columns in TABLES.items()}
    told = sorted((one.table, one.column, one.rule, one.done, one.rows) for one in source.problems)
    counted = accounts(source)
    check_accounts(source.read_accounts, source.problems, "law")
    source.close()
    return found, told, counted


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    write_lines(folder / "all.ndjson", [ANNA, *WHOLE])
    return read(folder)


def test_the_known_export_holds_something_of_everything(known):
    found, told, counted = known
    assert all(found.values())
    assert told
    assert len(counted) == 15


@PLAIN
@given(st.integers(0, 10**9), st.integers(1, 4), st.booleans())
def test_order_files_and_bundles_never_matter(known, seed, files, is_bundled):
    rng = random.Random(seed)
    bodies = [ANNA, *WHOLE]
    rng.shuffle(bodies)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(files):
            part = bodies[number::files]
            if is_bundled and part:
                bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in part]}
                (Path(folder) / f"{number}.json").write_text(json.dumps(bundle, indent=rng.choice([None, 1])))
            else:
                write_lines(Path(folder) / f"{number}.ndjson", part)
        assert read(folder) == known


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | DAYS
    | st.sampled_from(["Patient/anna", "final", "active", "entered-in-error", "mg", "urn:uuid:1", "#x", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "code", "system", "text", "value", "unit", "reference", "start", "end", "repeat", "timing"]
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@st.composite
def broken(draw):
    """Draw a resource in which some elements are missing, and some are anything at all."""
    body = json.loads(json.dumps(draw(st.sampled_from([ANNA, *WHOLE]))))
    for _ in range(draw(st.integers(0, 4))):
        where = body
        path = draw(st.lists(st.integers(0, 5), min_size=1, max_size=3))
        for step in path:
            keys = sorted(where) if isinstance(where, dict) else list(range(len(where)))
            if not keys:
                break
            key = keys[step % len(keys)]
            if not isinstance(where[key], dict | list) or step is path[-1]:
                if draw(st.booleans()):
                    where[key] = draw(ANY)
                else:
                    del where[key]
                break
            where = where[key]
    more = draw(st.dictionaries(st.sampled_from(sorted(ELEMENTS)), ANY, max_size=3))
    return {**body, **more}


ELEMENTS = {name for body in [ANNA, *WHOLE] for name in body} | {
    "id", "meta", "link", "contained", "component", "dosage", "dosageInstruction", "dispenseRequest", "identifier",
    "referenceRange", "valueQuantity", "valueString", "valueCodeableConcept", "valueRatio", "daysSupply", "extension",
    "medicationReference", "request", "deceasedDateTime", "deceasedBoolean", "verificationStatus", "entry",
}  # fmt: skip


@FUZZ
@given(st.lists(broken() | ANY, min_size=1, max_size=12))
def test_no_resource_breaks_the_reading_and_each_line_is_accounted_for(bodies):
    with tempfile.TemporaryDirectory() as folder:
        write_lines(Path(folder) / "x.ndjson", [ANNA, *bodies])
        _, _, counted = read(folder)
    bundled = [one for one in bodies if isinstance(one, dict) and one.get("resourceType") == "Bundle"]
    assert not bundled
    assert sum(rows for rows, *_ in counted.values()) == 1 + len(bodies)


@FUZZ
@given(st.binary(max_size=400), st.sampled_from(["x.ndjson", "x.json", "x.json.gz", "x.ndjson.gz"]))
def test_no_bytes_break_the_reading(noise, name):
    with tempfile.TemporaryDirectory() as folder:
        write_lines(Path(folder) / "anna.ndjson", [ANNA])
        (Path(folder) / name).write_bytes(noise)
        found, _, _ = read(folder)
    assert found["person"] == [("anna", 1970)]


@FUZZ
@given(st.integers(0, 4000), st.sampled_from(["x.ndjson", "x.json"]), st.booleans())
def test_a_file_that_is_cut_anywhere_loses_nothing_before_the_cut_in_silence(cut, name, is_packed):
    import gzip

    bodies = [ANNA, *WHOLE]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in bodies]}
    text = "".join(f"{json.dumps(one)}\n" for one in bodies) if name == "x.ndjson" else json.dumps(bundle)
    raw = gzip.compress(text.encode(), mtime=0) if is_packed else text.encode()
    with tempfile.TemporaryDirectory() as folder:
        write_lines(Path(folder) / "bert.ndjson", [{**BERT, "id": "carl"}])
        (Path(folder) / name).write_bytes(raw[:cut])
        _, _, counted = read(folder)
    whole = sum(rows for kind, (rows, *_) in counted.items() if kind != "lines without a resource") - 1
    is_whole = cut >= len(raw) - (1 if name == "x.ndjson" and not is_packed else 0)
    is_told = "lines without a resource" in counted
    at_a_line = name == "x.ndjson" and not is_packed and (raw[:cut].endswith(b"\n") or raw[cut : cut + 1] == b"\n")
    assert whole <= len(bodies)
    assert is_told or is_whole or cut == 0 or at_a_line or (is_packed and cut < 2)
