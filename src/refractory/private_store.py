"""What a run writes of single persons: the analysis set, listings, and the proof of each finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from refractory.codebook.writing import write_analysis_set
from refractory.outcomes.follow_up_rows import add_follow_up
from refractory.outcomes.line_rows import add_line_tables
from refractory.outcomes.response import Response
from refractory.proof import PERSONS, PROOF, find_proof, list_keys
from refractory.study import StudyRun
from refractory.written_tables import write_csv


def write_private(run: StudyRun, folder: Path) -> None:
    """Write what tells of single persons, and the way from each finding back to its source rows."""
    folder.mkdir()
    write_csv(folder / "proof_rows.csv", PROOF, find_proof(run))
    keys = list_keys(run)
    if keys is not None:
        write_csv(folder / "persons.csv", PERSONS, keys)
    store = run.records.store
    write_csv(folder / "responses.csv", _RESPONSE, _response_rows(run))
    cohort = store.table("cohort")
    tables = {"cycles": ["person_id", "cycle"], "losses": ["person_id"]}
    if run.protocol.lines:
        add_line_tables(store, run.patients)
        store.write_parquet("lines", folder / "lines.parquet", ["person_id", "line"])
        store.write_parquet("drugs_after", folder / "drugs_after.parquet", ["person_id", "drug"])
        tables["line_courses"] = ["person_id", "line", "start_date", "drug"]
    if run.protocol.safety:
        from refractory.outcomes.safety_rows import EPISODE, list_episode_rows

        write_csv(folder / "episodes.csv", EPISODE, list_episode_rows(run.patients))
    add_follow_up(store, run.patients)
    tables |= {"follow_up": ["person_id"], "scores": ["person_id", "score", "date"]}
    tables["near_day_0"] = ["person_id", "day", "drug", "change"]
    if run.protocol.refractory:
        proof = store.table("courses_before").semi_join(cohort, ["person_id", "day0_date"])
        store.keep("proof_of_refractory", proof)
        tables["proof_of_refractory"] = ["person_id", "concept_set", "start_date"]
    if store.has("glucocorticoid_times"):
        tables["glucocorticoid_times"] = ["person_id", "goal", "below_mg"]
        store.write_parquet("glucocorticoid_timeline", folder / "glucocorticoid_timeline.parquet", _STRETCH)
    for name, order in tables.items():
        if store.has(name):
            table = store.table(name).order_by(order)
            write_csv(folder / f"{name}.csv", store.columns(table), store.rows(table))
    write_analysis_set(run, folder)


_STRETCH = ("person_id", "from_day")
_RESPONSE = ("person_id", "rule", "response", "earliest", "latest", "baseline", "largest_change", "why_not_evaluable")


def _response_rows(run: StudyRun) -> list[tuple[Any, ...]]:
    definition = run.protocol.response
    rules = ["primary", *(rule.name or rule.describe() for rule in definition.supporting)]
    rows = []
    for one in run.patients:
        for rule, answer in zip(rules, (one.response, *one.supporting), strict=True):
            rows.append((one.member.person_id, rule, *_answer(answer)))
    return rows


def _answer(answer: Response) -> tuple[Any, ...]:
    when = answer.when
    days = (when.earliest, when.latest) if when else (None, None)
    return (answer.status.value, *days, answer.baseline, answer.change, answer.why)
