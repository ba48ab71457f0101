-- Events after day 0 by hand, day by day, on the records as they are written. Parameters are replaced in the text:
-- :event the code, :first and :last the risk window, :washout and :before what is left out of the comparison.
WITH RECURSIVE
day0 AS (SELECT person_id, min(drug_exposure_start_date) AS day0 FROM drug_exposure GROUP BY person_id),
-- The infusions, 7 days without one ending a cycle.
infusion AS (
  SELECT DISTINCT person_id, drug_exposure_start_date - day0 AS day FROM drug_exposure JOIN day0 USING (person_id)
),
cycle AS (
  SELECT person_id, day, sum(opens) OVER (PARTITION BY person_id ORDER BY day) AS cycle
  FROM (
    SELECT person_id, day,
           (coalesce(day - lag(day) OVER (PARTITION BY person_id ORDER BY day), 99) > 7)::int AS opens
    FROM infusion
  )
),
died AS (SELECT person_id, death_date FROM death),
period AS (
  SELECT person_id, observation_period_end_date AS end_date
  FROM observation_period JOIN day0 USING (person_id)
  WHERE day0 BETWEEN observation_period_start_date AND observation_period_end_date
),
followed AS (
  SELECT person_id, period.person_id IS NOT NULL AS is_evaluable,
         least(365, coalesce(death_date - day0, 365), coalesce(end_date - day0, 365)) AS last_day
  FROM day0 LEFT JOIN died USING (person_id) LEFT JOIN period USING (person_id)
),
recorded AS (
  SELECT DISTINCT person_id, condition_start_date - day0 AS day
  FROM condition_occurrence JOIN day0 USING (person_id) WHERE condition_source_value IN (:event)
),
fresh AS (
  SELECT person_id, day FROM recorded WHERE day >= 0 AND NOT EXISTS (
    SELECT 1 FROM recorded AS former
    WHERE former.person_id = recorded.person_id AND former.day < 0 AND recorded.day - former.day < 30
  )
),
opened AS (
  SELECT person_id, min(day) AS day FROM fresh GROUP BY person_id
  UNION ALL
  SELECT opened.person_id, min(fresh.day) FROM opened JOIN fresh USING (person_id)
  WHERE fresh.day >= opened.day + 30 GROUP BY opened.person_id, opened.day
),
episode AS (SELECT person_id, day FROM opened JOIN followed USING (person_id) WHERE day <= last_day),
every_day AS (
  SELECT person_id, unnest(generate_series(0, last_day)) AS day FROM followed WHERE is_evaluable
),
sorted_day AS (
  SELECT every_day.person_id, every_day.day,
         coalesce(bool_or(every_day.day - infusion.day BETWEEN :first AND :last), false) AS is_at_risk,
         coalesce(bool_or(every_day.day - infusion.day BETWEEN :last + 1 AND :last + :washout
                          OR infusion.day - every_day.day BETWEEN 1 AND :before), false) AS is_left_out
  FROM every_day LEFT JOIN infusion USING (person_id) GROUP BY ALL
),
of_person AS (
  SELECT person_id,
         count(*) AS days,
         count(*) FILTER (is_at_risk) AS risk_days,
         count(*) FILTER (NOT is_at_risk AND NOT is_left_out) AS control_days,
         count(episode.day) AS events,
         count(episode.day) FILTER (is_at_risk) AS risk_events,
         count(episode.day) FILTER (NOT is_at_risk AND NOT is_left_out) AS control_events
  FROM sorted_day LEFT JOIN episode USING (person_id, day) GROUP BY person_id
),
given AS (
  SELECT person_id, cycle FROM cycle JOIN followed USING (person_id)
  WHERE is_evaluable GROUP BY person_id, cycle, last_day HAVING min(day) <= last_day
),
with_event AS (
  SELECT DISTINCT cycle.person_id, cycle.cycle
  FROM cycle JOIN episode ON episode.person_id = cycle.person_id AND episode.day - cycle.day BETWEEN :first AND :last
  SEMI JOIN (SELECT person_id FROM followed WHERE is_evaluable) AS known ON known.person_id = cycle.person_id
)
