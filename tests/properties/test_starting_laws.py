"""Whatever a sheet holds: a start is a mapping and a protocol that can be read, or an error in words."""

from __future__ import annotations

import tomllib
from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refractory.errors import RecordsError
from refractory.protocol import parse_protocol
from refractory.records.grid import RawSheet
from refractory.records.mapping import SourceMapping
from refractory.starting.start import start_from_sheets

_NAMES = st.sampled_from(
    [
        "ID", "MRN", "Pt #", "IVIG 1 date", "IVIG 2 date", "ivig_{n}_date", "MTX Y/N", "Prior tx", "Response",
        "Improved?", "Dx", "Dx date", "DOB", "Sex", "Pred baseline", "pred 6mo", "Weight", "CK", "CDASI", "Drug 1",
        "Drug 2", "Drug 1 start", "date", "Medication", "dose", 'quo"te', "back\\slash", "new\nline", "=cmd()",
        "tab\there", "", "MTX/AZA {n}", "Infusion 3", "1st infusion", "ID", "ü", "response (1=yes, 2=no)", "𝔘", "\x00",
        "#", "last visit",
    ]
)  # fmt: skip
_CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "yes", "no", "Y", "n", "MTX", "IVIG", "pred, MMF", "never on MTX", "03/04/2015", "25/03/2015", "3/14/15",
            "2015", "unk", "999", "n/a", "2 g/kg", "80", "F", "M33.10", "CR", "much better", "total", "'", '"', "\\",
            "=1+1", "ja", "x" * 200, "#N/A", "1,5", "12.2014", "31.02.2015", "\U0001f600", "", " ", "1e400", "١٢", "²",
        ]
    ),
    st.integers(-1000, 100_000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def sheets(draw):
    width = draw(st.integers(1, 9))
    header = draw(st.lists(_NAMES, min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(_CELLS, max_size=width), max_size=9))
    above = draw(st.lists(st.lists(_CELLS, max_size=width), max_size=2))
    cells = [tuple(line) for line in (*above, header, *rows)]
    merged = draw(st.sampled_from([(), ((1, 1, 1, 2),), ((2, 1, 3, 1),)]))
    return RawSheet("a.xlsx", draw(st.sampled_from(["Sheet1", "IVIG", "a.xlsx"])), cells, merged)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(sheets(), min_size=1, max_size=2, unique_by=lambda one: one.sheet), st.integers(0, 3))
def test_a_start_can_be_read_or_is_refused_in_words(raws, answer):
    try:
        started = start_from_sheets(
            raws, lambda question: min(answer, len(question.options) - 1) if answer else None,
            stem="a", mapping_file="a.mapping.toml", files=["a.xlsx"],
        )  # fmt: skip
    except RecordsError:
        return
    SourceMapping.model_validate(tomllib.loads(started.mapping))
    parse_protocol(started.protocol)
