"""What the disease of a study is called."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.starting.drafting import Found
from refractory.starting.views import SheetView

_DISEASES = (
    ("dermatomyositis", ("dermatomyosit", "dermatomiosit", " dm ", " cadm ", " jdm ")),
    ("myositis", ("myositis", " iim ", "myosit")),
    ("pemphigus", ("pemphig",)),
    ("lupus", ("lupus", " sle ", " cle ")),
    ("chronic inflammatory demyelinating polyneuropathy", ("cidp",)),
    ("myasthenia gravis", ("myasthenia", " mg ")),
    ("multifocal motor neuropathy", (" mmn ",)),
    ("rheumatoid arthritis", ("rheumatoid", " ra ")),
    ("psoriasis", ("psoria",)),
    ("chronic urticaria", ("urticaria", " csu ")),
    ("atopic dermatitis", ("atopic", "eczema", " ad ")),
    ("pemphigoid", ("pemphigoid",)),
    ("systemic sclerosis", ("scleroderma", "systemic sclerosis", " ssc ")),
    ("immune thrombocytopenia", (" itp ",)),
    ("Crohn's disease", ("crohn",)),
    ("ulcerative colitis", ("colitis", " uc ")),
    ("multiple sclerosis", ("multiple sclerosis", " ms ")),
    ("hidradenitis suppurativa", ("hidradenitis",)),
    ("vasculitis", ("vasculitis",)),
    ("sarcoidosis", ("sarcoid",)),
)
_THE_DISEASE = "the disease"


def name_disease(views: Sequence[SheetView], title: str) -> str:
    """Name the disease by the files, titles and diagnoses; "the disease" where nothing does."""
    names = [look.first_spelling[text] for view in views for look in view.of("diagnosis") for text in look.texts]
    text = f" {title} {' '.join(names[:50])} ".lower().replace("_", " ")
    return next((name for name, parts in _DISEASES if any(part in text for part in parts)), _THE_DISEASE)


def find_best_name(found: Found, disease: str) -> str:
    """Name the disease once its records are known."""
    if disease == _THE_DISEASE and len(found.diseases) == 1:
        return next(iter(found.diseases)).lower()
    if disease == _THE_DISEASE and any(code.upper().startswith("M33") for code in found.icd):
        return "dermatomyositis"
    return disease
