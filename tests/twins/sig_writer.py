"""Writes directions whose meaning is known: the slow and obvious way round, from the dose to the words."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

# How often, as a fraction of a day, with ways to write it. Each is what a clinician writes; none is made by a rule.
FREQUENCIES: dict[float, tuple[str, ...]] = {
    1: (
        *("daily", "qd", "q.d.", "once daily", "once a day", "every day", "QDAY", "od", "q24h", "every morning", "qAM"),
        *("at bedtime", "nightly", "qhs", "mane", "nocte", "1 (one) time each day", "in the evening", "each morning"),
    ),
    2: (
        *("bid", "b.i.d.", "BD", "twice daily", "twice a day", "two times a day", "2x/day", "2 (two) times daily"),
        *("q12h", "every 12 hours", "in the morning and in the evening", "2 x daily", "morning and night", "12 hourly"),
    ),
    3: (
        "tid",
        "TDS",
        "three times daily",
        "3 times a day",
        "q8h",
        "every 8 hours",
        "morning, noon and night",
        "3x/day",
    ),
    4: ("qid", "QDS", "four times a day", "4x daily", "q6h", "every six hours", "4 (four) times daily"),
    1 / 2: ("every other day", "qod", "on alternate days", "every 2 days", "q48h", "every second day", "EOD"),
    1 / 7: (
        "weekly",
        "once a week",
        "once weekly",
        "every Monday",
        "qwk",
        "q week",
        "every 7 days",
        "on Fridays",
        "q7d",
    ),
    2 / 7: ("twice a week", "2 times per week", "on Mon and Thu", "two times weekly", "2x/week"),
    3 / 7: ("Mon/Wed/Fri", "three times a week", "3x/week", "on Monday, Wednesday and Friday", "MWF"),
    5 / 7: ("Monday to Friday", "5 days a week", "Mon-Fri", "on weekdays"),
    1 / 14: ("every 2 weeks", "q2w", "every other week", "every 14 days", "fortnightly"),
    1 / 28: ("every 4 weeks", "q4w", "q 4 wks", "every 28 days", "every four weeks"),
    1 / 30: ("monthly", "once a month", "every month", "per month"),
}
DAILY = (1, 2, 3, 4, 1 / 2)
_SPELLED = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 10: "ten", 14: "fourteen"}


def _plain(number: float) -> str:
    return f"{number:g}"


@st.composite
def write_amount(draw, number: float, unit: str) -> str:
    """Write an amount in one of its spellings."""
    plain = _plain(number)
    if unit == "mg":
        ways = [f"{plain} mg", f"{plain}mg", f"{plain} MG", f"{plain} milligrams"]
        ways += [f"{_plain(number / 1000)} g"] if number >= 500 else []
        ways += [f"{number:,.0f} mg"] if number >= 1000 else []
        ways += [plain.replace(".", ",") + " mg"] if plain.endswith(".5") else []
        ways += [f"{plain} mg (1 tablet)", f"1 tablet ({plain} mg total)", f"2 tabs ({plain} mg total)"]
        return draw(st.sampled_from(ways))
    ways = [f"{plain} tablets", f"{plain} tabs", f"{plain}tabs", f"{plain} tab", f"{plain} capsules"]
    if number in _SPELLED:
        ways += [f"{_SPELLED[int(number)]} tablets", f"{plain} ({_SPELLED[int(number)]}) tablets"]
    if number == 0.5:
        ways += ["1/2 tab", "½ tablet", "half a tablet", "one-half tablet"]
    if number % 1 == 0.5 and number > 1:
        ways += [f"{int(number)} 1/2 tabs", f"{int(number)}½ tablets", f"{_SPELLED[int(number)]} and a half tablets"]
    return draw(st.sampled_from(ways))


@st.composite
def write_days(draw, days: int) -> str:
    """Write a duration in one of its spellings."""
    ways = [f"for {days} days", f"x {days} days", f"x{days}d", f"X {days} D", f"for the next {days} days"]
    if days in _SPELLED:
        ways += [f"for {days} ({_SPELLED[days]}) days", f"for {_SPELLED[days]} days"]
    if days % 7 == 0:
        ways += [f"for {days // 7} weeks", f"x {days // 7} wk", f"x{days // 7}w", f"for {days // 7}/52"]
    return draw(st.sampled_from(ways))


MG = st.sampled_from([1, 2.5, 5, 7.5, 10, 12.5, 15, 20, 25, 40, 50, 60, 100, 150, 200, 500, 750, 1000, 1500, 2000])
TABLETS = st.sampled_from([0.5, 1, 1.5, 2, 2.5, 3, 4, 6])
ROUTES = ("", "", "by mouth", "PO", "p.o.", "orally")
VERBS = ("", "take ", "Take ", "TAKE ", "give ")
REMARKS = ("", "", " with food", ". Dispense 30", " for dermatomyositis", " as directed", ". Do not crush.")


@dataclass(frozen=True)
class Written:
    """A direction with its meaning: first day, last day and amount a day of each stretch."""

    text: str
    meaning: tuple[tuple[int, int | None, float], ...]
    unit: str
    stops: bool


@st.composite
def one_stretch(draw, unit: str | None = None, frequencies: tuple[float, ...] = tuple(FREQUENCIES)):
    """Write one amount with its frequency; returns the words, the amount a day and the unit."""
    unit = unit or draw(st.sampled_from(["mg", "unit"]))
    number = draw(MG if unit == "mg" else TABLETS)
    times = draw(st.sampled_from(frequencies))
    words = [draw(write_amount(number, unit)), draw(st.sampled_from(ROUTES)), draw(st.sampled_from(FREQUENCIES[times]))]
    return " ".join(word for word in words if word), number * times, unit


@st.composite
def single_direction(draw) -> Written:
    """A direction of one stretch, with or without an end."""
    words, per_day, unit = draw(one_stretch())
    days = draw(st.sampled_from([None, 84, 420]))
    length = "" if days is None else " " + draw(write_days(days))
    text = draw(st.sampled_from(VERBS)) + words + length + draw(st.sampled_from(REMARKS))
    # A text that also says "as directed" does not itself say that the drug ends.
    stops = days is not None and "as directed" not in text
    return Written(text, ((0, None if days is None else days - 1, per_day),), unit, stops)


@st.composite
def sequence(draw) -> Written:
    """Several stretches one after the other, the last with or without an end."""
    unit = draw(st.sampled_from(["mg", "unit"]))
    texts, meaning, day = [], [], 0
    count = draw(st.integers(2, 6))
    ends = draw(st.booleans())
    for place in range(count):
        words, per_day, _ = draw(one_stretch(unit, DAILY))
        if place == count - 1 and not ends:
            texts.append(words)
            meaning.append((day, None, per_day))
            break
        days = draw(st.sampled_from([2, 3, 4, 5, 7, 10, 14, 21, 28]))
        texts.append(f"{words} {draw(write_days(days))}")
        meaning.append((day, day + days - 1, per_day))
        day += days
    text = texts[0]
    for more in texts[1:]:
        text += draw(st.sampled_from([", then ", " then ", ", THEN ", "; then ", " followed by ", ". Then "])) + more
    return Written(text, tuple(meaning), unit, ends)


@st.composite
def taper(draw) -> Written:
    """A dose that falls by equal steps to a target, to nothing, or until no more is left."""
    steps = draw(st.integers(2, 8))
    by = draw(st.sampled_from([1, 2.5, 5, 10]))
    target = draw(st.sampled_from([0, 0, 1, 2])) * by
    start = target + steps * by
    first, every = draw(st.sampled_from([3, 5, 7, 14, 28])), draw(st.sampled_from([2, 3, 5, 7, 14]))
    interval = draw(st.sampled_from([f"every {every} days", f"q{every}d", f"each {every} days"]))
    how = draw(
        st.sampled_from(["decrease by", "taper by", "reduce by", "then decrease by", "wean by", "then taper by"])
    )
    goal = f"to {_plain(target)} mg" if target else draw(st.sampled_from(["until off", "to off", "until gone", "to 0"]))
    text = f"{_plain(start)} mg daily {draw(write_days(first))}, {how} {_plain(by)} mg {interval} {goal}"
    meaning: list[tuple[int, int | None, float]] = [(0, first - 1, float(start))]
    day = first
    amount = start - by
    while amount > target:
        meaning.append((day, day + every - 1, float(amount)))
        day, amount = day + every, amount - by
    if target:
        meaning.append((day, None, float(target)))
    return Written(text, tuple(meaning), "mg", not target)
