"""A version can prove that it is what was published."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.publishing.manifest import (
    Manifest,
    MartColumn,
    MartEntry,
    VersionDamagedError,
    hashed_files,
    read_manifest,
    require_intact,
    verify,
)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    folder = tmp_path / "v000001"
    (folder / "data_docs").mkdir(parents=True)
    (folder / "customers.parquet").write_bytes(b"rows")
    (folder / "data_docs" / "index.html").write_text("docs")
    (folder / "manifest.json").write_text(made(folder).to_json())
    return folder


def made(folder: Path) -> Manifest:
    columns = (MartColumn(name="customer_id", type="VARCHAR", description="Who."),)
    return Manifest(
        version="v000001",
        as_of_date=date(2025, 6, 30),
        published_at=datetime(2025, 7, 1, 2, tzinfo=UTC),
        run_id="run-1",
        tessera_version="0.1.0",
        files=hashed_files(folder),
        marts={"customers": MartEntry(rows=4, columns=columns, sort_keys=("customer_id",))},
        checks={"passed": 12, "failed": 0},
        models={"clusters": {"k": 5}},
    )


def test_a_manifest_reads_back_as_it_was_written(version: Path) -> None:
    assert read_manifest(version) == made(version)


def test_equal_manifests_are_equal_bytes(version: Path) -> None:
    assert made(version).to_json() == (version / "manifest.json").read_text()


def test_an_untouched_version_has_no_differences(version: Path) -> None:
    assert verify(version) == ()
    require_intact(version)


def test_files_in_folders_are_hashed_by_relative_path(version: Path) -> None:
    assert list(read_manifest(version).files) == ["customers.parquet", "data_docs/index.html"]


def test_every_difference_is_named(version: Path) -> None:
    (version / "customers.parquet").write_bytes(b"rowz")
    (version / "data_docs" / "index.html").unlink()
    (version / "marts.duckdb.wal").write_bytes(b"ghosts")
    assert [(item.file, item.problem) for item in verify(version)] == [
        ("customers.parquet", "changed"),
        ("data_docs/index.html", "missing"),
        ("marts.duckdb.wal", "unexpected"),
    ]
    with pytest.raises(VersionDamagedError, match=r"v000001: 3 file\(s\).*\n.*\n.*customers.parquet changed"):
        require_intact(version)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format_version": 99}', '{"format_version": 1, "version": "v1"}'])
def test_an_unreadable_manifest_is_a_difference_and_a_clear_error(version: Path, text: str) -> None:
    (version / "manifest.json").write_text(text)
    assert [item.problem for item in verify(version)] == ["unreadable"]
    with pytest.raises(VersionDamagedError, match="roll back"):
        read_manifest(version)


def test_numbers_that_are_not_json_are_refused(version: Path) -> None:
    document = json.loads((version / "manifest.json").read_text())
    assert document["checks"] == {"passed": 12, "failed": 0}
    broken = Manifest(**{**vars(made(version)), "models": {"auc": float("nan")}})
    with pytest.raises(ValueError, match="JSON"):
        broken.to_json()
