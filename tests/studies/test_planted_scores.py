"""The shipped CDASI makes of the written items what was planted: values and bounds, and neither where one is wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from refractory.outcomes.instruments.library import find_instrument
from refractory.outcomes.instruments.scoring import score
from refractory.records.hospital import DEFAULT_SEED
from studies.hospital_truth import invent, read_rows


@pytest.mark.parametrize("seed", [DEFAULT_SEED, 41, 42])
def test_every_itemised_visit_has_the_planted_value_and_bounds(seed: int, tmp_path: Path) -> None:
    folder = invent(tmp_path / "h", seed, 200)
    sql = """SELECT DISTINCT person_id, measurement_date, substr(measurement_source_value, 7), value_as_number
             FROM measurement WHERE measurement_source_value LIKE 'cdasi\\_%' ESCAPE '\\'"""
    sheets: dict[tuple[str, str], dict[str, float]] = {}
    with duckdb.connect(str(folder / "records" / "hospital.duckdb"), read_only=True) as connection:
        for person, when, item, value in connection.execute(sql).fetchall():
            sheets.setdefault((str(person), str(when)), {})[item] = value
    cdasi = find_instrument("cdasi")
    scored = score(cdasi, {item: [sheet.get(item) for sheet in sheets.values()] for item in cdasi.item_keys})
    truth = {(row["person_id"], row["date"]): row for row in read_rows(folder, "instrument")}
    seen = set()
    for name in ("activity", "damage"):
        total = scored.totals[name]
        for place, key in enumerate(sheets):
            row = truth[key]
            seen.add(row[f"{name}_provenance"])
            if row[f"{name}_provenance"] == "total only":
                assert total.value[place] is None
            else:
                found = (total.value[place], total.lower[place], total.upper[place])
                planted = (row[name], row[f"{name}_lower"], row[f"{name}_upper"])
                assert found == tuple(float(each) if each else None for each in planted)
    assert seen == {"items", "total only", "incomplete"}
