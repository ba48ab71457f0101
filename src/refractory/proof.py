"""The way back: for each finding of a run the source rows behind it, to the file and line where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from refractory.records.quality import listed
from refractory.records.source import quoted

if TYPE_CHECKING:
    from refractory.exposures.treatment import Route
    from refractory.outcomes.response import ResponseRule
    from refractory.study import StudyRun

# One row per finding and source row: the finding ("diagnosis", "failed drug", "cycle", "response", "glucocorticoid"),
# which of them it is, days from day 0 to the row's own day, and where the row is. For the study team alone.
PROOF = ("person_id", "finding", "name", "day", "source_table", "row_id", "file", "line", "place")
PERSONS = ("person_id", "key")


def find_proof(run: StudyRun) -> list[tuple[object, ...]]:
    """Find the source rows behind each finding of a run: diagnosis, failed drugs, cycles, response, glucocorticoids.

    Args:
        run: A run that has ended; its store still holds every table.

    Returns:
        Rows in the order of PROOF: by person, finding, name and day.
    """
    store, translation = run.records.store, run.records.translation
    queries = [*_list_history(run), *_list_responses(run)]
    text = " UNION ".join(f"SELECT person_id, {what}" for what in queries)
    rows = store.connection.execute(
        f"SELECT person_id, finding, name, (date - day0_date)::BIGINT, source_table, row_id FROM ({text}) "
        "JOIN cohort USING (person_id) ORDER BY person_id, finding, date NULLS FIRST, name, source_table, row_id"
    ).fetchall()
    origins = translation.find_origins((row[4], row[5]) for row in rows) if translation else {}

    def place_of(table: str, row: int) -> tuple[str, int | None, str]:
        """Find the place of a row: a file of labels lies beside the records, whatever these are."""
        if table == run.labels:
            return (table, row, "")
        return origins.get((table, row), (("", None, ""),))[0]

    return [(*row, *place_of(row[4], row[5])) for row in rows]


def list_keys(run: StudyRun) -> list[tuple[int, str]] | None:
    """List the key that the files have of each person of the cohort; None where ids are the source's own."""
    if run.records.translation is None:
        return None
    own = {one.member.person_id for one in run.patients}
    keys = run.records.translation.person_ids()
    return sorted((person, key) for key, person in keys.items() if person in own)


def _list_history(run: StudyRun) -> Iterator[str]:
    """Write the queries for what came before the response: each gives finding, name, date, source_table, row_id."""
    protocol, store = run.protocol, run.records.store
    if protocol.disease.circe:
        file = listed([protocol.disease.circe.file])
        yield (
            "'diagnosis' AS finding, definition AS name, entry_date AS date, definition AS source_table, "
            f"NULL::BIGINT AS row_id FROM entry JOIN cohort USING (person_id, day0_date) WHERE definition = {file}"
        )
    disease = listed(protocol.leaves.get(protocol.disease.concept, ("",)))
    yield (
        "'diagnosis' AS finding, concept_set AS name, start_date AS date, source_table, row_id FROM event "
        f"JOIN cohort USING (person_id) WHERE concept_set IN ({disease}) AND start_date <= day0_date"
    )
    if store.has("courses_before") and protocol.refractory:
        rule = protocol.refractory
        routes = _by_route(rule.routes, is_unknown_in=rule.unknown_route == "counts")
        yield (
            "'failed drug', course.concept_set, exposures.start_date, source_table, row_id "
            "FROM courses_before AS course SEMI JOIN cohort USING (person_id, day0_date) "
            "JOIN exposures USING (person_id, concept_set) WHERE counts AND exposures.start_date "
            f"BETWEEN course.start_date AND course.end_date AND exposures.start_date < day0_date AND {routes}"
        )
    if store.has("cycles"):
        yield (
            "'cycle', 'cycle ' || cycle, start_date, source_table, row_id FROM cycles JOIN treatment USING (person_id) "
            "WHERE start_date BETWEEN first_date AND last_date"
        )
    if store.has("glucocorticoid_timeline") and protocol.sparing:
        drugs = listed(protocol.leaves[protocol.sparing.glucocorticoid])
        routes = _by_route(protocol.sparing.routes, is_unknown_in=True)
        yield (
            "'glucocorticoid', 'days ' || from_day || ' to ' || until_day, start_date, source_table, row_id "
            "FROM glucocorticoid_timeline JOIN cohort USING (person_id) JOIN dosed USING (person_id) "
            f"WHERE is_covered AND concept_set IN ({drugs}) AND {routes} "
            "AND start_date - day0_date <= until_day AND last_covered_date - day0_date >= from_day"
        )


def _by_route(routes: Sequence[Route], *, is_unknown_in: bool) -> str:
    if not routes:
        return "true"
    return f"route IN ({listed([*routes, *(['unknown'] if is_unknown_in else [])])})"


def _list_responses(run: StudyRun) -> Iterator[str]:
    """Write the queries for the responses: labels, scores of the visits that decide, events in the window."""
    for place, rule in enumerate(run.protocol.response.rules):
        name = "primary" if place == 0 else rule.name or rule.describe()
        yield from _list_rows_of_rule(run, rule, place, f"'response', {quoted(name)}")


def _list_rows_of_rule(run: StudyRun, rule: ResponseRule, place: int, told: str) -> Iterator[str]:
    leaves = run.protocol.leaves
    if rule.label:
        table, item = quoted(run.labels or "label"), quoted(rule.label.strip().lower())
        yield f"{told}, earliest, {table}, row_id FROM label WHERE lower(trim(item)) = {item}"
    if rule.score:
        use = run.protocol.instrument.get(rule.score)
        names = use.name_sources(rule.score) if use else (rule.score,)
        sets = listed({leaf for name in names for leaf in leaves[name]})
        rows = f"FROM measurement JOIN cohort USING (person_id) WHERE concept_set IN ({sets})"
        first, last = rule.baseline.first_day, rule.baseline.last_day
        since = f"AND date - day0_date >= {first}" if first is not None else ""
        # The baseline is the last value of its window; of a response, the day on which it was first met decides.
        yield (
            f"{told}, date, source_table, row_id {rows} {since} AND date - day0_date <= {last} "
            "QUALIFY date = max(date) OVER (PARTITION BY person_id)"
        )
        days = _list_days(run, place)
        if days:
            yield (
                f"{told}, date, source_table, row_id {rows} AND (person_id, date) IN "
                f"(SELECT (person_id, day) FROM (VALUES {', '.join(days)}) AS met(person_id, day))"
            )
    if rule.event:
        sets = listed(leaves[rule.event])
        window = f"start_date - day0_date >= {rule.window.first_day}"
        window += f" AND start_date - day0_date <= {rule.window.last_day}" if rule.window.last_day is not None else ""
        yield (
            f"{told}, start_date, source_table, row_id FROM event JOIN cohort USING (person_id) "
            f"WHERE concept_set IN ({sets}) AND {window}"
        )


def _list_days(run: StudyRun, place: int) -> list[str]:
    """List the persons and days of a rule's responses, as rows of SQL."""
    days = []
    for one in run.patients:
        answer = (one.response, *one.supporting)[place]
        if answer.when and answer.when.earliest == answer.when.latest:
            days.append(f"({one.member.person_id}, DATE '{answer.when.earliest}')")
    return days
