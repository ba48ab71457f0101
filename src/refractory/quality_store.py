"""The folder of a check of data quality: the page, counts by rule, every doubtful row; whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from refractory import __version__
from refractory.quality import QualityCheck
from refractory.report.document import write_quality_report
from refractory.run_store import MANIFEST, made_whole, tell_accounts, tell_versions, write_problems
from refractory.written_tables import write_csv

_COLUMNS = ("rule", "weight", "what", "rows", "persons", "where", "matters", "advice")


def write_quality(check: QualityCheck, folder: Path) -> None:
    """Write the folder of a check: quality.html, quality.csv, problems.csv, manifest.json.

    The same records and the same study write the same bytes.
    """
    results = check.results
    with made_whole(folder) as partial:
        write_quality_report(results, partial / "quality.html")
        rows = (
            (
                one.rule,
                one.weight.value,
                one.title,
                one.rows,
                one.persons,
                "; ".join(one.where),
                one.matters,
                one.advice,
            )
            for one in results.findings
        )
        write_csv(partial / "quality.csv", _COLUMNS, rows)
        write_problems(partial / "problems.csv", check.problems)
        manifest = {
            "check_of": results.head.name,
            "refractory": __version__,
            "protocol_hash": results.head.protocol_hash,
            "source": {"name": results.head.source_name, "fingerprint": check.fingerprint},
            "versions": tell_versions(),
            "persons": results.persons,
            "treated": results.treated,
            "files": tell_accounts(one for one in results.accounts if one.is_file),
            "rows": tell_accounts(one for one in results.accounts if not one.is_file),
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (partial / MANIFEST).write_text(text, encoding="utf-8")
