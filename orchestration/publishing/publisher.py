"""One publication from beginning to end.

Belongs here: the order of the steps (write, verify, rename, swap, prune). Does not belong here: the steps
themselves; whether this night may be published (the gate decides before).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TesseraError
from orchestration.publishing.durable import write_text_durably
from orchestration.publishing.manifest import MANIFEST_NAME, Manifest, hashed_files
from orchestration.publishing.mart_writer import MartRelation, write_marts
from orchestration.publishing.version_store import Draft, Version, VersionStore


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What a publication did.

    Attributes:
        version: The version now served.
        previous: Name of the version served before, None for the first.
        pruned: Names of the versions deleted by retention.
    """

    version: Version
    previous: str | None
    pruned: tuple[str, ...]


def installed_version() -> str:
    """Return the version of the installed package, ``0+source`` when run from a source tree."""
    try:
        return version("tessera")
    except PackageNotFoundError:
        return "0+source"


@contextmanager
def _opened(warehouse: Path | duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    if not isinstance(warehouse, Path):
        yield warehouse
        return
    if not warehouse.is_file():
        raise TesseraError(
            f"{warehouse.name}: the warehouse to publish from is not there",
            expected="a DuckDB file with the marts",
            found="no file",
            fix="run the night first; the warehouse is rebuilt from the lake",
        )
    with duckdb.connect(str(warehouse), read_only=True) as con:
        yield con


def publish(
    *,
    store: VersionStore,
    warehouse: Path | duckdb.DuckDBPyConnection,
    marts: Sequence[MartRelation],
    as_of_date: date,
    run_id: str,
    checks: Mapping[str, Any],
    models: Mapping[str, Any],
    published_at: datetime,
    keep_versions: int,
    tessera_version: str | None = None,
    add_files: Callable[[Draft], None] | None = None,
) -> Publication:
    """Write a version, check that it reads back, serve it, and delete versions beyond retention.

    Until the pointer is swapped, an error or a kill leaves the version served before as it is.

    Args:
        store: Where versions live; held for the whole publication, so two publishers take turns.
        warehouse: The DuckDB file (opened read-only), or an open connection to it.
        marts: The relations to publish.
        as_of_date: The night's date.
        run_id: The run that publishes.
        checks: Summary of the checks, plain JSON types.
        models: What the models say of themselves, plain JSON types.
        published_at: The moment, time zone aware.
        keep_versions: Newest versions that stay.
        tessera_version: Version of the code; default: that of the installed package.
        add_files: Writes further files (explorer, model cards) into the folder of the version that is being built;
            they are hashed like the marts.

    Returns:
        The version served, the one before, and what retention deleted.

    Raises:
        TesseraError: Something to mend is named; nothing was published.
    """
    if published_at.tzinfo is None:
        raise TesseraError(
            "publish: the moment of publication has no time zone",
            expected="an aware datetime, such as datetime.now(timezone.utc)",
            found=published_at.isoformat(),
            fix="pass an aware datetime",
        )
    with store.lock():
        previous = store.current_name()
        with store.build() as draft:
            with _opened(warehouse) as con:
                entries = write_marts(con, marts, draft.folder)
            if add_files is not None:
                add_files(draft)
            manifest = Manifest(
                version=draft.name,
                as_of_date=as_of_date,
                published_at=published_at,
                run_id=run_id,
                tessera_version=tessera_version or installed_version(),
                files=hashed_files(draft.folder),
                marts=entries,
                checks=checks,
                models=models,
            )
            write_text_durably(draft.folder / MANIFEST_NAME, manifest.to_json())
        served = store.swap_to(draft.name)
        return Publication(version=served, previous=previous, pruned=store.prune(keep_versions))
