"""Rules of quality about amounts: doses, grams per kg, weights that jump, decimal points, scores out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.records.quality import Uses, flag_rows, listed
from refractory.records.source import quoted

if TYPE_CHECKING:
    from refractory.records.store import Store

# Mg a day above which a daily dose is taken for a mistake. Wide bounds, about twice the largest dose that is usual in
# inflammatory disease, pulses and infusions included; general knowledge, no advice to anybody.
DAILY_LIMITS_MG = {
    "azathioprine": 400,
    "ciclosporin": 1_000,
    "cyclosporine": 1_000,
    "cyclophosphamide": 4_000,
    "dapsone": 400,
    "hydroxychloroquine": 900,
    "chloroquine": 750,
    "leflunomide": 100,
    # 50 mg a week, each week: a weekly dose that is written as a daily one is above it.
    "methotrexate": 7.2,
    "mycophenolate": 5_000,
    "rituximab": 2_500,
    "tacrolimus": 30,
    "thalidomide": 600,
    "tofacitinib": 45,
}
# Prednisone equivalents: a pulse of 1.5 g methylprednisolone is 1,875 mg.
_GLUCOCORTICOID_LIMIT_MG = 2_000
# 2 g/kg on one day is the whole dose of a cycle (label of immunoglobulin for dermatomyositis: over 2 to 5 days).
_MOST_GRAMS_PER_KG, _MOST_GRAMS, _LEAST_GRAMS = 3.0, 300, 0.5
_WEIGHT_DAYS = 90
_LEAST_KG, _MOST_KG = 2, 350
_JUMP, _JUMP_DAYS = 0.2, 30
# 1 kg is 2.2046 lb; two weights of one person that are so far apart within a year are one weight in two units.
_POUNDS_LOW, _POUNDS_HIGH = 2.13, 2.28
# Where nearly all values of a set lie within this factor, a value 10 or 100 times the person's others is a slip.
_NARROW = 8


def flag_values(store: Store, uses: Uses) -> None:
    """Flag amounts, weights and scores that cannot be, or are far from the person's others.

    Args:
        store: Holds drug, measurement and, of drugs, `dosed` with the daily dose.
        uses: What the study uses its sets for.
    """
    rules = {"drug_twice": _TWICE, "dose_implausible": _implausible_doses(uses), **_list_weight_rules(uses)}
    if uses.glucocorticoids:
        rules["dose_unknown"] = f"{_DOSED} WHERE daily_mg IS NULL AND concept_set IN ({listed(uses.glucocorticoids)})"
    if uses.has_infusions:
        rules |= _list_infusion_rules(uses)
    rules |= {"values_differ": _DIFFER, "decimal_shifted": _decimals(uses)}
    rules["below_zero"] = f"{_MEASURED} WHERE value < 0"
    if uses.ranges:
        rules["score_out_of_range"] = _out_of_range(uses)
    flag_rows(store, rules)


_DOSED = "SELECT source_table, row_id, person_id, 'quantity' AS column_name, concept_set FROM dosed"
_MEASURED = "SELECT source_table, row_id, person_id, 'value_as_number' AS column_name, concept_set FROM measurement"
_TWICE = """
    SELECT source_table, row_id, person_id, '' AS column_name, concept_set
    FROM (SELECT *, row_number() OVER (PARTITION BY source_table, person_id, concept_set, start_date, code, product,
                                       quantity, days_supply, end_date, sig, route ORDER BY row_id) AS copy FROM drug)
    WHERE copy > 1
"""
_DIFFER = """
    SELECT source_table, row_id, person_id, 'value_as_number' AS column_name, concept_set
    FROM measurement SEMI JOIN (
        SELECT person_id, concept_set, date, unit FROM measurement GROUP BY ALL HAVING count(DISTINCT value) > 1
    ) USING (person_id, concept_set, date, unit)
