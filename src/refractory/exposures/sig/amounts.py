"""Amounts of a direction: 40 mg, 2 tablets (40 mg total), 3 x 2.5 mg, 1 mg/kg/day, 1-0-1."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from refractory.exposures.sig.cursor import Bare, Cursor
from refractory.exposures.sig.elements import Dose, Measure, Named, Strength
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.measures import (
    FORM_WORDS,
    MOST_BARE,
    is_strength,
    read_form,
    read_measure,
    read_per_period,
    read_strength,
    scale_to,
)
from refractory.exposures.sig.quantities import Range, read_one_number, read_quantity
from refractory.exposures.sig.schemes import read_pair, read_scheme
from refractory.exposures.sig.timings import read_timing

_CONTENT = ("mg", "mL")
# Nobody takes more tablets or puffs at once; more is what is dispensed, or a slip.
_MOST_COUNTED = 60.0
_INJECTED = ("intravenous", "subcutaneous", "intramuscular")
# One tablet of 20 mg whose unit was lost reads "20 tablet".
_SINGULAR = ("tablet", "tab", "capsule", "cap", "pill")


def read_dose(cursor: Cursor) -> Dose | None:
    """Read one amount with all that the text says about it in other units."""
    dose = cursor.attempt_first((read_scheme, read_pair, _read_product, _read_counted, _read_measured))
    if dose is None:
        return cursor.attempt(_read_bare)
    while (more := cursor.attempt(partial(_read_apposition, dose=dose))) is not None:
        dose = more
    return _with_period(cursor, dose)


def _with_period(cursor: Cursor, dose: Dose) -> Dose:
    days = cursor.attempt(read_per_period) if dose.over_days is None else None
    return dose if days is None else replace(dose, over_days=days)


def _read_measured(cursor: Cursor) -> Dose | None:
    """Read "40 mg", "5 mg to 10 mg", "2 g/kg"; not "20 mg tablet" nor "25 mg/mL", which are strengths."""
    quantity = cursor.attempt(read_quantity)
    unit = cursor.attempt(read_measure) if quantity else None
    if quantity is None or unit is None:
        return None
    measure = scale_to(quantity, *unit)
    mark = cursor.at
    if cursor.take(Kind.DASH, Kind.TO, Kind.OR) and (upper := cursor.attempt(read_quantity)):
        other = cursor.attempt(read_measure)
        if other and other[0] == unit[0]:
            ends = (measure.least, measure.most, *(end * other[1] for end in upper))
            measure = Measure(unit[0], min(ends), max(ends))
            mark = cursor.at
    cursor.at = mark
    cursor.take(Kind.SPOON)
    if is_strength(cursor):
        return None
    if unit[0] == "mL" and (per_volume := cursor.attempt(_read_per_volume)) is not None:
        return Dose((measure, Measure("mg", measure.least * per_volume, measure.most * per_volume)))
    times = cursor.attempt(_read_times_form)
    if times:
        both = Measure(unit[0], measure.least * times, measure.most * times)
        return Dose((both, Measure("unit", times, times)))
    return Dose((measure,))


def _read_times_form(cursor: Cursor) -> float | None:
    """Read the tablets of "20 mg x 2 tablets"."""
    number = cursor.attempt(read_one_number) if cursor.take(Kind.X) else None
    return number if number and cursor.attempt(read_form) == "unit" else None


def _read_per_volume(cursor: Cursor) -> float | None:
    """Read the concentration of "5 mL of 1 mg/mL" and "5 mL (15 mg/5 mL)"."""
    is_opened = cursor.take(Kind.OF, Kind.OPENING)
    strength = cursor.attempt(read_strength) if is_opened else None
    if is_opened is None or strength is None or strength.per != "mL":
        return None
    is_closed = is_opened.kind is Kind.OF or cursor.take(Kind.CLOSING) is not None
    return strength.mg if is_closed else None


def _read_product(cursor: Cursor) -> Dose | None:
    """Read "3 x 2.5 mg tablets", "two 20 mg tablets", "half of a 10 mg tablet": so many of such a strength."""
    count = cursor.attempt(read_quantity)
    if count is None:
        return None
    is_times = cursor.take(Kind.X) is not None
    cursor.skip(Kind.OF, Kind.ARTICLE, Kind.NOISE)
    each = cursor.attempt(read_one_number)
    unit = cursor.attempt(read_measure) if each else None
    if each is None or unit is None or unit[0] not in _CONTENT:
        return None
    is_spoon = cursor.take(Kind.SPOON) is not None
    form = "spoon" if is_spoon else cursor.attempt(read_form)
    if (form is None and not is_times) or count[1] > (2 * MOST_BARE if is_times else MOST_BARE):
        return None
    both = scale_to((count[0] * each, count[1] * each), *unit)
    return Dose((both, Measure("unit", *count))) if form == "unit" else Dose((both,))


def _read_counted(cursor: Cursor) -> Dose | None:
    """Read "2 tablets", "a tablet", "half a tablet", "2 tablets of 20 mg"."""
    quantity = cursor.attempt(read_quantity)
    if quantity is None:
        if cursor.take(Kind.ARTICLE) is None:
            return None
        quantity = (1.0, 1.0)
    cursor.skip(Kind.OF, Kind.ARTICLE, *FORM_WORDS)
    form = cursor.take(Kind.FORM)
    if form is None or quantity[1] > (MOST_BARE if form.text in _SINGULAR else _MOST_COUNTED):
        return None
    dose = Dose((Measure(str(form.value), *quantity),))
    mark = cursor.at
    if cursor.take(Kind.OF):
        cursor.skip(Kind.DRUG, Kind.ARTICLE)
        each = cursor.attempt(read_one_number)
        unit = cursor.attempt(read_measure) if each else None
        if each and unit and unit[0] == "mg" and form.value == "unit":
            content = scale_to((quantity[0] * each, quantity[1] * each), *unit)
            return Dose((*dose.measures, content))
    cursor.at = mark
    return dose


def _read_bare(cursor: Cursor) -> Dose | None:
    """Read the number of "take 2 daily": so many tablets, where it cannot be milligrams whose unit was left out."""
    start = cursor.at
    quantity = cursor.attempt(read_quantity)
    if quantity is None or (cursor.bare is None and not _may_count_tablets(cursor, start, quantity)):
        return None
    if cursor.kind() in (Kind.NUMBER, Kind.FRACTION):
        # "take 1 or 2 4 times a day", but not "2 20 mg daily".
        mark = cursor.at
        is_timed = cursor.attempt(read_timing) is not None
        cursor.at = mark
        return _count_bare(cursor, quantity) if is_timed else None
    next_kinds = (Kind.MEASURE, Kind.FORM, Kind.BODY, Kind.UNKNOWN, Kind.DOUBT, Kind.RATIO, Kind.SLASH, Kind.PERIOD)
    is_doubtful = cursor.kind() in (*next_kinds, Kind.CLOSING, Kind.DASH, Kind.X, Kind.INTAKES, Kind.HASH, Kind.TIMES)
    per_day = cursor.kind() is Kind.SLASH and cursor.kind(1) is Kind.PERIOD
    return None if is_doubtful and not per_day else _count_bare(cursor, quantity)


def _count_bare(cursor: Cursor, quantity: Range) -> Dose:
    bare = cursor.bare or Bare("unit")
    is_bare = cursor.bare is None
    return Dose((scale_to(quantity, bare.unit, bare.factor),), over_days=bare.over_days, is_bare=is_bare)


def _may_count_tablets(cursor: Cursor, start: int, quantity: Range) -> bool:
    """Say whether a bare number is one of tablets: small, whole or half, and with nothing that makes it milligrams.

    Behind "take", in letters or with a strength in the text it may be up to eight, elsewhere up to four: "prednisone 5
    daily" is more likely to be 5 mg.
    """
    words = cursor.words[start : cursor.at]
    is_named = any(isinstance(one, Named) for one in cursor.elements)
    strengths = [one.per for one in cursor.elements if isinstance(one, Strength)]
    has_strength = bool(strengths)
    doses = [one for one in cursor.elements if isinstance(one, Dose)]
    before = cursor.words[start - 1].kind
    is_led = (
        before in (Kind.VERB, Kind.MAX)
        or has_strength
        or all(word.is_spelled for word in words if word.kind is Kind.NUMBER)
    )
    is_half = any(word.kind is Kind.FRACTION for word in words)
    is_common = is_half or all(end.is_integer() or end in (0.5, 1.5) for end in quantity)
    is_behind_name = before in (Kind.DRUG, Kind.MEASURE, Kind.UNKNOWN, Kind.DOUBT)
    is_injected = any(word.kind is Kind.ROUTE and word.value in _INJECTED for word in cursor.words)
    may_be_mg = any(dose.find("unit") is None for dose in doses) or (is_named and not has_strength and not doses)
    is_small = quantity[0] > 0 and quantity[1] <= (MOST_BARE if is_led else MOST_BARE / 2)
    is_liquid = "mL" in strengths
    return is_small and is_common and not (is_behind_name or is_injected or may_be_mg or is_liquid)


def _read_apposition(cursor: Cursor, dose: Dose) -> Dose | None:
    """Read the same amount in another unit: "(40 mg total)", "= 1 tablet", "(3 x 2.5 mg tablets)", "20 mg" behind.

    Of "2 tablets (20 mg)" nobody knows whether 20 mg are in each or in both: the count alone is kept. With
    "total", "each", an equals sign or a single tablet it is clear.
    """
    is_opened = cursor.take(Kind.OPENING) is not None
    is_equal = cursor.take(Kind.EQUALS) is not None
    is_total = cursor.take(Kind.TOTAL) is not None or is_equal
    cursor.skip(Kind.DRUG)
    rules = (_read_product, _read_counted, _read_measured, _read_content, _read_count_with_route)
    mark = cursor.at
    other = cursor.attempt_first(rules)
    if other is None:
        return None
    is_each = cursor.kind() is Kind.EVERY and cursor.word().text == "each"
    if (
        not is_each
        and any(word.kind is Kind.FORM for word in cursor.words[mark : cursor.at])
        and not other.find("unit")
    ):
        return _join(dose, other, is_total=False, is_each=True) if is_opened and cursor.take(Kind.CLOSING) else None
    if is_each:
        cursor.take(Kind.EVERY)
    else:
        is_total = cursor.take(Kind.TOTAL) is not None or is_total
    if is_opened:
        other = _with_period(cursor, other)
        cursor.skip(Kind.NOISE, Kind.DRUG)
        if cursor.take(Kind.CLOSING) is None:
            return None
    if other.over_days not in (None, dose.over_days, 1.0) or (other.over_days and not dose.over_days):
        return None
    if not is_opened and not is_equal and {one.unit for one in (*dose.measures, *other.measures)} != {"mg", "unit"}:
        return None
    if not (is_opened or is_total or is_each) and dose.find("unit") is None and (count := other.find("unit")):
        # "20 mg 2 tablets" has the strength in front as often as the total.
        return _join(dose, other, is_total=False, is_each=False) if count.least == count.most == 1 else other
    return _join(dose, other, is_total=is_total, is_each=is_each)


def _read_count_with_route(cursor: Cursor) -> Dose | None:
    """Read the tablets of "10 mg 2 po bid"."""
    quantity = cursor.attempt(read_quantity)
    is_count = quantity is not None and 0 < quantity[1] <= MOST_BARE / 2 and cursor.word().value == "oral"
    return Dose((Measure("unit", *quantity),)) if quantity and is_count else None


def _read_content(cursor: Cursor) -> Dose | None:
    """Read the strength of "2 tablets (20 mg tablets)"."""
    content = cursor.attempt(read_strength)
    return Dose((Measure("mg", content.mg, content.mg),)) if content and content.per == "unit" else None


def _join(dose: Dose, other: Dose, *, is_total: bool, is_each: bool) -> Dose:
    measures, agrees = list(dose.measures), dose.agrees and other.agrees
    count = dose.find("unit")
    for more in other.measures:
        known = dose.find(more.unit)
        if known is not None:
            agrees = agrees and abs(known.least - more.least) < 1e-6 and abs(known.most - more.most) < 1e-6
        elif count is None or more.unit == "unit" or is_total or (count.least, count.most) == (1.0, 1.0):
            measures.append(more)
        elif is_each and more.least == more.most:
            measures.append(Measure(more.unit, count.least * more.least, count.most * more.least))
    return replace(dose, measures=tuple(measures), agrees=agrees)
