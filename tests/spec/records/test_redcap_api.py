"""REDCap's API: what is asked for, what a batch holds, and what is told when there is no answer."""

# ruff: noqa: E501 -- a drawn export is as wide as an export

from __future__ import annotations

import pytest

import refractory.records.from_redcap_api as api
import refractory.records.from_redcap_server as server_side
from redcap_project import SOURCE, dictionary_rows, save_project
from redcap_server import TOKEN, RedcapServer, cut_off, drip, never_end, send, send_packed, serving, sleep
from refractory.errors import RecordsError
from refractory.records.from_anywhere import open_records
from refractory.records.from_redcap_server import check_address
from tables import table

DICTIONARY = """
    field     | form      | type     | choices             | validation | identifier
    record_id | base      | text     | -                   | -          | -
    name      | base      | text     | -                   | -          | y
    sex       | base      | radio    | 1, Female / 2, Male | -          | -
    prior     | base      | checkbox | 1, MTX / -9, Other  | -          | -
    given_1   | infusions | text     | -                   | date_ymd   | -
    given_2   | infusions | text     | -                   | date_ymd   | -
    grams     | infusions | text     | -                   | number     | -
"""
EXPORT = """
    record_id | redcap_event_name | redcap_repeat_instrument | redcap_repeat_instance | name | sex | prior___1 | prior____9 | prior___unk | base_complete | given_1    | given_2    | grams | infusions_complete
    1         | start_arm_1       | -                        | -                      | Doe  | 1   | 1         | 0          | 0           | 2             | -          | -          | -     | -
    1         | start_arm_1       | infusions                | 1                      | -    | -   | -         | -          | -           | -             | 2015-03-02 | 2015-04-02 | 70    | 2
    2         | start_arm_1       | -                        | -                      | Roe  | UNK | 0         | 0          | 1           | 0             | -          | -          | -     | -
    3         | start_arm_1       | infusions                | 1                      | -    | -   | -         | -          | -           | -             | 2015-05-02 | -          | UNK   | 2
"""
TABLES = """
[[table]]
sheet = "base"
person = "record_id"
[[table.record]]
kind = "person"
column = { sex = "sex" }
[[table.record]]
kind = "finding"
text = { what = "methotrexate before", date = "2015-01-01" }
column = { value = "prior___1" }

[[table]]
sheet = "infusions"
person = "record_id"
[[table.record]]
kind = "drug"
text = { what = "immunoglobulin", unit = "g" }
column = { start = "given_{n}", quantity = "grams" }
"""


def flat_rows():
    return [{name: value or "" for name, value in row.items()} for row in table(EXPORT)]


@pytest.fixture
def project(monkeypatch):
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN)
    monkeypatch.setattr(server_side, "_FIRST_PAUSE", 0.01)
    settings = {"project_title": "Charts", "missing_data_codes": "UNK, Unknown"}
    with serving(RedcapServer(dictionary_rows(DICTIONARY), flat_rows(), settings)) as running:
        yield running


def write_mapping(folder, address, more=""):
    path = folder / "charts.toml"
    path.write_text(f'[source]\nkind = "redcap"\naddress = "{address}"\n{more}{TABLES}', encoding="utf-8")
    return path


def facts(source):
    statement = """
        SELECT 'drug', drug_exposure_start_date::VARCHAR, quantity FROM records_source.main.drug_exposure
        UNION ALL SELECT gender_source_value, person_source_value, NULL FROM records_source.main.person
        UNION ALL SELECT value_as_string, NULL, person_id FROM records_source.main.observation ORDER BY ALL
    """
    return source.connection.execute(statement).fetchall()


def test_a_project_is_the_same_from_its_server_as_from_its_export(tmp_path, project):
    served = open_records(str(write_mapping(tmp_path, project.address)))
    path = save_project(tmp_path, DICTIONARY, f'{SOURCE}missing = "UNK"\n{TABLES}', export=EXPORT)
    saved = open_records(str(path))
    assert facts(served) == facts(saved)
    assert len(facts(served)) == 6
    one, other = served.read_accounts[0], saved.read_accounts[0]
    assert (one.rows, one.used, one.not_asked_for, one.listed) == (
        other.rows, other.used, other.not_asked_for, other.listed,
    )  # fmt: skip
    assert one.table == "127.0.0.1"


