"""How many milligrams one unit of quantity holds: which evidence counts, and how names are read."""

from __future__ import annotations

import pytest

from refractory.records.strength import Strength, StrengthEvidence, derive_mg_per_unit, read_strength

TABLET = Strength(1, amount=5, amount_unit="mg")
PER_ML = Strength(1, numerator=100, numerator_unit="mg", denominator_unit="mL")
VIAL = Strength(1, numerator=1, numerator_unit="g", denominator=10, denominator_unit="mL")
PER_LITRE = Strength(1, numerator=50, numerator_unit="g", denominator_unit="L")
PER_HOUR = Strength(1, numerator=2, numerator_unit="mg", denominator_unit="h")
UNITS = Strength(1, amount=1000, amount_unit="[iU]")
OTHER = Strength(2, amount=12.5, amount_unit="mg")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"billing_unit_mg": 500, "dose_unit": "g", "strengths": (TABLET,)}, (500, "billing unit")),
        ({"dose_unit": "g", "strengths": (PER_ML,)}, (1000, "dose unit")),
        ({"dose_unit": "mg"}, (1, "dose unit")),
        ({"dose_unit": "mcg"}, (0.001, "dose unit")),
        # 30 tablets of 5 "mg" are not 30 mg
        ({"dose_unit": "mg", "names": ("x 5 MG Oral Tablet",), "strengths": (TABLET,)}, (5, "drug_strength")),
        ({"dose_unit": "mg", "names": ("x 5 MG Oral Tablet",)}, (5, "product name")),
        ({"dose_unit": "tablet", "strengths": (TABLET,)}, (5, "drug_strength")),
        ({"strengths": (PER_ML,)}, (100, "drug_strength")),
        ({"strengths": (PER_LITRE,)}, (50, "drug_strength")),
        ({"strengths": (VIAL,)}, (1000, "drug_strength")),
        ({"strengths": (TABLET, OTHER), "ingredients": {1}}, (5, "drug_strength")),
        ({"strengths": (TABLET, OTHER), "ingredients": {2}}, (12.5, "drug_strength")),
        ({"strengths": (TABLET, OTHER), "ingredients": {1, 2}}, (None, None)),
        ({"strengths": (TABLET, OTHER)}, (None, None)),
        ({"strengths": (PER_HOUR,)}, (None, None)),
        ({"strengths": (UNITS,)}, (None, None)),
        ({"names": (None, "pred", "prednisone 20 MG tab")}, (20, "product name")),
        ({"names": ("pred",)}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_the_first_evidence_that_speaks_decides(evidence, expected):
    assert derive_mg_per_unit(StrengthEvidence(**evidence)) == expected


@pytest.mark.parametrize(
    ("name", "mg"),
    [
        ("prednisone 5 MG Oral Tablet", 5),
        ("prednisone 2.5 MG Oral Tablet [Deltasone]", 2.5),
        ("PREDNISONE TAB 10MG", 10),
        ("levothyroxine 75 mcg tablet", 0.075),
        ("mycophenolate mofetil 1 G tablet", 1000),
        ("hydroxychloroquine sulfate 1,200 MG", 1200),
        ("methylprednisolone .5 mg", 0.5),
        ("24 HR tofacitinib 11 MG Extended Release Oral Tablet", 11),
        ("immunoglobulin G, human 100 MG/ML Injectable Solution", 100),
        ("dexamethasone 0.5 MG / 5 ML elixir", 0.1),
        ("ciclosporin 100 mg/mL oral solution", 100),
        ("200 ML immunoglobulin G, human 100 MG/ML Injection [Gamunex-C]", 20_000),
        ("immunoglobulin 50 G/L", 50),
        ("lisinopril 10 MG / hydrochlorothiazide 12.5 MG Oral Tablet", None),
        ("{21 (methylprednisolone 4 MG Oral Tablet [Medrol]) } Pack [Medrol Dosepak]", None),
        ("albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", None),
        ("estradiol 0.05 MG/HR patch", None),
        ("heparin 1000 UNT/ML", None),
        ("prednisone 5-10 mg", None),
        ("prednisone", None),
        ("vitamin B12", None),
        ("sodium chloride 9 MG/ML / glucose 50 MG/ML", None),
    ],
)
def test_the_strength_in_a_name_is_read_only_where_it_is_one(name, mg):
    assert read_strength(name) == (mg if mg is None else pytest.approx(mg))
