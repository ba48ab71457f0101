"""Results with the numbers of the published study, typed by hand: what the report is tested with."""

from __future__ import annotations

from refractory.analysis.results import (
    AttritionStep,
    Caution,
    Cell,
    Comparison,
    Listing,
    MethodsSection,
    NamedEstimate,
    ResultRow,
    Results,
    ResultTable,
    Severity,
    StudyHead,
    TableAccount,
)
from refractory.numbers import format_share
from refractory.statistics.estimate import Estimate, EstimateKind

EXACT = "Clopper-Pearson"
SKIN = "Skin alone"
MORE = "Skin and muscle or lung"


def count(number: int) -> Estimate:
    return Estimate(EstimateKind.COUNT, number, number, "count")


def share(numerator: int, denominator: int, lower: float | None = None, upper: float | None = None) -> Estimate:
    value = numerator / denominator if denominator else None
    level = None if lower is None else 0.95
    kind = EstimateKind.PROPORTION
    return Estimate(kind, value, denominator, EXACT, lower, upper, level, numerator, denominator)


def mean(value: float, sd: float, n: int) -> Estimate:
    return Estimate(EstimateKind.MEAN, value, n, "mean and SD", sd=sd)


def median(value: float, first_quartile: float, third_quartile: float, n: int) -> Estimate:
    return Estimate(EstimateKind.MEDIAN, value, n, "median and quartiles", first_quartile, third_quartile)


def difference(value: float, lower: float, upper: float, n: int, p_value: float | None = None) -> Estimate:
    return Estimate(EstimateKind.DIFFERENCE, value, n, "Newcombe", lower, upper, 0.95, p_value=p_value)


def fisher(p_value: float, n: int) -> Estimate:
    return Estimate(EstimateKind.TEST, None, n, "Fisher exact", p_value=p_value)


HEAD = StudyHead(
    name="ivig-cutaneous-dm",
    title="Intravenous immunoglobulin for refractory cutaneous dermatomyositis",
    question=(
        "In patients whose cutaneous dermatomyositis stayed active after at least two systemic drugs, did intravenous "
        "immunoglobulin improve the skin, after how many cycles, and could other drugs be lowered?"
    ),
    citation="Galimberti F, et al. Clin Exp Dermatol 2018;43:906-912. doi:10.1111/ced.13607",
    treatment="immunoglobulin",
    disease="dermatomyositis",
    outcome="Cutaneous improvement",
    source_name="hospital.duckdb",
    is_invented=True,
    protocol_hash="3f1c9a52be7704d1c6a88e0d5b92f7a4e1d03c6b97582af4410d9be6c2f8a735",
    version="0.1.0",
)

ATTRITION = tuple(
    AttritionStep(criterion, sentence, reason, *counts)
    for criterion, sentence, reason, counts in (
        ("Treatment", "Any record of immunoglobulin", "", (412, 412, 5231, 5231)),
        (
            "Route",
            "By intravenous route (records of unknown route: counts)",
            "Never by intravenous route",
            (412, 287, 5231, 3418),
        ),
        (
            "Washout",
            "No such treatment in the 180 days before: day 0 opens a course",
            "No day that opens a course",
            (287, 287, 3418, 402),
        ),
        (
            "Disease",
            "At least 2 codes of dermatomyositis, each at least 30 days after the one before, on or before day 0",
            "Not enough evidence of dermatomyositis by then",
            (287, 98, 402, 141),
        ),
        (
            "Observation",
            "Observed for at least 180 days before day 0",
            "Observed for fewer than 180 days before",
            (98, 91, 141, 130),
        ),
        (
            "Data at diagnosis",
            "Clinical data at diagnosis: work-up at diagnosis (creatine kinase, aldolase or skin examination) in days "
            "-30 to 90 from diagnosis",
            "No clinical data at diagnosis",
            (91, 73, 130, 104),
        ),
        (
            "Refractory",
            "At least 2 different drugs of systemic treatment begun on or after the diagnosis and before day 0, each "
            "for an adequate time (counting courses of unknown length)",
            "Fewer than 2 different systemic drugs, each for an adequate time, begun on or after the diagnosis and "
            "before day 0",
            (73, 55, 104, 79),
        ),
        (
            "Active disease",
            'Disease active at day 0 by the charts\' last "active disease" in days -90 to 0, else by a last CDASI '
            "activity of at least 1 in days -90 to 0, else by the treatment itself",
            "Disease not active at day 0",
            (55, 49, 79, 68),
        ),
        (
            "Immunodeficiency",
            "No primary immunodeficiency in any day before to day 0 from day 0",
            "Immunodeficiency",
            (49, 45, 68, 63),
        ),
        (
            "Inclusion body myositis",
            "No inclusion body myositis in any day before to day 0 from day 0",
            "Inclusion body myositis",
            (45, 42, 63, 57),
        ),
    )
)