def test_only_the_fields_that_the_mapping_names_are_asked_for(tmp_path, project):
    open_records(str(write_mapping(tmp_path, project.address))).close()
    records = [asked for asked in project.asked if asked["content"] == "record"]
    fields = [{value for name, value in asked.items() if name.startswith("fields[")} for asked in records]
    assert fields == [
        {"record_id"},
        {"record_id", "sex", "prior", "given_1", "given_2", "grams", "base_complete", "infusions_complete"},
    ]


def test_records_are_asked_for_in_batches_and_each_is_announced(tmp_path, project, monkeypatch):
    monkeypatch.setattr(api, "_LARGEST_BATCH", 2)
    said = []
    source = open_records(str(write_mapping(tmp_path, project.address)), say=said.append)
    assert [step for step in said if "records" in step] == [
        "Asking REDCap for records 1 to 2 of 3",
        "Asking REDCap for records 3 to 3 of 3",
    ]
    assert source.read_accounts[0].rows == 4
    batches = [
        sorted(value for name, value in asked.items() if name.startswith("records["))
        for asked in project.asked
        if asked["content"] == "record"
    ]
    assert batches == [[], ["1", "2"], ["3"]]


def test_the_fingerprint_is_of_what_the_server_sent(tmp_path, project):
    path = write_mapping(tmp_path, project.address)
    first, again = (open_records(str(path)).fingerprint() for _ in range(2))
    project.rows[0]["sex"] = "2"
    changed = open_records(str(path)).fingerprint()
    assert first == again != changed


def test_the_token_stands_nowhere_but_in_the_request(tmp_path, project, capfd, caplog):
    caplog.set_level("DEBUG")
    source = open_records(str(write_mapping(tmp_path, project.address)))
    written = " ".join((str(source), str(source.problems), source.fingerprint(), caplog.text, *capfd.readouterr()))
    assert TOKEN not in written
    assert project.asked[0]["token"] == TOKEN
    assert [path.name for path in tmp_path.iterdir()] == ["charts.toml"]


def test_an_answer_that_comes_packed_and_in_pieces_is_read(tmp_path, project):
    def illness(handler, asked):
        send_packed(handler, project.answer(asked))
        return True

    project.illness = illness
    assert len(facts(open_records(str(write_mapping(tmp_path, project.address))))) == 6


def ill(times, act):
    """Make a server ill for its first so many answers."""
    left = [times]

    def illness(handler, asked):
        if left[0]:
            left[0] -= 1
            act(handler)
            return True
        return False

    return illness


@pytest.mark.parametrize(
    "act",
    [
        cut_off,
        lambda handler: send(handler, 502, "<html>Bad gateway</html>"),
        lambda handler: send(handler, 503, {"error": "the system is busy"}),
        lambda handler: send(handler, 200, "<html>maintenance page</html>"),
        lambda handler: setattr(handler, "close_connection", True),
    ],
)
def test_a_server_that_recovers_is_asked_again(tmp_path, project, act):
    project.illness = ill(2, act)
    source = open_records(str(write_mapping(tmp_path, project.address)))
    assert len(facts(source)) == 6
    assert len(project.asked) == 7  # two in vain; five questions, as PyCap asks for the dictionary twice


