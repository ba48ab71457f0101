"""What the answers of a column of responses mean: a response, none, or nothing that can be told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from refractory.numbers import say_count
from refractory.records.cell_words import read_yes_or_no
from refractory.records.mapping import SourceDefinition
from refractory.starting import words
from refractory.starting.choices import Chooser, Question
from refractory.starting.looks import ColumnLook
from refractory.starting.treatments import Treatment
from refractory.starting.views import SheetView, is_same_drug
from refractory.starting.words import spell_name

_UNTOLD = re.compile(
    r"ne|nd|not evaluable|unknown|unclear|lost.*|ltfu|pending|n / a|na|too early|unbekannt|inconnu|not assessed"
    r"|not documented"
)
_MOST_ASKED, _LONGEST_SHOWN = 10, 40
_NO = re.compile(
    r"(?:no|non|nr|n r|none|nein|kein\w*|pas d\w*|sin|aucune?|ninguna?|nessuna?|nulla?|negative|neg|fail\w*"
    r"|ineffective|inefficacy"
    r"|unchanged?|no change|stable|sd|same|stationary|unverandert|inchange\w*|sin cambios|invariat\w*|poor|bad"
    r"|schlecht\w*"
    r"|mauvaise?|mala|worse\w*|worsen\w*|wors\w*|progress\w*|pd|deteriorat\w*|verschlecht\w*|pire|peor|relaps\w*"
    r"|flare|0|false|n"
    r"|not improved|not responding|not better|did not .*|non ?respon\w*|nonrespon\w*)(?:\b.*)?"
)
_SLIGHT = re.compile(
    r"(?:minimal\w*|slight\w*|mild\w*|minor|mr|gering\w*|leicht\w*|faible|leve|lieve|equivocal|mixed|\+ / -"
    r"|maybe)(?:\b.*)?"
)
_YES = re.compile(
    r"(?:yes|y|ja|j|oui|o|si|s|true|1|x|cr|pr|complete\w*|partial\w*|partielle?\w*|completa|parcial|parziale"
    r"|komplett\w*|teilweise|partiell"
    r"|good|very good|excellent|great|moderate\w*|marked\w*|major|much|improv\w*|better|respon\w*|remission|remitted"
    r"|clear\w*|almost clear"
    r"|deutlich\w*|vollstandig\w*|stark|massig|mittel|important\w*|notable|significant\w*|dramatic\w*|substantial\w*"
    r"|gut\w*|sehr gut|besser\w*|verbesser\w*|bonne?|tres bonne?|amelior\w*|buena|muy buena|mejor\w*|buona|miglior\w*"
    r"|ottima|effective|success\w*"
    r"|cure\w*|resolved|positive|pos|complet\w*|vgpr|nc remission)(?:\b.*)?"
)


@dataclass(frozen=True)
class Meaning:
    """What the answers of a column mean, in the words that a label will have.

    Args:
        look: The column.
        item: The name of the label.
        positive: Values that are a response.
        negative: Values that are none.
        untold: Values that tell neither, with their cells.
        says: How it is known, as comment lines.
    """

    look: ColumnLook
    item: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    untold: tuple[str, ...]
    says: tuple[str, ...] = field(default=())


def find_response(
    views: Sequence[SheetView], treatment: Treatment, chooser: Chooser
) -> tuple[SheetView, ColumnLook, list[tuple[SheetView, ColumnLook]]] | None:
    """Find the column that says whether persons responded, and the others that say something of the kind."""
    found = [(view, look) for view in views for look in view.of("response")]
    usable = [(view, look) for view, look in found if not _speaks_of_another(view.role(look).drug, treatment)]
    if not usable:
        return None
    ranked = sorted(usable, key=lambda one: -_fitness(*one))  # of equal ones the first stays first
    best = _fitness(*ranked[0])
    tied = [one for one in ranked if _fitness(*one) >= best - 1]
    chosen = ranked[0]
    if len(tied) > 1:
        question = Question(
            "Which column says whether a person responded?",
            tuple(f'"{look.name}"' for _, look in tied),
            0,
            f"{len(tied)} columns may.",
        )
        chosen = tied[chooser(question)[0]]
    return (*chosen, [one for one in ranked if one != chosen])


def _speaks_of_another(drug: object, treatment: Treatment) -> bool:
    from refractory.records.from_drug_names import Ingredient

    return isinstance(drug, Ingredient) and not is_same_drug(drug, treatment.drug)


def _fitness(view: SheetView, look: ColumnLook) -> float:
    known = sum(
        count
        for text, count in look.texts.items()
        if classify_answer(text, look) is not None or _SLIGHT.fullmatch(spell_name(text))
    )
    points = 4 * known / max(1, look.filled)
    points += (
        2 if re.search(r"respon|ansprechen|reponse|respuesta|risposta|improv|amelior|mejor|besser", look.plain) else 0
    )
    points += 2 if view.role(look).drug is not None else 0
    points += 1 if re.search(r"overall|clinical|primary|global|skin|cutaneous", look.plain) else 0
    points -= 2 if words.BEFORE.search(look.plain) and view.role(look).drug is None else 0
    return points


def classify_answer(text: str, look: ColumnLook | None) -> bool | None:
    """Say whether an answer is a response; None where it tells neither.

    Example:
        >>> [classify_answer(one, None) for one in ("PR", "no improvement", "much improved", "worse", "lost")]
        [True, False, True, False, None]
    """
    if look is not None and text in look.legend and look.legend[text].lower() != text:
        return classify_answer(look.legend[text].lower(), None)
    plain = spell_name(text)
    if _UNTOLD.fullmatch(plain):
        return None
    if _NO.fullmatch(plain):
        return False
    if _YES.fullmatch(plain):
        return True
    return None


def read_meaning(look: ColumnLook, item: str, chooser: Chooser) -> Meaning:
    """Read what the answers of a column mean; what is open is asked."""
    positive: list[str] = []
    negative: list[str] = []
    untold: list[str] = []
    says = []
    open_ones: list[tuple[str, int]] = []
    for text, count in look.texts.items():
        plain = spell_name(text)
        answer = classify_answer(text, look)
        if answer is None and not _UNTOLD.fullmatch(plain) and len(look.texts) <= _MOST_ASKED:
            open_ones.append((text, count))
            continue
        (untold if answer is None else positive if answer else negative).append(write_label(text))
        meaning = "neither" if answer is None else "a response" if answer else "no response"
        says.append(f'"{look.first_spelling[text]}" ({say_count(count, "cell")}): {meaning}')
    codes = {text for text, _ in open_ones if text.isdigit()}
    for text, count in sorted(open_ones):
        default = 1 if text.isdigit() or _SLIGHT.fullmatch(spell_name(look.legend.get(text, text))) else 2
        if text.isdigit() and codes | {one for one in positive + negative if one.isdigit()} <= {"1", "2"}:
            default = 0 if text == "1" else 1
        told = f" ({look.legend[text]})" if text in look.legend else ""
        question = Question(
            f'Column "{look.name}": is "{_shorten(look.first_spelling[text])}"{told} a response?',
            ("yes, a response", "no response", "neither"),
            default,
            f"{say_count(count, 'cell')} of {look.filled}.",
        )
        chosen, is_known = chooser(question)
        (positive, negative, untold)[chosen].append(write_label(text))
        how = "as you said" if is_known else "CHOSEN WITHOUT EVIDENCE"
        says.append(f'"{look.first_spelling[text]}" ({say_count(count, "cell")}): {question.options[chosen]} ({how})')
    return Meaning(look, item, _once(positive), _once(negative), _once(untold), tuple(says))


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def write_label(text: str) -> str:
    """Return the value that a label has when a cell says a text; see the reader of labels."""
    known = SourceDefinition()
    answer = None if text.isdigit() else read_yes_or_no(text, known.yes, known.no)
    return text if answer is None else "yes" if answer else "no"


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
