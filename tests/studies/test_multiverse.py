"""A universe that shares its work with a thousand others has the numbers that it has when it is run alone."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from random import Random

import pytest

from refractory.dials import set_key, without_dials
from refractory.multiverse import (
    Stages,
    find_families,
    run_universe,
)
from refractory.narrowing import EVERYTHING
from refractory.protocol import parse_protocol
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED
from refractory.study import run_study
from refractory.universes import plan_universes
from studies.hospital_truth import STUDY, invent
from toml_writing import write_toml

TEXT = STUDY.read_text(encoding="utf-8")
MORE_DIALS = """
"refractory.unknown_counts"         = [true, false]
"feature.muscle.any[2].at_least"    = [1, 2]
"sparing.last"                      = ["30 days", "60 days"]
"sparing.same_supply"               = ["adds up", "counts once"]
"follow_up.stopped"                 = ["42 days", "56 days"]
"analysis.proportion"               = ["Wilson", "Clopper-Pearson"]
"concepts.dermatomyositis.ICD10CM"  = [["M33.1*", "M33.9*", "M36.0"]]
"instrument.CDASI.unrecorded"       = ["least", "missing"]
"response.primary.positive"         = [["yes", "no"]]

[multiverse]
"""
# One result at least of every family, and all that the study follows.
ASKED = (
    "cohort.persons", "stratum.Skin alone.persons", "subtype.Classic.persons", "subtype.Overlap.persons",
    "response.overall", "response.difference", "response.difference.test", "response.Skin alone.worst",
    "response.subtype.Classic",
    "supporting.CDASI activity lower by 4 points.overall", "cycles_to_response.overall", "grams_per_kg.overall",
    "sparing.glucocorticoid_lower", "sparing.glucocorticoid_lower_of_responders", "sparing.any_lower_of_cohort",
)  # fmt: skip
# These are found by a whole run, so that only some universes are asked for them.
ASKED_OF_EVERYTHING = (
    "lines.overall",
    "refractory.strictly.persons",
    "predictors.significant",
    "course.by_day_180",
    "age.overall",
    "dose.day.-180",
)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, 500) / "records"


def _write_out(plan, universe) -> str:
    """Write the protocol of one universe as a file without dials."""
    raw = without_dials(tomllib.loads(TEXT))
    for dial, place in sorted(zip(plan.dials, universe.choices, strict=True), key=lambda one: len(one[0].key)):
        if not dial.choices[place].is_as_written:
            raw = set_key(raw, dial.key, dial.choices[place].value)
    return write_toml(raw)


def test_a_dozen_universes_run_alone_have_the_numbers_that_they_have_among_all(hospital):
    text = TEXT.replace("\n[multiverse]\n", MORE_DIALS)
    plan = plan_universes(text.replace("most    = 5000", "most    = 400"), folder=STUDY.parent)
    assert plan.is_sample
    chosen = Random(7).sample([one for one in plan.universes if one.protocol], 12)
    source = open_source(str(hospital / "hospital.duckdb"))
    stages = Stages(source, hospital / "labels.csv")
    as_written = stages.run(plan.protocol, stages.read(plan.protocol))
    known = {one.id for one in as_written.estimates}
    assert set(ASKED) | set(ASKED_OF_EVERYTHING) <= known
    narrow = find_families(stages, plan.protocol, ASKED, as_written)
    assert EVERYTHING not in narrow.values()
    broad = find_families(stages, plan.protocol, ASKED_OF_EVERYTHING, as_written)
    assert set(broad.values()) == {EVERYTHING}
    for number, universe in enumerate(chosen):
        asked = narrow | broad if number % 10 == 0 else narrow
        shared = run_universe(stages, universe, asked)
        protocol = parse_protocol(_write_out(plan, universe), folder=STUDY.parent)
        assert protocol.hash == universe.protocol.hash
        alone = run_study(protocol, source, hospital / "labels.csv")
        expected = {one.id: one for one in alone.results.estimates}
        assert shared.why_not == ""
        assert {one: shared.estimates.get(one) for one in asked} == {one: expected.get(one) for one in asked}
    source.close()


def test_the_example_in_the_documentation_is_what_the_shipped_study_says(hospital):
    tool = _tool()
    page = tool.PAGE.read_text(encoding="utf-8")
    told = tool.tell_example(hospital)
    assert page == tool.write_example(page, told), "mend with: .venv/bin/python tools/write_multiverse_example.py"
    # What the text below the example says of it.
    said = " ".join(told)
    assert "Cutaneous improvement, all persons is moved by response.primary (" in said
    assert "Lower systemic glucocorticoid is moved by refractory.failed (" in said
    assert "treatment.cycle.split" not in said
    assert "in 0/1,152 (0.0 %) universes" in said


def _tool():
    spec = importlib.util.spec_from_file_location("example", STUDY.parents[1] / "tools" / "write_multiverse_example.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
