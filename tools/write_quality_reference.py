"""Write the tables of rules into docs/quality.md from the rules themselves."""

from __future__ import annotations

from pathlib import Path

from refractory.records.quality_rules import TOPICS, QualityRule
from refractory.records.quality_values import DAILY_LIMITS_MG

TARGET = Path(__file__).parents[1] / "docs" / "quality.md"
BEGIN = "<!-- The tables are written by tools/write_quality_reference.py -->\n"
END = "<!-- End of the tables -->\n"


def spell_rule(rule: QualityRule) -> str:
    """Write the row of one rule."""
    weight = rule.otherwise if rule.if_deciding == rule.otherwise else f"{rule.if_deciding}; else {rule.otherwise}"
    return f"| {rule.title} | {rule.matters} | {rule.advice} | {weight} |"


def write_tables() -> str:
    """Return the tables of rules by topic, and the largest daily doses."""
    lines = []
    for topic, rules in TOPICS.items():
        lines += [
            "",
            f"### {topic}",
            "",
            "| rule | what it does to a study | what to do | weight |",
            "|---|---|---|---|",
        ]
        lines += [spell_rule(rule) for rule in rules.values() if rule.title]
    lines += ["", "### Daily doses above which a dose is doubted", "", "| drug | mg a day |", "|---|---|"]
    lines += [f"| {drug} | {limit:,g} |" for drug, limit in sorted(DAILY_LIMITS_MG.items())]
    return "\n".join([*lines, "", ""])


def write_page(page: str) -> str:
    """Return the page with its tables as the rules are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{write_tables()}{END}{after}"


if __name__ == "__main__":
    TARGET.write_text(write_page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
