"""Whatever strings and numbers a study has, the report is well-formed, complete and unbroken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refractory.analysis.results import (
    AttritionStep,
    Caution,
    Comparison,
    DayCurve,
    Listing,
    MethodsSection,
    NamedEstimate,
    PrintedEstimate,
    ResultRow,
    Results,
    ResultTable,
    Severity,
    StudyHead,
    TableAccount,
)
from refractory.report.document import build_report
from refractory.report.forms import write_forms
from refractory.report.page import build_page
from refractory.report.typesetting import set_text
from refractory.statistics.estimate import Estimate, EstimateKind
from spec.report.form_readers import read_pdf, read_word
from spec.report.page_reader import read_page, text_of
from spec.report.published_study import published_results

# Also what cannot be written to a file, and what means something in markup.
texts = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</style>",
        "]]>",
        "<!--",
        "&amp;",
        '"',
        "'",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "\x00",
        "\ud800",
    ]
)
counts = st.integers(min_value=0, max_value=10**9)
shares = st.floats(min_value=0, max_value=1)
numbers = st.floats(min_value=-1e9, max_value=1e9)
maybe = st.none() | shares

estimates = st.one_of(
    st.builds(lambda n: Estimate(EstimateKind.COUNT, n, n, "count"), counts),
    st.builds(
        lambda k, more, low, high: Estimate(
            EstimateKind.PROPORTION, k / (k + more) if k + more else None, k + more, "x", low, high, 0.95, k, k + more
        ),
        counts,
        counts,
        maybe,
        maybe,
    ),
    st.builds(lambda value, sd, n: Estimate(EstimateKind.MEAN, value, n, "x", sd=sd), numbers, maybe, counts),
    st.builds(lambda p, n: Estimate(EstimateKind.TEST, None, n, "x", p_value=p), maybe, counts),
)
ids = texts | st.sampled_from(
    [
        *("cohort.persons", "response.overall", "response.a", "stratum.a.persons", "sparing.glucocorticoid_lower"),
        *(
            "response.overall.evaluable",
            "response.difference",
            "response.difference.test",
            "course.on_day_9",
            "duration",
        ),
        *("predictors.significant", "predictor.a.test", "safety.a.persons", "cycles_to_response.overall"),
    ]
)
noted = st.builds(lambda one, note: replace(one, note=note), estimates, texts)
cells = estimates | noted | st.builds(PrintedEstimate, noted, st.integers(0, 3)) | texts | counts | st.none()
rows = st.builds(ResultRow, texts, st.lists(cells, max_size=4).map(tuple), st.integers(-1, 5))


medians = st.builds(
    lambda ends, n: Estimate(EstimateKind.MEDIAN, sorted(ends)[1], n, "x", lower=min(ends), upper=max(ends)),
    st.tuples(*[st.floats(min_value=0, max_value=1e9)] * 3),
    counts,
)
points = st.dictionaries(st.integers(-5000, 5000), medians, max_size=5).map(lambda found: tuple(sorted(found.items())))


def some(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


tables = st.builds(
    ResultTable, texts | st.sampled_from(["baseline", "response"]), texts, some(texts, 4), some(rows), some(texts, 2)
)
results = st.builds(
    Results,
    head=st.builds(StudyHead, *[texts] * 8, st.booleans(), texts, texts),
    attrition=some(st.builds(AttritionStep, texts, texts, texts, counts, counts, counts, counts)),
    estimates=some(st.builds(NamedEstimate, ids, texts, texts, texts | st.just("a"), texts, estimates)),
    tables=some(tables),
    comparisons=some(st.builds(Comparison, texts, texts, texts, texts, st.booleans(), texts)),
    cautions=some(st.builds(Caution, texts, texts, texts, st.sampled_from(Severity))),
    methods=some(st.builds(MethodsSection, texts, some(texts))),
    accounts=some(st.builds(TableAccount, texts, counts, counts, counts, counts)),
    problems=some(st.tuples(texts, counts)),
    listings=some(st.builds(Listing, texts, texts, some(texts), some(some(texts | counts | numbers | st.none())))),
    curves=some(st.builds(DayCurve, texts, texts, texts, points), 2),
)
ALLOWED = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer"),
        *("h1", "h2", "h3", "p", "a", "span", "strong", "b", "sup", "div", "ol", "ul", "li", "dl", "dt", "dd"),
        *(
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "figure",
            "figcaption",
            "details",
            "summary",
            "data",
            "script",
        ),
        *("svg", "path", "rect", "text", "circle", "g"),
    )
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(results)
def test_any_results_give_a_well_formed_page_of_our_own_elements_only(any_results):
    page = build_report(any_results)
    page.encode("utf-8")
    assert {element.tag.rpartition("}")[2] for element in read_page(page).iter()} <= ALLOWED


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(results)
def test_any_results_can_be_written_in_every_form(any_results):
    # Pictures of few pixels are drawn by the same rules, and faster.
    with TemporaryDirectory() as folder, patch("refractory.report.rasteriser.PRINT_DPI", 20):
        write_forms(any_results, Path(folder))
        page = build_page(any_results)
        tables = sum(len(section.tables) for section in page.sections)
        assert len(read_word((Path(folder) / "report.docx").read_bytes()).tables) == tables
        assert len(read_pdf((Path(folder) / "report.pdf").read_bytes())) >= 1
        assert len(list((Path(folder) / "tables").glob("*.csv"))) >= tables


@settings(max_examples=60, deadline=None)
@given(texts)
def test_a_title_is_read_back_as_it_was_set(title):
    published = published_results()
    page = read_page(build_report(replace(published, head=replace(published.head, title=title))))
    expected = set_text(title).replace("\u202f", " ").replace("\u00a0", " ")
    assert text_of(page.find("body/header/h1")) == " ".join(expected.split())
