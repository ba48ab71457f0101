"""What the report costs after the analysis, form by form: part of `make bench`.

The published study is run once on the invented hospital; each form is then written from its results, by a process that
has written it once before.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from refractory.analysis.results import Results
from refractory.protocol import parse_protocol
from refractory.records.from_omop import open_source
from refractory.report.forms import ALL_FORMS, Form, write_forms
from refractory.study import run_study

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "build" / "hospital" / "records"
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"
# What the house allows itself for the whole report.
MOST_SECONDS = 2.0


def find_results() -> Results:
    """Run the published study on the invented hospital."""
    protocol = parse_protocol(STUDY.read_text(encoding="utf-8"), STUDY.name, STUDY.parent)
    source = open_source(str(RECORDS / "hospital.duckdb"))
    try:
        return run_study(protocol, source, RECORDS / "labels.csv").results
    finally:
        source.close()


def measure(results: Results, forms: tuple[Form, ...], repetitions: int) -> tuple[list[float], list[float]]:
    """Return seconds by the clock and of both cores, once for each repetition."""
    by_clock, of_cores = [], []
    for _ in range(repetitions + 1):
        with tempfile.TemporaryDirectory() as folder:
            clock, cores = time.perf_counter(), time.process_time()
            write_forms(results, Path(folder), forms)
            by_clock.append(time.perf_counter() - clock)
            of_cores.append(time.process_time() - cores)
    return by_clock[1:], of_cores[1:]


def main() -> int:
    """Measure and print; the exit status says whether the whole report keeps its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    repetitions = parser.parse_args().repetitions
    results = find_results()
    table = Table("report.html and", "median, s", "fastest, s", "seconds of all cores")
    for forms in ((), *((form,) for form in ALL_FORMS), ALL_FORMS):
        by_clock, of_cores = measure(results, forms, repetitions)
        name = "all forms" if forms == ALL_FORMS else ", ".join(forms) or "nothing else"
        median = statistics.median(by_clock)
        table.add_row(name, f"{median:.2f}", f"{min(by_clock):.2f}", f"{statistics.median(of_cores):.2f}")
    Console().print(table)
    return int(median > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
