"""Codings of FHIR: which coding system an address stands for, and which drug a product's name says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from refractory.codes import Vocabulary, read_code
from refractory.records.fhir_values import mappings_of, text_of, words_of
from refractory.records.from_drug_names import find_ingredients
from refractory.records.staging import Coding

CVX = "CVX"
# Addresses and object identifiers of coding systems, in lower case and without what stands before "://".
# Source: HL7 terminology (THO), NamingSystem; FHIR R4, "Using codes in resources".
_SYSTEMS: Mapping[str, str] = {
    "www.nlm.nih.gov/research/umls/rxnorm": Vocabulary.RXNORM,
    "2.16.840.1.113883.6.88": Vocabulary.RXNORM,
    "hl7.org/fhir/sid/ndc": Vocabulary.NDC,
    "2.16.840.1.113883.6.69": Vocabulary.NDC,
    "www.whocc.no/atc": Vocabulary.ATC,
    "whocc.no/atc": Vocabulary.ATC,
    "2.16.840.1.113883.6.73": Vocabulary.ATC,
    "fhir.de/codesystem/bfarm/atc": Vocabulary.ATC,
    "fhir.de/codesystem/dimdi/atc": Vocabulary.ATC,
    "snomed.info/sct": Vocabulary.SNOMED,
    "2.16.840.1.113883.6.96": Vocabulary.SNOMED,
    "hl7.org/fhir/sid/icd-10-cm": Vocabulary.ICD10CM,
    "2.16.840.1.113883.6.90": Vocabulary.ICD10CM,
    "hl7.org/fhir/sid/icd-10": "ICD10",
    "2.16.840.1.113883.6.3": "ICD10",
    "hl7.org/fhir/sid/icd-10-gm": "ICD10",
    "fhir.de/codesystem/bfarm/icd-10-gm": "ICD10",
    "fhir.de/codesystem/dimdi/icd-10-gm": "ICD10",
    "hl7.org/fhir/sid/icd-9-cm": Vocabulary.ICD9CM,
    "hl7.org/fhir/sid/icd-9-cm/diagnosis": Vocabulary.ICD9CM,
    "hl7.org/fhir/sid/icd-9": Vocabulary.ICD9CM,
    "2.16.840.1.113883.6.103": Vocabulary.ICD9CM,
    "2.16.840.1.113883.6.2": Vocabulary.ICD9CM,
    "hl7.org/fhir/sid/icd-9-cm/procedure": "ICD9Proc",
    "2.16.840.1.113883.6.104": "ICD9Proc",
    "hl7.org/fhir/sid/icd-10-pcs": "ICD10PCS",
    "www.cms.gov/medicare/coding/icd10": "ICD10PCS",
    "2.16.840.1.113883.6.4": "ICD10PCS",
    "loinc.org": Vocabulary.LOINC,
    "2.16.840.1.113883.6.1": Vocabulary.LOINC,
    "www.ama-assn.org/go/cpt": Vocabulary.CPT4,
    "2.16.840.1.113883.6.12": Vocabulary.CPT4,
    "www.cms.gov/medicare/coding/hcpcsreleasecodesets": Vocabulary.HCPCS,
    "terminology.hl7.org/codesystem/hcpcs": Vocabulary.HCPCS,
    "terminology.hl7.org/codesystem/hcpcs-all-codes": Vocabulary.HCPCS,
    "www.nlm.nih.gov/research/umls/hcpcs": Vocabulary.HCPCS,
    "2.16.840.1.113883.6.285": Vocabulary.HCPCS,
    "2.16.840.1.113883.6.14": Vocabulary.HCPCS,
    "hl7.org/fhir/sid/cvx": CVX,
    "2.16.840.1.113883.12.292": CVX,
    "www2a.cdc.gov/vaccines/iis/iisstandards/vaccines.asp?rpt=cvx": CVX,
    "snomed.info": Vocabulary.SNOMED,
    "www.icd10data.com/icd10pcs": "ICD10PCS",
    # What exports write where the address belongs.
    "rxnorm": Vocabulary.RXNORM,
    "ndc": Vocabulary.NDC,
    "atc": Vocabulary.ATC,
    **dict.fromkeys(("snomed", "snomed ct", "snomed-ct", "snomedct"), Vocabulary.SNOMED),
    **dict.fromkeys(("icd-10-cm", "icd10cm"), Vocabulary.ICD10CM),
    **dict.fromkeys(("icd-9-cm", "icd9cm"), Vocabulary.ICD9CM),
    "loinc": Vocabulary.LOINC,
    **dict.fromkeys(("cpt", "cpt-4", "cpt4"), Vocabulary.CPT4),
    "hcpcs": Vocabulary.HCPCS,
    "cvx": CVX,
    # MIMIC-IV on FHIR keeps published codes under addresses of its own.
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-diagnosis-icd10": Vocabulary.ICD10CM,
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-diagnosis-icd9": Vocabulary.ICD9CM,
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-procedure-icd10": "ICD10PCS",
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-procedure-icd9": "ICD9Proc",
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-medication-ndc": Vocabulary.NDC,
    "mimic.mit.edu/fhir/mimic/codesystem/mimic-hcpcs-cd": Vocabulary.HCPCS,
}
# Addresses that begin so: of editions, of single codes, of pages.
_BEGINNINGS: Mapping[str, str] = {
    "snomed.info/": Vocabulary.SNOMED,  # an edition: snomed.info/sct/731000124108/version/20230301
    "www.cms.gov/medicare/coding/hcpcsreleasecodesets/": Vocabulary.HCPCS,
    "purl.bioontology.org/ontology/rxnorm": Vocabulary.RXNORM,
    "purl.bioontology.org/ontology/snomedct": Vocabulary.SNOMED,
    "purl.bioontology.org/ontology/icd10cm": Vocabulary.ICD10CM,
    "purl.bioontology.org/ontology/icd9cm": Vocabulary.ICD9CM,
}
_NATIONAL_ICD10 = re.compile(r"hl7\.org/fhir/sid/icd-10-[a-z]{2}")
# Coding systems that say only that nothing is known.
_ABSENT = (
    "terminology.hl7.org/codesystem/data-absent-reason",
    "terminology.hl7.org/codesystem/v3-nullflavor",
    "hl7.org/fhir/data-absent-reason",
    "hl7.org/fhir/v3/nullflavor",
)
# "No known problems", "no information about medications": a person has none of them, whatever stands beside.
_NONE_AT_ALL = "hl7.org/fhir/uv/ips/codesystem/absent-unknown-uv-ips"
# The international edition and its national daughters share the codes that studies of diseases name.
_READ_AS = {"ICD10": str(Vocabulary.ICD10CM)}
_NO_SYSTEMS: Mapping[str, str] = MappingProxyType({})
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_BILLING = (Vocabulary.HCPCS, Vocabulary.CPT4)


@dataclass(frozen=True)
class Coded:
    """What a concept of FHIR says.

    Args:
        codings: Codings of systems that are known, in their order, each once.
        text: What the record calls it.
        modifiers: Modifiers of a billing code ("JB"), with blanks between.
        unknown: Codings of a coding system that is not known.
        others: What those call it.
    """

    codings: tuple[Coding, ...] = ()
    text: str = ""
    modifiers: str = ""
    unknown: int = 0
    others: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when it names nothing."""
        return not self.codings and not self.text

    @property
    def names(self) -> tuple[str, ...]:
        """All names that it gives, the record's own first."""
        said = (self.text, *(one.name for one in self.codings), *self.others)
        return tuple(dict.fromkeys(name for name in said if name))