@pytest.mark.parametrize(
    ("act", "said", "tries"),
    [
        (cut_off, "broke off its answer, in 4 tries", 4),
        (lambda one: send(one, 502, "<html>Bad gateway</html>"), "answered with status 502, in 4 tries", 4),
        (lambda one: send(one, 200, "[" * 200_000), "answered otherwise than REDCap does, in 4 tries", 4),
        (lambda one: send(one, 200, ["no", "rows"]), "answers otherwise than REDCap does", 1),
        (lambda one: send(one, 403, {"error": "You do not have permissions to use the API"}), "no right to export", 1),
        (lambda one: send(one, 400, {"error": "the record Doe-17 was not found"}), "refuses with status 400", 1),
        (lambda one: send(one, 400, {"error": f"invalid token {TOKEN}"}), "refuses the token", 1),
        (lambda one: send(one, 307, "", Location="http://127.0.0.1:9/api/"), "to another address", 1),
        (lambda one: send(one, 200, "", Content_Length=str(1 << 40)), "more than 1 MB", 1),
        (never_end, "sends more than 1 MB at once", 1),
        (drip, "did not answer in time, in 4 tries", 4),
        (lambda one: (sleep(1.5), send(one, 200, [])), "did not answer in time, in 4 tries", 4),
    ],
)
def test_a_server_without_an_answer_is_told_without_the_token_and_without_what_it_says_of_data(
    tmp_path, project, monkeypatch, act, said, tries
):
    monkeypatch.setattr(server_side, "_TO_ANSWER", 0.4)
    monkeypatch.setattr(server_side, "_LARGEST_ANSWER", 1 << 20)
    project.illness = ill(100, act)
    with pytest.raises(RecordsError) as error:
        open_records(str(write_mapping(tmp_path, project.address)))
    text = str(error.value)
    assert said in text
    assert TOKEN not in text
    assert "Doe" not in text
    assert "127.0.0.1, when asked for the data dictionary" in text or "answers otherwise" in text
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert len(project.asked) == tries


def test_a_server_that_is_not_there_is_told(tmp_path, project):
    with pytest.raises(RecordsError, match="could not be reached, in 4 tries"):
        open_records(str(write_mapping(tmp_path, "http://127.0.0.1:9/api/")))


def test_a_wrong_token_is_told(tmp_path, project, monkeypatch):
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN[::-1])
    with pytest.raises(RecordsError, match="no right to export"):
        open_records(str(write_mapping(tmp_path, project.address)))


@pytest.mark.parametrize(
    ("more", "value", "said"),
    [
        ("", None, "The environment variable REDCAP_API_TOKEN does not hold the token"),
        ("", "short", "is no token of REDCap"),
        ('token = "STUDY_TOKEN"\n', None, "The environment variable STUDY_TOKEN does not hold"),
        (f'token = "{TOKEN}"\n', TOKEN, "The mapping holds a token itself"),
    ],
)
def test_a_token_comes_from_the_environment_alone(tmp_path, project, monkeypatch, more, value, said):
    monkeypatch.delenv("REDCAP_API_TOKEN")
    if value:
        monkeypatch.setenv("REDCAP_API_TOKEN", value)
    with pytest.raises(RecordsError) as error:
        open_records(str(write_mapping(tmp_path, project.address, more)))
    assert said in str(error.value)
    assert TOKEN not in str(error.value)
    assert project.asked == []


@pytest.mark.parametrize("address", ["http://redcap.example.org/api/", "HTTP://10.0.0.7/api/", "http://localhost.evil.org/api/"])  # fmt: skip
def test_a_token_is_never_sent_unencrypted_over_a_network(address):
    with pytest.raises(RecordsError, match="not encrypted"):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "redcap.example.org",
        "ftp://x/api/",
        "https://user:word@x/api/",
        "https://x/api/?token=1",
        "https://[",
        "file:///etc",
    ],
)
def test_what_is_no_address_is_told_without_repeating_it(address):
    with pytest.raises(RecordsError) as error:
        check_address(address)
    assert "The address of REDCap is none" in str(error.value)
    assert "word" not in str(error.value)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://redcap.example.org/api/", "https://redcap.example.org/api/"),
        ("https://redcap.example.org/redcap/", "https://redcap.example.org/redcap/api/"),
        ("http://localhost:8080/api", "http://localhost:8080/api/"),
        ("http://[::1]/api/", "http://[::1]/api/"),
    ],
)
def test_an_address_gets_the_end_that_redcap_wants(written, used):
    assert check_address(written) == used


def test_a_token_that_hides_the_records_names_is_told(tmp_path, project):
    def illness(handler, asked):
        if asked["content"] == "record" and "records[0]" in asked:
            send(handler, 200, [{"sex": "1"}])
            return True
        return False

    project.illness = illness
    with pytest.raises(RecordsError, match="leaves out the field that tells the records apart"):
        open_records(str(write_mapping(tmp_path, project.address)))
