"""How a drug was given: which evidence counts, in which order, and how it is spelled."""

from __future__ import annotations

import pytest

from refractory.records.routes import ROUTE_CONCEPTS, RouteEvidence, classify_route, read_route


@pytest.mark.parametrize(
    ("evidence", "route"),
    [
        # Each line is beaten by the one above it.
        ({"modifier": "JB", "listed": "intravenous", "route_concept_id": 4132161}, "subcutaneous"),
        ({"code": "J1569-JB", "listed": "intravenous"}, "subcutaneous"),
        ({"code": "J1569JB", "listed": "intravenous"}, "subcutaneous"),
        ({"modifier": "59 jb", "listed": "intravenous"}, "subcutaneous"),
        ({"modifier": "59", "listed": "intravenous", "route_concept_id": 4132161}, "intravenous"),
        ({"route_concept_id": 4132161, "route_concept_name": "Topical", "route_text": "IV"}, "oral"),
        ({"route_concept_id": 1, "route_concept_name": "Intravenous route", "route_text": "PO"}, "intravenous"),
        ({"route_concept_id": 0, "route_text": "PO", "products": ("x Topical Cream",)}, "oral"),
        ({"route_text": "see chart", "products": ("x Topical Cream",)}, "topical"),
        ({"products": (None, "IVIG", "y Oral Tablet")}, "oral"),
        ({"products": ("z 10 MG/ML Injectable Solution",)}, "unknown"),
        ({"code": "J1599", "products": ("JBX 5 MG",)}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_the_first_evidence_that_speaks_decides(evidence, route):
    assert classify_route(RouteEvidence(**evidence)) == route


@pytest.mark.parametrize(
    ("route", "spellings"),
    [
        (
            "intravenous",
            ["IV", "i.v.", "Intravenous", "intra-venous", "IVPB", "iv push", "Intravenous Drip", "infusion"],
        ),
        ("subcutaneous", ["SC", "s.c.", "SubQ", "subcut", "Subcutaneous", "sub-cutaneous", "SQ"]),
        ("intramuscular", ["IM", "i.m.", "Intramuscular route"]),
        ("oral", ["PO", "p.o.", "oral", "by mouth", "per os", "Oral route", "NG", "Gastroenteral", "2 tabs"]),
        ("topical", ["topical", "Cutaneous route", "skin", "External", "apply ointment"]),
        ("inhaled", ["inhalation", "Respiratory tract route", "nebulized", "INH"]),
        ("nasal", ["Nasal", "intranasal", "each nostril"]),
        ("ophthalmic", ["Ophthalmic", "both eyes", "Ocular route", "conjunctival"]),
        ("otic", ["Otic", "right ear", "Auricular use"]),
        ("rectal", ["PR", "per rectum", "Rectal"]),
        ("vaginal", ["Vaginal", "PV"]),
        ("sublingual", ["SL", "sublingual"]),
        ("buccal", ["buccal", "Oromucosal", "oral gel"]),
        ("transdermal", ["Transdermal", "patch"]),
        ("intradermal", ["intradermal"]),
        ("intra-articular", ["Intra-articular", "intraarticular route"]),
        ("intrathecal", ["intrathecal", "epidural"]),
        ("intravitreal", ["intravitreal"]),
        ("intralesional", ["intralesional"]),
        (None, ["", None, "other", "parenteral", "unknown", "n/a", "see sig"]),
    ],
)
def test_a_route_is_read_however_a_clinic_spells_it(route, spellings):
    assert {spelling: read_route(spelling) for spelling in spellings} == dict.fromkeys(spellings, route)


@pytest.mark.parametrize(
    ("product", "route"),
    [
        ("prednisone 5 MG Oral Tablet", "oral"),
        ("methotrexate 2.5 MG Oral Tablet [Trexall]", "oral"),
        ("Hydrocortisone 10 MG/ML Topical Cream", "topical"),
        ("dexamethasone 1 MG/ML Ophthalmic Suspension [Maxidex]", "ophthalmic"),
        ("ciprofloxacin 3 MG/ML / dexamethasone 1 MG/ML Otic Suspension [Ciprodex]", "otic"),
        ("120 ACTUAT budesonide 0.032 MG/ACTUAT Metered Dose Nasal Spray", "nasal"),
        ("200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "inhaled"),
        ("hydrocortisone 1.67 MG/ML Rectal Suspension", "rectal"),
        ("168 HR Ethinyl Estradiol 0.00146 MG/HR Transdermal System", "transdermal"),
        ("triamcinolone acetonide 40 MG/ML Injectable Suspension [Kenalog]", "unknown"),
        ("1 ML methotrexate 25 MG/ML Injection", "unknown"),
        ("triamcinolone 1 MG/ML Oral Paste", "buccal"),
        ("immune globulin intravenous (human)", "intravenous"),
        ("Gamunex-C 10 % IV solution", "intravenous"),
        ("pr-methylprednisolone [IT IS ORAL]", "unknown"),  # letters of a brand are no route
    ],
)
def test_the_dose_form_in_a_name_tells_the_route_as_far_as_it_does(product, route):
    assert classify_route(RouteEvidence(products=(product,))) == route


def test_every_standard_route_is_one_that_words_can_mean_too():
    words = {"inhaled": "inhalation", "ophthalmic": "eye"}
    assert {read_route(words.get(route, route)) for route in ROUTE_CONCEPTS.values()} == set(ROUTE_CONCEPTS.values())
