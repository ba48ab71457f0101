"""Time and peak memory of reading a large bulk export of FHIR, each size in a process of its own.

The invented hospital's export is written again and again, each time under other ids, with the metadata and the
narrative that a server adds, until the files have the size that is asked for. `python bench/fhir.py [MB ...]` prints
one line a size.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

SIZES = (100, 1_000)
_REFERENCE = re.compile(r'"reference": "(\w+)/')
_ADDED = {
    "meta": {
        "versionId": "1",
        "lastUpdated": "2024-03-02T10:11:12.000+00:00",
        "profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-resource"],
    },
    "text": {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{"An invented record. " * 12}</div>',
    },
    "recorder": {"reference": "Practitioner/1", "display": "An invented practitioner"},
}
_CHILD = """
import resource, sys, time
from refractory.records.from_anywhere import open_records
start = time.perf_counter()
source = open_records(sys.argv[1])
rows = sum(one.rows for one in source.read_accounts)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
cpu = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
print(rows, seconds, cpu, peak)
source.close()
"""


def write_export(hospital: Path, folder: Path, megabytes: int) -> int:
    """Write an export of at least so many megabytes; return its bytes."""
    folder.mkdir()
    added = json.dumps(_ADDED)[1:]
    total, copy = 0, 0
    while total < megabytes * 1_000_000:
        for file in sorted(hospital.glob("*.ndjson")):
            with (folder / f"{file.stem}.{copy:03d}.ndjson").open("w", encoding="utf-8") as target:
                for line in file.open(encoding="utf-8"):
                    body = line.replace('"id": "', f'"id": "c{copy}-', 1)
                    body = _REFERENCE.sub(rf'"reference": "\1/c{copy}-', body)
                    total += target.write(f"{body.rstrip()[:-1]}, {added}\n")
                    if total >= megabytes * 1_000_000 and "Patient" not in file.name:
                        break
        copy += 1
    return total


def main(sizes: tuple[int, ...]) -> None:
    """Measure each size."""
    from refractory.records.hospital import write_hospital

    with tempfile.TemporaryDirectory() as room:
        write_hospital(Path(room) / "hospital", format="fhir")
        print("| NDJSON, MB | resources | seconds | CPU seconds | peak memory, MB |\n|---|---|---|---|---|")
        for size in sizes:
            folder = Path(room) / f"export {size}"
            started = perf_counter()
            total = write_export(Path(room) / "hospital" / "records" / "fhir", folder, size)
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                sys.exit(done.stderr)
            rows, seconds, cpu, peak = (float(one) for one in done.stdout.split())
            print(f"| {total / 1e6:,.0f} | {rows:,.0f} | {seconds:.0f} | {cpu:.0f} | {peak:,.0f} |", flush=True)
            print(f"(written and read in {perf_counter() - started:.0f} s)", file=sys.stderr)


if __name__ == "__main__":
    main(tuple(int(one) for one in sys.argv[1:]) or SIZES)
