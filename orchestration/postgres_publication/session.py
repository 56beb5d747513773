"""The publisher's connection.

Belongs here: connecting, the session's settings, keeping a second publisher out, and trying again where somebody
holds a lock. Does not belong here: what is written.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from orchestration.configuration.secrets import Secret
from orchestration.extraction.postgres_session import parsed_connection
from orchestration.postgres_publication.errors import told

# A request for an exclusive lock that waits keeps every new reader waiting behind it, so it gives up soon and comes
# again after a pause in which they get their turn.
LOCK_SECONDS = 2.0
LOCK_TRIES = 12
PAUSE_SECONDS = 3.0
# Texts of values must not depend on how the server or the role is set up.
_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "client_min_messages": "warning",
    "search_path": "pg_catalog",
    "idle_in_transaction_session_timeout": "0",
    # One commit a night: it must still be there after a power cut, whatever the server's default.
    "synchronous_commit": "on",
}


@contextmanager
def publisher_session(secret: Secret, *, schema: str, timeout_minutes: float) -> Iterator[psycopg.Connection]:
    """Open the only connection that publishes into a schema.

    The lock is the server's: it is freed when the connection ends, also that of a process that was killed.

    Args:
        secret: The connection string.
        schema: Schema of the views; publishers into others do not wait for this one.
        timeout_minutes: The longest a statement may take.

    Raises:
        PostgresPublicationError: What PostgreSQL or the network had against it, or another publisher is at work.
        ExtractionError: The secret is no connection string.
    """
    secret, conninfo = parsed_connection(secret, "publish.postgres")
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.prepare_threshold = None
            settings = {**_SETTINGS, "lock_timeout": "60s", "statement_timeout": str(int(timeout_minutes * 60_000))}
            for name, value in settings.items():
                connection.execute("select set_config(%s, %s, false)", (name, value))
            connection.execute("select pg_advisory_lock(%s)", (_key(schema),))
            yield connection
    except psycopg.Error as error:
        raise told(error, secret) from None


def patiently(connection: psycopg.Connection, change: Callable[[], None]) -> None:
    """Make a change in a transaction of its own, again and again while readers hold what it has to lock.

    Args:
        connection: The publisher's.
        change: Executes statements on it; is called once a try.

    Raises:
        psycopg.errors.LockNotAvailable: At the last try somebody still held it.
    """
    for remaining in reversed(range(LOCK_TRIES)):
        try:
            with connection.transaction():
                connection.execute(sql.SQL("set local lock_timeout = {}").format(int(LOCK_SECONDS * 1000)))
                change()
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if not remaining:
                raise
            time.sleep(PAUSE_SECONDS)


def _key(schema: str) -> int:
    return int.from_bytes(hashlib.sha256(f"tessera {schema}".encode()).digest()[:8], "big", signed=True)
