"""Names that say a time by a drug: "date post IVIG" is no day of IVIG."""

from __future__ import annotations

import re

from refractory.records.from_drug_names import find_drug_mentions
from refractory.starting.words import spell_name

_ARTICLES = r"(?: (?:the|de|d|la|le|les|l|dem|der|die|del|di|el|first|1 st|1))*"
_APART = r"post|after|following|nach|apres|despues|dopo|tras|na|pre|before|vor|voor|avant|antes|prima"
_BESIDE_DRUG = re.compile(rf"(?:^| )(?:{_APART}){_ARTICLES}$")
_AT_DRUG = re.compile(rf"(?:^| )(?:at|bei|{_APART}){_ARTICLES}$")
_BESIDE_TREATMENT = re.compile(
    rf"(?:^| )(?:{_APART}){_ARTICLES} (?:tx|rx|treatment|therap\w*|infusion\w*|perfusion\w*|traitement|behandlung"
    r"|tratamiento|terapia|cycles?|zyklen)(?![a-z0-9])"
)


def is_time_of_drug(name: str) -> bool:
    """Say whether a name speaks of a drug only to say a time: before it, at it, or after it.

    Example:
        >>> [is_time_of_drug(name) for name in ("CDASI vor IVIG", "CDASI at IVIG", "IVIG dose", "Prior IVIG")]
        [True, True, False, False]
    """
    mentions = find_drug_mentions(name)
    return bool(mentions) and _AT_DRUG.search(spell_name(name[: mentions[0].start])) is not None


def is_apart_from_treatment(name: str) -> bool:
    """Say whether a name of days tells days before or after a treatment, and not those of the treatment.

    Example:
        >>> names = ("date post IVIG", "Datum nach Therapie", "IVIG start", "Prior IVIG date", "date at IVIG")
        >>> [is_apart_from_treatment(name) for name in names]
        [True, True, False, False, False]
    """
    mentions = find_drug_mentions(name)
    if mentions:
        return _BESIDE_DRUG.search(spell_name(name[: mentions[0].start])) is not None
    return _BESIDE_TREATMENT.search(spell_name(name)) is not None


def leave_out_time_of_drug(name: str) -> str:
    """Return a name without the drug by which it says a time.

    Example:
        >>> leave_out_time_of_drug("date post IVIG"), leave_out_time_of_drug("IVIG date")
        ('date post ', 'IVIG date')
    """
    mentions = find_drug_mentions(name) if is_time_of_drug(name) else ()
    return name[: mentions[0].start] + name[mentions[0].end :] if mentions else name
