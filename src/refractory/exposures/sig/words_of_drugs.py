"""Names of drugs that may stand in a direction; two different ones make it a direction for more than one drug."""

from __future__ import annotations

import re

# Endings of the WHO's international non-proprietary names, each for a family of drugs.
_STEMS = re.compile(
    r"[a-z]{2,}(?:predniso(?:lo)?ne|olone|asone|cortisone|trexate|thioprine|mycophenolate|phenolic|sporin|limus|mab|mabpvvr"
    r"|citinib|tinib|nib|nercept|tacept|bercept|quine|quin|lomide|flunomide|globulins?|phosphamide|salazine|cillin|mycin|floxacin|prazole"
    r"|tidine|domide|milast|kinra|onide|betasol|pril|parin|xaban|semide|thiazide|azepam|oxetine|formin|statin|sartan|olol|dipine|dronate|profen|oxicam|coxib|gabalin|codone|morphone|cycline|vir|azole|triptan)"
)
# Names that no ending tells, with the drug that a trade name or an abbreviation stands for.
_NAMES = {
    "dapsone": "dapsone",
    "thalidomide": "thalidomide",
    "mycophenolate": "mycophenolate",
    "mofetil": "mycophenolate",
    "mmf": "mycophenolate",
    "cellcept": "mycophenolate",
    "myfortic": "mycophenolic acid",
    "mycophenolic": "mycophenolic acid",
    "prednisone": "prednisone",
    "pred": "prednisone",
    "prednison": "prednisone",
    "prednisona": "prednisone",
    "deltasone": "prednisone",
    "rayos": "prednisone",
    "prednisolon": "prednisolone",
    "decortin": "prednisone",
    "medrol": "methylprednisolone",
    "solumedrol": "methylprednisolone",
    "methylpred": "methylprednisolone",
    "urbason": "methylprednisolone",
    "decadron": "dexamethasone",
    "cortef": "hydrocortisone",
    "mtx": "methotrexate",
    "trexall": "methotrexate",
    "otrexup": "methotrexate",
    "rasuvo": "methotrexate",
    "metotrexato": "methotrexate",
    "methotrexat": "methotrexate",
    "imuran": "azathioprine",
    "azathioprin": "azathioprine",
    "aza": "azathioprine",
    "hcq": "hydroxychloroquine",
    "plaquenil": "hydroxychloroquine",
    "quinacrine": "quinacrine",
    "ivig": "immunoglobulin",
    "scig": "immunoglobulin",
    "immunoglobulin": "immunoglobulin",
    "octagam": "immunoglobulin",
    "privigen": "immunoglobulin",
    "gamunex": "immunoglobulin",
    "gammagard": "immunoglobulin",
    "hizentra": "immunoglobulin",
    "rituxan": "rituximab",
    "truxima": "rituximab",
    "humira": "adalimumab",
    "enbrel": "etanercept",
    "remicade": "infliximab",
    "stelara": "ustekinumab",
    "xeljanz": "tofacitinib",
    "olumiant": "baricitinib",
    "rinvoq": "upadacitinib",
    "jakafi": "ruxolitinib",
    "orencia": "abatacept",
    "benlysta": "belimumab",
    "arava": "leflunomide",
    "neoral": "cyclosporine",
    "sandimmune": "cyclosporine",
    "cyclosporine": "cyclosporine",
    "ciclosporin": "cyclosporine",
    "prograf": "tacrolimus",
    "cytoxan": "cyclophosphamide",
    "azulfidine": "sulfasalazine",
    "sulfasalazine": "sulfasalazine",
    "acthar": "corticotropin",
    "corticotropin": "corticotropin",
    "acetaminophen": "acetaminophen",
    "tylenol": "acetaminophen",
    "paracetamol": "acetaminophen",
    "folic": "folic acid",
    "folate": "folic acid",
    "leucovorin": "leucovorin",
    "colchicine": "colchicine",
    "calcium": "calcium",
    "tramadol": "tramadol",
    "metformin": "metformin",
    "lisinopril": "lisinopril",
    "gabapentin": "gabapentin",
    "clobetasol": "clobetasol",
    "budesonide": "budesonide",
    "albuterol": "albuterol",
    "solu": "methylprednisolone",
    "bactrim": "sulfamethoxazole",
}
# Salts and second words of a name, which name no drug themselves.
AFTER_A_NAME = (
    "sodium | succinate | acetate | phosphate | acid | mofetil | sulfate | hydrochloride | hcl | disodium | c | s d"
)
PACK = "dose pack | dosepak | dosepack | dose pak | pak | pack | dosepacks | therapy pack | taper pack"
IMMUNOGLOBULIN = (
    "immune globulin | immune globulin human | immunoglobulin g | intravenous immunoglobulin | iv immunoglobulin"
)


def find_drug(word: str) -> str | None:
    """Say which drug a word names; None when it names none that is known.

    Example:
        >>> find_drug("prednisone"), find_drug("imuran"), find_drug("minus")
        ('prednisone', 'azathioprine', None)
    """
    if word in _NAMES:
        return _NAMES[word]
    return word if _STEMS.fullmatch(word) else None