def read_coded(concept: object, systems: Mapping[str, str] = _NO_SYSTEMS) -> Coded:
    """Read a CodeableConcept, or the concepts of a list; a Coding that stands alone is one too.

    A coding that only says that the code is absent or masked says nothing.

    Args:
        concept: The concept as FHIR's JSON has it.
        systems: Vocabulary of each coding system that only the source has, by its address.
    """
    found: dict[tuple[str, str], Coding] = {}
    others: list[str] = []
    concepts = [_leave_out_absent(one) for one in mappings_of(concept)]
    modifiers, unknown, text = [], 0, words_of(concepts if concepts else concept)
    for one in concepts:
        codings = mappings_of(one.get("coding"))
        if not codings and "code" in one:
            codings, text = [one], text or text_of(one.get("display")) or text_of(one.get("code"))
        for coding in codings:
            code, name = text_of(coding.get("code")), text_of(coding.get("display"))
            system = text_of(coding.get("system"))
            vocabulary = systems.get(system) or find_vocabulary(system)
            if not code:
                continue
            if not vocabulary:
                unknown += 1
                others.append(name)
            elif vocabulary in _BILLING and _MODIFIER.fullmatch(code.upper()):
                modifiers.append(code.upper())
            else:
                read = Coding(vocabulary, _write_code(vocabulary, code), name)
                found.setdefault((read.vocabulary, read.code), read)
    return Coded(tuple(found.values()), text, " ".join(modifiers), unknown, tuple(others))


