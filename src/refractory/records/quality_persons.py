"""Rules of quality about persons and labels: one person under two ids, no disease, labels that contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.records.adjudicated import CONSENSUS
from refractory.records.quality import Uses, flag_rows, listed
from refractory.records.quality_dates import DATED
from refractory.records.source import quoted

if TYPE_CHECKING:
    from refractory.records.store import Store

# Records of the same day and kind that make two persons of one birth and sex look like one; more where only the year
# of birth is known.
_SHARED_DAYS, _SHARED_DAYS_OF_A_YEAR = 3, 6


def flag_persons(store: Store, uses: Uses) -> None:
    """Flag persons who seem to be there twice, or of whom something that the study needs is not there at all.

    Args:
        store: Holds person and what `quality_dates.keep_dated` keeps.
        uses: What the study uses its sets for.
    """
    of_person = (
        "SELECT 'person' AS source_table, person_id AS row_id, person_id, '{}' AS column_name, NULL AS concept_set"
    )
    person = of_person.format("")
    if uses.disease:  # a cohort definition of ATLAS names no set: who enters it is not known here
        rules = {"no_disease": f"IN ({listed(uses.disease)})", "only_treatment": f"NOT IN ({listed(uses.treatment)})"}
        without = f"{person} FROM person ANTI JOIN (FROM {DATED} WHERE concept_set {{}}) USING (person_id)"
        flag_rows(store, {rule: without.format(sets) for rule, sets in rules.items()})
    flag_rows(
        store,
        {
            "same_person_twice": f"{person} FROM ({_TWINS})",
            "sex_unknown": f"{of_person.format('gender_concept_id')} FROM person WHERE sex = 'unknown'",
        },
    )


_TWINS = f"""
    WITH born AS (SELECT person_id, sex, birth_earliest, birth_latest,
                         CASE WHEN birth_earliest = birth_latest THEN {_SHARED_DAYS}
                              ELSE {_SHARED_DAYS_OF_A_YEAR} END AS least
                  FROM person WHERE birth_earliest IS NOT NULL),
         pair AS (SELECT one.person_id AS first_id, other.person_id AS second_id, one.least FROM born AS one
                  JOIN born AS other USING (sex, birth_earliest, birth_latest) WHERE one.person_id < other.person_id),
         fact AS (SELECT DISTINCT person_id, concept_set, date FROM {DATED}),
         alike AS (SELECT first_id, second_id FROM pair JOIN fact AS one ON one.person_id = first_id
                   JOIN fact AS other ON other.person_id = second_id AND other.date = one.date
                                     AND other.concept_set = one.concept_set
                   GROUP BY first_id, second_id, least HAVING count(DISTINCT one.date) >= least)
    SELECT first_id AS person_id FROM alike UNION SELECT second_id FROM alike
"""


def flag_labels(store: Store, uses: Uses, file: str) -> None:
    """Flag labels that contradict each other, and labels of the response from before any treatment.

    Args:
        store: Holds label, and drug.
        uses: What the study uses its sets for.
        file: What problems call the labels.
    """
    item = quoted(uses.response_item.lower())
    own = (
        f"SELECT {quoted(file)} AS source_table, row_id, person_id, '{{}}' AS column_name, NULL AS concept_set "
        "FROM label"
    )
    spelled = "lower(trim({}))"
    key = f"person_id, {spelled.format('item')}, earliest, latest"
    is_consensus = f"lower(trim(coalesce(reviewer, ''))) = '{CONSENSUS}'"
    flag_rows(
        store,
        {
            "label_before_treatment": f"{own.format('date')} JOIN (SELECT person_id, min(start_date) AS first_date "
            f"FROM drug WHERE concept_set IN ({listed(uses.treatment)}) GROUP BY person_id) USING (person_id) "
            f"WHERE latest < first_date AND {spelled.format('item')} = {item}",
            "labels_contradict": f"{own.format('value')} QUALIFY NOT bool_or({is_consensus}) OVER (PARTITION BY {key}) "
            f"AND min({spelled.format('value')}) OVER (PARTITION BY {key}) "
            f"<> max({spelled.format('value')}) OVER (PARTITION BY {key})",
        },
    )
