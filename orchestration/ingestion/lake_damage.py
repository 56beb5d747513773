"""Batches of the lake that are no longer what was committed.

Belongs here: finding them before anything reads them, and what helps against each. Does not belong here: committing and
listing batches (lake.py).

A batch never changes after its commit, so bytes that differ are damage: half a file after a full disk, a folder that
was copied in part, a bad sector. DuckDB would notice some of it, in words of its own, and read the rest as if nothing
had happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestration.ingestion.file_errors import LakeDamagedError
from orchestration.ingestion.lake import RECORD, ROWS, Batch, Lake, digest_of


def check_undamaged(lake: Lake, table: str) -> None:
    """Make sure that every batch of a table that counts is what was committed.

    Args:
        lake: The lake.
        table: ``<source>__<table>``.

    Raises:
        LakeDamagedError: At least one is not; all are named.
    """
    errors = [_without_record(folder) for folder in lake.folders(table) if not (folder / RECORD).is_file()]
    if not errors:
        live = lake.live_batches(table)
        errors = [
            _damaged(batch, found, live, lake.rows_path(batch))
            for batch in live
            if (found := _what_is_wrong(batch, lake.rows_path(batch))) is not None
        ]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise LakeDamagedError(
            f"{len(errors)} batches of {table} in the lake are damaged",
            expected="; ".join(dict.fromkeys(error.expected for error in errors)),
            found="".join(f"\n    - {error.what}: {error.found}" for error in errors),
            fix=f"put these files back from a backup; {_all_anew(lake.root / table)}",
        )


def _what_is_wrong(batch: Batch, rows: Path) -> str | None:
    if not rows.is_file():
        return "no such file"
    digest = digest_of(rows)
    if digest == batch.rows_sha256:
        return None
    return f"{rows.stat().st_size:,} bytes with the SHA-256 {digest[:16]}..., changed since they were written"


def _damaged(batch: Batch, found: str, live: Sequence[Batch], rows: Path) -> LakeDamagedError:
    digest = f"SHA-256 {batch.rows_sha256[:16]}..."
    origin = "" if batch.origin is None else f" (source {batch.origin})"
    return LakeDamagedError(
        f"{rows}: the rows of {batch.table} from {batch.file}{origin} are damaged in the lake",
        expected=f"the {batch.good:,} rows that were loaded at {batch.loaded_at}, {digest}",
        found=found,
        fix=f"put this one file back from a backup; {_anew(batch, live, rows.parent)}",
    )


def _anew(batch: Batch, live: Sequence[Batch], folder: Path) -> str:
    """What helps without a backup, which depends on what else the table has: order decides between two deliveries."""
    if batch.repairs:
        return f"without one delete {folder}, after which its records are open in the quarantine again: resubmit them"
    if batch.cursor is not None or batch.sequence < max(each.sequence for each in live):
        return _all_anew(folder.parent)
    return (
        f"without one delete {folder} and run the night again: {batch.file} is then read anew, "
        "as long as its source still has it"
    )


def _all_anew(folder: Path) -> str:
    return (
        f"without one delete all of {folder} and run the night again: everything that feeds the table is then read "
        "anew in its order, as long as its source still has it; records that were repaired are open in the "
        "quarantine again"
    )


def _without_record(folder: Path) -> LakeDamagedError:
    return LakeDamagedError(
        f"{folder / RECORD}: the record of a batch of {folder.parent.name} is gone from the lake",
        expected=f"{RECORD} beside {ROWS}",
        found=", ".join(sorted(path.name for path in folder.iterdir())) or "an empty folder",
        fix=f"put this one file back from a backup; {_all_anew(folder.parent)}",
    )