ALL_THREE = ("overall", SKIN, MORE)
RESPONDED = {"overall": share(35, 42, 0.6864, 0.9303), SKIN: share(13, 15, 0.5954, 0.9834)}
RESPONDED[MORE] = share(22, 27, 0.6192, 0.9370)
LOWER_RULE = "stopped or at least 25 % lower, among persons on it at baseline who are evaluable"

ESTIMATES = tuple(
    NamedEstimate(identifier, label, rule, stratum, variable, estimate)
    for identifier, label, rule, stratum, variable, estimate in (
        ("cohort.persons", "Persons in the cohort", "Persons who meet every criterion", "overall", "n", count(42)),
        (f"stratum.{SKIN}.persons", SKIN, "Persons in the stratum", SKIN, "persons", count(15)),
        (f"stratum.{MORE}.persons", MORE, "Persons in the stratum", MORE, "persons", count(27)),
        *(
            (
                f"response.{group}{reading}",
                f"Cutaneous improvement, {group}",
                f"Cutaneous improvement, {group}; evaluable persons only",
                group,
                "Cutaneous improvement",
                RESPONDED[group],
            )
            for group in ALL_THREE
            for reading in ("", ".evaluable")
        ),
        (
            "cycles_to_response.overall",
            "Cycles to response",
            "Cycles begun on or before the day of first response, in responders whose count is known",
            "overall",
            "Cycles to response",
            mean(1.8182, 1.3797, 33),
        ),
        (
            "sparing.glucocorticoid_lower",
            "Lower systemic glucocorticoid",
            f"Lower systemic glucocorticoid: {LOWER_RULE}",
            "overall",
            "Lower systemic glucocorticoid",
            share(28, 35, 0.6306, 0.9156),
        ),
    )
)


def _row(label: str, *cells: Cell, indent: int = 0) -> ResultRow:
    return ResultRow(label, cells, indent)


def _number(label: str, *cells: tuple[Estimate, Estimate]) -> tuple[ResultRow, ...]:
    return (
        _row(label, *[None] * len(cells)),
        _row("mean ± SD", *(first for first, _ in cells), indent=1),
        _row("median (quartiles)", *(second for _, second in cells), indent=1),
    )


def _share(label: str, *numerators: int, of: tuple[int, ...] = (42, 15, 27, 35, 7), indent: int = 0) -> ResultRow:
    return _row(label, *(format_share(k, n) for k, n in zip(numerators, of, strict=True)), indent=indent)


