"""The file of doubtful pairs on its way to a person and back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.identity.doubtful_pairs import SHOWN, DoubtfulPair
from orchestration.identity.review_file import COLUMNS, FilledIn, read_review_file, write_review_file

NOTHING = dict.fromkeys(SHOWN)
PAIR = DoubtfulPair(
    position=1,
    left_record="hubspot:1",
    right_record="p_2",
    probability=0.75,
    doubt="not sure enough",
    left={**NOTHING, "name": "Maria Muster", "phone": "+4930123"},
    right={**NOTHING, "name": "M. Müster"},
)


def filled_in(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(["decision,reason,left_record,right_record", *lines]) + "\n", encoding="utf-8")
    return file


def test_what_is_written_has_room_for_a_decision_and_is_only_the_owners(tmp_path: Path) -> None:
    file = tmp_path / "review.csv"
    write_review_file(file, [PAIR])
    with file.open(encoding="utf-8-sig", newline="") as lines:
        (line,) = csv.DictReader(lines)
    assert tuple(line) == COLUMNS
    assert (line["decision"], line["reason"]) == ("", "")
    assert (line["left_record"], line["right_record"], line["probability"]) == ("hubspot:1", "p_2", "0.7500")
    assert line["right_name"] == "M. Müster"
    # A number that begins with a plus would be reckoned with by a spreadsheet.
    assert line["left_phone"] == "'+4930123"
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_review_file(file) == []


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    file = filled_in(tmp_path / "review.csv", "must_link,known,a:1,a:2")
    with pytest.raises(TesseraError, match="somebody's decisions"):
        write_review_file(file, [PAIR])
    with pytest.raises(TesseraError, match="no such folder"):
        write_review_file(tmp_path / "nowhere" / "review.csv", [PAIR])
    assert len(read_review_file(file)) == 1


def test_lines_without_a_decision_are_passed_over(tmp_path: Path) -> None:
    file = filled_in(tmp_path / "review.csv", ",,a:1,a:2", "cannot_link , brothers ,a:3,a:4")
    assert read_review_file(file) == [FilledIn(3, "a:3", "a:4", "cannot_link", "brothers")]


def test_a_file_saved_with_semicolons_is_read(tmp_path: Path) -> None:
    file = filled_in(tmp_path / "review.csv", "must_link,one,a:1,a:2")
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8-sig")
    assert [line.left_record for line in read_review_file(file)] == ["a:1"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("yes,known,a:1,a:2", "yes"),
        ("must_link,,a:1,a:2", "reason: "),
        ("must_link,known,a:1,", "a:1, ,"),
        ("must_link,known,a:1", "a:1, ,"),
    ],
)
def test_what_is_no_decision_is_told_with_its_line(tmp_path: Path, line: str, found: str) -> None:
    file = filled_in(tmp_path / "review.csv", "must_link,known,b:1,b:2", line)
    with pytest.raises(TesseraError) as error:
        read_review_file(file)
    assert "line 3" in error.value.what
    assert found in error.value.found


def test_what_is_no_such_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="cannot be read"):
        read_review_file(tmp_path / "nowhere.csv")
    (tmp_path / "latin.csv").write_bytes("decision,reason\nmust_link,Müller\n".encode("cp1252"))
    with pytest.raises(TesseraError, match="CSV UTF-8"):
        read_review_file(tmp_path / "latin.csv")
    (tmp_path / "other.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(TesseraError, match="no left_record, right_record, decision, reason"):
        read_review_file(tmp_path / "other.csv")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(TesseraError, match="no left_record"):
        read_review_file(tmp_path / "empty.csv")
