"""The persons who may ever have had the treatment: asked column by column, or in one question of all columns."""

from __future__ import annotations

import pytest

from refractory.protocol import parse_protocol
from refractory.records.clinical import TREATMENT_TABLES
from refractory.records.concept_sets import resolve_concept_sets
from refractory.records.from_omop import open_source
from refractory.records.hospital import write_hospital
from refractory.records.narrow import find_persons, list_ways, may_belong
from studies.hospital_truth import STUDY


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=400)
    source = open_source(str(folder / "records" / "hospital.duckdb"))
    yield source
    source.close()


def _persons(source, table, test):
    chosen = table.filter(test)
    return {person for (person,) in source.rows(chosen.select(person_id=chosen.person_id).distinct())}


@pytest.mark.parametrize("named", ["immunoglobulin", "systemic treatment", "methotrexate"])
def test_column_by_column_the_same_persons_are_found_as_by_one_question(source, named):
    protocol = parse_protocol(STUDY.read_text(encoding="utf-8"))
    found = resolve_concept_sets(protocol.concept_sets, source)
    sets = [found.sets[leaf] for leaf in protocol.leaves[named]]
    together = set()
    for one in TREATMENT_TABLES:
        table = source.table_later(one.name)
        whole = _persons(source, table, may_belong(source, table, one, sets, found.has_vocabulary))
        parts = [_persons(source, table, part) for part in list_ways(source, table, one, sets, found.has_vocabulary)]
        assert len(parts) > 1
        assert set().union(*parts) == whole
        together |= whole
    assert find_persons(source, sets, found.has_vocabulary) == sorted(together)
    assert together