BASELINE = ResultTable(
    id="baseline",
    title="Persons at time zero",
    columns=(
        "",
        "All (n = 42)",
        f"{SKIN} (n = 15)",
        f"{MORE} (n = 27)",
        "Responders (n = 35)",
        "Non-responders (n = 7)",
    ),
    rows=(
        *_number(
            "Age at day 0, years",
            (mean(49.9, 20.42, 42), median(51.2, 36.1, 64.8, 42)),
            (mean(47.2, 21.1, 15), median(48.0, 33.5, 61.2, 15)),
            (mean(51.4, 20.3, 27), median(53.4, 37.9, 66.0, 27)),
            (mean(50.6, 20.2, 35), median(52.1, 36.8, 65.3, 35)),
            (mean(46.4, 22.8, 7), median(44.9, 30.2, 60.7, 7)),
        ),
        _share("Female", 29, 11, 18, 24, 5),
        *_number(
            "Diagnosis to day 0, days",
            (mean(671.6, 1207.9, 42), median(326, 141, 702, 42)),
            (mean(598.1, 902.4, 15), median(301, 150, 644, 15)),
            (mean(712.4, 1359.6, 27), median(340, 133, 733, 27)),
            (mean(655.3, 1188.0, 35), median(322, 139, 688, 35)),
            (mean(753.1, 1394.5, 7), median(391, 160, 810, 7)),
        ),
        *_number(
            "Drugs before day 0",
            (mean(2.7, 1.2, 42), median(2, 2, 3, 42)),
            (mean(2.5, 0.9, 15), median(2, 2, 3, 15)),
            (mean(2.8, 1.3, 27), median(2, 2, 3.5, 27)),
            (mean(2.6, 1.1, 35), median(2, 2, 3, 35)),
            (mean(3.1, 1.6, 7), median(3, 2, 4.5, 7)),
        ),
        _share("Systemic glucocorticoid", 40, 14, 26, 33, 7, indent=1),
        _share("Hydroxychloroquine", 28, 12, 16, 24, 4, indent=1),
        _share("Methotrexate", 24, 8, 16, 20, 4, indent=1),
        _share("Mycophenolate", 14, 4, 10, 11, 3, indent=1),
        _row("Subtype", *[None] * 5),
        _share("Juvenile", 4, 1, 3, 4, 0, indent=1),
        _share("Cancer-associated", 3, 1, 2, 2, 1, indent=1),
        _share("Overlap", 3, 0, 3, 2, 1, indent=1),
        _share("Classic", 16, 0, 16, 13, 3, indent=1),
        _share("Hypomyopathic", 5, 2, 3, 4, 1, indent=1),
        _share("Clinically amyopathic", 11, 11, 0, 10, 1, indent=1),
        _share("On a glucocorticoid at baseline", 35, 12, 23, 29, 6),
    ),
    footnotes=(
        "Mean ± sample standard deviation, median (quartiles), or persons (per cent of the column).",
        "Persons who are not evaluable for response stand in no response column.",
    ),
)

STRATA = ResultTable(
    id="strata",
    title="Strata and subtypes",
    columns=("Group", "Persons"),
    rows=(
        _row(MORE, 27),
        _row("muscle only", 25, indent=1),
        _row("lung only", 1, indent=1),
        _row("muscle and lung", 1, indent=1),
        _row(SKIN, 15),
    ),
)


def _readings(group: str) -> tuple[Cell, ...]:
    return (RESPONDED[group].denominator, 0, *[RESPONDED[group]] * 4)


RESPONSE = ResultTable(
    id="response",
    title="Cutaneous improvement",
    columns=(
        "Cutaneous improvement",
        "Persons",
        "Not evaluable",
        "Evaluable persons only",
        "Not evaluable as non-response",
        "Worst bound",
        "Best bound",
    ),
    rows=(
        _row("All persons", *_readings("overall")),
        _row(MORE, *_readings(MORE), indent=1),
        _row(SKIN, *_readings(SKIN), indent=1),
        _row("By supporting rule", *[None] * 6),
        _row(
            "CDASI activity lower by 4 points",
            42,
            11,
            share(27, 31, 0.7017, 0.9637),
            share(27, 42, 0.4803, 0.7845),
            share(27, 42, 0.4803, 0.7845),
            share(38, 42, 0.7738, 0.9734),
            indent=1,
        ),
    ),
    footnotes=(
        'The reviewers\' final "cutaneous improvement" in days 1 to 365.',
        "The primary reading is: evaluable persons only.",
        "Persons / persons counted (per cent; 95 % Clopper-Pearson interval).",
        "Bounds: every person not evaluable counted against (worst) or in favour of (best) the treatment.",
    ),
)

COMPARISON = ResultTable(
    id="comparison",
    title="Cutaneous improvement: the strata compared",
    columns=("Comparison", "Estimate", "Rule"),
    rows=(
        _row("Difference", difference(0.0519, -0.2118, 0.2695, 42), f"Cutaneous improvement: {SKIN} minus {MORE}"),
        _row("Fisher exact", fisher(1.0, 42), f"Cutaneous improvement: {SKIN} minus {MORE}"),
    ),
)

