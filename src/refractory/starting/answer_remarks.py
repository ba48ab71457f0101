"""Remarks of several words that say whether a treatment helped: "rash much better, able to taper"."""

from __future__ import annotations

import re

from refractory.starting.words import spell_name

_FEWEST_WORDS = 3
_HELP = (
    r"respon\w*|improve\w*|benefit\w*|effect\w*|better|difference|change\w*|help\w*|efficacy|remission|relief|success"
    r"|clearing|clearance|ansprechen|angesprochen|besser\w*|gebessert|effekt|wirk\w*|veranderung|erfolg|reponse|repondu"
    r"|amelior\w*|effet|efficac\w*|benefice|changement|mejor\w*|respuesta|responde\w*|efecto|cambios?|beneficio"
    r"|miglior\w*|rispost\w*|rispond\w*|effetto|cambiament\w*|verbeter\w*|verschil|beter"
)
_NONE = (
    r"no|not|non|without|lack of|lacking|nil|zero|never|little|hardly any|didn t|doesn t|hasn t|kein\w*|nicht|ohne|kaum"
    r"|pas|aucune?|sans|peu|sin|ninguna?|nessun\w*|senza|geen|niet|zonder"
)
# Nothing that a treatment is given for came back: it says nothing against the treatment.
_NOT_BACK = re.compile(
    r"\b(?:no|without|any|zero|keine?n?|ohne|sans|pas de|sin|senza|geen|zonder) (?:\w+ ){0,2}?(?:flare\w*|relaps\w*"
    r"|progress\w*|wors\w*|recurr\w*|active disease|disease activity|symptom\w*|rash|lesions?|rechute\w*|recidiv\w*"
    r"|rezidiv\w*|schub\w*|poussee\w*|recaid\w*|brot\w*)\b"
)
_SIDE_EFFECT = re.compile(
    r"\b(?:(?:side|adverse) effects?|nebenwirkung\w*|effets? (?:secondaires?|indesirables?)"
    r"|efectos? (?:secundarios?|adversos?)|effett[oi] collateral[ei]|bijwerking\w*)\b"
)
_AGAINST = re.compile(
    rf"\b(?:{_NONE})(?: d| de| l)? (?:\w+ ){{0,2}}?(?:{_HELP})\b"
    r"|\b(?:non ?respon\w*|fail\w*|ineffective|unchanged|refractory|wors\w*|progress(?:ed|ion|ive|ing)?|deteriorat\w*"
    r"|flar\w*|relaps\w*|recurr\w*|unresponsive|resistant|unverandert|verschlecht\w*|schlechter|versag\w*|unwirksam"
    r"|rezidiv\w*|inchange\w*|inefficace|aggrav\w*|echec|rechute\w*|empeor\w*|fracas\w*|ineficaz|refractari\w*"
    r"|peggior\w*|falliment\w*|verslecht\w*|onveranderd)\b"
    r"|\b(?:still|remains?|persist\w*|ongoing) (?:\w+ )?(?:active|severe|rash|disease|symptom\w*)\b"
)
_FOR = re.compile(
    r"\b(?:improv\w*|better|respon(?:se|ded|der|ds|ding|sive)|remission|remitted|clear(?:ed|ance|ing|s)?|resol(?:ved|ution"
    r"|ving)|benefit(?:t?ed)?|effective|helped|helpful|excellent|great|dramatic\w*|quiescent|under control"
    r"|well controlled|disease free|symptom free|gebessert|besser\w*|verbess\w*|ansprechen|angesprochen|abgeheilt"
    r"|abheilung|rucklaufig|ruckgang|erscheinungsfrei|wirksam|amelior\w*|mieux|reponse|repondeu\w*|efficace|disparition"
    r"|disparu\w*|blanchi\w*|mejor\w*|respuesta|respondio|resuelt\w*|eficaz|miglior\w*|rispos\w*|remissione|risolt\w*"
    r"|verbeter\w*|beter|respons|remissie)\b"
)
# What did not stay, what was small, what nobody knows yet: only a person can tell.
_OPEN = re.compile(
    r"\b(?:minimal\w*|slight\w*|mild(?:ly)?|minor|transient\w*|temporar\w*|initial\w*|briefly|short lived|at first"
    r"|(?<!since )then"
    r"|but|however|except|mixed|wore off|lost response|loss of response|questionable|possibl[ey]|maybe|perhaps|unclear"
    r"|not clear|whether"
    r"|uncertain|unknown|too early|not yet|pending|lost to|hard to|difficult to|cannot|can t|should|would|could"
    r"|expected|hope\w*|plan\w*|gering\w*|leicht\w*|vorubergehend|anfang\w*|zunachst|aber|dann|unklar|unbekannt"
    r"|noch nicht|faible|leger\w*|transitoire\w*|puis|mais|inconnu\w*|leve|ligera\w*|transitori\w*|luego|pero"
    r"|desconocid\w*|lieve|poi|ma|licht|tijdelijk|maar|daarna|onbekend|nog niet)\b"
)


def is_remark(text: str) -> bool:
    """Say whether an answer is a remark: words enough to say what only a person reads whole.

    Example:
        >>> is_remark("rash much better, able to taper"), is_remark("partial response")
        (True, False)
    """
    return len(spell_name(text).split()) > _FEWEST_WORDS


def weigh_remark(text: str) -> tuple[bool, bool]:
    """Say whether a remark speaks for a response, and whether it speaks against one; both where only a person can tell.

    Example:
        >>> weigh_remark("rash much better, able to taper"), weigh_remark("stopped - headaches, no benefit")
        ((True, False), (False, True))
        >>> weigh_remark("better at first, then flared"), weigh_remark("seen in clinic")
        ((True, True), (False, False))
    """
    plain = spell_name(text)
    if len(plain.split()) < _FEWEST_WORDS:
        return False, False
    if _OPEN.search(plain):
        return True, True
    rest, against = _AGAINST.subn(" ", _NOT_BACK.sub(" ", _SIDE_EFFECT.sub(" ", plain)))
    return bool(_FOR.search(rest)), against > 0
