"""What people read in PostgreSQL.

Belongs here: the views, their comments and the rights of readers. Does not belong here: rows, and which version is
served.

A view is left as it is while its columns stay, so tools that remember it by its number find it again. New columns are
added at its end. Only where one goes or changes its type is it made anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from orchestration.postgres_publication.column_types import postgres_type
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.postgres_publication.layout import SLOT, VERSION_VIEW, Layout, columns_of
from orchestration.publishing.manifest import MartEntry


def show(
    connection: psycopg.Connection,
    layout: Layout,
    marts: Mapping[str, MartEntry],
    columns: Mapping[str, Mapping[str, str]],
    *,
    readers: Sequence[str],
) -> tuple[str, ...]:
    """Make the views fit a version. Call it in the transaction that moves the pointer.

    Args:
        connection: The publisher's.
        layout: Names.
        marts: The version's marts.
        columns: Mart to its columns, each with the name of the column that holds it in the table.
        readers: Roles that may read.

    Returns:
        Marts whose view was made, extended, made anew or dropped.

    Raises:
        PostgresPublicationError: Something that is no view of the marts has the name of one.
    """
    changed = []
    if not columns_of(connection, layout.schema, VERSION_VIEW):
        connection.execute(
            sql.SQL(
                "create view {} as select v.version, v.as_of_date, v.published_at, p.served_at "
                "from {} p join {} v on v.slot = p.slot"
            ).format(layout.view(VERSION_VIEW), layout.pointer, layout.versions)
        )
    for mart, entry in marts.items():
        if _fit(connection, layout, mart, entry, columns[mart]):
            changed.append(mart)
    for mart in _views(connection, layout) - marts.keys():
        # One of somebody else's in the schema is none of ours.
        if columns_of(connection, layout.data, mart):
            connection.execute(sql.SQL("drop view {}").format(layout.view(mart)))
            changed.append(mart)
    _describe(connection, layout, marts)
    for reader in readers:
        _let_read(connection, layout, [VERSION_VIEW, *marts], sql.Identifier(reader))
    return tuple(sorted(changed))


def _views(connection: psycopg.Connection, layout: Layout) -> set[str]:
    rows = connection.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relkind = 'v'",
        (layout.schema,),
    ).fetchall()
    return {str(name) for (name,) in rows}


def _fit(
    connection: psycopg.Connection,
    layout: Layout,
    mart: str,
    entry: MartEntry,
    places: Mapping[str, str],
) -> bool:
    """Make one view fit; says whether it had to change."""
    wanted = {column.name: postgres_type(column, mart=mart) for column in entry.columns}
    shown = columns_of(connection, layout.schema, mart)
    # A name and a type say together which column of the table it is.
    if shown == wanted:
        return False
    _require_no_other(connection, layout, mart)
    extends = all(wanted.get(name) == kind for name, kind in shown.items())
    if not extends:
        connection.execute(sql.SQL("drop view {}").format(layout.view(mart)))
    ordered = [*shown, *(name for name in wanted if name not in shown)] if extends else list(wanted)
    selected = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(sql.Identifier(places[name]), sql.Identifier(name)) for name in ordered
    )
    connection.execute(
        sql.SQL("create or replace view {} as select {} from {} where {} = (select slot from {})").format(
            layout.view(mart), selected, layout.table(mart), SLOT, layout.pointer
        )
    )
    return True


def _require_no_other(connection: psycopg.Connection, layout: Layout, mart: str) -> None:
    kind = connection.execute(
        "select c.relkind::text from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s",
        (layout.schema, mart),
    ).fetchone()
    if kind is not None and kind[0] != "v":
        raise PostgresPublicationError(
            f"publish.postgres: something else than a view is called {layout.schema}.{mart}",
            expected="a schema in which nobody else makes tables",
            found=f"a relation of kind {kind[0]!r}",
            fix="rename it, or give the marts a schema of their own",
        )


def _describe(connection: psycopg.Connection, layout: Layout, marts: Mapping[str, MartEntry]) -> None:
    """Set comments that are not there yet, or are other ones."""
    rows = connection.execute(
        "select c.relname, coalesce(a.attname, ''), d.description from pg_description d "
        "join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass "
        "join pg_namespace n on n.oid = c.relnamespace "
        "left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0 "
        "where n.nspname = %s",
        (layout.schema,),
    ).fetchall()
    found = {(mart, column): text for mart, column, text in rows}
    for mart, entry in marts.items():
        if entry.description and found.get((mart, "")) != entry.description:
            connection.execute(sql.SQL("comment on view {} is {}").format(layout.view(mart), entry.description))
        for column in entry.columns:
            if column.description and found.get((mart, column.name)) != column.description:
                name = sql.Identifier(layout.schema, mart, column.name)
                connection.execute(sql.SQL("comment on column {} is {}").format(name, column.description))


def _let_read(connection: psycopg.Connection, layout: Layout, views: Sequence[str], reader: sql.Identifier) -> None:
    connection.execute(sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(layout.schema), reader))
    connection.execute(sql.SQL("grant select on {} to {}").format(sql.SQL(", ").join(map(layout.view, views)), reader))