SPARING = ResultTable(
    id="sparing",
    title="Other drugs at the end of follow-up",
    columns=("", "Persons", "Numerator and denominator"),
    rows=(
        _row("Glucocorticoid, persons on it at baseline", None, None),
        _row("stopped", "9/35 (26 %)", None, indent=1),
        _row("decreased", "19/35 (54 %)", None, indent=1),
        _row("unchanged", "5/35 (14 %)", None, indent=1),
        _row("increased", "2/35 (6 %)", None, indent=1),
        _row("The same question, read in other ways", None, None),
        _row("Lower systemic glucocorticoid", share(28, 35, 0.6306, 0.9156), LOWER_RULE, indent=1),
        _row(
            "Lower systemic glucocorticoid",
            share(28, 42, 0.5045, 0.8043),
            "stopped or at least 25 % lower, among all persons of the cohort",
            indent=1,
        ),
    ),
    footnotes=("A percentage without its numerator, denominator and rule is not a result.",),
)

PREDICTORS = ResultTable(
    id="predictors",
    title="Predictors of response",
    columns=(
        "Predictor",
        "Responders (n = 35)",
        "Non-responders (n = 7)",
        "Difference (95 % CI)",
        "P",
        "P, Holm",
        "Detectable with 80 % power",
    ),
    rows=(
        _row(
            "Age at day 0, years",
            median(52.1, 36.8, 65.3, 35),
            median(44.9, 30.2, 60.7, 7),
            Estimate(EstimateKind.SHIFT, 4.3, 42, "Hodges-Lehmann", -12.6, 21.9, 0.95),
            "0.63",
            "1.00",
            "1.2 SD",
        ),
        _row("Sex", None, None, difference(-0.0186, -0.2185, 0.2692, 42), "1.00", "1.00", "83 v 38 %"),
        _row("female", share(24, 35), share(5, 7), None, None, None, None, indent=1),
        _row("male", share(11, 35), share(2, 7), None, None, None, None, indent=1),
        _row("Stratum", None, None, difference(0.0519, -0.2118, 0.2695, 42), "1.00", "1.00", "83 v 42 %"),
        _row(SKIN, share(13, 35), share(2, 7), None, None, None, None, indent=1),
        _row(MORE, share(22, 35), share(5, 7), None, None, None, None, indent=1),
    ),
    footnotes=(
        "Numbers: median (quartiles), Hodges-Lehmann shift, exact Mann-Whitney test. Groups: share of the responders "
        "and of the non-responders, difference in response rate, Fisher's exact test.",
        "A P value above 0.05 does not show that a predictor has no effect: the last column says how large an effect "
        "had to be for this study to have an 80 % chance of finding it.",
    ),
)

COMPARISONS = tuple(
    Comparison(statement, published, published, detail, statement != "Diagnosis to treatment, days", note)
    for statement, published, detail, note in (
        ("Persons treated for refractory cutaneous dermatomyositis", "42", "42 persons", ""),
        ("Skin alone", "15", "15 persons", ""),
        ("Skin and muscle or lung", "27", "27 persons", ""),
        ("of these, muscle", "25", "25 persons", "News report on the paper."),
        ("of these, lung", "1", "1 person", "News report on the paper."),
        ("of these, muscle and lung", "1", "1 person", "News report on the paper."),
        ("Cutaneous improvement", "83 %", "35/42 (83 %; 95 % CI 69 to 93)", "Only 35/42 fits."),
        ("Cutaneous improvement, skin alone", "87 %", "13/15 (87 %; 95 % CI 60 to 98)", "Only 13/15 fits."),
        (
            "Cutaneous improvement, skin and muscle or lung",
            "81 %",
            "22/27 (81 %; 95 % CI 62 to 94)",
            "Only 22/27 fits.",
        ),
        (
            "Cycles to improvement, responders",
            "1.82 ± 1.38",
            "1.82 ± 1.38 (n = 33)",
            "Cannot be a mean over all 35 responders; over 33 or 34 it can.",
        ),
        (
            "Predictors of response that are significant",
            "none",
            "0 of 9 with P < 0.05",
            "7 non-responders: power 0.27 for 93 % against 74 %.",
        ),
        (
            "Lower systemic glucocorticoid exposure",
            "80 %",
            "28/35 (80 %; 95 % CI 63 to 92)",
            "No k/42 rounds to 80 %; 28/35, 32/40 and 33/41 do.",
        ),
        ("Diagnosis to treatment, days", "671.6 ± 1207.9", "671.6 ± 1207.9 (n = 42)", "News report on the paper."),
        ("Age at treatment, years", "49.9 ± 20.42", "49.9 ± 20.42 (n = 42)", "News report on the paper."),
        ("Systemic drugs before treatment", "2.7 ± 1.2", "2.7 ± 1.2 (n = 42)", "News report on the paper."),
    )
)

