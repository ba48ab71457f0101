"""Write the example of docs/multiverse.md: what the universes of the shipped study say on the invented hospital."""

from __future__ import annotations

import tempfile
import textwrap
from pathlib import Path

from refractory.multiverse import derive_multiverse_results, run_multiverse
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.universes import plan_universes

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"
PAGE = ROOT / "docs" / "multiverse.md"
HEADING = "## An example"
# The planted persons are in every hospital; the others only make it larger.
FEWEST = 500


def tell_example(records: Path) -> tuple[str, ...]:
    """Return what the universes of the shipped study say of a hospital."""
    plan = plan_universes(STUDY.read_text(encoding="utf-8"), STUDY.name, STUDY.parent)
    source = open_source(str(records / "hospital.duckdb"))
    try:
        return derive_multiverse_results(run_multiverse(plan, source, records / "labels.csv")).answer
    finally:
        source.close()


def write_example(page: str, sentences: tuple[str, ...]) -> str:
    """Return the page with its example set anew."""
    before, after = page.split(HEADING)
    opening, _, closing = after.split("```", 2)
    shown = "\n".join(
        textwrap.fill(sentence, 118, initial_indent="- ", subsequent_indent="  ") for sentence in sentences
    )
    return f"{before}{HEADING}{opening}```text\n{shown}\n```{closing}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write_hospital(Path(folder), persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
        told = tell_example(Path(folder) / "records")
    PAGE.write_text(write_example(PAGE.read_text(encoding="utf-8"), told), encoding="utf-8")
