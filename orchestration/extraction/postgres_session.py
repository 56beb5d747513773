"""Connecting to PostgreSQL, and its errors as a person reads them.

Belongs here: the connection string, the session's settings, the meaning of error codes. Does not belong here: tables
and their rows.

No error of the driver is chained: its text may quote the connection string, and it carries the connection with the
password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from orchestration.configuration.secrets import Secret
from orchestration.extraction.errors import ExtractionError, TemporaryExtractionError

CONNECT_TIMEOUT = 15
# Texts of values must not depend on how the server or the role is set up.
_SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    # Unchanged rows come in an unchanged order, so that an unchanged table is an unchanged file.
    "synchronize_seqscans": "off",
    "lock_timeout": "60s",
    # The transaction waits while a chunk is loaded.
    "idle_in_transaction_session_timeout": "0",
}
_PERMANENT = (
    "authentication failed",
    "does not exist",
    "no password supplied",
    "pg_hba.conf",
    "certificate",
    "not permitted to log in",
)


@contextmanager
def read_only_session(secret: Secret, *, place: str, timeout_minutes: float) -> Iterator[psycopg.Connection]:
    """Open one read-only transaction in which every statement sees the same rows.

    Args:
        secret: The connection string.
        place: The source, for messages.
        timeout_minutes: The longest a statement may take.

    Raises:
        ExtractionError: What PostgreSQL or the network had against it.
    """
    secret, conninfo = parsed_connection(secret, place)
    try:
        with psycopg.connect(conninfo) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            # Behind a pooler the next statement may run on another connection.
            connection.prepare_threshold = None
            settings = {**_SESSION, "statement_timeout": str(int(timeout_minutes * 60_000))}
            for name, value in settings.items():
                connection.execute("select set_config(%s, %s, true)", (name, value))
            yield connection
    except psycopg.Error as error:
        raise _told(error, secret, place) from None


def parsed_connection(secret: Secret, place: str) -> tuple[Secret, str]:
    """Read a connection string.

    Args:
        secret: Holds it.
        place: Who needs it, for the message.

    Returns:
        The secret, which now hides the password on its own as well, and the string to connect with.

    Raises:
        ExtractionError: It is none.
    """
    options: dict[str, Any] = {}
    try:
        options = {name: value for name, value in conninfo_to_dict(secret.value).items() if value is not None}
    except psycopg.Error:
        options = {}
    if not options:
        raise ExtractionError(
            f"{place}: {secret.name} is not a connection string",
            expected="postgresql://user:password@host:5432/database, or host=... user=... dbname=...",
            found="a value that PostgreSQL's client cannot read (it is not shown here)",
            fix=f"correct the environment variable {secret.name}; special signs in a password are percent-encoded",
        )
    hidden = [str(value) for name, value in options.items() if "password" in name or "secret" in name]
    ours = {"application_name": "tessera", "client_encoding": "utf8"}
    return secret.with_parts(hidden), make_conninfo(**{"connect_timeout": CONNECT_TIMEOUT, **options, **ours})


def _told(error: psycopg.Error, secret: Secret, place: str) -> ExtractionError:
    code = error.sqlstate or ""
    message = error.diag.message_primary or str(error)
    found = " ".join(secret.hide(message).split())
    if code == "42501":
        return ExtractionError(
            f"{place}: the role may not read it",
            expected="a role with the right to select from the table and to use its schema",
            found=found,
            fix="grant usage on the schema and select on the table to the role of the connection",
        )
    if code == "57014":
        return ExtractionError(
            f"{place}: a statement took too long",
            expected="an answer within timeout_minutes; an index on the cursor column makes it fast",
            found=found,
            fix="create the index, make chunk_rows smaller, or raise timeout_minutes",
        )
    if isinstance(error, psycopg.OperationalError):
        permanent = any(sign in message for sign in _PERMANENT)
        kind = ExtractionError if permanent else TemporaryExtractionError
        return kind(
            f"{place}: no connection to PostgreSQL, or it broke",
            expected=f"a server that takes the connection in {secret.name}",
            found=found,
            fix=f"check host, port, user, password and database in {secret.name}, and that the server is up",
        )
    return ExtractionError(
        f"{place}: PostgreSQL refused the query",
        expected="a table or view that can be read",
        found=f"{found} ({code})" if code else found,
        fix="try to select from it with the same role",
    )
