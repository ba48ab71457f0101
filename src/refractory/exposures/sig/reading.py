"""Reads the daily dose that a written direction says."""

from __future__ import annotations

from dataclasses import replace

from refractory.exposures.sig.arranging import arrange
from refractory.exposures.sig.cursor import Bare
from refractory.exposures.sig.elements import Dose, Measure
from refractory.exposures.sig.grammar import read_pieces
from refractory.exposures.sig.laying import Layer
from refractory.exposures.sig.lexing import read_words
from refractory.exposures.sig.segments import Direction, Segment
from refractory.exposures.sig.steps import DoseStep, Sig

# The Medrol Dosepak: 21 tablets of 4 mg in six days.
_DOSE_PACK = tuple(DoseStep(day, day, 4.0 * (6 - day), "mg") for day in range(6))
_DOSE_PACK_STRENGTH = 4.0
_DOSE_PACK_TABLET = Dose((Measure("mg", _DOSE_PACK_STRENGTH, _DOSE_PACK_STRENGTH),))
# No direction is longer; what is longer is a letter, and is not read.
LONGEST = 2000


def read_sig(text: str) -> Sig:
    """Read the daily dose that a written direction ("sig") says, taper by taper.

    A wrong number is worse than none: a word that could change the dose and is not understood, two statements that
    contradict each other, and words that can be read in two ways leave the dose open from there on, and so does
    whatever the text itself leaves open (as needed, a range, as directed).

    A month counts 30 days and a year 365. A number without a unit counts tablets, up to eight. An amount without a
    frequency is for a day where its days are counted ("60 mg x 5 days"), and open elsewhere. The strength of a tablet
    is never the dose, but "2 tablets" of a text that gives one strength are read in mg. An interval counts in the
    mean: 15 mg once a week are 15/7 mg a day; only named days ("on days 1 and 15") are days of their own.

    Args:
        text: The direction, in English or with the usual Latin, German, French and Spanish words.

    Returns:
        Its steps; none, with the whole text as unread, when nothing of it is understood. Never raises.

    Example:
        >>> sig = read_sig("40 mg daily x 5 days, then decrease by 10 mg every 5 days until 20 mg")
        >>> [(step.first_day, step.last_day, step.per_day) for step in sig.steps]
        [(0, 4, 40.0), (5, 9, 30.0), (10, None, 20.0)]
        >>> read_sig("1-2 tabs po q6h prn pain").steps[0].most_per_day
        8.0
        >>> read_sig("hold if WBC below 3").unread
        'hold if WBC below 3'
    """
    return read_direction(text)


def read_direction(text: str, bare: Bare | None = None) -> Sig:
    """Read a direction or a cell.

    Args:
        text: What is written.
        bare: In a column of daily doses, the unit of a number without one; an amount without a frequency is for a day.
    """
    written = " ".join(text.split())
    if len(written) > LONGEST:
        return Sig((), unread=written)
    direction = arrange(read_pieces(read_words(written), bare))
    if (pack := _read_dose_pack(direction)) is not None:
        return pack
    if not _says_a_dose(direction):
        return Sig((), unread=written)
    _use_strength(direction)
    _expand_series(direction)
    layer = Layer(direction, is_daily=bare is not None)
    if _is_open_throughout(direction):
        layer.leave_open()
    else:
        layer.lay()
    route = direction.routes[0] if len(direction.routes) == 1 else None
    unread = [*direction.faults, *(fault for segment in direction.segments for fault in segment.faults)]
    unread += [words for words in layer.contradictions if words]
    return Sig(tuple(layer.steps), route, layer.stops, " ".join(unread))


