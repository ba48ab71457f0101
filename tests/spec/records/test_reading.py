"""What each source row becomes: persons, periods, deaths, events, drugs, measurements."""

from __future__ import annotations

import pytest

from refractory.records import read as reading
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.read import RecordNeeds
from spec.records.small_clinic import NEEDS, SETS, Clinic, contents, faults, read, write_duckdb, write_folder
from tables import same_rows


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return read(write_duckdb(tmp_path_factory.mktemp("small") / "clinic.duckdb"))


def rows(records, name, expected):
    same_rows(records.store, records.store.table(name), expected)


def test_only_persons_who_ever_had_the_treatment_by_any_route_are_read(small):
    rows(small, "person", """
        person_id | birth_earliest | birth_latest | sex    | race
        ----------+----------------+--------------+--------+------
        1         | 1970-05-17     | 1970-05-17   | female | White
        2         | 1981-02-01     | 1981-02-28   | male   | other
    """)  # fmt: skip


def test_each_row_is_named_by_concept_by_the_source_s_own_code_or_by_its_text(small):
    rows(small, "event", """
        source_table         | row_id | person_id | concept_set      | start_date | end_date   | value_text
        ---------------------+--------+-----------+------------------+------------+------------+----------------
        condition_occurrence | 101    | 1         | dermatomyositis  | 2014-01-10 | 2014-01-12 | -
        condition_occurrence | 102    | 1         | dermatomyositis  | 2014-03-01 | -          | -
        condition_occurrence | 103    | 1         | dermatomyositis  | 2014-05-01 | -          | -
        procedure_occurrence | 201    | 1         | immunoglobulin   | 2016-06-01 | -          | -
        procedure_occurrence | 202    | 2         | immunoglobulin   | 2016-07-01 | -          | -
        observation          | 301    | 1         | skin examination | 2014-01-10 | -          | Gottron papules
        observation          | 302    | 1         | CDASI activity   | 2016-05-20 | -          | 24
    """)  # fmt: skip


def test_a_drug_has_its_dates_amounts_route_and_strength_also_when_it_is_billed_as_a_service(small):
    table = small.store.table("drug")
    shown = ["row_id", "concept_set", "start_date", "end_date", "days_supply", "quantity", "mg_per_unit"]
    same_rows(small.store, table.select(*shown, "mg_origin", "prednisone_factor", "route"), """
        row_id|concept_set            |start_date|end_date  |days_supply|quantity|mg_per_unit|mg_origin    |prednisone_factor|route
        ------+-----------------------+----------+----------+-----------+--------+-----------+-------------+-----------------+------------
        501   |immunoglobulin         |2016-07-01|2016-07-01|-          |1400    |100        |drug_strength|-                |intravenous
        502   |systemic glucocorticoid|2015-01-01|2015-01-30|30         |60      |5          |drug_strength|1                |oral
        503   |systemic glucocorticoid|2015-02-01|-         |-          |-       |5          |drug_strength|1                |oral
        504   |immunoglobulin         |2016-07-15|-         |-          |200     |100        |drug_strength|-                |subcutaneous
        201   |immunoglobulin         |2016-06-01|-         |-          |120     |500        |billing unit |-                |unknown
        202   |immunoglobulin         |2016-07-01|-         |-          |20      |500        |billing unit |-                |subcutaneous
    """)  # fmt: skip  # noqa: E501 (a table that a clinician reads in one piece)
    words = ["source_table", "row_id", "code", "product", "sig", "stop_reason"]
    same_rows(small.store, table.filter(table.row_id.isin([201, 502])).select(*words), """
        source_table         | row_id | code  | product                     | sig       | stop_reason
        ---------------------+--------+-------+-----------------------------+-----------+------------
        procedure_occurrence | 201    | J1569 | J1569                       | -         | -
        drug_exposure        | 502    | pred  | prednisone 5 MG Oral Tablet | 2 tabs qd | no effect
    """)  # fmt: skip


def test_a_measurement_is_in_the_unit_that_is_wanted_else_as_it_is_recorded(small):
    rows(small, "measurement", """
        source_table | row_id | person_id | concept_set     | date       | value   | unit | upper_limit
        -------------+--------+-----------+-----------------+------------+---------+------+------------
        measurement  | 401    | 1         | body weight     | 2016-05-30 | 69.8532 | kg   | -
        measurement  | 402    | 1         | body weight     | 2016-08-30 | 71.5    | kg   | -
        measurement  | 403    | 1         | creatine kinase | 2014-01-11 | 900     | U/L  | 200
        measurement  | 404    | 1         | creatine kinase | 2014-02-11 | 450     | IU/L | 200
        observation  | 302    | 1         | CDASI activity  | 2016-05-20 | 24      | -    | -
    """)  # fmt: skip


