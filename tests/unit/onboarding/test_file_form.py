"""How a file that nobody has described is read, and which files are refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.file_form import FileForm, Given, find_form
from tests.unit.onboarding.conftest import Drafter


def form_of(tmp_path: Path, content: bytes | str, name: str = "file.csv", **given: str) -> FileForm:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return find_form(path, Given(**given))


@pytest.mark.parametrize(("delimiter"), [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "name, and more", "x"], ["1", "a;b", "2"], ["3", "c|d", "4"]]
    text = "\n".join(delimiter.join(f'"{field}"' for field in line) for line in lines)
    assert form_of(tmp_path, text).options.delimiter == delimiter


def test_a_delimiter_inside_most_texts_is_not_taken_for_the_one_between_fields(tmp_path: Path) -> None:
    text = "id;text\n" + "".join(f"{number};a, b, c\n" for number in range(20))
    assert form_of(tmp_path, text).options.delimiter == ";"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "utf-8"), ("cp1252", "cp1252"), ("cp850", "cp850"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le")],
)
def test_the_encoding_is_found_and_told(tmp_path: Path, encoding: str, expected: str) -> None:
    text = "stadt,straße\n" + "Köln,Große Straße\nMünchen,Übergang\n" * 20
    form = form_of(tmp_path, text.encode(encoding))
    assert form.options.encoding == expected
    assert dict(form.told)["encoding"]


def test_quotes_of_word_processors_are_not_taken_for_letters_of_another_encoding(tmp_path: Path) -> None:
    text = "id,remark\n" + "1,he said \u201cyes\u201d \u2013 don\u2019t ask\n" * 20
    assert form_of(tmp_path, text.encode("cp1252")).options.encoding == "cp1252"


def test_a_letter_beyond_ascii_is_found_wherever_it_stands(tmp_path: Path) -> None:
    text = "a,b\n" + "plain,text\n" * 300_000 + "Köln,1\n"
    assert form_of(tmp_path, text.encode("cp1252")).options.encoding == "cp1252"


def test_damaged_utf8_is_not_read_as_something_else(tmp_path: Path) -> None:
    text = ("a,b\n" + "Köln,Größe\n" * 50).encode() + b"K\xf6ln,1\n"
    assert form_of(tmp_path, text).options.encoding == "utf-8"


def test_a_packed_file_is_looked_into(tmp_path: Path) -> None:
    form = form_of(tmp_path, gzip.compress(b"a;b\n1;2\n"), "file.csv.gz")
    assert (form.format, form.options.delimiter) == ("csv", ";")


def test_json_lines_under_another_name_are_declared(tmp_path: Path) -> None:
    form = form_of(tmp_path, '{"a": 1}\n{"a": 2}\n', "file.json")
    assert (form.format, form.options.format) == ("jsonl", "jsonl")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([{"a": 1}], ""),
        ({"items": [{"a": 1}]}, "items"),
        ({"meta": {"links": [{"rel": "next"}]}, "result": {"orders": [{"a": 1}, {"a": 2}]}}, "result.orders"),
        ({"data": [{"a": 1, "lines": [{"b": 1}, {"b": 2}]}]}, "data"),
    ],
)
def test_the_array_of_records_is_found_in_a_document(tmp_path: Path, document: object, path: str) -> None:
    form = form_of(tmp_path, json.dumps(document), "file.json")
    assert (form.format, form.records_path) == ("json", path)


def test_three_header_rows_of_qualtrics_are_recognised(tmp_path: Path) -> None:
    ids = '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}"'
    text = f"StartDate,Q1\nStart Date,How?\n{ids}\n2024-01-05 10:00:00,5\n"
    assert form_of(tmp_path, text).header_rows == 3


def test_what_is_given_is_not_guessed(tmp_path: Path) -> None:
    form = form_of(tmp_path, "a;b\n1;2\n", delimiter=",", encoding="latin-1")
    assert (form.options.delimiter, form.options.encoding) == (",", "latin-1")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("file.csv", b"", "the file is empty"),
        ("file.csv", b"   \n\n", "the file is empty"),
        ("file.csv", b"<html><body>Log in</body></html>", "it is a web page or XML, not data"),
        ("file.csv", b"\x7fELF\x02\x01\x01\x00\x00\x00\x03" * 100, "it is not text"),
        ("file.csv", b"%PDF-1.7 ...", "it is a PDF document, not text"),
        ("file.csv", b"PK\x03\x04 not really", "it is a zip archive or an Excel workbook, not text"),
        ("file.xlsx", b"PK\x03\x04 not really", "it cannot be read as a workbook"),
        ("file.parquet", b"PAR1 cut short", "the Parquet file is damaged or cut short"),
        ("file.csv", b"a,b,c\n1,2\n1,2,3,4\n1\n1,2\n", "most of its records do not fit its first line"),
        ("file.csv", b"customer\n1\n2\n", "no delimiter makes columns of it"),
        ("file.csv", b"Report of May\n\na;b;c\n1;2;3\n4;5;6\n7;8;9\n", "its table does not begin on the first line"),
        ("file.csv", b"sep=;\na;b\n1;2\n", "its first line is 'sep=;'"),
        ("file.csv", b"1;2,50;01.02.2024\n2;3,50;02.02.2024\n", "its first line looks like data"),
        ("file.csv", b"a,b\n", "it has no records"),
        ("file.csv", b"a,A\n1,2\n", "occurs more than once"),
        ("file.csv", b'a,b\n1,"2\n3,4\n', "opens a quote that is never closed"),
        ("file.json", b'{"error": "not allowed"}', "there is no array of records in it"),
        ("file.json", b"[1, 2, 3]", "it holds no JSON objects"),
        ("file.json", b'[{"a": 1', "is not JSON"),
        ("file.csv.gz", b"\x1f\x8b\x08\x00broken", "the gzip file is damaged or cut short"),
    ],
)
def test_a_hostile_file_ends_in_a_clear_error(
    draft: Drafter, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((OnboardingError, FileRejectedError)) as caught:
        draft(path)
    assert told in caught.value.what
    assert caught.value.fix


def test_a_folder_and_a_missing_file_are_refused(draft: Drafter, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(TesseraError, match="there is no such file"):
            draft(path)
