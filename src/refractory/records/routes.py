"""How a drug was given, read from whatever a record has: modifier, code list, route, dose form."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNKNOWN_ROUTE = "unknown"

# Standard route concepts of OMOP, used where the source has no `concept` table to ask for the name.
ROUTE_CONCEPTS: dict[int, str] = {
    4132161: "oral",
    4171047: "intravenous",
    4142048: "subcutaneous",
    4302612: "intramuscular",
    4263689: "topical",
    4262099: "transdermal",
    4262914: "nasal",
    40486069: "inhaled",
    4184451: "ophthalmic",
    40549429: "ophthalmic",
    4023156: "otic",
    4290759: "rectal",
    4057765: "vaginal",
    4292110: "sublingual",
    4181897: "buccal",
    4006860: "intra-articular",
    4217202: "intrathecal",
    4156706: "intradermal",
}

# Words of a route as clinics, RxNorm dose forms and SNOMED names write them; the first that fits decides, so that
# "intravenous" is not read as "venous" nor "transdermal" as "dermal". Each row: what the words mean, the words.
_WORDS: tuple[tuple[str, str], ...] = (
    ("intra-articular", r"intra ?-?articular|articular use|\bia\b|intrabursal|into (the )?joint"),
    ("intralesional", r"intra ?-?lesional"),
    ("intrathecal", r"intra ?-?thecal|\bit\b|epidural|intra ?-?spinal"),
    ("intravitreal", r"intra ?-?vitreal|intra ?-?ocular|retrobulbar"),
    ("intradermal", r"intra ?-?dermal|intra ?-?cutaneous|\bid\b"),
    ("intravenous", r"intra ?-?venous|intra ?-?vascular|\biv\b|\bivpb\b|\bivp\b|infusion|into (a )?vein"),
    ("subcutaneous", r"sub ?-?cutaneous\w*|\bsub ?-?cut\b|\bsub ?-?q\b|\bsc\b|\bsq\b|\bsubcu\b"),
    ("intramuscular", r"intra ?-?muscular\w*|\bim\b"),
    ("sublingual", r"sub ?-?lingual|\bsl\b"),
    ("buccal", r"\bbuccal|\boral (?:gel|cream|ointment|paste|spray)|oro ?-?mucosal|\bmouth ?wash"),
    ("nasal", r"\bnasal|intra ?-?nasal|nostril|\bnose\b"),
    ("inhaled", r"inhal\w*|nebuli\w*|respiratory (?:tract|route)|\bneb\b|metered dose|\binh\b|\bpulmonary"),
    ("ophthalmic", r"ophthalm\w*|\bocular|conjunctival|\beyes?\b|\beye drops?"),
    ("otic", r"\botic|auricular|\bears?\b|\baural"),
    ("rectal", r"\brectal|per rectum|\bpr\b|enema|supposit"),
    ("vaginal", r"vaginal|per vagina|\bpv\b"),
    ("transdermal", r"trans ?-?dermal|\bpatch"),
    (
        "topical",
        r"topical|cutaneous|external|\bskin\b|cream\b|ointment|lotion|shampoo|\bgel\b|dermal|epicutaneous|\btop\b",
    ),
    (
        "oral",
        r"\boral|by mouth|per os|\bpo\b|tablet|capsule|\btabs?\b|\bcaps?\b|gastro|\benteral|nasogastric|\bng\b|chewable"
        r"|\bswallow|lozenge|\bsyrup|\belixir",
    ),
)
_READ = tuple((route, re.compile(words)) for route, words in _WORDS)

# HCPCS modifier JB: administered subcutaneously. It stands in a column of its own or behind the code.
_SUBCUTANEOUS_MODIFIER = re.compile(r"(?:^|[^A-Z0-9])JB(?:$|[^A-Z0-9])|^[A-Z][0-9]{4}JB$")


@dataclass(frozen=True)
class RouteEvidence:
    """Everything that a record says about how its drug was given; None where it says nothing.

    Args:
        code: The source's own code, with a modifier behind it in some sources.
        modifier: Modifier of a procedure.
        listed: Route that a code list gives for the code.
        route_concept_id: OMOP's route; 0 and null say nothing.
        route_concept_name: Its name in the source's vocabulary.
        route_text: The source's own word.
        products: Names of the product, with its dose form; the most trusted first.
    """

    code: str | None = None
    modifier: str | None = None
    listed: str | None = None
    route_concept_id: int | None = None
    route_concept_name: str | None = None
    route_text: str | None = None
    products: tuple[str | None, ...] = ()


def classify_route(said: RouteEvidence) -> str:
    """Say how a drug was given, by the first of the evidence that speaks.

    In this order: modifier JB (subcutaneous), the code list's route for the code, the route concept, the source's own
    word, the dose form in the name of the product. A dose form that leaves it open (injectable solution: into a vein,
    under the skin or into a muscle) is unknown.

    Source:
        HCPCS Level II for the modifier; OMOP's standard route concepts; RxNorm dose forms.

    Example:
        >>> classify_route(RouteEvidence(code="J1569", modifier="JB", listed="intravenous"))
        'subcutaneous'
        >>> classify_route(RouteEvidence(products=("prednisone 5 MG Oral Tablet",)))
        'oral'
    """
    for written in (said.modifier, said.code):
        if written and _SUBCUTANEOUS_MODIFIER.search(written.strip().upper()):
            return "subcutaneous"
    return (
        said.listed
        or ROUTE_CONCEPTS.get(said.route_concept_id or 0)
        or read_route(said.route_concept_name)
        or read_route(said.route_text)
        or next((route for name in said.products if (route := read_route(_dose_form(name)))), UNKNOWN_ROUTE)
    )


def read_route(text: str | None) -> str | None:
    """Read a route from free text; None when no known word is in it.

    Example:
        >>> read_route("SUBCUT"), read_route("PO"), read_route("p.o."), read_route("see chart")
        ('subcutaneous', 'oral', 'oral', None)
    """
    if not text:
        return None
    plain = text.lower().replace(".", "").replace("_", " ")
    return next((route for route, words in _READ if words.search(plain)), None)


# A brand in brackets can hold any word; two letters that mean a route stand for one only in a field of routes.
_BRAND = re.compile(r"\[[^\]]*\]")
_SHORT = re.compile(r"\b(ia|it|id|iv|sc|sq|im|sl|pr|pv|po|ng|top|inh|cap|gel)\b")


def _dose_form(product: str | None) -> str | None:
    if product is None:
        return None
    plain = _BRAND.sub(" ", product.lower())
    return _SHORT.sub(lambda found: found[0] if found[0] in {"iv", "gel", "cap"} else " ", plain)