def test_the_upper_limit_of_normal_is_converted_with_the_value(tmp_path):
    clinic = Clinic().having(
        measurement="""
            key | person | concept | start      | value | unit | unit_text | range_high | own
            1   | 1      | 3007220 | 2014-01-11 | 15    | 0    | µkat/L    | 3          | CK
        """
    )
    wanted = RecordNeeds(SETS, "immunoglobulin", (), {"creatine kinase": "U/L"})
    (row,) = contents(read(write_duckdb(tmp_path / "a.duckdb", clinic), wanted))["measurement"][:1]
    assert row[5:] == (900.0, "U/L", 180.0)


def test_a_procedure_is_a_drug_only_where_the_study_says_that_the_set_is_one(tmp_path):
    needs = RecordNeeds(SETS, "immunoglobulin", ("systemic glucocorticoid",), {})
    found = contents(read(write_duckdb(tmp_path / "a.duckdb"), needs))
    assert {row[0] for row in found["drug"]} == {"drug_exposure"}
    assert ("procedure_occurrence", 201) in {row[:2] for row in found["event"]}


def test_every_row_of_every_table_is_used_not_asked_for_or_listed(small):
    assert [(one.table, one.rows, one.used, one.not_asked_for, one.listed) for one in small.accounts] == [
        ("condition_occurrence", 5, 3, 2, 0),
        ("death", 1, 1, 0, 0),
        ("drug_exposure", 5, 4, 1, 0),
        ("measurement", 5, 4, 1, 0),
        ("observation", 2, 2, 0, 0),
        ("observation_period", 3, 2, 1, 0),
        ("person", 3, 2, 1, 0),
        ("procedure_occurrence", 3, 2, 1, 0),
    ]


def test_the_store_holds_the_tables_of_the_schema_and_no_others(small):
    held = {row[0] for row in small.store.connection.execute("SHOW TABLES").fetchall()}
    assert held == {"person", "observation_period", "death", "event", "drug", "measurement"}


def test_a_person_without_a_treatment_that_counts_is_not_read(tmp_path):
    # The set excludes what Ben had; the source alone cannot see that, a closer look does.
    narrower = ConceptSetDefinition.model_validate(
        {"use": ["immunoglobulin"], "exclude": {"source": ["SCIG", "J1569"]}}
    )
    needs = RecordNeeds(
        SETS | {"immunoglobulin": narrower}, "immunoglobulin", ("immunoglobulin",), {"body weight": "kg"}
    )
    records = read(write_duckdb(tmp_path / "a.duckdb"), needs)
    assert [row[0] for row in contents(records)["person"]] == [1]
    assert {row[1] for row in contents(records)["drug"]} == {501, 502, 503}
    accounts = {one.table: (one.rows, one.used, one.not_asked_for) for one in records.accounts}
    assert accounts["person"] == (3, 1, 2)
    assert accounts["death"] == (1, 0, 1)
    assert accounts["procedure_occurrence"] == (3, 0, 3)


def test_nobody_with_the_treatment_leaves_empty_tables(tmp_path):
    needs = RecordNeeds({"aspirin": ConceptSetDefinition(RxNorm=["1191+"])}, "aspirin", ("aspirin",), {})
    records = read(write_duckdb(tmp_path / "a.duckdb"), needs)
    assert all(found == [] for found in contents(records).values())
    assert all(one.not_asked_for == one.rows for one in records.accounts)


def test_without_vocabulary_tables_codes_match_as_the_source_writes_them(tmp_path):
    bare = Clinic().having(concept=None, concept_ancestor=None, concept_relationship=None, drug_strength=None)
    records = read(write_duckdb(tmp_path / "a.duckdb", bare))
    events = {row[1] for row in contents(records)["event"] if row[0] == "condition_occurrence"}
    assert events == {101, 102, 103}
    assert ("concept", None, "the table is not there", 0, False) in faults(records)
    # A weight has neither a LOINC code nor a word for it here, so nothing is guessed.
    assert {row[3] for row in contents(records)["measurement"]} == {"creatine kinase", "CDASI activity"}


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("1970 | 5 | 17 | -", ("1970-05-17", "1970-05-17")),
        ("1970 | 5 | - | -", ("1970-05-01", "1970-05-31")),
        ("1970 | - | - | -", ("1970-01-01", "1970-12-31")),
        ("1970 | - | - | 1970-01-01", ("1970-01-01", "1970-12-31")),  # a padded date of birth tells nothing
        ("- | - | - | 1970-05-17", ("1970-05-17", "1970-05-17")),
        ("1970 | 2 | 30 | -", ("1970-02-01", "1970-02-28")),  # no such day: the month stands
        ("1970 | 13 | 1 | -", ("1970-01-01", "1970-12-31")),
        ("- | - | - | -", (None, None)),
    ],
)
def test_birth_is_the_interval_of_days_that_it_may_be(tmp_path, birth, expected):
    clinic = Clinic().having(person=f"person | birth_y | birth_m | birth_d | birth_datetime\n1 | {birth}")
    records = read(write_duckdb(tmp_path / "a.duckdb", clinic))
    ((_, earliest, latest, sex, race),) = contents(records)["person"]
    assert tuple(day and day.isoformat() for day in (earliest, latest)) == expected
    assert (sex, race) == ("unknown", "unknown")
    assert any(one.rule == "no date of birth can be read" for one in records.problems) == (expected[0] is None)