"""


def _implausible_doses(uses: Uses) -> str:
    cases = " ".join(
        f"WHEN {quoted(leaf)} THEN {limit}"
        for leaf, name in uses.drug_names
        if leaf not in (*uses.treatment, *uses.glucocorticoids)
        for limit in (DAILY_LIMITS_MG.get(name),)
        if limit
    )
    limit = f"CASE concept_set {cases} END" if cases else "NULL::DOUBLE"
    steroids = listed(uses.glucocorticoids)
    # The daily dose of a glucocorticoid is in mg of prednisone already.
    is_systemic = "route NOT IN ('topical', 'ophthalmic', 'otic', 'inhaled', 'nasal', 'rectal', 'intra-articular')"
    return (
        f"{_DOSED} WHERE {is_systemic} AND (daily_mg > {limit} OR (concept_set IN ({steroids}) "
        f"AND daily_mg > {_GLUCOCORTICOID_LIMIT_MG}))"
    )


def _list_infusion_rules(uses: Uses) -> dict[str, str]:
    treatment = listed(uses.treatment)
    day = f"""
        WITH given AS (SELECT *, quantity * mg_per_unit / 1000 AS grams FROM drug
                       WHERE concept_set IN ({treatment}) AND route NOT IN ('subcutaneous', 'intramuscular')),
             by_table AS (SELECT person_id, start_date, source_table, sum(grams) AS grams,
                                 bool_or(grams IS NULL) AS is_unknown FROM given GROUP BY ALL),
             day AS (SELECT person_id, start_date, max(grams) FILTER (NOT is_unknown) AS grams,
                            count(*) AS tables FROM by_table GROUP BY ALL)
    """
    columns = "given.source_table, row_id, given.person_id, 'quantity' AS column_name, concept_set"
    joined = f"{day} SELECT {columns} FROM given JOIN day USING (person_id, start_date)"
    weights = listed(uses.weights)
    nearest = f"""
        (SELECT arg_min(value, (abs(date - given.start_date), date, row_id)) FROM measurement AS weight
         WHERE weight.concept_set IN ({weights}) AND weight.person_id = given.person_id AND value > 0
           AND abs(date - given.start_date) <= {_WEIGHT_DAYS})
    """
    rules = {
        "grams_implausible": f"{joined} WHERE day.grams > {_MOST_GRAMS} OR day.grams < {_LEAST_GRAMS} "
        f"OR day.grams / {nearest} > {_MOST_GRAMS_PER_KG}",
        "given_and_billed": f"{joined} WHERE tables > 1",
    }
    if uses.is_per_kg:
        rules["grams_unknown"] = f"{joined} WHERE day.grams IS NULL"
    return rules


def _list_weight_rules(uses: Uses) -> dict[str, str]:
    if not uses.weights:
        return {}
    told = f"""
        WITH weight AS (SELECT DISTINCT source_table, row_id, person_id, concept_set, date, value FROM measurement
                        WHERE concept_set IN ({listed(uses.weights)}) AND value > 0),
             told AS (SELECT *, lag(value) OVER person AS before, date - lag(date) OVER person AS days,
                             median(value) OVER (PARTITION BY person_id) AS usual,
                             count(*) OVER (PARTITION BY person_id) AS weights
                      FROM weight WINDOW person AS (PARTITION BY person_id ORDER BY date, row_id)),
             judged_weight AS (
                SELECT *, 'value_as_number' AS column_name, CASE
                    WHEN value < {_LEAST_KG} OR value > {_MOST_KG} THEN 'weight_impossible'
                    WHEN days <= 365 AND greatest(value / before, before / value)
                         BETWEEN {_POUNDS_LOW} AND {_POUNDS_HIGH} THEN 'weight_in_pounds'
                    WHEN weights > 2 AND value BETWEEN 135 AND 215 AND value > 1.5 * usual THEN 'weight_is_height'
                    WHEN days <= {_JUMP_DAYS} AND abs(value / before - 1) > {_JUMP}
                         AND before BETWEEN {_LEAST_KG} AND {_MOST_KG} THEN 'weight_jumps'
                END AS fault FROM told)
    """
    names = ("weight_impossible", "weight_in_pounds", "weight_is_height", "weight_jumps")
    columns = "source_table, row_id, person_id, column_name, concept_set"
    return {name: f"{told} SELECT {columns} FROM judged_weight WHERE fault = '{name}'" for name in names}


def _decimals(uses: Uses) -> str:
    """Flag a value 10 or 100 times the person's median, in sets whose values hardly differ otherwise."""
    ratio = "greatest(value / usual, usual / value)"
    scores = listed(uses.scores)
    return f"""
        WITH told AS (
            SELECT source_table, row_id, person_id, concept_set, unit, value,
                   median(value) OVER (PARTITION BY person_id, concept_set, unit) AS usual,
                   count(*) OVER (PARTITION BY person_id, concept_set, unit) AS own
            FROM measurement WHERE value > 0 AND concept_set NOT IN ({scores})
        ),
        narrow AS (SELECT concept_set, unit FROM measurement WHERE value > 0 GROUP BY ALL
                   HAVING quantile_cont(value, 0.95) < {_NARROW} * quantile_cont(value, 0.05) AND count(*) >= 8)
        SELECT source_table, row_id, person_id, 'value_as_number' AS column_name, told.concept_set
        FROM told JOIN narrow ON told.concept_set = narrow.concept_set AND told.unit IS NOT DISTINCT FROM narrow.unit
        WHERE own >= 3 AND ({ratio} BETWEEN 8 AND 12.5 OR {ratio} BETWEEN 80 AND 125 OR {ratio} BETWEEN 800 AND 1250)
    """


def _out_of_range(uses: Uses) -> str:
    rows = ", ".join(f"({quoted(name)}, {least!r}::DOUBLE, {most!r}::DOUBLE)" for name, least, most in uses.ranges)
    return (
        "SELECT source_table, row_id, person_id, 'value_as_number' AS column_name, concept_set FROM measurement "
        f"JOIN (VALUES {rows}) AS possible(concept_set, least, most) USING (concept_set) "
        "WHERE value < least OR value > most"
    )
