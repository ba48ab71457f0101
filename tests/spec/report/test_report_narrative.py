"""The abstract and the results in words say what the estimates say, each number under its id, and claim no more."""

from __future__ import annotations

import re
from dataclasses import replace

from refractory.analysis.results import OTHERS_BETTER, Caution, MethodsSection, NamedEstimate, Severity
from refractory.report.answer import find_estimate
from refractory.report.narrative import MOST_WORDS_OF_ABSTRACT, tell_narrative
from refractory.report.telling import print_estimate
from refractory.statistics.association import estimate_fisher_exact
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_difference, estimate_proportion
from spec.report.page_reader import find_section, read_report, text_of
from spec.report.published_study import count, published_results

OVERCLAIMS = re.compile(
    r"\b(effective|efficacious|works|worked|caused|because of|due to|thanks to|proves?|proved|superior|beneficial|"
    r"safe|cost-effective|no difference|no effect|regardless)\b",
    re.IGNORECASE,
)


def _named(estimate_id: str, estimate: Estimate, label: str = "", stratum: str = "overall") -> NamedEstimate:
    return NamedEstimate(estimate_id, label, "", stratum, "", estimate)


def _with(*named: NamedEstimate, cautions=None, like=None, **changes):
    results = like or published_results()
    ids = {one.id for one in named}
    kept = tuple(one for one in results.estimates if one.id not in ids)
    found = results.cautions if cautions is None else tuple(cautions)
    return replace(results, estimates=(*kept, *named), cautions=found, **changes)


FULL = _with(
    _named("response.difference", estimate_difference(13, 15, 22, 27)),
    _named("response.difference.test", estimate_fisher_exact(13, 15, 22, 27)),
    _named("time_to_response", Estimate(EstimateKind.TIME, 28, 42, "Kaplan-Meier", 15, 59, 0.95)),
    _named("course.on_day_112", estimate_proportion(26, 42)),
    _named("course.on_day_365", estimate_proportion(13, 42)),
    _named("safety.Any event.persons", estimate_proportion(40, 42)),
    _named("safety.Headache.persons", estimate_proportion(31, 42)),
    _named("safety.Thromboembolism.persons", estimate_proportion(18, 42)),
    _named("safety.Stroke.persons", estimate_proportion(0, 42)),
    _named("predictor.Sex.test", estimate_fisher_exact(25, 29, 10, 13)),
    _named("predictors.significant", count(0)),
    cautions=(
        Caution("few-events", "Few non-responders", "Few.", Severity.SERIOUS, "7 of 42"),
        Caution("benchmark-usual care", "Not told apart from others", "Usual care: 19/24.", Severity.SERIOUS, "19/24"),
        Caution("response-not-kept", "Still in response", "Not kept.", Severity.SERIOUS, "13 of 42"),
        Caution("note", "A note", "Left to the list of cautions.", Severity.NOTE),
    ),
)


def _paragraphs(results):
    told = tell_narrative(results)
    return {one.heading: one.text for one in (*told.results, *told.abstract)}, told


def test_every_number_in_the_text_is_printed_as_the_estimate_whose_id_it_carries():
    _, told = _paragraphs(FULL)
    pieces = [
        piece
        for part in (*told.abstract, *told.results)
        for one in part.sentences
        for piece in one.pieces
        if piece.result
    ]
    assert len(pieces) >= 15
    for piece in pieces:
        named = find_estimate(FULL, piece.result)
        assert named is not None
        if piece.text != "None":
            digits = re.findall(r"\d+", print_estimate(named.estimate))
            assert re.findall(r"\d+", piece.text) == digits[: len(re.findall(r"\d+", piece.text))]


def test_no_number_of_a_result_stands_in_the_text_without_an_id():
    """Numbers outside of results are those of the protocol and of cautions: counts of persons and days of windows."""
    _, told = _paragraphs(replace(FULL, cautions=()))
    outside = [
        piece.text for part in told.results for one in part.sentences for piece in one.pieces if not piece.result
    ]
    assert not re.findall(r"\d+ ?%|\d+/\d+|CI", " ".join(outside).replace("at least 25 %", ""))


def test_the_text_claims_no_more_than_a_cohort_without_comparison_bears():
    for results in (FULL, published_results(), replace(FULL, cautions=())):
        told = tell_narrative(results)
        own = [
            part for part in (*told.abstract, *told.results) if part.heading not in ("Aim", "What must be read with it")
        ]
        assert not OVERCLAIMS.findall(" ".join(part.text for part in own))
        assert "cannot tell what part of it the treatment has" in next(
            part.text for part in told.abstract if part.heading == "Conclusions"
        )


def test_the_abstract_has_the_structure_of_clinical_journals_and_at_most_250_words():
    told = tell_narrative(FULL)
    assert [part.heading for part in told.abstract] == ["Background", "Aim", "Methods", "Results", "Conclusions"]
    words = sum(len(part.text.split()) for part in told.abstract)
    assert 100 < words <= MOST_WORDS_OF_ABSTRACT


