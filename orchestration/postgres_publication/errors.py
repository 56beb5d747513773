"""What can go wrong between a published version and PostgreSQL.

Belongs here: the error, and what PostgreSQL's codes mean to a person. Does not belong here: retrying.

No error of the driver is chained: its text may quote the connection string, and it carries the connection with the
password.
"""

from __future__ import annotations

import psycopg

from orchestration.configuration.secrets import Secret
from orchestration.errors import TesseraError

REPAIR = "tessera publish-postgres"


class PostgresPublicationError(TesseraError):
    """PostgreSQL does not serve the version that the files do; what it served before, it still serves."""


def told(error: psycopg.Error, secret: Secret) -> PostgresPublicationError:
    """Word an error of the driver without anything secret."""
    code = error.sqlstate or ""
    message = error.diag.message_primary or str(error)
    found = " ".join(secret.hide(f"{message} {error.diag.message_detail or ''}").split())
    what, expected, fix = _MEANINGS.get(code) or (
        _UNREACHABLE if isinstance(error, psycopg.OperationalError) else _REFUSED
    )
    return PostgresPublicationError(
        f"publish.postgres: {what}",
        expected=expected.format(name=secret.name),
        found=f"{found} ({code})" if code else found,
        fix=f"{fix.format(name=secret.name)}; then: {REPAIR}",
    )


_UNREACHABLE = (
    "no connection to PostgreSQL, or it broke",
    "a server that takes the connection in {name}",
    "check host, port, user, password and database in {name}, and that the server is up",
)
_REFUSED = (
    "PostgreSQL refused a statement",
    "a server of version 13 or later that takes the marts as they are",
    "mend what it names",
)
_LOCKED = (
    "something in PostgreSQL was locked for too long",
    "views and tables that no transaction holds for a minute while their columns change, and one publisher at a time",
    "end the long transaction (pg_stat_activity names it)",
)
_MEANINGS = {
    "42501": (
        "the role lacks a right",
        "a role that may create schemas in the database, or owns both of them",
        "grant create on the database to the role of {name}, or make the schemas for it",
    ),
    "42704": (
        "a role under readers does not exist",
        "roles that were made before",
        "create it (create role NAME), or correct readers",
    ),
    "57014": (
        "a statement took too long",
        "an answer within timeout_minutes",
        "raise timeout_minutes, or look at what the server is busy with",
    ),
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "2BP01": (
        "a column was removed or changed its type, and views of yours depend on the view that has to be made anew",
        "views that nothing depends on, or columns that stay as they are",
        "drop your views that it names, and make them again afterwards",
    ),
    "53100": ("the disk of PostgreSQL is full", "room for one more version", "make room, or lower keep_versions"),
}
