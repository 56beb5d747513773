"""A full disk says so, whoever runs into it first."""

from __future__ import annotations

import errno
import sqlite3

import dagster as dg
import pytest
import sqlalchemy as sa

from orchestration.disk_space import disk_full
from orchestration.failures import told_plainly


def full_run_history() -> None:
    """Write into a real SQLite file that may not grow, by way of SQLAlchemy as Dagster does."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma max_page_count = 2")
        connection.exec_driver_sql("create table events (body text)")
        connection.exec_driver_sql("insert into events values (?)", ("x" * 100_000,))


def test_an_error_of_the_system_is_told_with_its_file() -> None:
    with pytest.raises(dg.Failure) as told, told_plainly():
        raise OSError(errno.ENOSPC, "No space left on device", "published/.building-1/customers.parquet")
    assert "the disk is full: published/.building-1/customers.parquet could not be written" in str(told.value)
    assert told.value.allow_retries is False


def test_dagsters_history_that_cannot_grow_is_recognised() -> None:
    with pytest.raises(sa.exc.OperationalError) as caught:
        full_run_history()
    full = disk_full(caught.value)
    assert full is not None
    assert "database or disk is full" in full.found


def test_where_sqlite_is_not_sure_neither_is_the_message() -> None:
    full = disk_full(sqlite3.OperationalError("disk I/O error"))
    assert full is not None
    assert full.what == "the disk cannot be written to: it is full, or broken"


def test_it_is_found_among_the_causes_of_another_error() -> None:
    stopped = RuntimeError("dbt stopped")
    stopped.__cause__ = OSError(errno.EDQUOT, "Disk quota exceeded")
    assert disk_full(stopped) is not None


@pytest.mark.parametrize(
    "error", [ValueError("a full moon"), OSError(errno.ENOENT, "No such file"), sqlite3.OperationalError("locked")]
)
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    assert disk_full(error) is None
    with pytest.raises(type(error)), told_plainly():
        raise error
