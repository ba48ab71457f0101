"""Laws of rules and sheets that hold for any instrument: ends hold every total, and rules can be read back."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.outcomes.instruments.declared import Instrument, Item, Total
from refractory.outcomes.instruments.muscle import HAQ_DI
from refractory.outcomes.instruments.rules import (
    Constant,
    Doubled,
    Largest,
    Mean,
    Product,
    Scaled,
    Sum,
    find_items,
    say_rule,
)
from refractory.outcomes.instruments.scoring import score
from refractory.outcomes.instruments.skin import CDASI
from refractory.outcomes.instruments.tis import score_tis
from refractory.outcomes.instruments.written_rules import parse_rule

ITEMS = (
    Item("a", "", 0, 2), Item("b", "", -1, 1), Item("c", "", 0, 1), Item("d", "", 1, 3), Item("e", "", 0, 1),
)  # fmt: skip
KEYS = [item.key for item in ITEMS]
weights = st.sampled_from((-2, -0.3, 0.1, 0.5, 3, 0))
often = settings(max_examples=300)


@st.composite
def rules(draw, keys=tuple(KEYS), is_once=False, depth=3):
    """Draw a rule over some items; each of them once where it is asked for."""
    kind = draw(st.sampled_from(("item", "scaled", "sum", "product", "mean", "largest", "doubled")))
    if len(keys) == 1 or kind == "item" or depth == 0:
        key = draw(st.sampled_from(keys))
        return draw(
            st.sampled_from((key, Scaled(key, by=draw(weights)), Scaled(key, over=draw(st.sampled_from((3, 8))))))
        )
    switches = [key for key in keys if key in ("c", "e")]
    if kind == "scaled" or (kind == "doubled" and not switches):
        return Scaled(draw(rules(keys, is_once, depth - 1)), by=draw(weights))
    if kind == "doubled":
        switch = draw(st.sampled_from(switches))
        rest = tuple(key for key in keys if key != switch)
        return Doubled(draw(rules(rest, is_once, depth - 1)), when=switch)
    cut = draw(st.integers(1, len(keys) - 1))
    sides = (keys[:cut], keys[cut:]) if is_once else (keys, keys)
    parts = tuple(draw(rules(side, is_once, depth - 1)) for side in sides) + draw(
        st.sampled_from(((), (Constant(1.5),)))
    )
    if kind == "product":
        return Product(parts)
    needed = draw(st.sampled_from((None, 1, len(parts))))
    return {"sum": Sum, "mean": Mean, "largest": Largest}[kind](parts, needed)


def worth(part, sheet):
    """The value of a rule for one whole sheet, by its definition."""
    match part:
        case str():
            return Fraction(sheet[part])
        case Constant(number=number):
            return Fraction(str(number))
        case Scaled(of=inner, by=by, over=over):
            return worth(inner, sheet) * Fraction(str(by)) / Fraction(str(over))
        case Doubled(of=inner, when=item):
            return worth(inner, sheet) * (2 if sheet[item] == 1 else 1)
    values = [worth(one, sheet) for one in part.of]
    match part:
        case Sum():
            return sum(values)
        case Mean():
            return sum(values) / len(values)
        case Largest():
            return max(values)
        case Product():
            whole = Fraction(1)
            for value in values:
                whole *= value
            return whole


def score_one(rule, sheet):
    """Score one sheet by one rule."""
    made = Instrument("x", "X", "", ITEMS, (Total("t", "T", 0, 1, "worse", rule, "invented", "C"),))
    found = score(made, {key: [answer] for key, answer in sheet.items()}).totals["t"]
    return found.value[0], found.lower[0], found.upper[0]


answers = st.fixed_dictionaries(
    {item.key: st.one_of(st.integers(int(item.least), int(item.most)), st.none()) for item in ITEMS}
)


def whole_sheets(sheet):
    """Every sheet that one with gaps may be."""
    ways = [
        range(int(item.least), int(item.most) + 1) if sheet[item.key] is None else (sheet[item.key],) for item in ITEMS
    ]
    return [dict(zip(KEYS, chosen, strict=True)) for chosen in product(*ways)]


@often
@given(rules(), answers)
def test_the_ends_hold_every_total_that_the_sheet_may_have(rule, sheet):
    value, lower, upper = score_one(rule, sheet)
    worths = [worth(rule, one) for one in whole_sheets(sheet)]
    assert lower <= float(min(worths))
    assert float(max(worths)) <= upper
    if not [key for key in find_items(rule) if sheet[key] is None]:
        assert value == lower == upper == float(worths[0])


@often
@given(rules(is_once=True), answers)
def test_the_ends_are_reached_where_a_rule_asks_for_each_item_once(rule, sheet):
    _, lower, upper = score_one(rule, sheet)
    worths = [worth(rule, one) for one in whole_sheets(sheet)]
    assert (lower, upper) == (float(min(worths)), float(max(worths)))


@often
@given(rules())
def test_a_rule_that_is_said_can_be_read_back(rule):
    read = parse_rule(say_rule(rule), KEYS)
    for numbers in ((1, 1, 1, 1, 1), (2, -1, 0, 3, 1), (0, 1, 1, 2, 0)):
        sheet = dict(zip(KEYS, numbers, strict=True))
        assert worth(read, sheet) == worth(rule, sheet)


sheets = st.fixed_dictionaries(
    {item.key: st.one_of(st.integers(0, int(item.most)), st.none()) for item in HAQ_DI.items}
)


@given(st.lists(sheets, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_the_other_rows_never_matter(several, dice):
    shuffled = dice.sample(several, len(several))
    found = score(HAQ_DI, {key: [one[key] for one in shuffled] for key in HAQ_DI.item_keys}).totals["index"]
    for row, sheet in enumerate(shuffled):
        alone = score(HAQ_DI, {key: [answer] for key, answer in sheet.items()}).totals["index"]
        assert (found.value[row], found.lower[row], found.upper[row]) == (
            alone.value[0], alone.lower[0], alone.upper[0],
        )  # fmt: skip


@given(
    st.fixed_dictionaries({item.key: st.integers(0, int(item.most)) for item in CDASI.items}),
    st.sets(st.sampled_from(CDASI.item_keys), max_size=6),
    st.sampled_from(CDASI.item_keys),
)
def test_an_answer_that_is_found_never_widens_the_ends(sheet, gaps, found_again):
    def ends(without):
        items = {key: [None if key in without else answer] for key, answer in sheet.items()}
        found = score(CDASI, items).totals["activity"]
        return found.lower[0], found.upper[0]

    wide, narrow = ends(gaps | {found_again}), ends(gaps - {found_again})
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


tenths = st.integers(0, 100).map(lambda number: number / 10)


@given(tenths, tenths, tenths)
def test_a_larger_improvement_never_has_fewer_points_and_to_be_worse_has_none(before, after, later):
    found = score_tis("adult", {"physician_global": [before] * 2}, {"physician_global": sorted((after, later))})
    better, worse = found.points["physician_global"]
    assert better >= worse
    assert (worse == 0) or max(after, later) < before
