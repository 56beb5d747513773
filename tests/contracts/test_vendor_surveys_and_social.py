"""The sample files of survey tools and social platforms load through their contracts, bad records named one by one.

Belongs here: what comes in and what is turned away, in each vendor's own shape. Does not belong here: what staging
makes of it (the dbt unit tests beside the models).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.contract import load_contract
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "vendor_files"
SOURCES = ("brandwatch", "delighted", "meta", "qualtrics", "social", "surveys", "typeform", "x")


@dataclass(frozen=True)
class Expected:
    """What a sample holds: its good records, and of every bad one its number, column and reason."""

    good: int
    rejected: tuple[tuple[int, str, str], ...]


EXPECTED = {
    "surveys/questions.csv": Expected(4, ((5, "kind", "not_in_list"), (6, "survey_id, question_id", "duplicate_key"))),
    "surveys/answers.csv": Expected(
        4,
        (
            (5, "customer_ref", "scientific_notation_id"),
            (6, "email", "pattern_mismatch"),
            (7, "answered_at", "missing_value"),
            (8, "response_id, question_id", "duplicate_key"),
        ),
    ),
    "social/interactions.csv": Expected(
        3,
        (
            (4, "author_handle", "missing_value"),
            (5, "sentiment", "out_of_range"),
            (6, "kind", "not_in_list"),
            (7, "interaction_id", "duplicate_key"),
        ),
    ),
    "social/handles.csv": Expected(
        3, ((4, "author_handle", "scientific_notation_id"), (5, "author_handle", "missing_value"))
    ),
    # The two further header rows are no records, whatever line breaks and quotes they hold.
    "qualtrics/responses.csv": Expected(
        6,
        (
            (7, "q1_nps", "out_of_range"),
            (8, "q2_csat5", "pattern_mismatch"),
            (9, "external_reference", "scientific_notation_id"),
        ),
    ),
    # The last one is an item of the API of old, which had only a token.
    "typeform/responses.json": Expected(
        5,
        (
            (6, "response_id", "duplicate_key"),
            (7, "submitted_at", "not_a_timestamp"),
            (8, "response_id", "missing_value"),
        ),
    ),
    # Two versions of one response are both good; a response without expanded person is, too.
    "delighted/responses.json": Expected(
        5,
        (
            (6, "score", "out_of_range"),
            (7, "created_at", "out_of_range"),
            (8, "person_email", "pattern_mismatch"),
            (9, "score", "missing_value"),
        ),
    ),
    # A comment without its author is good: the permission may be missing. Unix seconds are a webhook's, not the API's.
    "meta/interactions.jsonl": Expected(
        8,
        (
            (9, "created_time", "not_a_timestamp"),
            (10, "platform", "not_in_list"),
            (11, "id", "missing_value"),
        ),
    ),
    "x/mentions.jsonl": Expected(
        5,
        (
            (6, "created_at", "not_a_timestamp"),
            (7, "created_at", "missing_value"),
            (8, "id", "duplicate_key"),
        ),
    ),
    # The same post found by two queries is two good records.
    "brandwatch/mentions.csv": Expected(
        6,
        (
            (7, "sentiment", "not_in_list"),
            (8, "x_followers", "not_an_integer"),
            (9, "resource_id", "scientific_notation_id"),
            (10, "mentioned_at", "not_a_timestamp"),
        ),
    ),
}


@dataclass(frozen=True)
class Door:
    """Loads a sample with its contract into a lake of its own and reads it back."""

    con: duckdb.DuckDBPyConnection
    lake: Lake
    quarantine: Quarantine

    def load(self, sample: str) -> LoadReport:
        contract = load_contract(ROOT / "data_contracts" / "inbound" / f"{_contract_of(sample)}.odcs.yaml")
        report = load_file(
            self.con,
            contract,
            SAMPLES / sample,
            lake=self.lake,
            quarantine=self.quarantine,
            options=FileOptions(time_zone="Europe/Berlin", max_rejected_share=0.9),
            loaded_at=datetime(2024, 6, 1, 3, 0, tzinfo=UTC),
        )
        self.lake.create_raw_view(self.con, contract)
        return report

    def rejected(self, sample: str) -> list[tuple[int, str, str]]:
        """Record number, column and reason of every quarantined record, in their order."""
        files = ", ".join(f"'{path}'" for path in self.quarantine.files(_contract_of(sample)))
        rows = self.con.execute(
            f"select record_number, unnest(reasons) from read_parquet([{files}]) order by record_number"
        ).fetchall()
        return [(number, reason["column"], reason["reason"]) for number, reason in rows]

    def rows(self, sample: str, columns: str) -> list[tuple[Any, ...]]:
        """The loaded records in the file's order."""
        self.con.execute("set timezone = 'UTC'")
        return self.con.execute(f"select {columns} from raw.{_contract_of(sample)} order by _row_number").fetchall()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false; set memory_limit = '512MB'; set threads = 1")
    yield Door(con, Lake(tmp_path / "lake"), Quarantine(tmp_path / "quarantine"))
    con.close()


def _contract_of(sample: str) -> str:
    source, _, file = sample.partition("/")
    return f"{source}__{file.split('.')[0]}"


