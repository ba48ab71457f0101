"""Count how many cohort definitions of a folder are read whole, and name what the others ask for.

The OHDSI PhenotypeLibrary keeps its definitions as JSON files in inst/cohorts; a copy of that folder, or any folder of
exports from ATLAS, is what this is for:

    .venv/bin/python tools/count_cohort_definitions.py FOLDER
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from refractory.records.circe.definition import parse_definition
from refractory.records.circe.words import describe_definition


def count_definitions(folder: Path) -> tuple[int, Counter[str]]:
    """Count the definitions that are read whole and can be said in words, and the reasons why others are not."""
    whole, reasons = 0, Counter[str]()
    for path in sorted(folder.glob("*.json")):
        try:
            describe_definition(parse_definition(path.read_text(encoding="utf-8-sig"), path.name))
            whole += 1
        except ValueError as error:
            said = str(error).removeprefix(path.name)
            reasons[re.sub(r"\[\d+\]", "[]", said)] += 1
    return whole, reasons


def main() -> None:
    whole, reasons = count_definitions(Path(sys.argv[1]))
    print(f"{whole:,} of {whole + reasons.total():,} cohort definitions are read whole.")
    for reason, count in reasons.most_common():
        print(f"{count:6,} {reason}")


if __name__ == "__main__":
    main()
