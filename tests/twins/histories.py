"""Many small histories in one set of tables, and the slow and obvious answer to each question about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from refractory.records.schema import DRUG, EVENT, MEASUREMENT
from twins.strategies import day, drug_rows, event_rows, measurement_rows

SETS = ("methotrexate", "prednisone")
CANDIDATE = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}
SCHEMAS = {"drug": DRUG, "event": EVENT, "measurement": MEASUREMENT, "candidate": CANDIDATE}
ONE_DAY = timedelta(days=1)

Row = dict[str, Any]
# Each history begins on another day: leap days, ends of years, days before 1970, in another century and after 2038.
_FIRST_START, _LAST_START = date(1898, 12, 1), date(2045, 1, 1)
_HARD_DAYS = (date(1904, 2, 29), date(1969, 12, 31), date(2000, 2, 29), date(2024, 2, 29), date(2038, 1, 19))


@dataclass(frozen=True)
class Histories:
    """The rows of each table, as dictionaries by column."""

    drug: Sequence[Row]
    event: Sequence[Row]
    measurement: Sequence[Row]
    candidate: Sequence[Row]

    def rows(self, table: str, seed: int | None = None) -> list[tuple[Any, ...]]:
        """The rows of a table for an engine, as they were drawn or shuffled."""
        rows = [tuple(row[column] for column in SCHEMAS[table]) for row in getattr(self, table)]
        if seed is not None:
            random.Random(seed).shuffle(rows)
        return rows

    def drugs_by(self, *columns: str) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
        """The drug records that have the same values in some columns."""
        return _by(self.drug, columns)


def draw_histories(count: int) -> Histories:
    """Draw so many histories of two persons each; the same ones every time."""
    drawn: list[tuple[Any, ...]] = []
    one = st.tuples(
        drug_rows(SETS),
        event_rows(("disease",)),
        measurement_rows(("body weight",)),
        st.integers(40, 260),
        st.integers(0, 90),
    )

    @settings(max_examples=count, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
    @given(one)
    def note(history: tuple[Any, ...]) -> None:
        drawn.append(history)

    note()
    tables: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    chance = random.Random(count)
    for number, (drugs, events, weights, day0, diagnosis) in enumerate(drawn):
        later = _FIRST_START - day(0) + timedelta(days=chance.randrange((_LAST_START - _FIRST_START).days))
        if drugs and number % 3 == 0:
            # The first record of the history begins on such a day.
            later = _HARD_DAYS[number // 3 % len(_HARD_DAYS)] - dict(zip(DRUG, drugs[0], strict=True))["start_date"]
        for name, rows in (("drug", drugs), ("event", events), ("measurement", weights)):
            tables[name] += [_placed(dict(zip(SCHEMAS[name], row, strict=True)), number, later) for row in rows]
        for person in (1, 2):
            row = {"person_id": person, "day0_date": day(day0), "diagnosis_date": day(diagnosis)}
            tables["candidate"].append(_placed(row, number, later))
    tables["drug"] += [close for row in tables["drug"] if (close := _close_to(row, chance))]
    tables["measurement"] += [
        row | {"row_id": row["row_id"] + 500, "value": 31.0} for row in tables["measurement"][::3]
    ]
    for row in tables["drug"]:
        row["source_table"] = chance.choice(("drug_exposure", "drug_exposure", "procedure_occurrence"))
        row["mg_origin"] = chance.choice((None, "billing unit", "dose unit"))
        row["product"] = chance.choice((None, "gamunex", "octagam", "privigen"))
        row["stop_reason"] = chance.choice((None, None, "adverse event", "no effect"))
    return Histories(**tables)


def _close_to(row: Row, chance: random.Random) -> Row | None:
    """A second record near a first: its copy, another length from the same day, or just within or beyond a gap."""
    kind = chance.choice(("copy", "length", "gap", None))
    if kind is None:
        return None
    close = row | {"row_id": row["row_id"] + 500}
    if kind == "length":
        close |= {"end_date": last_day(row) + 10 * ONE_DAY, "days_supply": None, "quantity": 7.0}
    if kind == "gap":
        start = last_day(row) + timedelta(days=chance.choice((1, 7, 8, 30, 31)))
        close |= {"start_date": start, "end_date": start + 3 * ONE_DAY if row["end_date"] else None}
    return close


def _placed(row: Row, number: int, later: timedelta) -> Row:
    """A row of a history among the others: its persons and keys are its own, its days lie elsewhere."""
    moved = {name: value + later for name, value in row.items() if isinstance(value, date)}
    own = {"person_id": 2 * number + row["person_id"]}
    if "row_id" in row:
        own["row_id"] = 1000 * number + row["row_id"]
    return row | moved | own


def _by(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[column] for column in columns)].append(row)
    return iter(sorted(found.items()))


def days_between(first: date, last: date) -> list[date]:
    """All days from the first to the last."""
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def last_day(row: Row) -> date:
    """The end as written, else the last day of supply, else the first day."""
    return row["end_date"] or row["start_date"] + timedelta(days=(row["days_supply"] or 1) - 1)


def has_known_end(row: Row) -> bool:
    return row["end_date"] is not None or row["days_supply"] is not None


def join_eras(rows: Sequence[Row], persistence: int) -> Iterator[tuple[date, date, int, list[Row]]]:
    """Walk the covered days of one sequence in order; break where more than `persistence` days are missing.

    Each row has start_date and last; given back are first day, last day, covered days and the rows inside.
    """
    covered = sorted({today for row in rows for today in days_between(row["start_date"], row["last"])})
    groups = [[covered[0]]]
    for today in covered[1:]:
        if (today - groups[-1][-1]).days - 1 >= persistence:
            groups.append([])
        groups[-1].append(today)
    for group in groups:
        yield group[0], group[-1], len(group), [row for row in rows if group[0] <= row["start_date"] <= group[-1]]


def most(values: Iterable[Any]) -> Any:
    """The largest of the values that are known."""
    return max((value for value in values if value is not None), default=None)


def least(values: Iterable[Any]) -> Any:
    """The smallest of the values that are known."""
    return min((value for value in values if value is not None), default=None)


def known_sum(values: Iterable[float | None]) -> float | None:
    """The sum, unknown where one of the values is."""
    listed = list(values)
    return None if None in listed else sum(value for value in listed if value is not None)


def twin_eras(histories: Histories, persistence: int) -> Iterator[tuple[Any, ...]]:
    for who, rows in histories.drugs_by("person_id", "concept_set"):
        rows = [row | {"last": last_day(row)} for row in rows]
        for first, last, covered, inside in join_eras(rows, persistence):
            known = all(map(has_known_end, inside))
            yield *who, first, last, covered, len(inside), most(row["stop_reason"] for row in inside), known


def twin_infusion_days(histories: Histories) -> Iterator[tuple[Any, ...]]:
    for who, rows in histories.drugs_by("person_id", "start_date"):
        kinds = defaultdict(list)
        for row in rows:
            kinds[row["source_table"], row["mg_origin"] == "billing unit"].append(row)
        grams = most(known_sum(map(grams_of, kind)) for kind in kinds.values())
        given = least(row["product"] for row in rows if row["mg_origin"] != "billing unit")
        yield *who, grams, given or least(row["product"] for row in rows), len(rows)


def grams_of(row: Row) -> float | None:
    amounts = (row["quantity"], row["mg_per_unit"])
    return None if None in amounts else amounts[0] * amounts[1] / 1000.0


def twin_cycles(
    histories: Histories, split: int, planned: int, late_after: float, course_pause: int
) -> Iterator[tuple[Any, ...]]:
    days = [
        dict(zip(("person_id", "date", "grams", "product"), row, strict=False)) for row in twin_infusion_days(histories)
    ]
    for (person,), own in _by(days, ["person_id"]):
        cycles = [[own[0]]]
        for before, today in pairwise(own):
            if (today["date"] - before["date"]).days > split:
                cycles.append([])
            cycles[-1].append(today)
        course = 1
        for number, cycle in enumerate(cycles, start=1):
            earlier = cycles[number - 2] if number > 1 else None
            interval = (cycle[0]["date"] - earlier[0]["date"]).days if earlier else None
            is_new = interval is not None and interval > course_pause
            course += is_new
            # A quarter of an interval early is on time: so many planned cycles lie between the two.
            missed = 0
            while interval is not None and not is_new and (missed + 2) * planned <= interval + planned / 4:
                missed += 1
            products = {one["product"] for one in cycle} - {None}
            before = most(one["product"] for one in earlier) if earlier else None
            is_changed = len(products) > 1 or bool(products and before and before != max(products))
            yield (
                *(person, number, cycle[0]["date"], cycle[-1]["date"], len(cycle)),
                *(known_sum(one["grams"] for one in cycle), most(products), interval),
                *(course, is_new or earlier is None, missed),
                *(interval is not None and interval > late_after and not is_new, is_changed),
            )


def twin_cycle_weights(histories: Histories, split: int, window: int) -> Iterator[tuple[Any, ...]]:
    weights = dict(_by(histories.measurement, ["person_id"]))
    for person, number, first, _, _, grams, *_ in twin_cycles(histories, split, 28, 42, 180):
        near = [
            (abs((row["date"] - first).days), row["date"], row["row_id"], row["value"])
            for row in weights.get((person,), ())
            if row["value"] > 0 and abs((row["date"] - first).days) <= window
        ]
        weight = min(near)[3] if near else None
        yield person, number, weight, grams / weight if grams is not None and weight else None


def daily_mg(row: Row) -> float | None:
    amounts = (row["quantity"], row["mg_per_unit"])
    days = (last_day(row) - row["start_date"]).days + 1
    is_start_only = row["end_date"] is None and row["days_supply"] is None
    if is_start_only and row["route"] not in ("intravenous", "intramuscular", "subcutaneous"):
        return None
    return None if None in amounts else amounts[0] * amounts[1] * (row["prednisone_factor"] or 1.0) / days


def twin_daily_doses(histories: Histories) -> Iterator[tuple[Any, ...]]:
    for row in histories.drug:
        yield row["row_id"], (last_day(row) - row["start_date"]).days + 1, daily_mg(row)


def twin_dose_stretches(histories: Histories) -> Iterator[tuple[Any, ...]]:
    """Between any two days on which something begins or has ended, add up what covers the first of them."""
    for who, rows in histories.drugs_by("person_id", "concept_set"):
        changes = sorted({row["start_date"] for row in rows} | {last_day(row) + ONE_DAY for row in rows})
        for first, after in pairwise(changes):
            covering = [daily_mg(row) for row in rows if row["start_date"] <= first <= last_day(row)]
            if covering:
                yield *who, first, after - ONE_DAY, sum(mg or 0.0 for mg in covering), covering.count(None)


def twin_candidates(histories: Histories) -> Iterator[tuple[Any, ...]]:
    return (key for key, _ in histories.drugs_by("person_id", "start_date"))


def twin_washout(histories: Histories, washout: int) -> Iterator[tuple[Any, ...]]:
    own = dict(histories.drugs_by("person_id"))
    for person, day0 in twin_candidates(histories):
        window = set(days_between(day0 - washout * ONE_DAY, day0 - ONE_DAY))
        earlier = [row for row in own[person,] if row["start_date"] < day0]
        if not any(
            window & set(days_between(row["start_date"], max(last_day(row), row["start_date"])))
            or last_day(row) >= day0
            for row in earlier
        ):
            yield person, day0


def twin_disease(histories: Histories, at_least: int, apart: int) -> Iterator[tuple[Any, ...]]:
    """Try every chain of codes that are far enough apart."""
    own = dict(_by(histories.event, ["person_id"]))
    for candidate in histories.candidate:
        person, day0 = candidate["person_id"], candidate["day0_date"]
        dates = sorted(row["start_date"] for row in own.get((person,), ()) if row["start_date"] <= day0)
        best = [1] * len(dates)
        for i, later in enumerate(dates):
            for j in range(i):
                if (later - dates[j]).days >= apart:
                    best[i] = max(best[i], best[j] + 1)
        if max(best, default=0) >= at_least:
            yield person, day0, dates[0]


def twin_courses(
    histories: Histories, routes: Sequence[str], persistence: int, least_days: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    """Forget all that lies on or after day 0, then join what is left into courses."""
    own = dict(histories.drugs_by("person_id", "concept_set"))
    for candidate in histories.candidate:
        person, day0, diagnosis = (candidate[column] for column in CANDIDATE)
        for drug in SETS:
            rows = [
                row | {"last": min(last_day(row), day0 - ONE_DAY)}
                for row in own.get((person, drug), ())
                if row["start_date"] < day0 and row["route"] in routes
            ]
            for first, last, covered, inside in join_eras(rows, persistence) if rows else ():
                is_known = all(map(has_known_end, inside))
                is_long = covered >= least_days[drug]
                adequacy = "ADEQUATE" if is_long else "INADEQUATE" if is_known else "UNKNOWN"
                counts = adequacy != "INADEQUATE" and first >= diagnosis
                yield person, drug, first, last, covered, len(inside), adequacy, counts