def test_every_contract_of_these_sources_has_a_sample_and_every_sample_an_expectation() -> None:
    contracts = {
        path.name.removesuffix(".odcs.yaml")
        for source in SOURCES
        for path in (ROOT / "data_contracts" / "inbound").glob(f"{source}__*.odcs.yaml")
    }
    samples = {f"{source}/{path.name}" for source in SOURCES for path in (SAMPLES / source).iterdir() if path.is_file()}
    assert {_contract_of(sample) for sample in EXPECTED} == contracts
    assert samples == set(EXPECTED)


@pytest.mark.parametrize("sample", EXPECTED)
def test_good_records_are_loaded_and_bad_ones_named(sample: str, door: Door) -> None:
    expected = EXPECTED[sample]
    report = door.load(sample)
    assert door.rejected(sample) == list(expected.rejected)
    assert (report.records, report.good, report.rejected) == (
        expected.good + len(expected.rejected),
        expected.good,
        len(expected.rejected),
    )
    assert report.reasons == Counter(reason for _, _, reason in expected.rejected)
    assert len(door.rows(sample, "1")) == expected.good


def test_a_qualtrics_response_keeps_its_line_breaks_and_is_dated_in_the_source_s_time_zone(door: Door) -> None:
    door.load("qualtrics/responses.csv")
    first, *_ = door.rows(
        "qualtrics/responses.csv",
        "response_id, end_date, finished, duration_seconds, recipient_first_name, recipient_last_name, q1_nps, "
        "q2_csat5, q5_text, survey_id",
    )
    ended = datetime(2024, 1, 5, 9, 2, 11, tzinfo=UTC)
    said = 'Thanks,\n"as always"'
    assert first == ("R_3nYaQm1", ended, True, 95, "Änne", "Größer", 10, "5 - Very satisfied", said, "SV_8xTeaCups1")


def test_a_typeform_response_keeps_its_answers_and_hidden_fields_as_json(door: Door) -> None:
    door.load("typeform/responses.json")
    rows = door.rows("typeform/responses.json", "form_id, referer, hidden, answers, submitted_at")
    assert [row[0] for row in rows] == [None, None, None, None, "u6nXL7"]
    assert rows[0][1] == "https://teacups.typeform.com/to/lR6F4j"
    assert json.loads(rows[1][2]) == {"email": "bob@example.com", "customer_ref": "C-2"}
    answers = json.loads(rows[0][3])
    assert [answer["type"] for answer in answers] == [
        "number", "number", "choice", "choices", "boolean", "text", "date", "email", "phone_number",
    ]  # fmt: skip
    assert answers[5]["text"] == 'It said "soon",\nthen nothing… 🙄'
    assert (rows[3][3], rows[3][4]) == (None, None)


def test_a_delighted_person_is_read_where_it_is_expanded(door: Door) -> None:
    door.load("delighted/responses.json")
    rows = door.rows(
        "delighted/responses.json",
        "id, score, person_name, person_email, person_phone_number, created_at, updated_at",
    )
    assert rows == [
        ("5435", 3, "Änne Größer", "ann@example.com", "+4930123456", 1704196800, 1704196800),
        ("5435", 5, "Änne Größer", "ann@example.com", "+4930123456", 1704196800, 1704200400),
        ("5436", 10, None, "bob@example.com", None, 1704196800, 1704196800),
        ("5437", 8, None, None, None, 1704196800, 1704196800),
        ("5438", 4, "Cem", "cem@example.com", None, 1704196800, 1704196800),
    ]


def test_facebook_and_instagram_objects_stand_side_by_side(door: Door) -> None:
    door.load("meta/interactions.jsonl")
    rows = door.rows(
        "meta/interactions.jsonl",
        "from_id, username, own_user is not null, reaction_type, recipients is not null, "
        "coalesce(created_time, instagram_timestamp)",
    )
    at = [datetime(2024, 1, 5, *clock, tzinfo=UTC) for clock in ((10, 0), (10, 10), (11, 0), (12, 0), (13, 0), (14, 0))]
    assert rows == [
        ("24681357", None, False, None, False, at[0]),
        ("1029384756", None, False, None, False, at[1]),
        (None, None, False, None, False, at[2]),
        ("24681357", None, False, "LOVE", False, at[3]),
        ("97531", None, False, "LIKE", False, None),
        ("97531", None, False, None, True, at[4]),
        ("6543", "Ann.Tea", False, None, False, at[5]),
        (None, "teacups", True, None, False, datetime(2024, 1, 5, 14, 30, tzinfo=UTC)),
    ]


def test_the_author_of_a_post_on_x_is_read_out_of_the_expansion(door: Door) -> None:
    door.load("x/mentions.jsonl")
    rows = door.rows("x/mentions.jsonl", "id, author_username, followers_count, referenced_tweets, like_count")
    assert [row[:3] for row in rows] == [
        ("1743214000000000001", "Ann_Tea", 1204),
        ("1743214000000000002", "bob", 0),
        ("1743214000000000003", "bob", 0),
        ("1743214000000000004", "Ann_Tea", 1204),
        ("1743214000000000005", None, None),
    ]
    assert [json.loads(row[3])[0]["type"] for row in rows[1:4]] == ["replied_to", "retweeted", "quoted"]
    assert {row[4] for row in rows} == {3}
