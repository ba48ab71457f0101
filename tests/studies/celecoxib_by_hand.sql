-- The second study as somebody would write it by hand for this one database: concept ids looked up by name, one
-- common table expression a criterion. Nothing here comes from the program.
WITH drug AS (
    SELECT person_id,
           drug_exposure_start_date AS start_date,
           CASE
               WHEN drug_concept_id IN (1118084, 1118088) THEN 'celecoxib'
               WHEN drug_concept_id IN (1124300, 40162359) THEN 'diclofenac'
               WHEN drug_concept_id IN (1177480, 19078461, 19019979) THEN 'ibuprofen'
               WHEN drug_concept_id IN (1115008, 1115171, 19019273) THEN 'naproxen'
               WHEN drug_concept_id IN (1112807, 19059056) THEN 'aspirin'
           END AS drug
    FROM drug_exposure
),
condition AS (
    SELECT person_id,
           condition_start_date AS start_date,
           CASE condition_concept_id
               WHEN 80180 THEN 'osteoarthritis'
               WHEN 4027663 THEN 'peptic ulcer'
               WHEN 192671 THEN 'haemorrhage'
           END AS condition
    FROM condition_occurrence
),
treated AS (
    SELECT DISTINCT person_id, start_date AS day0 FROM drug WHERE drug = 'celecoxib'
),
with_disease AS (
    SELECT *
    FROM treated AS t
    WHERE EXISTS (
        FROM condition AS c
        WHERE c.person_id = t.person_id AND c.condition = 'osteoarthritis' AND c.start_date <= t.day0
    )
),
observed AS (
    SELECT t.*, o.observation_period_end_date AS observed_until
    FROM with_disease AS t
    JOIN observation_period AS o
        ON o.person_id = t.person_id
        AND o.observation_period_start_date <= t.day0 - 365
        AND o.observation_period_end_date >= t.day0
),
of_age AS (
    SELECT t.*, p.gender_concept_id
    FROM observed AS t
    JOIN person AS p ON p.person_id = t.person_id
    -- Dates as the number yyyymmdd: who is born on 29 February has the birthday on 1 March.
    WHERE year(t.day0) * 10000 + month(t.day0) * 100 + day(t.day0)
        >= (p.year_of_birth + 35) * 10000 + p.month_of_birth * 100 + p.day_of_birth
),
refractory AS (
    SELECT *
    FROM of_age AS t
    WHERE EXISTS (
        FROM drug AS d
        WHERE d.person_id = t.person_id
            AND d.drug IN ('diclofenac', 'ibuprofen', 'naproxen', 'aspirin')
            AND d.start_date < t.day0
    )
),
without_ulcer AS (
    SELECT *
    FROM refractory AS t
    WHERE NOT EXISTS (
        FROM condition AS c
        WHERE c.person_id = t.person_id AND c.condition = 'peptic ulcer' AND c.start_date <= t.day0
    )
),
cohort AS (
    SELECT person_id,
           arg_min(observed_until, day0) AS observed_until,
           CASE any_value(gender_concept_id) WHEN 8532 THEN 'Women' ELSE 'Men' END AS stratum,
           min(day0) AS day0
    FROM without_ulcer
    GROUP BY person_id
),
followed AS (
    SELECT stratum,
           observed_until - day0 AS followed_days,
           (
               SELECT min(c.start_date) - day0
               FROM condition AS c
               WHERE c.person_id = cohort.person_id AND c.condition = 'haemorrhage' AND c.start_date > day0
           ) AS haemorrhage_day
    FROM cohort
)
