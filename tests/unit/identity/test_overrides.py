"""The file of decisions: what it may say, and which profiles a decision is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.identity.overrides import COLUMNS, add_override, apply_overrides, read_overrides
from tests.support.profiles import decision, number_of, profile, taken

HEADER = ",".join(COLUMNS)


def write(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "identity_overrides.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding=encoding)
    return file


class TestReading:
    def test_no_file_is_no_decisions(self, tmp_path: Path) -> None:
        assert read_overrides(tmp_path / "nothing.csv") == []

    def test_a_file_of_a_spreadsheet(self, tmp_path: Path) -> None:
        file = write(tmp_path, 'must_link,crm:1,p_2,"the same, says Eva",eva,2026-01-01', encoding="utf-8-sig")
        (found,) = read_overrides(file)
        assert (found.decision, found.left_record, found.right_record) == ("must_link", "crm:1", "p_2")
        assert (found.reason, found.decided_by, found.decided_on) == ("the same, says Eva", "eva", "2026-01-01")

    def test_a_decision_said_twice_is_one_opinion(self, tmp_path: Path) -> None:
        line = "must_link,crm:1,crm:2,why,eva,2026-01-01"
        assert len(read_overrides(write(tmp_path, line, "must_link,crm:2,crm:1,why,jan,2026-02-01"))) == 2

    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("may_link,crm:1,crm:2,why,eva,2026-01-01", "may_link"),
            ("must_link,crm:1,crm:1,why,eva,2026-01-01", "crm:1 twice"),
            ("must_link,crm:1,,why,eva,2026-01-01", "''"),
            ("must_link,crm:1,crm:2", "None"),
            ("must_link,crm:1,crm:2,why,eva,2026-01-01,more", "more"),
        ],
    )
    def test_a_line_that_is_no_decision_is_named(self, tmp_path: Path, line: str, found: str) -> None:
        good = "cannot_link,crm:7,crm:8,why,eva,2026-01-01"
        with pytest.raises(TesseraError, match="line 3 ") as caught:
            read_overrides(write(tmp_path, good, line))
        assert found in caught.value.found

    def test_a_contradiction_names_both_lines(self, tmp_path: Path) -> None:
        file = write(
            tmp_path,
            "must_link,crm:1,crm:2,why,eva,2026-01-01",
            "cannot_link,crm:2,crm:1,why,jan,2026-02-01",
        )
        with pytest.raises(TesseraError, match="line 3 ") as caught:
            read_overrides(file)
        assert caught.value.expected == "must_link, as line 2 says"

    @pytest.mark.parametrize("header", ["", "decision,left_record", HEADER + ",more"])
    def test_other_columns_are_refused(self, tmp_path: Path, header: str) -> None:
        file = tmp_path / "file.csv"
        file.write_text(header + "\n", encoding="utf-8")
        with pytest.raises(TesseraError, match="line 1 "):
            read_overrides(file)


class TestAdding:
    def test_a_decision_is_kept_and_said_once(self, tmp_path: Path) -> None:
        file = tmp_path / "identity_overrides.csv"
        add_override(file, decision("must_link", "crm:1", "crm:2"))
        add_override(file, decision("must_link", "crm:2", "crm:1"))
        add_override(file, decision("cannot_link", "crm:1", "crm:3"))
        assert [(each.decision, each.left_record, each.right_record) for each in read_overrides(file)] == [
            ("must_link", "crm:1", "crm:2"), ("cannot_link", "crm:1", "crm:3"),
        ]  # fmt: skip

    def test_what_the_file_contradicts_is_not_added(self, tmp_path: Path) -> None:
        file = tmp_path / "identity_overrides.csv"
        add_override(file, decision("must_link", "crm:1", "crm:2"))
        with pytest.raises(TesseraError, match="line 2 "):
            add_override(file, decision("cannot_link", "crm:2", "crm:1"))
        assert len(read_overrides(file)) == 1

    def test_a_file_whose_last_line_does_not_end_is_carried_on(self, tmp_path: Path) -> None:
        file = tmp_path / "identity_overrides.csv"
        file.write_text(f"{HEADER}\nmust_link,crm:1,crm:2,why,eva,2026-01-01", encoding="utf-8")
        add_override(file, decision("must_link", "crm:3", "crm:4"))
        assert [each.left_record for each in read_overrides(file)] == ["crm:1", "crm:3"]


class TestApplying:
    def test_a_reference_stands_for_all_its_profiles(self) -> None:
        connection = taken(
            [
                profile("p_1", customer_ref="crm:1"),
                profile("p_2", customer_ref="crm:1"),
                profile("p_3", customer_ref="crm:2"),
                profile("p_4"),
            ]
        )
        decisions = [
            decision("cannot_link", "crm:2", "crm:1"),
            decision("must_link", "p_4", "p_3"),
            decision("must_link", "p_4", "nobody"),
        ]
        assert apply_overrides(connection, decisions) == 1
        numbers = number_of(connection)
        pairs = {"separated": [("p_1", "p_3"), ("p_2", "p_3")], "joined": [("p_3", "p_4")]}
        for table, expected in pairs.items():
            found = connection.execute(f"select l, r from {table} order by all").fetchall()
            assert found == sorted((numbers[one], numbers[other]) for one, other in expected)

    def test_no_decisions_are_no_pairs(self) -> None:
        connection = taken([profile("p_1")])
        assert apply_overrides(connection, []) == 0
        assert connection.execute("select * from joined union all select * from separated").fetchall() == []
