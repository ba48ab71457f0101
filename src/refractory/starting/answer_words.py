"""Words with which charts say that a treatment helped, that it did not, or neither."""

from __future__ import annotations

import re

from refractory.starting import words
from refractory.starting.answer_remarks import is_remark, weigh_remark
from refractory.starting.looks import NO, YES, ColumnLook
from refractory.starting.signs import BOTH, read_sign
from refractory.starting.words import spell_name

UNTOLD = re.compile(
    r"ne|nd|n [abdekvz]|k a|nb|nv|not evaluable|unknown|unclear|lost.*|ltfu|pending|n / a|na|too early|unbekannt"
    r"|inconnu|not assessed"
    r"|not documented|perdue? de vue|non evaluable|nicht beurteilbar|perdid[oa]\b.*"
    r"|pers[oa] al follow.*|onbekend|nog niet.*|(?:no|not|non|nicht|niet|pas) (?:yet )?(?:valora|evalu|valuta|assess"
    r"|auswert|bewert|beurteil|beoordeel|interpret|bekannt|known|connu|conoc|noto|disponib|available|verfugbar)\w*.*"
)
_NO = re.compile(
    r"(?:nc(?! remission)|no|non|nr|n r|none|nein|nee|geen\b.*"
    r"|echec|fallo|fracaso|fallimento|ineficaz|inefficace|refractar\w*|sr"
    r"|resistan\w*|primary failure|absence\b.*|sans\b.*|kein\w*|pas d\w*|sin|aucune?|ninguna?|nessuna?|nulla?"
    r"|negative|neg|fail\w*|ineffective|inefficacy"
    r"|unchanged?|no change|stable|sd|same|stationary|unverandert|inchange\w*|sin cambios|invariat\w*|poor|bad"
    r"|schlecht\w*"
    r"|mauvaise?|mala|worse\w*|worsen\w*|wors\w*|progress\w*|pd|deteriorat\w*|verschlecht\w*|pire|peor|relaps\w*"
    r"|flare|0|false|n"
    r"|not improved|not responding|not better|did not .*|non ?respon\w*|nonrespon\w*)(?:\b.*)?"
)
SLIGHT = re.compile(
    r"(?:minimal\w*|slight\w*|mild\w*|minor|mr|gering\w*|leicht\w*|faible|leve|lieve|equivocal|mixed"
    r"|maybe)(?:\b.*)?"
)
_YES = re.compile(
    r"(?:yes|y|ja|j|oui|o|si|s|true|1|x|cr|pr|rc|rp|rep(?:onse)? (?:complete|partielle)"
    r"|volledig\w*|gedeeltelijk\w*|goed\w*"
    r"|beter|complete\w*|partial\w*|partielle?\w*|completa|parcial|parziale"
    r"|komplett\w*|teilweise|partiell|teil(?:remission|ansprechen|response)|voll(?:remission|ansprechen)"
    r"|(?:partial|komplett)(?:remission|ansprechen)|remision\w*|remissione\w*|respuesta (?:completa|parcial)"
    r"|risposta (?:completa|parziale)"
    r"|good|very good|excellent|great|moderate\w*|marked\w*|major|much|improv\w*|better|respon\w*|remission|remitted"
    r"|clear\w*|almost clear"
    r"|deutlich\w*|vollstandig\w*|stark|massig|mittel|important\w*|notable|significant\w*|dramatic\w*|substantial\w*"
    r"|gut\w*|sehr gut|(?:ge|viel )?besser\w*|verbesser\w*|bonne?|tres bonne?|amelior\w*"
    r"|buena|muy buena|mejor\w*|buona|miglior\w*"
    r"|ottima|effective|success\w*"
    r"|cure\w*|resolved|positive|pos|complet\w*|vgpr|nc remission)(?:\b.*)?"
)
# What turns an answer round, so that only a person can tell: "marked worsening", "good, then lost", "no flare".
_TURNED_WORSE = re.compile(
    r"\b(?:wors\w*|fail\w*|deteriorat\w*|progress\w*|relaps\w*|flare\w*|lost|loss|non ?respon\w*|no|not|without|lack\w*"
    r"|verschlecht\w*|echec|perte|rechute\w*|recidiv\w*|perdida|verlust|verslecht\w*|pd|nr)\b"
)
_TURNED_BETTER = re.compile(
    r"(?:no|without|keine?|sin|sans|geen|pas de) (?:\w+ )?(?:relaps|flare|progress|wors|symptom|disease|activit|rechute"
    r"|recidiv|rezidiv)\w*|(?:stable|same|unchanged) .*(?:remission|improv|respon|control|good)\w*"
)


def classify_answer(text: str, look: ColumnLook | None) -> bool | None:
    """Say whether an answer is a response; None where it tells neither.

    Example:
        >>> [classify_answer(one, None) for one in ("PR", "no improvement", "much improved", "worse", "lost", "++")]
        [True, False, True, False, None, True]
    """
    if look is not None and text in look.legend and look.legend[text].lower() != text:
        return classify_answer(look.legend[text].lower(), None)
    plain = spell_name(text)
    sign = read_sign(text)
    if sign is not None:
        return sign is not (look is not None and is_failure(look))
    if look is not None and is_failure(look) and plain in (*YES, *NO):
        return plain in NO  # "treatment failure: yes"
    if look is not None and plain == "r" and "nr" in look.texts:
        return True
    if UNTOLD.fullmatch(plain):
        return None
    speaks_for, speaks_against = weigh_remark(text)
    if speaks_for is not speaks_against:
        return speaks_for
    if speaks_for:
        return None
    if _NO.fullmatch(plain):
        # "no headaches, seen monthly" and "stable on IVIG, no flares" say nothing; "no, stopped for cost" says no.
        is_open = is_remark(text) and not re.match(r"\s*\w+\s*[,;:.(–-]", text)
        return None if is_open or _TURNED_BETTER.match(plain) else False
    if _YES.fullmatch(plain):
        is_turned = not re.match(r"(?:yes|ja|oui|si) ", plain) and _TURNED_WORSE.search(plain) is not None
        return None if is_turned else True
    return None


def is_slight(text: str) -> bool:
    """Say whether an answer tells of a slight response, which only a person can call one: "minimal", "+/-"."""
    return text in BOTH or SLIGHT.fullmatch(spell_name(text)) is not None


def is_failure(look: ColumnLook) -> bool:
    """Say whether a column asks for the failure of a treatment, so that yes means no response."""
    return bool(words.FAILED.search(look.plain)) and look.is_yes_or_no
