"""YAML files know their lines, and say where they are broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.configuration.yaml_file import read_yaml_file
from orchestration.errors import TesseraError

TEXT = """\
# a comment
company:
  name: One

sources:
  - contract: a
    files: [x.csv]
  - contract: b
    files:
      - y.csv
      - z.csv
7: seven
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(content: str | bytes):
        path = tmp_path / "some.yml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_yaml_file(path)

    return write


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ([], 1),
        (["company"], 2),
        (["company", "name"], 3),
        (["sources"], 5),
        (["sources", 0], 6),
        (["sources", 0, "files"], 7),
        (["sources", 0, "files", 0], 7),
        (["sources", 1, "contract"], 8),
        (["sources", 1, "files", 1], 11),
        ([7], 12),
        # What is missing is found at its deepest part that exists.
        (["nobody"], 1),
        (["company", "currency"], 2),
        (["sources", 1, "encoding"], 8),
        (["sources", 9, "files"], 5),
        (["company", "name", "deeper"], 3),
    ],
)
def test_the_line_of_a_nested_value_is_found(written, location: list[str | int], line: int) -> None:
    assert written(TEXT).line_of(location) == line


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.integers(0, 20), between=st.integers(0, 20))
def test_blank_lines_and_comments_move_the_line(written, before: int, between: int) -> None:
    file = written("# first\n" * before + "a:\n" + "\n" * between + "  b: 1\n")
    assert file.line_of(["a"]) == before + 1
    assert file.line_of(["a", "b"]) == before + between + 2


def test_the_content_is_what_yaml_says(written) -> None:
    assert written("a: [1, 2.5, 'x', true]\n").content == {"a": [1, 2.5, "x", True]}


def test_an_empty_file_has_no_content_and_a_first_line(written) -> None:
    file = written("")
    assert file.content is None
    assert file.line_of(["company"]) == 1


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", "line 3", "expected"),
        ("a: 1\n\tb: 2\n", "line 2", "cannot start any token"),
        ("nights:\n  first: 2024-02-30\n", "line 2", "2024-02-30"),
        ("a: 1\nb: 2\na: 3\n", "line 3", "'a' stands there twice"),
        ("x: {a: 1,\n a: 2}\n", "line 2", "'a' stands there twice"),
        ("a: !!python/object/apply:os.getcwd []\n", "line 1", "could not determine a constructor"),
    ],
)
def test_yaml_that_cannot_be_meant_is_refused_with_its_line(written, text: str, place: str, found: str) -> None:
    with pytest.raises(TesseraError) as caught:
        written(text)
    assert "some.yml" in caught.value.what
    assert place in caught.value.what
    assert found in caught.value.found


def test_the_same_key_in_two_places_is_no_repetition(written) -> None:
    text = "common: &c {files: 1, format: csv}\nlist:\n  - {<<: *c, files: 2}\n  - {<<: *c}\n"
    assert written(text).content["list"] == [{"files": 2, "format": "csv"}, {"files": 1, "format": "csv"}]


def test_a_file_that_is_not_utf_8_is_refused(written) -> None:
    with pytest.raises(TesseraError, match="cannot be read") as caught:
        written("name: Zoë\n".encode("latin-1"))
    assert "UTF-8" in caught.value.expected


def test_a_byte_order_mark_is_no_part_of_the_first_key(written) -> None:
    assert written(b"\xef\xbb\xbfa: 1\n").content == {"a": 1}


def test_a_folder_is_refused_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="cannot be read"):
        read_yaml_file(tmp_path)
