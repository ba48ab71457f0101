"""Scores against plain loops over one sheet, written from the published tables."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reference.score_vectors import (
    BIOPSY,
    CLINICAL,
    ENZYME_SPANS,
    FURTHER,
    SPANS,
    cdasi,
    completions,
    disability,
    dlqi,
    improvement,
    most_abnormal,
    myositis_class,
    myositis_scores,
    myositis_subgroup,
)
from refractory.outcomes.instruments.muscle import HAQ_DI
from refractory.outcomes.instruments.myositis import classify_myositis
from refractory.outcomes.instruments.scoring import score
from refractory.outcomes.instruments.skin import CDASI, DLQI
from refractory.outcomes.instruments.tis import score_tis

often = settings(max_examples=250)


def answers_of(instrument, share_missing):
    """Draw one sheet: allowed answers, some of them missing."""
    return st.fixed_dictionaries(
        {
            item.key: st.one_of(
                *[st.integers(int(item.least), int(item.most))] * (10 - share_missing), *[st.none()] * share_missing
            )
            for item in instrument.items
        }
    )


@often
@given(st.lists(st.one_of(answers_of(CDASI, 0), answers_of(CDASI, 1)), min_size=1, max_size=3))
def test_cdasi_is_what_a_loop_over_the_sites_finds(sheets):
    found = score(CDASI, {key: [sheet[key] for sheet in sheets] for key in CDASI.item_keys}).totals
    for row, sheet in enumerate(sheets):
        lower, upper = cdasi(sheet, lambda most: 0), cdasi(sheet, lambda most: most)
        for place, key in enumerate(("activity", "damage")):
            total = found[key]
            assert (total.lower[row], total.upper[row]) == (lower[place], upper[place])
            gaps = sum(sheet[item] is None for item in total.total.item_keys)
            assert total.missing[row] == gaps
            assert total.value[row] == (None if gaps else lower[place])


@often
@given(st.one_of(answers_of(HAQ_DI, 0), answers_of(HAQ_DI, 3), answers_of(HAQ_DI, 6)))
def test_the_disability_index_is_what_a_loop_over_the_categories_finds(sheet):
    categories = list(dict.fromkeys(key.split("_")[0] for key in HAQ_DI.item_keys))
    tasks = [
        [sheet[key] for key in HAQ_DI.item_keys if key.startswith(f"{name}_") and not key.endswith("_aid")]
        for name in categories
    ]
    known = disability(tasks, [sheet[f"{name}_aid"] for name in categories])
    total = score(HAQ_DI, {key: [answer] for key, answer in sheet.items()}).totals["index"]
    assert total.value == (known,)
    filled = []
    for gap in (0, 3):
        full = [[gap if one is None else one for one in answers] for answers in tasks]
        filled.append(disability(full, [sheet[f"{name}_aid"] for name in categories]))
    assert (total.lower[0], total.upper[0]) == tuple(filled)


@often
@given(st.one_of(answers_of(DLQI, 0), answers_of(DLQI, 2)))
def test_the_dlqi_is_what_a_loop_over_the_questions_finds(sheet):
    total = score(DLQI, {key: [answer] for key, answer in sheet.items()}).totals["total"]
    answers = list(sheet.values())
    assert total.value == (dlqi(answers),)
    assert total.lower == (sum(one or 0 for one in answers),)
    assert total.upper == (sum(3 if one is None else one for one in answers),)


NAMES = {"physician": "physician_global", "patient": "patient_global", "mmt": "mmt", "extramuscular": "extramuscular"}


@st.composite
def visits(draw, kind):
    """Draw a person at two visits in tenths, a third of the changes on an edge, some measures missing."""
    before, after = {}, {}
    for measure, span in SPANS.items():
        step = Decimal("0.125") if measure == "haq" else Decimal("0.1")
        first = step * draw(st.integers(0, int(span / step)))
        edge = draw(st.sampled_from((None, None, 2, 5, 10, 15, 20, 25, 30, 40)))
        second = first - Decimal(span) * edge / 100 if edge else step * draw(st.integers(0, int(span / step)))
        key = NAMES.get(measure, "haq" if kind == "adult" else "chaq")
        is_there = draw(st.integers(0, 9)) > 0
        before[key], after[key] = first, (max(second, Decimal(0)) if is_there else None)
    return before, after


def enzymes():
    """Draw the multiples of some enzymes."""
    multiple = st.one_of(st.none(), st.integers(0, 400).map(lambda tenths: Decimal(tenths) / 10))
    return st.fixed_dictionaries(dict.fromkeys(ENZYME_SPANS, multiple))


@often
@given(
    st.sampled_from(("adult", "juvenile")).flatmap(lambda kind: st.tuples(st.just(kind), visits(kind))),
    enzymes(),
    enzymes(),
)
def test_the_improvement_score_is_what_a_loop_over_the_bands_finds(person, enzyme_before, enzyme_after):
    kind, (before, after) = person
    percents = {}
    for measure, span in SPANS.items():
        key = NAMES.get(measure, "haq" if kind == "adult" else "chaq")
        sign = 1 if measure == "mmt" else -1
        percents[measure] = None if after[key] is None else 100 * sign * (after[key] - before[key]) / span
    chosen = most_abnormal(enzyme_before, dict.fromkeys(ENZYME_SPANS, Decimal(1)))
    percents["enzyme"] = None
    if chosen and enzyme_after[chosen] is not None:
        percents["enzyme"] = 100 * (enzyme_before[chosen] - enzyme_after[chosen]) / ENZYME_SPANS[chosen]
    columns = [
        {key: [None if one is None else float(one)] for key, one in (first | second).items()}
        for first, second in ((before, enzyme_before), (after, enzyme_after))
    ]
    found = score_tis(kind, *columns)
    total, lower, upper, category = improvement(kind, percents)
    assert found.enzyme == (chosen,)
    assert (found.total[0], found.lower[0], found.upper[0], found.category[0]) == (total, lower, upper, category)


ASKED = ("age_at_onset", *CLINICAL, "biopsy", *BIOPSY, *FURTHER)


@st.composite
def persons(draw):
    """Draw a person with a few unknown answers."""
    person = {key: draw(st.integers(0, 1)) for key in ASKED}
    person["age_at_onset"] = draw(st.sampled_from((3, 17, 18, 39, 40, 70)))
    for key in draw(st.lists(st.sampled_from([key for key in ASKED if key != "biopsy"]), max_size=4, unique=True)):
        person[key] = None
    if person["biopsy"] == 0:
        person |= dict.fromkeys(BIOPSY)
    return person


@often
@given(persons(), st.sampled_from(("definite", "probable", "possible")))
def test_the_class_is_what_all_ways_to_fill_the_gaps_agree_on(person, cut):
    found = classify_myositis({key: [answer] for key, answer in person.items()}, cut=cut).persons[0]
    order = ("definite", "probable", "possible", "not")
    has_biopsy = person["biopsy"] == 1
    asked = person if has_biopsy else person | dict.fromkeys(BIOPSY, 0)
    without, with_biopsy, classes, groups = set(), set(), set(), set()
    for one in completions(asked):
        scores = myositis_scores(one)
        without.add(scores[0])
        with_biopsy.add(scores[1])
        name = myositis_class(scores[has_biopsy], has_biopsy)
        classes.add(name)
        groups.add(myositis_subgroup(one) if order.index(name) <= order.index(cut) else None)
    assert (found.without_biopsy.lower, found.without_biopsy.upper) == (float(min(without)), float(max(without)))
    if has_biopsy:
        assert (found.with_biopsy.lower, found.with_biopsy.upper) == (float(min(with_biopsy)), float(max(with_biopsy)))
    else:
        assert found.with_biopsy is None
    assert found.myositis_class == (classes.pop() if len(classes) == 1 else None)
    assert found.subgroup == (groups.pop() if len(groups) == 1 else None)
