"""Dagster's storage in SQLite, with connections that are kept.

Dagster's own makes an engine and a connection for each event: every statement is compiled anew, and closing the last
connection to a database in WAL mode writes the log back and deletes it. A night of 180 models stores some two thousand
events.

Belongs here: how events are stored. Does not belong here: what is stored, which is Dagster's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool, StaticPool

# A run has a file of its own, beside the index of all; the UI reads one run after the other.
_FILES_KEPT_OPEN = 8


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's storage of events in the same files, with one engine and one connection a file.

    It overrides a private member (Dagster is pinned, and a test fails if it goes). A lock is held while a connection is
    in use, so that threads may share it.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._initialized_dbs:
                self._initdb(create_engine(self.conn_string_for_shard(shard), poolclass=NullPool))
                self._initialized_dbs.add(shard)
            with self._engine(shard).connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            while len(self._engines) >= _FILES_KEPT_OPEN:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            # A power cut may lose the last events, never the database; what the gate trusts is the ledger.
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma synchronous = normal")
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close what is kept open."""
        super().dispose()
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


class KeptSqliteStorage(DagsterSqliteStorage):
    """Dagster's storage of runs, events and schedules in the same files, the events as above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        # The folder that Dagster has just given its own storage of events.
        self._event_log_storage = KeptSqliteEventLogStorage(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptSqliteStorage:
        return cls.from_local(inst_data=inst_data, **config_value)
