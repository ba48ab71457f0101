"""Laws of the multiverse that hold for any records."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.analysis.estimates import estimate_all
from refractory.cohort.build import build_cohort
from refractory.multiverse import Reading, Stages, run_universe
from refractory.narrowing import family_of
from refractory.outcomes.assess import assess_cohort
from refractory.records.remembering import RememberingStore
from refractory.records.schema import SCHEMAS
from refractory.records.store import Store
from refractory.study import plan_of
from refractory.universes import plan_universes
from twins.strategies import drug_rows, event_rows, measurement_rows, period_rows

TEXT = (
    Path(__file__).with_name("small_study.toml").read_text(encoding="utf-8")
    + """
[[response.supporting]]
name   = "Lower by half"
score  = "score"
fall   = "50 %"
window = [1, 200]

[dials]
"refractory.failed"              = [1, 2]
"refractory.adequate.steroid"    = ["1 week"]
"refractory.active.at_least"     = [5, 9]
"treatment.washout"              = ["0 days", "20 days"]
"treatment.cycle.split"          = ["3 days", "7 days"]
"eligibility.observed_before"    = ["0 days", "100 days"]
"exclude.Other disease.window"   = [[-90, 0]]
"feature.muscle.any[2].at_least" = [1, 2]
"response.primary"               = ["Lower by half"]
"response.primary.window"        = [[1, 30]]
"response.missing"               = ["evaluable", "non-response"]
"""
)
PLAN = plan_universes(TEXT)
ASKED = (
    "cohort.persons", "stratum.With muscle.persons", "response.overall", "response.Skin alone.best",
    "supporting.Lower by half.overall", "cycles.overall", "cycles_to_response.overall", "response.Skin alone.worst",
)  # fmt: skip


def _fill(drug, event, measurement) -> Store:
    store = Store()
    person = [(number, date(1980, 5, 5), date(1980, 5, 5), "female", None) for number in (1, 2)]
    tables = {
        "person": person, "observation_period": period_rows(), "death": [], "event": event, "drug": drug,
        "measurement": measurement, "label": [],
    }  # fmt: skip
    for name, rows in tables.items():
        store.add(name, SCHEMAS[name], rows)
    return store


class _OnRecords(Stages):
    """Stages on records that are already there."""

    def __init__(self, store: Store) -> None:
        super().__init__(SimpleNamespace(), None)
        remembering = RememberingStore(store)
        self._reading = Reading(SimpleNamespace(), remembering, (), remembering.names, "")

    def read(self, protocol):
        return self._reading


@settings(max_examples=12, deadline=None)
@given(
    drug_rows(("ivig", "steroid", "methotrexate"), most=22),
    event_rows(("disease", "weakness", "other disease")),
    measurement_rows(("enzyme", "score")),
    st.lists(st.integers(0, len(PLAN.universes) - 1), min_size=2, max_size=5),
)
def test_what_a_universe_finds_does_not_depend_on_those_before_it(drug, event, measurement, numbers):
    """Records, and universes in any order and as often as one likes: each finds what it finds alone."""
    stages = _OnRecords(_fill(drug, event, measurement))
    for number in numbers:
        universe = PLAN.universes[number]
        shared = run_universe(stages, universe, {one: family_of(one) for one in ASKED})
        protocol, store = universe.protocol, _fill(drug, event, measurement)
        cohort = build_cohort(store, protocol.leaves, protocol.cohort_definition)
        patients = assess_cohort(store, protocol.leaves, cohort, protocol.outcome_definition)
        alone = {one.id: one for one in estimate_all(patients, plan_of(protocol))}
        assert {one: shared.estimates.get(one) for one in ASKED} == {one: alone.get(one) for one in ASKED}
