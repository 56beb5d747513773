"""PostgreSQL follows the files: from beginning to end.

Belongs here: the order of the steps, and why a kill at any moment leaves the version before served. Does not belong
here: the steps.

    1  empty what killed publishers and forgotten versions left in free slots
    2  make tables, columns and slots that are missing; they show nothing new to anybody
    3  load into a free slot and read it back, in one transaction that also lists the version
    4  make the views fit and move the pointer, in one transaction: the only moment at which readers see a change
    5  forget versions beyond retention and empty their slots
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.configuration.secrets import read_secret
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.postgres_publication.layout import Layout, create_schemas, prepare_tables
from orchestration.postgres_publication.loading import load_marts, settle
from orchestration.postgres_publication.session import patiently, publisher_session
from orchestration.postgres_publication.slots import empty_free_slots, forget_old, free_slot, loaded_versions
from orchestration.postgres_publication.views import show
from orchestration.publishing.manifest import MANIFEST_NAME, MartEntry, read_manifest, require_intact
from orchestration.publishing.version_store import Version, VersionStore


@dataclass(frozen=True, kw_only=True)
class Served:
    """What PostgreSQL serves now.

    Attributes:
        version: Its name.
        rows: Mart to rows.
        was_loaded: Whether its rows had to be copied; of a kept version they were there.
        changed_views: Marts whose view is another one than before.
        seconds: How long it took.
    """

    version: str
    rows: Mapping[str, int]
    was_loaded: bool
    changed_views: tuple[str, ...]
    seconds: float


def serve_in_postgres(store: VersionStore, settings: PostgresPublication) -> Served:
    """Make PostgreSQL serve the version that the files do.

    Args:
        store: The published versions.
        settings: The section ``publish.postgres``.

    Raises:
        TesseraError: PostgreSQL still serves what it served before; the message says what to do.
    """
    began = time.perf_counter()
    secret = read_secret(settings.connection, wanted_by="publish.postgres")
    schema = settings.schema_name
    with publisher_session(secret, schema=schema, timeout_minutes=settings.timeout_minutes) as connection:
        # Asked under the lock: of two publishers the later one must not go back to what the earlier has read.
        version = store.current()
        if version is None:
            raise PostgresPublicationError(
                "publish.postgres: there is no version to serve",
                expected="a published version in the files",
                found=f"none in {store.root}",
                fix="run a night first: tessera run",
            )
        was_loaded, changed = _serve(connection, Layout(schema), version, settings)
    return Served(
        version=version.name,
        rows=version.rows,
        was_loaded=was_loaded,
        changed_views=changed,
        seconds=round(time.perf_counter() - began, 2),
    )


def _serve(
    connection: psycopg.Connection, layout: Layout, version: Version, settings: PostgresPublication
) -> tuple[bool, tuple[str, ...]]:
    marts = read_manifest(version.path).marts
    fingerprint = _fingerprint(version.path)
    create_schemas(connection, layout)
    columns = _loaded(connection, layout, fingerprint)
    was_loaded = columns is None
    if columns is None:
        columns = _load(connection, layout, version, marts, fingerprint, keep=settings.keep_versions)
    changed: list[str] = []

    def swap() -> None:
        changed[:] = show(connection, layout, marts, columns, readers=settings.readers)
        connection.execute(
            sql.SQL(
                "insert into {} (slot, served_at) select slot, now() from {} where fingerprint = %s "
                "on conflict (only_row) do update set slot = excluded.slot, served_at = excluded.served_at"
            ).format(layout.pointer, layout.versions),
            (fingerprint,),
        )

    patiently(connection, swap)
    forget_old(connection, layout, keep=settings.keep_versions)
    empty_free_slots(connection, layout)
    return was_loaded, tuple(changed)


def _load(
    connection: psycopg.Connection,
    layout: Layout,
    version: Version,
    marts: Mapping[str, MartEntry],
    fingerprint: str,
    *,
    keep: int,
) -> dict[str, dict[str, str]]:
    """Load a version into a free slot; gives the columns of the tables that hold its columns."""
    require_intact(version.path)
    # One more than are kept: the next one is loaded beside them.
    slots = keep + 1
    forget_old(connection, layout, keep=keep)
    empty_free_slots(connection, layout)
    slot = free_slot(connection, layout, slots=slots)
    columns: dict[str, dict[str, str]] = {}

    def prepare() -> None:
        columns.update(prepare_tables(connection, layout, marts, slots=slots, into=slot))

    patiently(connection, prepare)
    with connection.transaction():
        load_marts(connection, layout, version.path, marts, columns, slot=slot)
        connection.execute(
            sql.SQL(
                "insert into {} (slot, version, as_of_date, published_at, fingerprint, loaded_at, columns) "
                "values (%s, %s, %s, %s, %s, now(), %s)"
            ).format(layout.versions),
            (slot, version.name, version.as_of_date, version.published_at, fingerprint, Jsonb(columns)),
        )
    settle(connection, layout, marts, slot=slot)
    return columns


def _loaded(connection: psycopg.Connection, layout: Layout, fingerprint: str) -> dict[str, dict[str, str]] | None:
    for version in loaded_versions(connection, layout):
        if version.fingerprint == fingerprint:
            return version.columns
    return None


def _fingerprint(version: Path) -> str:
    return hashlib.sha256((version / MANIFEST_NAME).read_bytes()).hexdigest()
