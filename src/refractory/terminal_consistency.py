"""What `refractory consistency` shows."""

from __future__ import annotations

from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from refractory.consistency.answers import Answers, Verdict
from refractory.terminal import open_console, open_table

# The words say it; the colours, which colour-blind readers tell apart, repeat it.
_STYLES = {
    Verdict.POSSIBLE: "blue",
    Verdict.ONLY_CUT_OFF: "yellow",
    Verdict.IMPOSSIBLE: "bold yellow",
    Verdict.UNDECIDED: "dim",
}


def show_consistency(answers: Answers, out: Path | None) -> None:
    """Show each statement with its verdict, what fits, and where the answers were written."""
    console = open_console()
    console.print()
    console.print(Text(answers.title, style="bold"))
    if answers.citation:
        console.print(Text(answers.citation))
    table = open_table("", [("Statement", "left"), ("Printed", "left"), ("", "left"), ("What fits", "left")])
    for one in answers.listed:
        is_told = one.verdict is Verdict.POSSIBLE
        said = (f"{one.finding}; {one.note}" if one.note else one.finding) if is_told else "see below"
        name = one.name + (f" [{one.confidence}]" if one.confidence else "")
        table.add_row(Text(name), Text(one.printed), Text(one.verdict, style=_STYLES[one.verdict]), Text(said))
    console.print(table)
    for one in answers.listed:
        if one.verdict is not Verdict.POSSIBLE:
            console.print(Text(f"{one.name}, {one.printed}: {one.verdict}", style="bold"))
            told = "; ".join(filter(None, (one.finding, one.note)))
            console.print(Padding(Text(f"{told[:1].upper()}{told[1:]}."), (0, 0, 1, 2)))
    counts = {verdict: sum(one.verdict is verdict for one in answers.listed) for verdict in Verdict}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    console.print(f"{len(answers.listed)} statements: {told}.", markup=False)
    console.print(
        "Impossible means that the number is not what its words say: another denominator, a slip, a rule that is not "
        "told. It says nothing of why.",
        markup=False,
    )
    if out is not None:
        console.print(Text(f"Answers: {out}", style="bold"), soft_wrap=True)
