"""Where things are in the database, and making what is missing.

Belongs here: names, the tables of rows and their slots. Does not belong here: rows (loading.py), what people read
(views.py), which slot holds what (slots.py).

The rows of a mart lie in one table that is divided into slots; a slot holds the rows of one version. Slots are filled
and emptied with ``copy`` and ``delete`` alone, which lock out no reader and take away no row that a reader's snapshot
shows. Tables only ever get more columns: one whose type changed gets a second column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.postgres_publication.column_types import postgres_type
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.publishing.manifest import MartEntry

# Contracts have no such name, so it stands in no mart's way.
SLOT = sql.Identifier("~slot")
VERSION_VIEW = "published_version"
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Layout:
    """Names in the database of one publication.

    Attributes:
        schema: Schema of the views.
    """

    schema: str

    @property
    def data(self) -> str:
        """The schema that no reader may use."""
        return f"{self.schema}_data"

    @property
    def pointer(self) -> sql.Identifier:
        return sql.Identifier(self.data, "~pointer")

    @property
    def versions(self) -> sql.Identifier:
        return sql.Identifier(self.data, "~versions")

    def view(self, mart: str) -> sql.Identifier:
        return sql.Identifier(self.schema, mart)

    def table(self, mart: str) -> sql.Identifier:
        return sql.Identifier(self.data, mart)

    def slot(self, mart: str, slot: int) -> sql.Identifier:
        return sql.Identifier(self.data, f"{mart}~{slot}")


def create_schemas(connection: psycopg.Connection, layout: Layout) -> None:
    """Make both schemas, the pointer and the list of versions where they are missing."""
    for name in (layout.schema, layout.data):
        # Asked first: "if not exists" wants the right to create even where there is nothing to do.
        if not connection.execute("select 1 from pg_namespace where nspname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))
    if columns_of(connection, layout.data, "~pointer"):
        return
    with connection.transaction():
        connection.execute(
            sql.SQL(
                "create table {} (slot smallint primary key, version text not null, as_of_date date not null, "
                "published_at timestamptz not null, fingerprint text not null, loaded_at timestamptz not null, "
                "columns jsonb not null)"
            ).format(layout.versions)
        )
        connection.execute(
            sql.SQL(
                "create table {} (only_row boolean primary key default true check (only_row), "
                "slot smallint not null references {} (slot), served_at timestamptz not null)"
            ).format(layout.pointer, layout.versions)
        )


def columns_of(connection: psycopg.Connection, schema: str, relation: str) -> dict[str, str]:
    """Return the columns of a table or view in order, with their types; none where there is no such thing."""
    rows = connection.execute(
        "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a "
        "join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s and a.attnum > 0 and not a.attisdropped order by a.attnum",
        (schema, relation),
    ).fetchall()
    return {str(name): str(kind) for name, kind in rows}


def prepare_tables(
    connection: psycopg.Connection, layout: Layout, marts: Mapping[str, MartEntry], *, slots: int, into: int
) -> dict[str, dict[str, str]]:
    """Make tables, columns and slots that are missing. Call it in a transaction that is patient.

    Args:
        connection: The publisher's.
        layout: Names.
        marts: What is to be loaded.
        slots: How many slots there must be.
        into: The slot that they will be loaded into.

    Returns:
        Mart to its columns in order, each with the name of the column that holds it in the table.

    Raises:
        PostgresPublicationError: A name is too long, or a type has no counterpart.
    """
    placed = {}
    for mart, entry in marts.items():
        _require_short([mart, *(column.name for column in entry.columns)])
        existing = columns_of(connection, layout.data, mart)
        if not existing:
            connection.execute(
                sql.SQL("create table {} ({} smallint not null) partition by list ({})").format(
                    layout.table(mart), SLOT, SLOT
                )
            )
        known = dict(existing)
        placed[mart] = {
            column.name: _placed(column.name, postgres_type(column, mart=mart), known) for column in entry.columns
        }
        new = [
            sql.SQL("add column {} {}").format(sql.Identifier(name), sql.SQL(kind))
            for name, kind in known.items()
            if name not in existing
        ]
        if new:
            connection.execute(sql.SQL("alter table {} {}").format(layout.table(mart), sql.SQL(", ").join(new)))
        _add_slots(connection, layout, mart, slots)
        _drop_other_indexes(connection, layout, mart, into, [placed[mart][key] for key in entry.sort_keys])
    return placed


def _placed(name: str, kind: str, known: dict[str, str]) -> str:
    """Return the table's column for a column of this type; a new one is added to ``known``."""
    number, place = 1, name
    while known.setdefault(place, kind) != kind:
        number += 1
        place = f"{name}~{number}"
    return place


def _add_slots(connection: psycopg.Connection, layout: Layout, mart: str, slots: int) -> None:
    for slot in range(slots):
        if columns_of(connection, layout.data, f"{mart}~{slot}"):
            continue
        connection.execute(
            sql.SQL("create table {} partition of {} for values in ({})").format(
                layout.slot(mart, slot), layout.table(mart), slot
            )
        )
        connection.execute(
            sql.SQL("alter table {} alter column {} set default {}").format(layout.slot(mart, slot), SLOT, slot)
        )


def _drop_other_indexes(
    connection: psycopg.Connection, layout: Layout, mart: str, slot: int, keys: Sequence[str]
) -> None:
    """Take indexes on other keys off a slot. Call it in a transaction that is patient: it locks readers out."""
    for index, columns in _indexes(connection, layout, mart, slot).items():
        if columns != tuple(keys):
            connection.execute(sql.SQL("drop index {}").format(sql.Identifier(layout.data, index)))


def add_index(connection: psycopg.Connection, layout: Layout, mart: str, slot: int, keys: Sequence[str]) -> None:
    """Give a slot a unique index on the mart's keys where it has none; readers do not notice.

    Not a primary key: that would leave its columns required when a later version has none of them.
    """
    if keys and not _indexes(connection, layout, mart, slot):
        listed = sql.SQL(", ").join(map(sql.Identifier, keys))
        connection.execute(sql.SQL("create unique index on {} ({})").format(layout.slot(mart, slot), listed))


def _indexes(connection: psycopg.Connection, layout: Layout, mart: str, slot: int) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(
        "select i.relname, array(select a.attname::text from unnest(x.indkey) with ordinality k(number, place) "
        "join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number order by k.place) "
        "from pg_index x join pg_class i on i.oid = x.indexrelid "
        "join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s",
        (layout.data, f"{mart}~{slot}"),
    ).fetchall()
    return {str(index): tuple(columns) for index, columns in rows}


def _require_short(names: Sequence[str]) -> None:
    for name in names:
        if len(name.encode()) > _LONGEST_NAME:
            raise PostgresPublicationError(
                f"publish.postgres: the name {name!r} is too long",
                expected=f"at most {_LONGEST_NAME} bytes: PostgreSQL would cut it off",
                found=f"{len(name.encode())} bytes",
                fix="give the column a shorter name in the mart's model",
            )