CAUTIONS = (
    Caution(
        "no-objective-score",
        "Response by chart, not by a score",
        "Improvement is what reviewers read in the charts. 40 of 42 persons had a score of skin activity before "
        "treatment, and 31 had one afterwards.",
    ),
    Caution(
        "no-control-group",
        "No control group",
        "All 42 persons were treated. Disease that is treated when it is worst tends to improve by itself, and 39 of "
        "42 went on with other systemic drugs, so the improvement cannot be ascribed to the treatment.",
        Severity.SERIOUS,
    ),
    Caution(
        "few-non-responders",
        "Few persons without a response",
        "7 persons had no response. The study had an 80 % chance to find a difference of 37 percentage points between "
        "the strata: smaller ones may exist unseen.",
        Severity.SERIOUS,
    ),
    Caution(
        "responders-only",
        "Cycles to improvement leave out those who never improved",
        "The mean of 1.82 cycles rests on 33 of 35 responders; 2 have no known day of response and 7 persons never "
        "responded.",
    ),
    Caution(
        "unknown-courses",
        "Earlier drugs of unknown length",
        "11 of 113 earlier courses have no known end and were counted as adequate. Under the stricter reading 38 of "
        "42 persons are refractory.",
    ),
    Caution(
        "no-end-date", "Exposures without an end", "212 of 4,310 drug records have neither end nor days of supply."
    ),
)

METHODS = (
    MethodsSection(
        "Design and source",
        (
            "Cohort study without a control group, from records in the OMOP common data model, version 5.4.",
            "Day 0 is the first day of a course of intravenous immunoglobulin at which every criterion is met.",
        ),
    ),
    MethodsSection(
        "Persons",
        (
            "Dermatomyositis: at least 2 codes, each at least 30 days after the one before, on or before day 0.",
            "Refractory: at least 2 different systemic drugs begun on or after the diagnosis and before day 0, each "
            "for an adequate time, with disease still active at day 0.",
        ),
    ),
    MethodsSection(
        "Response",
        (
            'Primary: the reviewers\' final "cutaneous improvement" in days 1 to 365.',
            "Persons without an assessment are not evaluable and are counted as such; baseline window [-90, 0].",
        ),
    ),
    MethodsSection(
        "Statistics",
        (
            "Proportions have exact Clopper-Pearson intervals at 95 %.",
            "Two proportions are compared with Newcombe's hybrid score interval and Fisher's exact test.",
        ),
    ),
)

ACCOUNTS = (
    TableAccount("condition_occurrence", 61_204, 1_212, 59_986, 6),
    TableAccount("drug_exposure", 98_310, 4_310, 93_971, 29),
    TableAccount("measurement", 120_555, 2_044, 118_500, 11),
    TableAccount("procedure_occurrence", 20_110, 301, 19_809, 0),
)

PROBLEMS = (
    ("The record ends before it starts", 12),
    ("Exact copy of another row", 17),
    ("Unit that cannot be converted", 11),
    ("Date in the future of the source", 6),
)

LISTING = Listing(
    id="cohort",
    title="Persons in the study",
    columns=("Person", "Day 0", "Stratum", "Response", "Cycles"),
    rows=(
        (1001, "2014-03-02", SKIN, "RESPONSE", 1),
        (1002, "2015-11-19", MORE, "NO_RESPONSE", None),
        (1003, "2016-06-07", MORE, "RESPONSE", 3),
    ),
)


def published_results() -> Results:
    """Return the results that the published study would have left."""
    return Results(
        head=HEAD,
        attrition=ATTRITION,
        estimates=ESTIMATES,
        tables=(BASELINE, STRATA, RESPONSE, COMPARISON, SPARING, PREDICTORS),
        comparisons=COMPARISONS,
        cautions=CAUTIONS,
        methods=METHODS,
        accounts=ACCOUNTS,
        problems=PROBLEMS,
        listings=(LISTING,),
    )
