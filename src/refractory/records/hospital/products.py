"""The drug products that the invented hospital dispenses and infuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from refractory.records.hospital.vocabulary import LOCAL_IDS

_PRODUCT_IDS = LOCAL_IDS + 30_000
GLUCOCORTICOID = "systemic glucocorticoid"

# Concept set of the study that names the ingredient.
_LEAVES = {
    1305058: "methotrexate",
    19014878: "azathioprine",
    19003999: "mycophenolate",
    19012565: "mycophenolate",
    19010482: "ciclosporin",
    950637: "tacrolimus",
    1310317: "cyclophosphamide",
    1314273: "rituximab",
    1101898: "leflunomide",
    42904205: "tofacitinib",
    1777087: "hydroxychloroquine",
    1711759: "dapsone",
    19137042: "thalidomide",
    19117912: "immunoglobulin",
}
# Mg of prednisone equal to one mg.
_PREDNISONE_FACTORS = {1551099: 1.0, 1550557: 1.0, 1506270: 1.25, 1518254: 6.667, 975125: 0.25, 903963: 1.25}


@dataclass(frozen=True)
class Product:
    """One drug product.

    Args:
        key: Short name inside the generator.
        concept_id: Of the invented clinical drug.
        name: As a formulary prints it.
        ingredient_id: OMOP concept of the ingredient.
        mg: Mg of the ingredient in one unit of quantity (a tablet, a mL, a g of cream).
        per: "unit" for tablets and capsules, "mL" or "g" for what is measured out.
        route: Route of the product.
        leaf: Concept set of the study that names the ingredient; empty when none does.
        prednisone_factor: Mg of prednisone equal to one mg; 0 for other drugs.
    """

    key: str
    concept_id: int
    name: str
    ingredient_id: int
    mg: float
    per: str
    route: str
    leaf: str
    prednisone_factor: float


# key | name | ingredient | mg | per | route
_PRODUCTS = """
prednisone 1 | prednisone 1 MG Oral Tablet | 1551099 | 1 | unit | oral
prednisone 5 | prednisone 5 MG Oral Tablet | 1551099 | 5 | unit | oral
prednisone 10 | prednisone 10 MG Oral Tablet | 1551099 | 10 | unit | oral
prednisone 20 | prednisone 20 MG Oral Tablet | 1551099 | 20 | unit | oral
prednisolone liquid | prednisolone 3 MG/ML Oral Solution | 1550557 | 3 | mL | oral
methylprednisolone 4 | methylprednisolone 4 MG Oral Tablet | 1506270 | 4 | unit | oral
methylprednisolone pulse | methylprednisolone 1000 MG Injection | 1506270 | 1000 | unit | intravenous
dexamethasone 0.75 | dexamethasone 0.75 MG Oral Tablet | 1518254 | 0.75 | unit | oral
triamcinolone cream | triamcinolone acetonide 1 MG/G Topical Cream | 903963 | 1 | g | topical
hydrocortisone cream | hydrocortisone 10 MG/G Topical Cream | 975125 | 10 | g | topical
prednisolone drops | prednisolone acetate 10 MG/ML Ophthalmic Suspension | 1550557 | 10 | mL | ophthalmic
methotrexate 2.5 | methotrexate 2.5 MG Oral Tablet | 1305058 | 2.5 | unit | oral
methotrexate injection | methotrexate 25 MG/ML Injectable Solution | 1305058 | 25 | mL | subcutaneous
azathioprine 50 | azathioprine 50 MG Oral Tablet | 19014878 | 50 | unit | oral
mycophenolate 500 | mycophenolate mofetil 500 MG Oral Tablet | 19003999 | 500 | unit | oral
mycophenolic acid 360 | mycophenolic acid 360 MG Delayed Release Oral Tablet | 19012565 | 360 | unit | oral
ciclosporin 100 | cyclosporine 100 MG Oral Capsule | 19010482 | 100 | unit | oral
tacrolimus 1 | tacrolimus 1 MG Oral Capsule | 950637 | 1 | unit | oral
tacrolimus ointment | tacrolimus 1 MG/G Topical Ointment | 950637 | 1 | g | topical
cyclophosphamide 50 | cyclophosphamide 50 MG Oral Capsule | 1310317 | 50 | unit | oral
rituximab | rituximab 10 MG/ML Injectable Solution | 1314273 | 10 | mL | intravenous
leflunomide 20 | leflunomide 20 MG Oral Tablet | 1101898 | 20 | unit | oral
tofacitinib 5 | tofacitinib 5 MG Oral Tablet | 42904205 | 5 | unit | oral
hydroxychloroquine 200 | hydroxychloroquine sulfate 200 MG Oral Tablet | 1777087 | 200 | unit | oral
dapsone 100 | dapsone 100 MG Oral Tablet | 1711759 | 100 | unit | oral
dapsone gel | dapsone 50 MG/G Topical Gel | 1711759 | 50 | g | topical
thalidomide 100 | thalidomide 100 MG Oral Capsule | 19137042 | 100 | unit | oral
octagam | immunoglobulin G, human 100 MG/ML Injectable Solution [Octagam] | 19117912 | 100 | mL | intravenous
privigen | immunoglobulin G, human 100 MG/ML Injectable Solution [Privigen] | 19117912 | 100 | mL | intravenous
hizentra | immunoglobulin G, human 200 MG/ML Injectable Solution [Hizentra] | 19117912 | 200 | mL | subcutaneous
lisinopril 10 | lisinopril 10 MG Oral Tablet | 1308216 | 10 | unit | oral
atorvastatin 20 | atorvastatin 20 MG Oral Tablet | 1545958 | 20 | unit | oral
metformin 500 | metformin hydrochloride 500 MG Oral Tablet | 2000000030 | 500 | unit | oral
insulin | insulin glargine 100 UNT/ML Injectable Solution | 2000000031 | 0 | mL | subcutaneous
"""


@cache
def products() -> dict[str, Product]:
    """Return the products by key."""
    found = {}
    for place, line in enumerate(_PRODUCTS.strip().splitlines()):
        key, name, ingredient, mg, per, route = (cell.strip() for cell in line.split(" | "))
        factor = _PREDNISONE_FACTORS.get(int(ingredient), 0.0)
        leaf = GLUCOCORTICOID if factor else _LEAVES.get(int(ingredient), "")
        found[key] = Product(key, _PRODUCT_IDS + place, name, int(ingredient), float(mg), per, route, leaf, factor)
    return found


def mg_per_day(key: str, units_per_day: float) -> float:
    """Return the daily dose of a product: mg of prednisone for glucocorticoids, mg of the drug for others.

    Example:
        >>> mg_per_day("methylprednisolone 4", 2)
        10.0
    """
    product = products()[key]
    return units_per_day * product.mg * (product.prednisone_factor or 1.0)
