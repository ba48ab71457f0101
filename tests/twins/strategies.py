"""Random records for hypothesis: few persons, few drugs, dates close together so that edges are hit often."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from refractory.records.schema import DRUG, EVENT, MEASUREMENT, OBSERVATION_PERIOD

START = date(2020, 1, 1)


def day(number: int) -> date:
    """Return the day of that number."""
    return START + timedelta(days=number)


def _row(schema: dict[str, str], **values: Any) -> tuple[Any, ...]:
    assert set(values) <= set(schema)
    return tuple(values.get(column) for column in schema)


@st.composite
def drug_rows(draw: st.DrawFn, sets: tuple[str, ...], most: int = 14, last_day: int = 260) -> list[tuple[Any, ...]]:
    """Draw drug records."""
    rows = []
    for number in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, last_day))
        length = draw(st.sampled_from([0, 0, 1, 6, 27, 28, 29, 55, 56, 90]))
        known = draw(st.sampled_from(["end", "supply", "neither"]))
        rows.append(
            _row(
                DRUG,
                source_table="drug_exposure",
                row_id=number,
                person_id=draw(st.integers(1, 2)),
                concept_set=draw(st.sampled_from(sets)),
                start_date=day(start),
                end_date=day(start + length) if known == "end" else None,
                days_supply=length + 1 if known == "supply" else None,
                quantity=draw(st.sampled_from([None, 10.0, 30.0, 60.0])),
                mg_per_unit=draw(st.sampled_from([None, 1.0, 5.0, 20.0])),
                prednisone_factor=draw(st.sampled_from([None, 1.0, 1.25])),
                route=draw(st.sampled_from(["oral", "intravenous", "topical", "unknown"])),
            )
        )
    return rows


@st.composite
def event_rows(draw: st.DrawFn, sets: tuple[str, ...], most: int = 10) -> list[tuple[Any, ...]]:
    """Draw diagnoses."""
    return [
        _row(
            EVENT,
            source_table="condition_occurrence",
            row_id=number,
            person_id=draw(st.integers(1, 2)),
            concept_set=draw(st.sampled_from(sets)),
            start_date=day(draw(st.integers(0, 260))),
        )
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def measurement_rows(draw: st.DrawFn, sets: tuple[str, ...], most: int = 8) -> list[tuple[Any, ...]]:
    """Draw measurements."""
    return [
        _row(
            MEASUREMENT,
            source_table="measurement",
            row_id=number,
            person_id=draw(st.integers(1, 2)),
            concept_set=draw(st.sampled_from(sets)),
            date=day(draw(st.integers(0, 260))),
            value=float(draw(st.integers(0, 30))),
            upper_limit=draw(st.sampled_from([None, 10.0])),
        )
        for number in range(draw(st.integers(0, most)))
    ]


def period_rows(first: int = -400, last: int = 400) -> list[tuple[Any, ...]]:
    """Return one long observation period for each person."""
    return [
        _row(OBSERVATION_PERIOD, row_id=person, person_id=person, start_date=day(first), end_date=day(last))
        for person in (1, 2)
    ]
