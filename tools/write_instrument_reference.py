"""Write the table of shipped instruments into docs/instruments.md from the instruments themselves."""

from __future__ import annotations

from pathlib import Path

from refractory.outcomes.instruments.declared import Instrument, Severity, Total
from refractory.outcomes.instruments.library import SHIPPED
from refractory.outcomes.instruments.rules import say_number
from refractory.outcomes.instruments.tis_points import MEASURES

TARGET = Path(__file__).parents[1] / "docs" / "instruments.md"
BEGIN = "<!-- The table is written by tools/write_instrument_reference.py -->\n"
END = "<!-- End of the table -->\n"


def spell_severity(severity: Severity) -> str:
    """Say the bands of a total in one line."""
    bands = ", ".join(f"{name} to {say_number(end)}" for name, end in severity.up_to)
    return f"{bands}, then {severity.above} ({severity.source}; {severity.confidence})"


def spell_total(instrument: Instrument, total: Total) -> str:
    """Write the row of one total."""
    changes = "; ".join(f"{say_number(one.points)} ({one.source}; {one.confidence})" for one in total.important_changes)
    cells = (
        f"`{instrument.key}`",
        f"{instrument.name} ({instrument.version})",
        f"`{total.key}` {say_number(total.least)} to {say_number(total.most)}, higher is {total.higher_is}",
        changes or "none found",
        "; ".join(map(spell_severity, total.severities)) or "none ship",
        f"{total.source} ({total.confidence})",
    )
    return f"| {' | '.join(cells)} |"


def write_tables() -> str:
    """Return the tables of instruments, of their items, and of the measures of the improvement score."""
    lines = ["", "| name | instrument | total | important change | severity | source |", "|---|---|---|---|---|---|"]
    lines += [spell_total(one, total) for one in SHIPPED.values() for total in one.totals]
    lines += ["", "| name | items | note |", "|---|---|---|"]
    for one in SHIPPED.values():
        keys = ", ".join(f"`{item.key}` ({item})" for item in one.items)
        lines.append(f"| `{one.key}` | {keys} | {one.note} |")
    lines += ["", "| measure of the improvement score | what | range | better is a | source |", "|---|---|---|---|---|"]
    for measure in MEASURES.values():
        span = "must be given" if measure.range is None else say_number(measure.range)
        span += " times the upper limit of normal" if measure.is_enzyme else ""
        source = f"{measure.source} ({measure.confidence})"
        lines.append(f"| `{measure.key}` | {measure.name} | {span} | {measure.improvement_is} | {source} |")
    return "\n".join(lines) + "\n\n"


def write_page(page: str) -> str:
    """Return the page with its tables renewed."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + write_tables() + END + after


if __name__ == "__main__":
    TARGET.write_text(write_page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