@pytest.mark.parametrize(
    ("concept", "text", "sex"),
    [
        ("8532", "-", "female"),
        ("8507", "F", "male"),
        ("0", "F", "female"),
        ("0", "male", "male"),
        ("0", "x", "unknown"),
    ],
)
def test_sex_is_read_from_the_concept_and_else_from_the_source_s_word(tmp_path, concept, text, sex):
    drawn = f"person | sex | gender_source_value | birth_y\n1 | {concept} | {text} | 1970"
    records = read(write_duckdb(tmp_path / "a.duckdb", Clinic().having(person=drawn)))
    assert contents(records)["person"][0][3] == sex


def test_the_date_of_a_time_stamp_stands_in_for_a_missing_date(tmp_path):
    clinic = Clinic().having(
        condition_occurrence="""
            key | person | concept | start | condition_start_datetime | own    | own_concept
            1   | 1      | 80182   | -     | 2014-01-10 23:30:00      | M33.10 | 0
        """
    )
    assert contents(read(write_duckdb(tmp_path / "a.duckdb", clinic)))["event"][0][4].isoformat() == "2014-01-10"


def test_tables_that_have_time_stamps_and_no_days_are_tables_of_omop(tmp_path):
    days = write_folder(tmp_path / "days", "csv")
    stamps = write_folder(tmp_path / "stamps", "csv")
    for path in stamps.glob("*.csv"):
        header, _, rows = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(header.replace("_date", "_datetime") + "\n" + rows, encoding="utf-8")
    assert contents(read(stamps)) == contents(read(days))


def test_a_number_that_the_source_has_only_as_text_is_read(tmp_path):
    clinic = Clinic().having(
        measurement="""
            key | person | concept | start      | value | value_source_value | unit | unit_text
            1   | 1      | 3025315 | 2014-01-11 | -     | 70.5               | 0    | kg
        """
    )
    assert contents(read(write_duckdb(tmp_path / "a.duckdb", clinic)))["measurement"][0][5:7] == (70.5, "kg")


def test_the_answer_of_an_observation_is_its_text_its_number_or_the_name_of_its_concept(tmp_path):
    clinic = Clinic().having(
        observation="""
            key | person | start      | value | text | value_as_concept_id | own
            1   | 1      | 2014-01-10 | -     | yes  | 0                   | skin examination
            2   | 1      | 2014-01-11 | 2.5   | -    | 0                   | skin examination
            3   | 1      | 2014-01-12 | -     | -    | 80182               | skin examination
            4   | 1      | 2014-01-13 | 3.0   | -    | 0                   | skin examination
        """
    )
    found = contents(read(write_duckdb(tmp_path / "a.duckdb", clinic)))
    events = [row for row in found["event"] if row[0] == "observation"]
    assert [row[6] for row in events] == ["yes", "2.5", "Dermatomyositis", "3"]
    assert [row[1] for row in found["measurement"] if row[0] == "observation"] == [2, 4]


def test_a_record_that_two_sets_name_is_there_once_for_each(tmp_path):
    sets = SETS | {"any diagnosis": ConceptSetDefinition(OMOP=[80182, 201826])}
    needs = RecordNeeds(sets, "immunoglobulin", NEEDS.drug_sets, {})
    found = contents(read(write_duckdb(tmp_path / "a.duckdb"), needs))["event"]
    assert [row[3] for row in found if row[1] == 101] == ["any diagnosis", "dermatomyositis"]
    assert [row[3] for row in found if row[1] == 104] == ["any diagnosis"]


def test_a_study_of_few_rows_is_planned_for_them_and_one_of_many_is_not(tmp_path, monkeypatch, small):
    asked = "SELECT current_setting('disabled_optimizers')"
    assert small.store.connection.execute(asked).fetchone() == ("join_filter_pushdown",)
    monkeypatch.setattr(reading, "_FEW_ROWS", 0)
    many = read(write_duckdb(tmp_path / "clinic.duckdb"))
    assert many.store.connection.execute(asked).fetchone() == ("",)
    assert contents(many) == contents(small)
