"""Drugs are found in what people type, and none is taken for another."""

from __future__ import annotations

import csv
import time

import pytest

from refractory.records.drug_spelling import count_changes
from refractory.records.from_codelists import DRUG_NAMES, code_list_names, read_code_list
from refractory.records.from_drug_names import drug_name_count, find_drug_mentions, find_ingredients


def names_in(text: str) -> list[str]:
    return [one.name for one in find_ingredients(text)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MTX", "methotrexate"),
        ("mtx", "methotrexate"),
        ("Méthotrexate", "methotrexate"),
        ("methotrexat", "methotrexate"),
        ("MMF1g", "mycophenolate"),
        ("Cell-Cept", "mycophenolate"),
        ("cellsept", "mycophenolate"),
        ("mycophenalate", "mycophenolate"),
        ("hydroxychloriquine", "hydroxychloroquine"),
        ("Quensyl", "hydroxychloroquine"),
        ("prednisilone", "prednisolone"),
        ("prednison", "prednisone"),
        ("azathioprin", "azathioprine"),
        ("CsA", "ciclosporin"),
        ("cyclosporin A", "ciclosporin"),
        ("ritux", "rituximab"),
        ("MabThera", "rituximab"),
        ("Solu-Medrol", "methylprednisolone"),
        ("medrol dose pack", "methylprednisolone"),
        ("tofa", "tofacitinib"),
        ("Gamunex-C", "immunoglobulin"),
        ("intravenöse Immunglobuline", "immunoglobulin"),
        ("Tégéline", "immunoglobulin"),
        ("IVIGs", "immunoglobulin"),
        ("6-MP", "mercaptopurine"),
        ("TMP/SMX", "sulfamethoxazole and trimethoprim"),
        ("ivig_1_date", "immunoglobulin"),
        ("mtxStart", "methotrexate"),
        ("D-Pen", "penicillamine"),
    ],
)
def test_a_drug_is_found_however_it_is_written(written, meant):
    assert names_in(written) == [meant]


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("failed MTX (LFTs), then CellCept 1g BID x 6mo", ["methotrexate", "mycophenolate"]),
        ("pred/MTX/IVIG", ["prednisone", "methotrexate", "immunoglobulin"]),
        ("MTX, MMF; HCQ/pred", ["methotrexate", "mycophenolate", "hydroxychloroquine", "prednisone"]),
        ("no response to MTX", ["methotrexate"]),
        ("MTX: no response", ["methotrexate"]),
        ("MTX no effect, AZA helped", ["methotrexate", "azathioprine"]),
        ("no longer on MTX", ["methotrexate"]),
        ("MTX not tolerated", ["methotrexate"]),
        ("MTX never helped; AZA: never worked", ["methotrexate", "azathioprine"]),
        ("MTX never, AZA never tried, MMF never", []),
        ("no MTX", []),
        ("MTX: no", []),
        ("MTX - N, AZA - Y", ["azathioprine"]),
        ("never on MTX or MMF, then RTX", ["rituximab"]),
        ("kein MTX, Cortison", ["systemic glucocorticoid, not named"]),
        ("pas de méthotrexate", []),
        ("declined rituximab", []),
        ("plaquenil (HCQ)", ["hydroxychloroquine"]),
    ],
)
def test_a_text_tells_its_drugs_in_their_order_and_without_those_that_it_denies(text, drugs):
    assert names_in(text) == drugs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("prednisone", "prednisolone"),
        ("hydralazine", "hydroxyzine"),
        ("sulfadiazine", "sulfasalazine"),
        ("infliximab", "inebilizumab"),
        ("tocilizumab", "tralokinumab"),
        ("hydroxychloroquine", "chloroquine"),
        ("vinblastine", "vincristine"),
        ("isotretinoin", "tretinoin"),
        ("methylprednisolone", "prednisolone"),
        ("mycophenolate", "mycophenolic acid"),
        ("penicillamine", "penicillin V"),
        ("dexamethasone", "betamethasone"),
        ("cyclophosphamide", "ciclosporin"),
        ("azathioprine", "azithromycin"),
    ],
)
def test_drugs_that_look_alike_are_told_apart(one, other):
    assert names_in(one) == [one]
    assert names_in(other) == [other]


@pytest.mark.parametrize(
    "word",
    [
        "sulfasazine",  # two letters from sulfasalazine, and two from sulfadiazine
        "prednisolne",  # one letter from prednisolone, and one from prednisone
        "thyroglobulin", "creatinine", "haemoglobin", "can", "sec", "Apr 2015", "June", "the patient improved",
        "ana 1:320", "ass", "mino", "beclomethasone",
    ],
)  # fmt: skip
def test_a_word_that_may_be_another_is_no_drug(word):
    assert names_in(word) == []


def test_no_misspelling_by_one_letter_makes_one_drug_of_another():
    # Every name of eight letters or more, with each letter left out in turn.
    with DRUG_NAMES.open(encoding="utf-8", newline="") as lines:
        meaning = {
            name.lower(): line["ingredient"]
            for line in csv.DictReader(lines)
            for name in line["names"].split("; ")
            if len(name) >= 9 and name.isascii() and name.isalpha()
        }
    wrong = []
    for name, ingredient in meaning.items():
        for place in range(1, len(name)):
            word = name[:place] + name[place + 1 :]
            if word in meaning:
                continue
            for found in find_drug_mentions(word):
                as_near = min(count_changes(word, other) for other, what in meaning.items() if what == ingredient)
                if found.ingredient.name != ingredient and found.is_guessed and as_near <= 1:
                    wrong.append((word, ingredient, found.ingredient.name))
    assert wrong == []


def test_a_name_tells_the_route_where_it_does():
    assert [one.route for one in find_ingredients("IVIG then SCIG, Protopic, MTX")] == [
        "intravenous", "subcutaneous", "topical", "",
    ]  # fmt: skip


def test_a_mention_leads_back_to_the_letters_of_the_text():
    text = "Größe 1,70; Méthotrexate 15 mg"
    (mention,) = find_drug_mentions(text)
    assert text[mention.start : mention.end] == "Méthotrexate"


def test_the_lists_of_drugs_and_of_names_agree_on_the_codes():
    drugs = ("methotrexate", "azathioprine", "rituximab", "tacrolimus", "apremilast", "belimumab", "quinacrine")
    for drug in drugs:
        assert drug in code_list_names()
        codes = {str(line.code).rstrip("+") for line in read_code_list(drug) if line.code.vocabulary == "RxNorm"}
        (found,) = find_ingredients(drug)
        assert found.rxnorm in codes


def test_the_list_is_long_enough_to_be_of_use_and_says_how_sure_each_code_is():
    ingredients, names = drug_name_count()
    assert ingredients >= 250
    assert names >= 1_200
    with DRUG_NAMES.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            assert line["confidence"] in (("S", "G") if line["rxnorm"] else ("",)), line["ingredient"]
            assert bool(line["source"]) == bool(line["rxnorm"])


def test_a_hundred_thousand_texts_take_seconds():
    began = time.perf_counter()
    for number in range(10_000):
        find_ingredients(f"failed MTX (LFTs) {number}, then cellcept and hydroxycloroquin, methotrexatt weekly, nausea")
    assert time.perf_counter() - began < 5  # a tenth of them; 0.5 s on two cores


def test_auranofin_has_the_code_of_its_own_compound():
    assert find_ingredients("auranofin")[0].rxnorm == "1227"
