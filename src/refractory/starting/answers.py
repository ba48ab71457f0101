"""What the answers of a column of responses mean: a response, none, or nothing that can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from refractory.numbers import say_count
from refractory.records.from_drug_names import Ingredient
from refractory.starting import words
from refractory.starting.answer_remarks import is_remark
from refractory.starting.answer_words import UNTOLD, classify_answer, is_failure, is_slight
from refractory.starting.choices import Chooser, Question
from refractory.starting.looks import ColumnLook
from refractory.starting.spellings import Spellings
from refractory.starting.treatments import Treatment
from refractory.starting.views import SheetView, is_same_drug
from refractory.starting.words import spell_name

_MOST_ASKED, _LONGEST_SHOWN, _HIGHEST_CODE = 10, 40, 10
_UNCLEAR = "unclear"  # a remark that tells neither


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
        values: What a label says in place of a remark of several words, by the remark in small letters.
    """

    look: ColumnLook
    item: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    untold: tuple[str, ...]
    says: tuple[str, ...] = field(default=())
    values: Mapping[str, str] = field(default_factory=dict)


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


def _speaks_of_another(drug: Ingredient | None, treatment: Treatment) -> bool:
    return drug is not None and not is_same_drug(drug, treatment.drug)


def _fitness(view: SheetView, look: ColumnLook) -> float:
    known = sum(
        count for text, count in look.texts.items() if classify_answer(text, look) is not None or is_slight(text)
    )
    points = 4 * known / max(1, look.filled)
    points += (
        2 if re.search(r"respon|ansprechen|reponse|respuesta|risposta|improv|amelior|mejor|besser", look.plain) else 0
    )
    points += 2 if view.role(look).drug is not None else 0
    points += 1 if re.search(r"overall|clinical|primary|global|skin|cutaneous", look.plain) else 0
    points -= 1.5 if is_failure(look) else 0  # a column that asks for the response itself comes first
    points -= 2 if words.BEFORE.search(look.plain) and not is_failure(look) and view.role(look).drug is None else 0
    return points


def read_meaning(look: ColumnLook, item: str, chooser: Chooser, spellings: Spellings | None = None) -> Meaning:
    """Read what the answers of a column mean; what is open is asked."""
    write_label = (spellings or Spellings()).write_label
    values: dict[str, str] = {}

    def name_value(text: str, answer: bool | None) -> str:
        """Return what the label says; a remark is the person's own, and stays in the mapping."""
        if not is_remark(text) or is_failure(look) or text in look.legend:
            return write_label(text)
        return values.setdefault(text, _UNCLEAR if answer is None else "yes" if answer else "no")

    positive: list[str] = []
    negative: list[str] = []
    untold: list[str] = []
    says = []
    if is_failure(look):
        says.append("Its name asks for a failure: yes is taken as NO response, and no as a response.")
    open_ones: list[tuple[str, int]] = []
    has_levels = any(text.isdigit() and int(text) > _HIGHEST_CODE and text not in look.legend for text in look.texts)
    for text, count in look.texts.items():
        plain = spell_name(text)
        answer = classify_answer(text, look)
        if has_levels and text.isdigit():
            answer = None  # 70 is a level such as ACR 70, and 0 beside it no code
        elif answer is None and (label := write_label(text)) in ("yes", "no"):
            answer = (label == "yes") is not is_failure(look)  # its label says so, whatever it is called here
        if answer is None and not UNTOLD.fullmatch(plain) and len(look.texts) <= _MOST_ASKED:
            open_ones.append((text, count))
            continue
        (untold if answer is None else positive if answer else negative).append(name_value(text, answer))
        meaning = "neither" if answer is None else "a response" if answer else "no response"
        if text in values:
            continue  # what a remark was taken for stands beside it in the mapping
        says.append(f'"{look.first_spelling[text]}" ({say_count(count, "cell")}): {meaning}')
    codes = {text for text, _ in open_ones if text.isdigit()}
    for text, count in sorted(open_ones):
        is_code = text.isdigit() and not has_levels
        default = 1 if is_code or is_slight(look.legend.get(text, text)) else 2
        if is_code and codes | {one for one in positive + negative if one.isdigit()} <= {"1", "2"}:
            default = 0 if text == "1" else 1
        if is_code and look.legend and text not in look.legend:
            default = 2  # a code that the legend leaves out often stands for nothing
        told = f" ({look.legend[text]})" if text in look.legend else ""
        question = Question(
            f'Column "{look.name}": is "{_shorten(look.first_spelling[text])}"{told} a response?',
            ("yes, a response", "no response", "neither"),
            default,
            f"{say_count(count, 'cell')} of {look.filled}.",
        )
        chosen, is_known = chooser(question)
        (positive, negative, untold)[chosen].append(name_value(text, (True, False, None)[chosen]))
        how = "as you said" if is_known else "CHOSEN WITHOUT EVIDENCE"
        says.append(f'"{look.first_spelling[text]}" ({say_count(count, "cell")}): {question.options[chosen]} ({how})')
    if values:
        many = sum(look.texts[text] for text in values)
        says.append(
            f"{say_count(many, 'answer')} of many words TAKEN BY THEIR WORDS for yes, no or unclear: read each below."
        )
    return Meaning(look, item, _once(positive), _once(negative), _once(untold), tuple(says), values)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
