"""docs/instruments.md tells of the instruments that ship, and the files that it shows are good ones."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from refractory.outcomes.instruments.from_python import read_python_instrument
from refractory.outcomes.instruments.from_toml import parse_instrument
from refractory.outcomes.instruments.scoring import score

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "instruments.md").read_text(encoding="utf-8")
(PASI,) = re.findall(r"^```toml instrument\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(PYTHON,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
REGIONS = {"head": 0.1, "arms": 0.2, "trunk": 0.3, "legs": 0.4}


def _tool():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "write_instrument_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_docs_is_the_one_that_the_instruments_write():
    assert _tool().write_page(PAGE) == PAGE, "mend with: .venv/bin/python tools/write_instrument_reference.py"


def pasi(**answers):
    """The PASI of one sheet of zeros but for what is given."""
    signs = ("area", "erythema", "induration", "scaling")
    sheet = {f"{region}_{sign}": [0] for region in REGIONS for sign in signs}
    return score(parse_instrument(PASI), sheet | {key: [one] for key, one in answers.items()}).totals["total"]


@pytest.mark.parametrize(("answers", "total"), [
    ({}, 0),
    ({"trunk_area": 3, "trunk_erythema": 2, "trunk_induration": 3, "trunk_scaling": 3}, 7.2),
    ({"head_area": 1, "head_erythema": 3}, 0.3),
    ({"legs_area": 6, "legs_erythema": 4, "legs_induration": 4, "legs_scaling": 4}, 28.8),
    ({"arms_erythema": 4}, 0),
])  # fmt: skip
def test_the_pasi_of_the_page_is_area_times_signs_times_the_weight_of_the_region(answers, total):
    assert pasi(**answers).value == (total,)


def test_the_pasi_of_the_page_runs_from_0_to_72():
    instrument = parse_instrument(PASI)
    full = {item.key: [item.most] for item in instrument.items}
    assert score(instrument, full).totals["total"].value == (72,)
    assert instrument.total("total").severities[0].up_to == (("mild", 10),)


def test_a_missing_area_of_the_page_leaves_everything_from_none_to_all_of_the_region():
    found = pasi(trunk_area=None, trunk_erythema=2)
    assert (found.value, found.lower, found.upper) == ((None,), (0,), (3.6,))


def test_the_instrument_in_python_of_the_page_is_read_and_scored(tmp_path):
    path = tmp_path / "three_signs.py"
    path.write_text(PYTHON, encoding="utf-8")
    answers = {"erythema": [1, 2], "scaling": [0, None], "thickness": [0, 1]}
    found = score(read_python_instrument(path), answers).totals["total"]
    assert (found.value, found.lower, found.upper) == ((1, None), (1, 3), (1, 6))
