"""From patients to results: readings of the not evaluable, ids, cautions, predictors, published figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.cautions import RunFacts, find_cautions
from refractory.analysis.comparison import compare_published
from refractory.analysis.estimates import Plan, estimate_all
from refractory.analysis.plan import AnalysisDefinition, PublishedFigure
from refractory.analysis.predictors import find_predictors, name_predictors
from refractory.analysis.tables import tabulate_response
from refractory.cohort.strata import GroupDefinition, Member, StratumDefinition
from refractory.dates import PartialDate
from refractory.errors import ProtocolError
from refractory.outcomes.assess import CycleRow, Patient
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.response import Response, ResponseDefinition, ResponseRule, ResponseStatus

YES, NO, OPEN = ResponseStatus.RESPONSE, ResponseStatus.NO_RESPONSE, ResponseStatus.NOT_EVALUABLE
DAY_0 = date(2020, 1, 1)
PLAN = Plan(
    analysis=AnalysisDefinition(compare=("Skin alone", "With muscle")),
    response=ResponseDefinition(name="Improvement", primary=ResponseRule(label="improved")),
    sparing=None,
    strata=(
        StratumDefinition(name="With muscle", any=("muscle", "lung"), parts=("muscle", "lung")),
        StratumDefinition(name="Skin alone", otherwise=True),
    ),
    subtypes=(GroupDefinition(name="Classic", any=("muscle",)), GroupDefinition(name="Other", otherwise=True)),
    has_cycles=True,
    has_refractory_rule=True,
)
FACTS = RunFacts(
    is_invented=False,
    is_observation_known=True,
    start_only_exposures=0,
    exposures=10,
    unknown_routes=0,
    treatment_records=10,
    has_vocabulary=True,
    unresolved_codes=0,
    doubtful_codes=0,
    empty_sets=(),
    rows_left_out=0,
    unknown_courses=0,
    has_labels=True,
)


def _cycle(number: int) -> CycleRow:
    day = DAY_0 + timedelta(days=28 * (number - 1))
    return CycleRow(
        cycle=number, first_date=day, last_date=day, infusion_days=1, grams=70.0, grams_per_kg=2.0,
        interval_days=None if number == 1 else 28, course=1, opens_course=number == 1, missed=0,
        is_late=False, is_low_dose=False, is_high_dose=False, is_product_changed=False,
    )  # fmt: skip


def _patient(
    number: int, status: ResponseStatus, *, muscle: bool = False, cycles_to_response: int | None = None
) -> Patient:
    day = DAY_0 + timedelta(days=10)
    member = Member(
        person_id=number,
        day0_date=DAY_0,
        diagnosis_date=DAY_0 - timedelta(days=100 + number % 4),
        birth_earliest=date(1970, 1, 1),
        birth_latest=date(1970, 1, 1),
        sex="female" if number % 2 else "male",
        race=None,
        drugs_before=2 + number % 3,
        active_by="chart",
        features={"muscle": muscle, "lung": False},
        stratum="With muscle" if muscle else "Skin alone",
        subtype="Classic" if muscle else "Other",
    )
    return Patient(
        member=member,
        cycles=(_cycle(1), _cycle(2)),
        response=Response(
            status, PartialDate(day, day) if status is YES else None, "" if status is not OPEN else "open"
        ),
        supporting=(),
        cycles_to_response=cycles_to_response,
        sparing=None,
        baseline={},
        observed_until=None,
    )


def _patients(yes: int, no: int, open_: int) -> list[Patient]:
    statuses = [YES] * yes + [NO] * no + [OPEN] * open_
    return [_patient(n, status, muscle=n % 2 == 0, cycles_to_response=1 if status is YES else None)
            for n, status in enumerate(statuses, start=1)]  # fmt: skip


def _values(patients: list[Patient], plan: Plan = PLAN) -> dict[str, tuple[int | None, int | None]]:
    return {one.id: (one.estimate.numerator, one.estimate.denominator) for one in estimate_all(patients, plan)}


def test_a_proportion_is_read_three_ways_and_the_primary_is_the_one_that_the_protocol_names():
    found = _values(_patients(6, 3, 2))
    assert found["response.overall"] == found["response.overall.evaluable"] == (6, 9)
    assert found["response.overall.as_non_response"] == (6, 11)
    assert (found["response.overall.worst"], found["response.overall.best"]) == ((6, 11), (8, 11))
    strict = replace(PLAN, response=PLAN.response.model_copy(update={"missing": "non-response"}))
    assert _values(_patients(6, 3, 2), strict)["response.overall"] == (6, 11)


def test_for_a_harm_the_worst_bound_is_that_everybody_had_it():
    harm = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm"}))
    found = _values(_patients(1, 7, 2), harm)
    assert (found["response.overall.worst"], found["response.overall.best"]) == ((3, 10), (1, 10))


def test_the_strata_and_the_subtypes_add_up_to_everybody():
    found = _values(_patients(6, 3, 2))
    for kind in ("response.{}", "response.subtype.{}"):
        names = ("With muscle", "Skin alone") if kind == "response.{}" else ("Classic", "Other")
        counts = [found[kind.format(name)] for name in names]
        assert tuple(map(sum, zip(*counts, strict=True))) == found["response.overall"]


def test_every_id_is_given_once():
    ids = [one.id for one in estimate_all(_patients(6, 3, 2), PLAN)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("yes", "no", "open_"), [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 0, 0), (0, 5, 0)])
def test_the_smallest_and_the_most_lopsided_cohorts_are_analysed_without_a_made_up_number(yes, no, open_):
    done = analyse(_patients(yes, no, open_), PLAN, (), FACTS, None, Explanations())
    by_id = {one.id: one.estimate for one in done.estimates}
    evaluable = by_id["response.overall.evaluable"]
    assert (evaluable.numerator, evaluable.denominator) == (yes, yes + no)
    assert (evaluable.value is None) is (yes + no == 0)
    assert by_id["predictors.significant"].value is None
    assert {table.id for table in done.tables} >= {"baseline", "response", "cycles"}
    assert "few-events" in {one.code for one in done.cautions} or yes + no == 0


def test_the_mean_of_cycles_leaves_out_responders_whose_count_is_open_and_says_so():
    patients = [_patient(1, YES, cycles_to_response=1), _patient(2, YES, cycles_to_response=4), _patient(3, YES)]
    mean = next(one.estimate for one in estimate_all(patients, PLAN) if one.id == "cycles_to_response.overall")
    assert (mean.value, mean.n) == (2.5, 2)
    texts = {one.code: one.text for one in find_cautions(patients, PLAN, FACTS)}
    assert "Of 3 responders 1 is left out" in texts["mean-over-responders"]


def test_none_of_none_tested_is_not_none_significant():
    figure = PublishedFigure(statement="p", result="predictors.significant", value="none")

    def compare(yes: int, no: int):
        found = find_predictors(_patients(yes, no, 0), PLAN)
        return compare_published([figure], name_predictors(found, PLAN.analysis))[0]

    untested, tested = compare(5, 0), compare(6, 5)
    assert (untested.agrees, tested.agrees) == (False, True)


def test_a_predictor_that_tells_responders_apart_is_found_and_holm_never_lowers_a_p_value():
    patients = [replace(one, member=replace(one.member, sex="female" if one.response.status is YES else "male"))
                for one in _patients(12, 12, 3)]  # fmt: skip
    predictors = {one.name: one for one in find_predictors(patients, PLAN)}
    assert predictors["Sex"].adjusted < 0.001
    assert predictors["Sex"].estimate.value == 1.0
    assert all(one.adjusted >= one.test.p_value for one in predictors.values())
    assert "Age at day 0, years" not in predictors, "a predictor that does not vary has nothing to be tested"


def test_a_predictor_that_the_study_does_not_have_is_answered_with_those_that_it_has():
    plan = replace(PLAN, analysis=PLAN.analysis.model_copy(update={"predictors": ("Sex", "age")}))
    with pytest.raises(ProtocolError) as refused:
        find_predictors(_patients(6, 5, 0), plan)
    assert '"age"' in str(refused.value)
    assert "Age at day 0, years" in str(refused.value)
    chosen = replace(PLAN, analysis=PLAN.analysis.model_copy(update={"predictors": ("Sex",)}))
    assert [one.name for one in find_predictors(_patients(6, 5, 0), chosen)] == ["Sex"]


def test_a_published_figure_that_names_no_result_is_answered_with_the_nearest():
    figure = PublishedFigure(statement="Improved", result="respnse.overall", value="83 %")
    with pytest.raises(ProtocolError) as refused:
        compare_published([figure], estimate_all(_patients(6, 3, 2), PLAN))
    assert "response.overall" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_invented": True}, "invented-data"),
        ({"is_observation_known": False}, "no-observation"),
        ({"has_vocabulary": False}, "no-vocabulary"),
        ({"doubtful_codes": 1}, "doubtful-codes"),
        ({"unresolved_codes": 2}, "unresolved-codes"),
        ({"empty_sets": ("lung",)}, "empty-concept-sets"),
        ({"start_only_exposures": 3}, "start-only"),
        ({"unknown_routes": 3}, "unknown-route"),
        ({"unknown_courses": 1}, "unknown-courses"),
        ({"rows_left_out": 4}, "rows-left-out"),
    ],
)
def test_each_doubt_about_the_records_is_a_caution_and_only_then(change, code):
    patients = _patients(20, 20, 0)
    before = {one.code for one in find_cautions(patients, PLAN, FACTS)}
    after = {one.code for one in find_cautions(patients, PLAN, replace(FACTS, **change))}
    assert (code in before, code in after) == (False, True)


def test_serious_cautions_come_first():
    found = find_cautions(_patients(3, 2, 3), PLAN, replace(FACTS, rows_left_out=4, is_observation_known=False))
    order = [one.severity.value for one in found]
    assert order == sorted(order, key=lambda severity: severity != "serious")
    assert order.count("serious") >= 3


def test_an_empty_cohort_says_so_and_no_more_than_that():
    codes = [one.code for one in find_cautions([], PLAN, FACTS)]
    assert codes == ["empty-cohort"]


def test_the_response_table_gives_bounds_only_where_somebody_is_not_evaluable():
    rows = {row.label: row.cells for row in tabulate_response(_patients(6, 3, 2), PLAN).rows}
    assert rows["All persons"][:2] == (11, 2)
    assert rows["All persons"][4] == "6/11 to 8/11 (55 % to 73 %)"
    without = {row.label: row.cells for row in tabulate_response(_patients(6, 3, 0), PLAN).rows}
    assert without["All persons"][4] == "the same"