def test_a_long_protocol_takes_sentences_from_the_results_but_never_the_persons_or_the_conclusions():
    wordy = MethodsSection("Outcome", (" ".join(["word"] * 160) + ".",))
    results = replace(FULL, methods=(wordy,))
    found = {part.heading: part.text for part in tell_narrative(results).abstract}
    assert found["Results"].startswith("Of ")
    assert "cannot tell" in found["Conclusions"]
    assert sum(len(text.split()) for text in found.values()) <= MOST_WORDS_OF_ABSTRACT


def test_the_conclusion_names_what_others_saw_without_it_and_that_responses_were_lost():
    text, _ = _paragraphs(FULL)
    assert "It was not told apart from what others had without it." in text["Conclusions"]
    assert "Fewer than half of the responses were still there at the end." in text["Conclusions"]
    plain, _ = _paragraphs(replace(FULL, cautions=()))
    assert "others" not in plain["Conclusions"]
    better = replace(FULL, cautions=(Caution("benchmark-usual care", OTHERS_BETTER, "19/24.", Severity.SERIOUS),))
    assert "Others fared better without it." in _paragraphs(better)[0]["Conclusions"]


def test_none_significant_never_stands_alone():
    text, _ = _paragraphs(FULL)
    assert text["Predictors"].endswith(
        "predictors tested was significant; with 7 of 42 persons of the rarer answer only very large differences could "
        "be found."
    )
    without, _ = _paragraphs(replace(FULL, cautions=()))
    assert "how large a difference had to be to be found" in without["Predictors"]
    could = "By itself, each test had an 80 % chance to find no less than: 83 v 40 % between groups."
    told, _ = _paragraphs(_with(_named("predictors.significant", replace(count(0), note=could)), like=FULL))
    assert told["Predictors"].endswith(could)


def test_the_last_day_is_told_and_a_test_stands_in_the_bracket_of_its_difference():
    text, _ = _paragraphs(FULL)
    assert "On day 365, 13/42 (31 %; 95 % CI 18 to 47) were still in response." in text["Course"]
    assert "The median time to response was 28 days (95 % CI 15 to 59)." in text["Course"]
    said = "The difference between the strata was 5 percentage points (95 % CI −21 to 26; P = 1.00)."
    assert said in text["Response"]
    assert "The strata differed" not in text["Response"]


def test_a_difference_that_was_not_found_is_told_with_the_one_that_could_have_been():
    least = Estimate(EstimateKind.DIFFERENCE, 0.43, 42, "Fisher's exact test, 80 % power", denominator=15)
    text, _ = _paragraphs(_with(_named("response.detectable", least), like=FULL))
    assert "P = 1.00). The test had an 80 % chance to find no less than 43 percentage points." in text["Response"]


def test_a_dose_that_was_lower_as_often_before_the_treatment_is_never_told_alone():
    key = "explanation.placebo.90.sparing"
    estimates = [_named(f"{key}.{part}", estimate_proportion(25, 34)) for part in ("earlier", "true")]
    doubt = Caution("explanation-placebo-90-sparing", "Not clearly more often", "As often.", Severity.SERIOUS)
    text, _ = _paragraphs(_with(*estimates, cautions=(*FULL.cautions, doubt), like=FULL))
    for heading in ("Other drugs", "Results"):
        assert "With time zero 90 days earlier, before anybody was treated, it was 25/34 (74 %" in text[heading]
    assert "days earlier" not in _paragraphs(FULL)[0]["Other drugs"]
    # Where the abstract has no room for both it has neither.
    long = replace(FULL.head, question=" ".join(["why"] * 120))
    short, _ = _paragraphs(_with(*estimates, cautions=(*FULL.cautions, doubt), like=FULL, head=long))
    assert "glucocorticoid" not in short["Results"]
    assert "glucocorticoid" in text["Results"]


def test_events_are_told_from_the_most_frequent_on_and_those_that_nobody_had_are_not():
    text, _ = _paragraphs(FULL)
    assert text["Safety"].startswith("Persons with a recorded event: headache, 31/42 (74 %; 95 % CI 58 to 86); thrombo")
    assert "stroke" not in text["Safety"]
    assert "Any event" not in text["Safety"]


def test_a_study_in_which_nobody_could_be_evaluated_concludes_nothing():
    nobody = _with(_named("response.overall", estimate_proportion(0, 0)), cautions=())
    text, _ = _paragraphs(nobody)
    assert text["Conclusions"] == "The study cannot answer its question: nobody could be evaluated."


def test_the_numbers_carry_their_ids_on_the_page():
    section = find_section(read_report(FULL), "abstract")
    marked = {one.get("value"): text_of(one) for one in section.iter("data")}
    assert marked["course.on_day_365"] == "13/42 (31 %; 95 % CI 18 to 47)"
    assert "response.overall.evaluable" in marked


def test_one_person_is_no_persons_and_a_mean_of_one_has_no_spread():
    step = replace(FULL.attrition[0], persons_before=1)
    alone = Estimate(EstimateKind.MEAN, 2.0, 1, "mean")
    told, _ = _paragraphs(_with(_named("cycles_to_response.overall", alone), attrition=(step, *FULL.attrition[1:])))
    assert told["Persons"].startswith("Of 1 person who ever had")
    assert "Responders had 2.0 cycles (n = 1) to response." in told["Course"]
