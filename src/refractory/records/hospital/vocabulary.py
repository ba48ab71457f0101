"""The vocabulary rows that the invented hospital uses.

Codes are real. OMOP concept ids are real where they were at hand; all others lie in the range from
2,000,000,000 that OMOP leaves to each site, and so do the concepts of the vocabulary "Invented".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

LOCAL_IDS = 2_000_000_000
_ICD_IDS, _HCPCS_IDS = LOCAL_IDS + 10_000, LOCAL_IDS + 20_000
IMMUNOGLOBULIN = 19117912
DERMATOMYOSITIS = 80182

ROUTES = {
    "oral": 4132161,
    "intravenous": 4171047,
    "subcutaneous": 4142048,
    "intramuscular": 4302612,
    "topical": 4263689,
    "ophthalmic": 4184451,
}
UNITS = {"kg": 9529, "lb": 8739, "U/L": 8645, "mg": 8576, "mL": 8587, "g": 8504}


@dataclass(frozen=True)
class Concept:
    """One row of the concept table."""

    concept_id: int
    code: str
    name: str
    domain: str
    vocabulary: str
    concept_class: str
    standard: str | None


# id | code | name | domain | vocabulary | class
_STANDARD = """
80182 | 396230008 | Dermatomyositis | Condition | SNOMED | Disorder
4270868 | 402425006 | Adult onset dermatomyositis | Condition | SNOMED | Disorder
4081250 | 238935002 | Dermatomyositis sine myositis | Condition | SNOMED | Disorder
4344161 | 239901009 | Dermatomyositis associated with malignant disease | Condition | SNOMED | Disorder
4005037 | 1212005 | Childhood type dermatomyositis | Condition | SNOMED | Disorder
37395588 | 311671000119100 | Juvenile dermatomyositis with respiratory involvement | Condition | SNOMED | Disorder
2000000001 | dermatomyositis-with-myopathy | Dermatomyositis with myopathy | Condition | Invented | Disorder
2000000002 | dermatomyositis-lung | Dermatomyositis with respiratory involvement | Condition | Invented | Disorder
2000000003 | 31384009 | Polymyositis | Condition | SNOMED | Disorder
2000000004 | 26544005 | Muscle weakness | Condition | SNOMED | Clinical Finding
4119786 | 233703007 | Interstitial lung disease | Condition | SNOMED | Disorder
4216406 | 72315009 | Inclusion body myositis | Condition | SNOMED | Disorder
2000000005 | 23238000 | Common variable immunodeficiency | Condition | SNOMED | Disorder
2000000006 | breast-cancer | Malignant neoplasm of breast | Condition | Invented | Disorder
2000000007 | lung-cancer | Malignant neoplasm of lung | Condition | Invented | Disorder
2000000008 | ovarian-cancer | Malignant neoplasm of ovary | Condition | Invented | Disorder
2000000009 | 89155008 | Systemic sclerosis | Condition | SNOMED | Disorder
257628 | 55464009 | Systemic lupus erythematosus | Condition | SNOMED | Disorder
2000000010 | 83901003 | Sjögren syndrome | Condition | SNOMED | Disorder
320128 | 59621000 | Essential hypertension | Condition | SNOMED | Disorder
201826 | 44054006 | Type 2 diabetes mellitus | Condition | SNOMED | Disorder
317009 | 195967001 | Asthma | Condition | SNOMED | Disorder
432867 | 55822004 | Hyperlipidemia | Condition | SNOMED | Disorder
80180 | 396275006 | Osteoarthritis | Condition | SNOMED | Disorder
318800 | 235595009 | Gastroesophageal reflux disease | Condition | SNOMED | Disorder
133834 | 24079001 | Atopic dermatitis | Condition | SNOMED | Disorder
80809 | 69896004 | Rheumatoid arthritis | Condition | SNOMED | Disorder
2000000011 | psoriasis | Psoriasis | Condition | Invented | Disorder
2000000012 | depression | Depressive disorder | Condition | Invented | Disorder
2000000013 | cidp | Chronic inflammatory demyelinating polyneuropathy | Condition | Invented | Disorder
2000000014 | itp | Immune thrombocytopenia | Condition | Invented | Disorder
2000000015 | guillain-barre | Guillain-Barré syndrome | Condition | Invented | Disorder
378253 | 25064002 | Headache | Condition | SNOMED | Clinical Finding
4201096 | 301770000 | Aseptic meningitis | Condition | SNOMED | Disorder
440417 | 59282003 | Pulmonary embolism | Condition | SNOMED | Disorder
4133004 | 128053003 | Deep venous thrombosis | Condition | SNOMED | Disorder
312327 | 57054005 | Acute myocardial infarction | Condition | SNOMED | Disorder
443454 | 432504007 | Cerebral infarction | Condition | SNOMED | Disorder
435503 | 61261009 | Hemolytic anemia | Condition | SNOMED | Disorder
197320 | 14669001 | Acute renal failure syndrome | Condition | SNOMED | Disorder
3007220 | 2157-6 | Creatine kinase [Enzymatic activity/volume] in Serum or Plasma | Measurement | LOINC | Lab Test
2000000020 | 1761-6 | Aldolase [Enzymatic activity/volume] in Serum or Plasma | Measurement | LOINC | Lab Test
3025315 | 29463-7 | Body weight | Measurement | LOINC | Clinical Observation
2000000021 | 718-7 | Hemoglobin [Mass/volume] in Blood | Measurement | LOINC | Lab Test
9529 | kg | kilogram | Unit | UCUM | Unit
8739 | [lb_us] | pound (US) | Unit | UCUM | Unit
8645 | [U]/L | unit per liter | Unit | UCUM | Unit
8576 | mg | milligram | Unit | UCUM | Unit
8587 | mL | milliliter | Unit | UCUM | Unit
8504 | g | gram | Unit | UCUM | Unit
2000000022 | g/dL | gram per deciliter | Unit | UCUM | Unit
4132161 | 26643006 | Oral | Route | SNOMED | Qualifier Value
4171047 | 47625008 | Intravenous | Route | SNOMED | Qualifier Value
4142048 | 34206005 | Subcutaneous | Route | SNOMED | Qualifier Value
4302612 | 78421000 | Intramuscular | Route | SNOMED | Qualifier Value
4263689 | 6064005 | Topical | Route | SNOMED | Qualifier Value
4184451 | 54485002 | Ophthalmic | Route | SNOMED | Qualifier Value
8507 | M | MALE | Gender | Gender | Gender
8532 | F | FEMALE | Gender | Gender | Gender
8527 | 5 | White | Race | Race | Race
8516 | 3 | Black or African American | Race | Race | Race
8515 | 2 | Asian | Race | Race | Race
9201 | IP | Inpatient Visit | Visit | Visit | Visit
9202 | OP | Outpatient Visit | Visit | Visit | Visit
32817 | OMOP4976890 | EHR | Type Concept | Type Concept | Type Concept
19117912 | 5666 | immunoglobulin G, human | Drug | RxNorm | Ingredient
1551099 | 8640 | prednisone | Drug | RxNorm | Ingredient
1550557 | 8638 | prednisolone | Drug | RxNorm | Ingredient
1506270 | 6902 | methylprednisolone | Drug | RxNorm | Ingredient
1518254 | 3264 | dexamethasone | Drug | RxNorm | Ingredient
975125 | 5492 | hydrocortisone | Drug | RxNorm | Ingredient
903963 | 10759 | triamcinolone | Drug | RxNorm | Ingredient
1305058 | 6851 | methotrexate | Drug | RxNorm | Ingredient
19014878 | 1256 | azathioprine | Drug | RxNorm | Ingredient
19003999 | 68149 | mycophenolate mofetil | Drug | RxNorm | Ingredient
19012565 | 7145 | mycophenolic acid | Drug | RxNorm | Ingredient
19010482 | 3008 | cyclosporine | Drug | RxNorm | Ingredient
950637 | 42316 | tacrolimus | Drug | RxNorm | Ingredient
1310317 | 3002 | cyclophosphamide | Drug | RxNorm | Ingredient
1314273 | 121191 | rituximab | Drug | RxNorm | Ingredient
1101898 | 27169 | leflunomide | Drug | RxNorm | Ingredient
42904205 | 1357536 | tofacitinib | Drug | RxNorm | Ingredient
1777087 | 5521 | hydroxychloroquine | Drug | RxNorm | Ingredient
1711759 | 3108 | dapsone | Drug | RxNorm | Ingredient
19137042 | 10432 | thalidomide | Drug | RxNorm | Ingredient
1308216 | 29046 | lisinopril | Drug | RxNorm | Ingredient
1545958 | 83367 | atorvastatin | Drug | RxNorm | Ingredient
2000000030 | 6809 | metformin | Drug | RxNorm | Ingredient
2000000031 | 274783 | insulin glargine | Drug | RxNorm | Ingredient
"""

# vocabulary | code | name | maps to
_SOURCE = """
ICD10CM | M33.00 | Juvenile dermatomyositis, organ involvement unspecified | 4005037
ICD10CM | M33.01 | Juvenile dermatomyositis with respiratory involvement | 37395588
ICD10CM | M33.02 | Juvenile dermatomyositis with myopathy | 2000000001
ICD10CM | M33.03 | Juvenile dermatomyositis without myopathy | 4081250
ICD10CM | M33.09 | Juvenile dermatomyositis with other organ involvement | 4005037
ICD10CM | M33.10 | Other dermatomyositis, organ involvement unspecified | 80182
ICD10CM | M33.11 | Other dermatomyositis with respiratory involvement | 2000000002
ICD10CM | M33.12 | Other dermatomyositis with myopathy | 2000000001
ICD10CM | M33.13 | Other dermatomyositis without myopathy | 4081250
ICD10CM | M33.19 | Other dermatomyositis with other organ involvement | 80182
ICD10CM | M33.20 | Polymyositis, organ involvement unspecified | 2000000003
ICD10CM | M33.90 | Dermatopolymyositis, unspecified, organ involvement unspecified | 80182
ICD10CM | M33.92 | Dermatopolymyositis, unspecified with myopathy | 2000000001
ICD10CM | M33.93 | Dermatopolymyositis, unspecified without myopathy | 4081250
ICD10CM | M36.0 | Dermato(poly)myositis in neoplastic disease | 4344161
ICD9CM | 710.3 | Dermatomyositis | 80182
ICD9CM | 710.4 | Polymyositis | 2000000003
ICD10CM | M62.81 | Muscle weakness (generalized) | 2000000004
ICD9CM | 728.87 | Muscle weakness (generalized) | 2000000004
ICD10CM | J84.10 | Pulmonary fibrosis, unspecified | 4119786
ICD10CM | J84.9 | Interstitial pulmonary disease, unspecified | 4119786
ICD9CM | 515 | Postinflammatory pulmonary fibrosis | 4119786
ICD10CM | G72.41 | Inclusion body myositis [IBM] | 4216406
ICD9CM | 359.71 | Inclusion body myositis | 4216406
ICD10CM | D83.9 | Common variable immunodeficiency, unspecified | 2000000005
ICD9CM | 279.06 | Common variable immunodeficiency | 2000000005
ICD10CM | C50.919 | Malignant neoplasm of unspecified site of unspecified female breast | 2000000006
ICD9CM | 174.9 | Malignant neoplasm of breast (female), unspecified | 2000000006
ICD10CM | C34.90 | Malignant neoplasm of unspecified part of unspecified bronchus or lung | 2000000007
ICD9CM | 162.9 | Malignant neoplasm of bronchus and lung, unspecified | 2000000007
ICD10CM | C56.9 | Malignant neoplasm of unspecified ovary | 2000000008
ICD9CM | 183.0 | Malignant neoplasm of ovary | 2000000008
ICD10CM | M34.9 | Systemic sclerosis, unspecified | 2000000009
ICD9CM | 710.1 | Systemic sclerosis | 2000000009
ICD10CM | M32.9 | Systemic lupus erythematosus, unspecified | 257628
ICD9CM | 710.0 | Systemic lupus erythematosus | 257628
ICD10CM | M35.00 | Sjögren syndrome, unspecified | 2000000010
ICD9CM | 710.2 | Sicca syndrome | 2000000010
ICD10CM | I10 | Essential (primary) hypertension | 320128
ICD9CM | 401.9 | Unspecified essential hypertension | 320128
ICD10CM | E11.9 | Type 2 diabetes mellitus without complications | 201826
ICD9CM | 250.00 | Diabetes mellitus without mention of complication, type II or unspecified type | 201826
ICD10CM | J45.909 | Unspecified asthma, uncomplicated | 317009
ICD9CM | 493.90 | Asthma, unspecified type, unspecified | 317009
ICD10CM | E78.5 | Hyperlipidemia, unspecified | 432867
ICD9CM | 272.4 | Other and unspecified hyperlipidemia | 432867
ICD10CM | M19.90 | Unspecified osteoarthritis, unspecified site | 80180
ICD9CM | 715.90 | Osteoarthrosis, unspecified whether generalized or localized | 80180
ICD10CM | K21.9 | Gastro-esophageal reflux disease without esophagitis | 318800
ICD9CM | 530.81 | Esophageal reflux | 318800
ICD10CM | L20.9 | Atopic dermatitis, unspecified | 133834
ICD9CM | 691.8 | Other atopic dermatitis and related conditions | 133834
ICD10CM | M06.9 | Rheumatoid arthritis, unspecified | 80809
ICD9CM | 714.0 | Rheumatoid arthritis | 80809
ICD10CM | L40.0 | Psoriasis vulgaris | 2000000011
ICD9CM | 696.1 | Other psoriasis | 2000000011
ICD10CM | F32.9 | Major depressive disorder, single episode, unspecified | 2000000012
ICD9CM | 311 | Depressive disorder, not elsewhere classified | 2000000012
ICD10CM | G61.81 | Chronic inflammatory demyelinating polyneuritis | 2000000013
ICD9CM | 357.81 | Chronic inflammatory demyelinating polyneuritis | 2000000013
ICD10CM | D69.3 | Immune thrombocytopenic purpura | 2000000014
ICD9CM | 287.31 | Immune thrombocytopenic purpura | 2000000014
ICD10CM | G61.0 | Guillain-Barré syndrome | 2000000015
ICD9CM | 357.0 | Acute infective polyneuritis | 2000000015
ICD10CM | R51 | Headache | 378253
ICD10CM | R51.9 | Headache, unspecified | 378253
ICD9CM | 784.0 | Headache | 378253
ICD10CM | G03.0 | Nonpyogenic meningitis | 4201096
ICD9CM | 322.0 | Nonpyogenic meningitis | 4201096
ICD10CM | I26.99 | Other pulmonary embolism without acute cor pulmonale | 440417
ICD9CM | 415.19 | Other pulmonary embolism and infarction | 440417
ICD10CM | I82.409 | Acute embolism and thrombosis of unspecified deep veins of unspecified lower extremity | 4133004
ICD9CM | 453.40 | Acute venous embolism and thrombosis of unspecified deep vessels of lower extremity | 4133004
ICD10CM | I82.4Y9 | Acute embolism and thrombosis of unspecified deep veins of proximal lower extremity | 4133004
ICD9CM | 453.41 | Acute venous embolism and thrombosis of deep vessels of proximal lower extremity | 4133004
ICD10CM | I21.9 | Acute myocardial infarction, unspecified | 312327
ICD9CM | 410.91 | Acute myocardial infarction of unspecified site, initial episode of care | 312327
ICD10CM | I63.9 | Cerebral infarction, unspecified | 443454
ICD9CM | 434.91 | Cerebral artery occlusion, unspecified with cerebral infarction | 443454
ICD10CM | D59.9 | Acquired hemolytic anemia, unspecified | 435503
ICD9CM | 283.9 | Acquired hemolytic anemia, unspecified | 435503
ICD10CM | D59.4 | Other nonautoimmune hemolytic anemias | 435503
ICD9CM | 283.19 | Other non-autoimmune hemolytic anemias | 435503
ICD10CM | N17.9 | Acute kidney failure, unspecified | 197320
ICD9CM | 584.9 | Acute kidney failure, unspecified | 197320
ICD10CM | N17.0 | Acute kidney failure with tubular necrosis | 197320
ICD9CM | 584.5 | Acute kidney failure with lesion of tubular necrosis | 197320
"""

# code | name | mg in a billing unit
_HCPCS = """
J1459 | Injection, immune globulin (Privigen), intravenous, non-lyophilized, 500 mg | 500
J1553 | Injection, immune globulin (Yimmugo), 100 mg | 100
J1559 | Injection, immune globulin (Hizentra), 100 mg | 100
J1561 | Injection, immune globulin (Gamunex-C/Gammaked), non-lyophilized, 500 mg | 500
J1566 | Injection, immune globulin, intravenous, lyophilized, not otherwise specified, 500 mg | 500
J1568 | Injection, immune globulin (Octagam), intravenous, non-lyophilized, 500 mg | 500
J1569 | Injection, immune globulin (Gammagard Liquid), non-lyophilized, 500 mg | 500
J1575 | Injection, immune globulin/hyaluronidase (HyQvia), 100 mg immunoglobulin | 100
"""

_ANCESTORS = {
    DERMATOMYOSITIS: (4270868, 4081250, 4344161, 4005037, 37395588, 2000000001, 2000000002),
    4270868: (2000000002,),
    4005037: (37395588,),
}


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(" | ")] for line in text.strip().splitlines()]


@cache
def standard_concepts() -> tuple[Concept, ...]:
    """Return the standard concepts other than drug products."""
    return tuple(Concept(int(row[0]), row[1], row[2], row[3], row[4], row[5], "S") for row in _rows(_STANDARD))


@cache
def source_concepts() -> dict[tuple[str, str], tuple[Concept, int]]:
    """Return the ICD and HCPCS concepts by vocabulary and code, each with the standard concept it maps to."""
    found = {}
    for place, (vocabulary, code, name, standard) in enumerate(_rows(_SOURCE)):
        concept = Concept(_ICD_IDS + place, code, name, "Condition", vocabulary, f"{len(code)}-char code", None)
        found[vocabulary, code] = (concept, int(standard))
    for place, (code, name, _) in enumerate(_rows(_HCPCS)):
        found["HCPCS", code] = (Concept(_HCPCS_IDS + place, code, name, "Drug", "HCPCS", "HCPCS", None), IMMUNOGLOBULIN)
    return found


@cache
def billing_unit_mg() -> dict[str, float]:
    """Return the mg of immunoglobulin in one billing unit of each HCPCS code."""
    return {code: float(mg) for code, _, mg in _rows(_HCPCS)}


def condition_ancestors() -> list[tuple[int, int, int]]:
    """Return ancestor, descendant and levels between, for every standard concept and itself included."""
    pairs = [(concept.concept_id, concept.concept_id, 0) for concept in standard_concepts()]
    return pairs + [(top, below, 1) for top, belows in _ANCESTORS.items() for below in belows]
