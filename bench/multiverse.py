"""What the multiverse of the shipped study costs, in runs of the study: part of `make bench`.

Each is a fresh process on the invented hospital, the way a user starts it, in turn: a run, a multiverse, a run and so
on; compiled queries are known from a first round that is thrown away. Seconds depend on the machine and on what else
it does; the ratios, within one round, much less.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from refractory import __version__

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("refractory")
HOSPITAL = ROOT / "build" / "hospital" / "records" / "hospital.duckdb"
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"
TARGET = ROOT / "bench" / "MULTIVERSE.md"
MOST_TIMES = 20


def measure(command: str, records: Path, out: Path) -> tuple[float, float]:
    """Run one command in a fresh process: seconds that passed, and seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([PROGRAM, command, STUDY, "--records", records, "--out", out], check=True, capture_output=True)
    passed = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_results(universes: int, runs: list[tuple[float, float]], multiverses: list[tuple[float, float]]) -> str:
    """Write the page: seconds of each, and the median of the ratios of each round."""
    lines = [
        "# What a multiverse costs",
        "",
        f"Measured by `bench/multiverse.py`: {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}, Refractory {__version__}; "
        f"medians of {len(runs)} round{'s' if len(runs) > 1 else ''}, each a run of the "
        f"shipped study and its {universes:,} universes in fresh processes, start-up included. The limit is "
        f"{MOST_TIMES} times a run for at least 500 universes.",
        "",
        "| what | seconds | processor seconds |",
        "|---|---|---|",
    ]
    for name, found in (("one run", runs), (f"{universes:,} universes", multiverses)):
        lines.append(f"| {name} | {statistics.median(one[0] for one in found):.2f} | "
                     f"{statistics.median(one[1] for one in found):.2f} |")  # fmt: skip
    ratios = [
        statistics.median(many[place] / one[place] for one, many in zip(runs, multiverses, strict=True))
        for place in (0, 1)
    ]
    lines.append(f"| times one run | {ratios[0]:.1f} | {ratios[1]:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, and write the page; the exit status says whether the limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=Path, default=HOSPITAL)
    arguments = parser.parse_args()
    runs, multiverses = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(arguments.rounds + 1):
            one = measure("run", arguments.records, Path(folder) / "run")
            many = measure("multiverse", arguments.records, Path(folder) / "multiverse")
            if turn:
                runs.append(one)
                multiverses.append(many)
        manifest = json.loads((Path(folder) / "multiverse" / "manifest.json").read_text(encoding="utf-8"))
    page = write_results(manifest["universes"], runs, multiverses)
    print(page)
    TARGET.write_text(page, encoding="utf-8")
    return int(statistics.median(many[1] / one[1] for one, many in zip(runs, multiverses, strict=True)) > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
