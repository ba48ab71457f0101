"""The abstract and the results of a paper, made from results: each number carries the id of the one it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.results import OTHERS_BETTER, Caution, Results, Severity
from refractory.analysis.shared import NOT_SHARED
from refractory.numbers import format_share, say_count, say_number
from refractory.report.answer import find_estimate, find_placebo, find_strata
from refractory.report.phrases import lower_first
from refractory.report.telling import Paragraph, Piece, Sentence, Teller, print_estimate

MOST_WORDS_OF_ABSTRACT = 250
_MOST_WORDS_OF_METHODS = 90
_MOST_EVENTS = 6
_TO_WRITE = "[The authors: what is known, and why the question matters.]"


@dataclass(frozen=True)
class Narrative:
    """What a paper would say.

    Args:
        abstract: Headed as clinical journals ask, at most 250 words where the study allows it.
        results: The results section, a paragraph for each question.
    """

    abstract: tuple[Paragraph, ...]
    results: tuple[Paragraph, ...]


def _plain(text: str) -> Sentence:
    return Sentence((Piece(text),))


def _caution(results: Results, code: str) -> Caution | None:
    return next((one for one in results.cautions if one.code == code or one.code.startswith(f"{code}-")), None)


def _first_sentence(results: Results, heading: str) -> list[Sentence]:
    section = next((one for one in results.methods if one.heading == heading), None)
    if section is None or not section.sentences:
        return []
    # What stands in brackets is for the methods section.
    return [_plain(re.sub(r" \([^()]*\)\.$", ".", section.sentences[0]))]


def _tell_persons(results: Results, teller: Teller) -> list[Sentence]:
    told: list[Sentence] = []
    if results.attrition:
        ever = say_count(results.attrition[0].persons_before, "person")
        told += teller.tell(
            f"Of {ever} who ever had {results.head.treatment}, {{}} met every criterion.", "cohort.persons"
        )
    return told


def _tell_response(results: Results, teller: Teller) -> list[Sentence]:
    head = f"{results.head.outcome} was found in {{}} of the persons who could be judged"
    strata = [name for name, _ in find_strata(results)]
    said = ", ".join(f"{lower_first(name)}, {{}}" for name in strata)
    ids = ["response.overall.evaluable", *(f"response.{name}" for name in strata)]
    told = [*teller.tell(f"{head} ({said})." if said else f"{head}.", *ids)]
    if not told:
        told += teller.tell(f"{head}.", ids[0])
    compared = [teller.find(one) for one in ("response.difference", "response.difference.test")]
    if all(compared):
        difference, test = (one for one in compared if one is not None)
        told.append(
            Sentence(
                (
                    Piece("The difference between the strata was "),
                    Piece(print_estimate(difference.estimate).removesuffix(")"), difference.id),
                    Piece("; "),
                    Piece(print_estimate(test.estimate), test.id),
                    Piece(")."),
                )
            )
        )
        told += teller.tell("The test had an 80 % chance to find no less than {}.", "response.detectable")
    not_evaluable = _caution(results, "not-evaluable")
    if not_evaluable:
        told.append(_plain(f"{say_number(not_evaluable.number)} persons could not be judged."))
        told += teller.tell("Counted as without it, the proportion is {}.", "response.overall.as_non_response")
    return told


def _tell_response_shortly(results: Results, teller: Teller) -> list[Sentence]:
    """Say the response with its interval, and that of each stratum as a share alone."""
    strata = [f"response.{name}" for name, _ in find_strata(results)]
    told = [*teller.tell(f"{results.head.outcome} was found in {{}}", "response.overall.evaluable")]
    shares: list[Piece] = []
    for one in strata:
        named = teller.find(one)
        if named is not None and named.estimate.denominator and named.estimate.numerator is not None:
            share = format_share(named.estimate.numerator, named.estimate.denominator)
            shares += [Piece(f"; {lower_first(named.stratum)}, "), Piece(share, named.id)]
    return [Sentence((*one.pieces, *shares, Piece("."))) for one in told]


def _last_day(results: Results) -> int | None:
    days = [
        int(one.id.rpartition("_")[2])
        for one in results.estimates
        if one.id.startswith("course.on_day_") and one.id.count(".") == 1
    ]
    return max(days, default=None)


def _tell_course(results: Results, teller: Teller) -> list[Sentence]:
    told = [*teller.tell("The median time to response was {days}.", "time_to_response")]
    told += teller.tell("Responders had {cycles} to response.", "cycles_to_response.overall")
    told += teller.tell("The median duration of response was {days}.", "duration")
    day = _last_day(results)
    if day is not None:
        told += teller.tell(f"On day {day}, {{}} were still in response.", f"course.on_day_{day}")
    return told


def _tell_drugs(results: Results, teller: Teller) -> list[Sentence]:
    named = teller.find("sparing.glucocorticoid_lower")
    told: list[Sentence] = []
    if named:
        rule = named.rule.partition(": ")[2] or named.rule
        told += teller.tell(f"{named.label} was found in {{}}.", named.id)
        told += _tell_placebo(results, teller)
        told.append(_plain(f"The rule: {rule}."))
    told += teller.tell("The glucocorticoid had been stopped in {}.", "sparing.glucocorticoid_stopped")
    return told


def _tell_placebo(results: Results, teller: Teller) -> list[Sentence]:
    """Say how often the dose was lower before anybody was treated, where that is not clearly less often."""
    found = find_placebo(results, "sparing")
    if found is None:
        return []
    days = found.code.split("-")[2]
    key = f"explanation.placebo.{days}.sparing"
    said = f"With time zero {days} days earlier, before anybody was treated, it was {{}}, and {{}} in the same persons "
    return [*teller.tell(f"{said}after as many days of treatment.", f"{key}.earlier", f"{key}.true")]


def _tell_safety(results: Results, teller: Teller) -> list[Sentence]:
    events = [
        one
        for one in results.estimates
        if one.id.startswith("safety.") and one.id.endswith(".persons") and one.estimate.numerator
    ]
    # "Any event" takes the others together, and says less than each.
    single = [one for one in events if one.id != "safety.Any event.persons"]
    shown = sorted(single, key=lambda one: -(one.estimate.numerator or 0))[:_MOST_EVENTS]
    if not shown:
        return []
    pattern = "; ".join(f"{lower_first(one.id.split('.')[1])}, {{}}" for one in shown)
    told = [*teller.tell(f"Persons with a recorded event: {pattern}.", *(one.id for one in shown))]
    told.append(_plain("Events that nobody recorded are not among them."))
    return told


def _tell_predictors(results: Results, teller: Teller) -> list[Sentence]:
    tested = sum(one.id.startswith("predictor.") and one.id.endswith(".test") for one in results.estimates)
    count = teller.find("predictors.significant")
    if not tested or count is None or count.estimate.value is None:
        return []
    few = _caution(results, "few-events")
    if round(count.estimate.value):
        return [*teller.tell(f"Of {tested} predictors tested, {{}} stood after correction for their number.", count.id)]
    said = Sentence((Piece("None", count.id), Piece(f" of the {tested} predictors tested was significant")))
    doubt = "; their table says how large a difference had to be to be found."
    if few:
        doubt = (
            f"; with {say_number(few.number)} persons of the rarer answer only very large differences could be found."
        )
    # What was not found is told with what could have been.
    could = [_plain(count.estimate.note)] if count.estimate.note else []
    return [Sentence((*said.pieces, Piece(doubt))), *could]


def _tell_doubts(results: Results) -> list[Sentence]:
    """Say the serious cautions in their own words; that data are invented stands elsewhere."""
    serious = [one for one in results.cautions if one.severity is Severity.SERIOUS and one.code != "invented-data"]
    return [_plain(one.text) for one in serious if one.text != NOT_SHARED]


def _conclude(results: Results, teller: Teller) -> list[Sentence]:
    """Conclude no more than a cohort without a comparison group bears."""
    outcome, treatment = lower_first(results.head.outcome), results.head.treatment
    response = teller.find("response.overall")
    if response is None:
        return [_plain("The study cannot answer its question: nobody could be evaluated.")]
    told = [*teller.tell(f"After {treatment}, {{}} had {outcome}.", response.id)]
    beside = _caution(results, "benchmark")
    if beside:
        fared = beside.title == OTHERS_BETTER
        told.append(_plain(f"{OTHERS_BETTER if fared else 'It was not told apart from what others had'} without it."))
    told.append(_plain("Without a comparison group the study cannot tell what part of it the treatment has."))
    day = _last_day(results)
    kept = _caution(results, "response-not-kept")
    if kept and kept.severity is Severity.SERIOUS and day is not None:
        told.append(_plain("Fewer than half of the responses were still there at the end."))
    return told


def tell_narrative(results: Results) -> Narrative:
    """Tell what a paper would say, from results and from nothing else.

    Args:
        results: Everything that the run found.

    Returns:
        Abstract and results; a sentence whose number the study did not estimate is not there.
    """
    if find_estimate(results, "response.overall") is None:
        return Narrative((), ())
    teller = Teller(results)
    response, course = _tell_response(results, teller), _tell_course(results, teller)
    drugs, predictors = _tell_drugs(results, teller), _tell_predictors(results, teller)
    persons = _tell_persons(results, teller)
    said = [
        _plain(f"Retrospective cohort without a comparison group, from {results.head.source_name}."),
        *_first_sentence(results, "Refractory disease"),
        *_first_sentence(results, "Outcome"),
    ]
    methods = _shorten(said, _MOST_WORDS_OF_METHODS)
    aim = [_plain(results.head.question)] if results.head.question else []
    conclusions = _conclude(results, teller)
    main = [
        *persons,
        *_tell_response_shortly(results, teller),
        *course[1:2],
        *course[-1:],
        *_join(drugs[: 2 if find_placebo(results, "sparing") else 1]),
        *predictors,
    ]
    words = MOST_WORDS_OF_ABSTRACT - _count([_plain(_TO_WRITE), *aim, *methods, *conclusions])
    abstract = [
        ("Background", [_plain(_TO_WRITE)]),
        ("Aim", aim),
        ("Methods", methods),
        ("Results", _shorten(main, words)),
        ("Conclusions", conclusions),
    ]
    sections = [
        ("Persons", persons),
        ("Response", response),
        ("Course", course),
        ("Other drugs", drugs),
        ("Safety", _tell_safety(results, teller)),
        ("Predictors", predictors),
        ("What must be read with it", _tell_doubts(results)),
    ]
    return Narrative(_paragraphs(abstract), _paragraphs(sections))


def _count(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)


def _join(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Join sentences of which none may stand without the others: what is shortened drops all of them or none."""
    pieces = [piece for one in sentences for piece in (Piece(" "), *one.pieces)]
    return [Sentence(tuple(pieces[1:]))] if pieces else []


def _shorten(sentences: Sequence[Sentence], words: int) -> list[Sentence]:
    """Keep whole sentences from the first on, as many as so many words hold; the first always."""
    kept: list[Sentence] = []
    for sentence in sentences:
        if kept and _count([*kept, sentence]) > words:
            continue
        kept.append(sentence)
    return kept


def _paragraphs(parts: Sequence[tuple[str, Sequence[Sentence]]]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(heading, tuple(sentences)) for heading, sentences in parts if sentences)
