"""The same hospital in OMOP, a workbook, an export of REDCap and FHIR: the same doubts in the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractory.quality import check_quality
from refractory.records.from_anywhere import open_records
from refractory.records.quality_rules import TOPICS
from studies.hospital_truth import flagship
from studies.written_hospitals import write_as

# What is asked of the rows of treated persons; of the source as a whole each kind has facts of its own.
OF_ROWS = {rule for topic, rules in TOPICS.items() if topic != "The source as a whole" for rule in rules}


def check(folder: Path, form: str):
    written = write_as(form, folder)
    source = open_records(str(written.address))
    try:
        return check_quality(flagship(), source, written.labels)
    finally:
        source.close()


@pytest.fixture(scope="module")
def of_omop(tmp_path_factory):
    return check(tmp_path_factory.mktemp("omop"), "duckdb")


def counts(found):
    return {one.rule: (one.rows, one.persons, one.weight) for one in found.results.findings if one.rule in OF_ROWS}


@pytest.mark.parametrize("form", ["sheet", "redcap", "fhir"])
def test_every_form_of_the_hospital_breaks_the_same_rules_by_as_many_rows(of_omop, tmp_path, form):
    found = check(tmp_path, form)
    assert counts(found) == counts(of_omop)
    assert len(counts(found)) >= 10
    doubtful = [one for one in found.problems if one.done == "used as written"]
    assert doubtful
    assert all(one.file and one.line for one in doubtful)
    accounts = [one for one in found.results.accounts if one.is_file]
    assert accounts
    assert all(one.rows == one.used + one.not_asked_for + one.listed for one in found.results.accounts)