def _read_dose_pack(direction: Direction) -> Sig | None:
    """Read the one pack whose name says its doses; any other pack is a word that is not understood."""
    if "pack" not in direction.marks:
        return None
    strength = direction.strength
    is_bare = all(
        not segment.lead and not segment.change and not segment.has_end and not segment.faults
        for segment in direction.segments
    )
    doses = [intake for segment in direction.segments for intake in segment.intakes]
    is_usual = strength is None or (strength.mg, strength.per) == (_DOSE_PACK_STRENGTH, "unit")
    is_usual = is_usual and all(one.dose == _DOSE_PACK_TABLET and not one.timings for one in doses)
    if direction.drugs == {"methylprednisolone"} and is_bare and is_usual and not direction.is_spoiled:
        return Sig(_DOSE_PACK, direction.routes[0] if len(direction.routes) == 1 else None, stops=True)
    if sum(bool(segment.intakes) for segment in direction.segments) > 1:
        # The text lays out the days of the pack itself.
        return None
    direction.is_spoiled = True
    direction.faults.append("pack")
    return None


def _says_a_dose(direction: Direction) -> bool:
    return any(
        segment.intakes
        or segment.series
        or segment.change
        or segment.lead
        or segment.is_open
        or segment.marks & {"as needed", "alternate days"}
        or segment.cap
        for segment in direction.segments
    ) or bool(direction.marks & {"applied"})


def _is_open_throughout(direction: Direction) -> bool:
    """Whether something leaves every dose of the text open."""
    segments = direction.segments
    is_mere_taper = "taper" in direction.marks and sum(bool(one.intakes or one.series) for one in segments) < 2
    is_referred = any(segment.is_firmly_open and segment.intakes for segment in segments)
    is_spoiled = any(segment.faults and not segment.is_local for segment in segments)
    # Grams of a cream are not grams of its drug.
    is_cream = "topical" in direction.routes and any(
        intake.dose.find("mg") for segment in segments for intake in segment.intakes
    )
    return direction.is_spoiled or is_mere_taper or is_referred or is_spoiled or is_cream or not segments


def _use_strength(direction: Direction) -> None:
    """Give tablets their milligrams, when the text has one strength and all its amounts agree with it."""
    doses = [intake.dose for segment in direction.segments for intake in segment.intakes]
    strength = direction.strength
    known = {found for dose in doses if (found := _find_content(dose)) is not None}
    if strength is not None and strength.per == "unit":
        if any(abs(one - strength.mg) > 1e-6 for one in known):
            direction.is_spoiled = True
            direction.faults.append(f"{strength.mg:g} mg")
            return
        known.add(strength.mg)
    per_volume = strength.mg if strength is not None and strength.per == "mL" else None
    content = known.pop() if len(known) == 1 else None
    for segment in direction.segments:
        for intake in segment.intakes:
            intake.dose = _with_content(intake.dose, content, "unit")
            intake.dose = _with_content(intake.dose, per_volume, "mL")


def _find_content(dose: Dose) -> float | None:
    count, mg = dose.find("unit"), dose.find("mg")
    return round(mg.most / count.most, 6) if count and mg and count.most and dose.agrees else None


def _with_content(dose: Dose, content: float | None, unit: str) -> Dose:
    amount = dose.find(unit)
    if content is None or amount is None or dose.find("mg") or dose.pair:
        return dose
    return replace(dose, measures=(*dose.measures, Measure("mg", amount.least * content, amount.most * content)))


def _expand_series(direction: Direction) -> None:
    """Turn "60, 50, 40 mg for 3 days each" into stretches of their own."""
    from refractory.exposures.sig.segments import Intake

    segments: list[Segment] = []
    for segment in direction.segments:
        if not segment.series:
            segments.append(segment)
            continue
        if segment.lasting is None or not segment.lasting.is_each:
            segment.faults.append(" ".join(segment.words))
            segment.is_local = False
        for dose in segment.series:
            segments.append(
                Segment(
                    segment.opener,
                    intakes=[Intake(dose, list(segment.lead))],
                    lasting=segment.lasting,
                    faults=segment.faults if dose is segment.series[0] else [],
                    is_local=segment.is_local,
                    words=segment.words,
                )
            )
    direction.segments = segments