def _leave_out_absent(concept: Mapping[str, Any]) -> Mapping[str, Any]:
    codings = mappings_of(concept.get("coding"))
    if _is_absent(concept) or any(_plain(text_of(one.get("system"))) == _NONE_AT_ALL for one in (concept, *codings)):
        return {}
    kept = [one for one in codings if not _is_absent(one)]
    return concept if len(kept) == len(codings) else {**concept, "coding": kept}


def _is_absent(coding: Mapping[str, Any]) -> bool:
    return "system" in coding and _plain(text_of(coding["system"])) in _ABSENT


@lru_cache(maxsize=10_000)
def find_vocabulary(system: str) -> str:
    """Name the coding system that an address stands for; empty where it is not known.

    Example:
        >>> find_vocabulary("http://snomed.info/sct"), find_vocabulary("urn:oid:2.16.840.1.113883.6.88")
        ('SNOMED', 'RxNorm')
        >>> find_vocabulary("http://example.org/our-codes")
        ''
    """
    plain = _plain(system)
    found = str(_SYSTEMS.get(plain) or _SYSTEMS.get(plain.removeprefix("www.")) or "")
    found = found or next((str(it) for begin, it in _BEGINNINGS.items() if plain.startswith(begin)), "")
    if not found and _NATIONAL_ICD10.fullmatch(plain):
        found = "ICD10"
    return _READ_AS.get(found, found)


def _plain(system: str) -> str:
    """Write an address in lower case, without its version and without what stands before "://"."""
    plain = system.strip().lower().rstrip("/").partition("|")[0]
    return plain.removeprefix("urn:oid:").partition("://")[2] or plain.removeprefix("urn:oid:")


def _write_code(vocabulary: str, code: str) -> str:
    """Write a code as a vocabulary has it: eleven digits of an NDC, no version behind it."""
    if vocabulary == Vocabulary.NDC:
        try:
            return read_code(Vocabulary.NDC, code).text
        except ValueError:
            return code
    return code


def route_by_name(coded: Coded) -> str:
    """Return the route that the name of a product says by itself, as that of an autoinjector does; else empty."""
    routes = {one.route for name in coded.names[:1] for one in find_ingredients(name)}
    return routes.pop() if len(routes) == 1 else ""


def with_ingredients(coded: Coded, *more_names: str) -> tuple[Coding, ...]:
    """Add to the codings of a product the ingredients that its names say, for exports hold codes of products.

    The first name that says any decides.
    """
    codings = list(coded.codings)
    known = {(one.vocabulary, one.code) for one in codings}
    for name in (*coded.names, *more_names):
        found = _ingredients(name)
        for code, drug in found:
            if (Vocabulary.RXNORM, code) not in known:
                known.add((str(Vocabulary.RXNORM), code))
                codings.append(Coding(str(Vocabulary.RXNORM), code, drug))
        if found:
            break
    return tuple(codings)


@lru_cache(maxsize=50_000)
def _ingredients(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((one.rxnorm, one.name) for one in find_ingredients(name))
