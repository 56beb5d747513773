"""Which version is in which slot.

Belongs here: what is loaded and served, choosing a slot, forgetting old versions and emptying what they leave. Does
not belong here: filling slots (loading.py), the views.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.postgres_publication.layout import Layout


@dataclass(frozen=True)
class LoadedVersion:
    """A version all of whose rows are in the database.

    Attributes:
        name: Such as ``v000042``.
        slot: Where its rows are.
        fingerprint: SHA-256 of its manifest: a home that began anew gives old names to new versions.
        columns: Mart to its columns, each with the name of the column that holds it in the table.
        is_served: Whether the views show it.
    """

    name: str
    slot: int
    fingerprint: str
    columns: dict[str, dict[str, str]]
    is_served: bool


def loaded_versions(connection: psycopg.Connection, layout: Layout) -> list[LoadedVersion]:
    """Return what is loaded, the newest first."""
    rows = connection.execute(
        sql.SQL(
            "select v.version, v.slot, v.fingerprint, v.columns, p.slot is not null "
            "from {} v left join {} p on p.slot = v.slot order by v.loaded_at desc, v.slot"
        ).format(layout.versions, layout.pointer)
    ).fetchall()
    return [LoadedVersion(*row) for row in rows]


def forget_old(connection: psycopg.Connection, layout: Layout, *, keep: int) -> None:
    """Strike versions off the list: all but the served one and the newest others."""
    loaded = loaded_versions(connection, layout)
    served = [version for version in loaded if version.is_served]
    others = [version for version in loaded if not version.is_served]
    for version in others[max(0, keep - len(served)) :]:
        connection.execute(sql.SQL("delete from {} where slot = %s").format(layout.versions), (version.slot,))


def free_slot(connection: psycopg.Connection, layout: Layout, *, slots: int) -> int:
    """Return a slot that no version is in; ``forget_old`` has left one."""
    taken = {version.slot for version in loaded_versions(connection, layout)}
    return min(slot for slot in range(slots) if slot not in taken)


def empty_free_slots(connection: psycopg.Connection, layout: Layout) -> None:
    """Delete the rows in slots that no version is in, and make their room free.

    Not ``truncate`` and not ``drop``: a reader whose transaction began before the pointer moved is still shown the
    version of that time, and both would take it away.
    """
    taken = [version.slot for version in loaded_versions(connection, layout)]
    tables = connection.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relkind = 'r' and c.relispartition and pg_relation_size(c.oid) > 0 "
        "and not substring(c.relname from '~([0-9]+)$')::int = any(%s) order by c.relname",
        (layout.data, taken),
    ).fetchall()
    for (name,) in tables:
        table = sql.Identifier(layout.data, name)
        if connection.execute(sql.SQL("select exists (select from {})").format(table)).fetchone() == (True,):
            connection.execute(sql.SQL("delete from {}").format(table))
        # The room is for the next version, so the file is not cut: that would wait for readers, five seconds a table.
        # Rows that an old reader may still be shown stay until the next time.
        connection.execute(sql.SQL("vacuum (truncate false) {}").format(table))
