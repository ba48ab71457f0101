"""A file of reported numbers is held against arithmetic: the verdict on each statement, by itself and by the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractory.consistency.answers import Answer, Answers, Outcome, Verdict
from refractory.consistency.evaluation import evaluate
from refractory.consistency.findings import say_list, say_roundings
from refractory.consistency.reported import (
    CountStatement,
    IntervalStatement,
    MeanStatement,
    PercentageStatement,
    ReportedFile,
    SharedStatement,
    Statement,
    SumStatement,
    TestStatement,
    split_p_value,
)
from refractory.statistics.printed_numbers import TO_NEAREST, Rounding

_NOTHING = Outcome(False, "")


def run_consistency(reported: ReportedFile) -> Answers:
    """Hold every statement of a file against arithmetic.

    Each is tried with digits that were rounded to the nearest (a tie up, down or to even) and with digits that were cut
    off. What fits by any rule is possible. One that fits only by cutting off is called so, and impossible where
    another statement of the file, of persons that are known, fits only by rounding: nobody prints one table both ways.
    `one_rounding = false` leaves out this last step.

    Returns:
        One answer per statement, in the order of the kinds and of the file.
    """
    allowed = [Rounding(name) for name in reported.roundings]
    nearest = [rule for rule in TO_NEAREST if rule in allowed]
    rounded = evaluate(reported, nearest) if nearest else {}
    cut_off = evaluate(reported, [Rounding.CUT_OFF]) if Rounding.CUT_OFF in allowed else {}
    against = _find_rounded_only(reported, rounded, cut_off) if reported.one_rounding else ()
    printed = {one.name: one.printed for one in reported.percentage}
    listed = []
    for kind, _, one in reported.statements():
        verdict, outcome, note = _decide(
            rounded.get(one.name), cut_off.get(one.name), nearest, [name for name in against if name != one.name]
        )
        listed.append(
            Answer(
                kind, one.name, _say_printed(one, printed), verdict, outcome.finding, note, one.source,
                one.confidence or "", outcome.roundings, outcome.details,
            )
        )  # fmt: skip
    return Answers(reported.title, reported.citation, tuple(listed), against)


def _find_rounded_only(
    reported: ReportedFile, rounded: Mapping[str, Outcome], cut_off: Mapping[str, Outcome]
) -> tuple[str, ...]:
    """Name the statements of known persons that fit by rounding and not by cutting off."""
    if not rounded or not cut_off:
        return ()
    of_known = [one.name for one in reported.percentage if one.of is not None]
    of_known += [one.name for one in reported.mean if one.of is not None]
    return tuple(name for name in of_known if rounded[name].fits is True and cut_off[name].fits is False)


def _decide(
    rounded: Outcome | None, cut_off: Outcome | None, nearest: Sequence[Rounding], against: Sequence[str]
) -> tuple[Verdict, Outcome, str]:
    """The verdict on one statement, the outcome to tell, and on what it depends."""
    if rounded is None:
        outcome = cut_off or _NOTHING
        return _verdict_of(outcome), outcome, ""
    if rounded.fits:
        missing = [rule for rule in nearest if rule not in rounded.roundings]
        note = f"it depends on ties: not by rounding {say_roundings(missing)}" if missing else ""
        return Verdict.POSSIBLE, rounded, note
    if rounded.fits is False and cut_off is not None and cut_off.fits:
        only = f"with digits cut off and not rounded it would fit ({cut_off.finding.partition(':')[0]})"
        if against:
            shown = say_list(f'"{name}"' for name in against)
            return Verdict.IMPOSSIBLE, rounded, f"{only}, but {shown} cannot have been cut off"
        return Verdict.ONLY_CUT_OFF, rounded, only
    return _verdict_of(rounded), rounded, ""


def _verdict_of(outcome: Outcome) -> Verdict:
    if outcome.fits is None:
        return Verdict.UNDECIDED
    return Verdict.POSSIBLE if outcome.fits else Verdict.IMPOSSIBLE


def _say_printed(one: Statement, printed: Mapping[str, str]) -> str:
    """What the paper prints, in short."""
    match one:
        case CountStatement():
            return f"{one.persons:,}"
        case PercentageStatement():
            return f"{one.printed} %"
        case SumStatement():
            return f"{printed[one.whole]} % of {' % and '.join(printed[name] for name in one.parts)} %"
        case SharedStatement():
            return say_list(f"{printed[name]} %" for name in one.percentages)
        case MeanStatement():
            return one.mean if one.sd is None else f"{one.mean} ± {one.sd}"
        case TestStatement():
            sign, number = split_p_value(one.printed)
            return f"P {sign} {number.text}"
    assert isinstance(one, IntervalStatement)
    return f"{one.lower} to {one.upper} %"
