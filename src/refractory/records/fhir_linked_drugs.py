"""Records of one drug in FHIR: a request, its dispense and its administration count once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refractory.records.fhir_reading import NOT_ASKED_FOR, USED, FhirChoices

Run = Callable[..., Any]
_UNDATED = 50


def keep_one_of_each_drug(run: Run, own: Callable[[str], str], choices: FhirChoices) -> None:
    """Of a request, its dispenses and its administrations keep the kind that the choices prefer.

    Args:
        run: Runs a statement.
        own: Gives the full name of a table of what was read.
        choices: Which kinds count, and whether linked ones count once.
    """
    ranks = {kind: rank for rank, kind in enumerate(choices.drugs)}
    rank = "CASE kind " + " ".join(f"WHEN '{kind}' THEN {at}" for kind, at in ranks.items()) + " ELSE 99 END"
    link, resource, drug = own("link"), own("resource"), own("drug_exposure")
    # One without a day cannot count before one that has a day.
    run(
        f"""
        CREATE TEMP TABLE linked AS
        SELECT DISTINCT link.n, link.kind, link.key, link.other,
               {rank} + CASE WHEN {rank} < 99 AND given.n IS NULL THEN {_UNDATED} ELSE 0 END AS rank
        FROM {link} AS link
        LEFT JOIN (SELECT n FROM {drug} WHERE drug_exposure_start_date IS NOT NULL) AS given USING (n)
        SEMI JOIN (SELECT n FROM {resource} WHERE fate = '{USED}') USING (n)
        """
    )
    # A dispense without directions has those of its request.
    run(
        f"""
        UPDATE {drug} SET sig = asked.sig
        FROM (SELECT later.n, min(request.sig) AS sig
              FROM linked AS later JOIN linked AS earlier ON earlier.key = later.other
              JOIN {drug} AS request ON request.n = earlier.n
              WHERE later.kind = 'dispense' AND earlier.kind = 'request' GROUP BY ALL) AS asked
        WHERE drug_exposure.n = asked.n AND drug_exposure.sig IS NULL
        """
    )
    # What was handed over or given without a route went the way that its request names, where it names one.
    run(
        f"""
        UPDATE {drug} SET route_source_value = asked.route
        FROM (SELECT later.n, min(request.route_source_value) AS route
              FROM linked AS later JOIN linked AS earlier ON earlier.key = later.other
              JOIN {drug} AS request ON request.n = earlier.n
              WHERE later.kind IN ('dispense', 'administration') AND earlier.kind = 'request'
              GROUP BY later.n HAVING count(DISTINCT request.route_source_value) = 1) AS asked
        WHERE drug_exposure.n = asked.n AND drug_exposure.route_source_value IS NULL
        """
    )
    _leave_out(run, own, "SELECT n, 'records of this kind do not count' AS rule FROM linked WHERE rank = 99")
    if choices.linked_drugs == "count once":
        _find_roots(run)
        names = f"CASE best % {_UNDATED} " + " ".join(f"WHEN {at} THEN '{kind}'" for kind, at in ranks.items()) + " END"
        _leave_out(
            run,
            own,
            f"""
            SELECT n, 'the same drug counts by its ' || {names} AS rule
            FROM linked JOIN (SELECT root, min(rank) AS best FROM linked WHERE rank < 99 GROUP BY root) USING (root)
            WHERE rank > best AND rank < 99 AND rank <> best + {_UNDATED}
            """,
        )
    run("DROP TABLE linked")


def _find_roots(run: Run) -> None:
    """Give all records that refer to one another, directly or by others, one root: the first of their keys.

    A statement may tell of several orders, each of a drug of its own: it stands with each, and ties none to another.
    """
    told = "FROM linked WHERE other IS NOT NULL AND kind <> 'statement'"
    run(f"CREATE TEMP TABLE tie AS SELECT key AS one, other AS two {told} UNION SELECT other, key {told}")
    run(
        "CREATE TEMP TABLE rooted AS SELECT key, key AS root "
        "FROM (SELECT key FROM linked UNION SELECT other FROM linked WHERE other IS NOT NULL)"
    )
    moved = 1
    while moved:
        ((moved,),) = run(
            "UPDATE rooted SET root = near.root "
            "FROM (SELECT one, min(root) AS root FROM tie JOIN rooted ON key = two GROUP BY one) AS near "
            "WHERE rooted.key = near.one AND near.root < rooted.root"
        ).fetchall()
    run("ALTER TABLE linked ADD COLUMN root VARCHAR")
    run(
        "UPDATE linked SET root = rooted.root FROM rooted "
        "WHERE rooted.key = CASE kind WHEN 'statement' THEN coalesce(other, linked.key) ELSE linked.key END"
    )
    run("DROP TABLE tie")
    run("DROP TABLE rooted")


def _leave_out(run: Run, own: Callable[[str], str], found: str) -> None:
    resource, remark = own("resource"), own("remark")
    run(f"CREATE TEMP TABLE left_out AS SELECT n, min(rule) AS rule FROM ({found}) GROUP BY n")
    run(f"INSERT INTO {remark} SELECT n, 'status', rule, '{NOT_ASKED_FOR}' FROM left_out")
    run(f"UPDATE {resource} SET fate = '{NOT_ASKED_FOR}' WHERE fate = '{USED}' AND n IN (SELECT n FROM left_out)")
    run("DROP TABLE left_out")
