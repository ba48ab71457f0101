"""The folder of eras and doses of everybody, made whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from refractory import __version__
from refractory.population import PopulationRun
from refractory.run_store import MANIFEST, made_whole, tell_versions, write_problems
from refractory.written_tables import write_csv

_SUMMARY = ("drug", "persons", "records", "eras", "median_days")


def write_population(run: PopulationRun, folder: Path) -> None:
    """Write summary.csv, problems.csv, manifest.json, and private/ with eras.parquet and doses.parquet.

    The same records, protocol and version give the same bytes, wherever they were computed.
    """
    with made_whole(folder) as partial:
        rows = [(one.concept_set, one.persons, one.records, one.eras, one.median_days) for one in run.summary]
        write_csv(partial / "summary.csv", _SUMMARY, rows)
        write_problems(partial / "problems.csv", run.problems)
        private = partial / "private"
        private.mkdir()
        run.store.write_parquet("eras", private / "eras.parquet", ["person_id", "concept_set", "start_date"])
        run.store.write_parquet("doses", private / "doses.parquet", ["person_id", "drug", "from_date"])
        manifest = {
            "study": run.protocol.study.name,
            "refractory": __version__,
            "protocol_hash": run.protocol.hash,
            "protocol": json.loads(run.protocol.model_dump_json()),
            "source": {"name": run.source_name, "fingerprint": run.fingerprint},
            "computed": {"where": run.compute, "why": run.why},
            "versions": tell_versions(),
            "rows": {one.table: vars(one) for one in run.accounts},
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
