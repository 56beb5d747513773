"""The files of an export, and the ledger of who asked for what.

Belongs here: writing them so that only their owner can read them, whole or not at all. Does not belong here: who is in
them (export.py).

    exports/                  0700
      ledger.jsonl            0600, one line an export: what a privacy officer asks
      <campaign>/             0700
        v000042-meta-20260701T060000Z.csv            0600
        v000042-meta-20260701T060000Z.manifest.json  0600, without any personal data
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.audiences.export import Export
from orchestration.audiences.identifiers import phone_number
from orchestration.errors import TesseraError
from orchestration.ingestion.durable_files import flush_to_disk, replace_file

FileFormat = Literal["csv", "parquet"]
LEDGER_NAME = "ledger.jsonl"
# A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Written:
    """Where an export lies, and what is said of it in the ledger."""

    file: Path
    manifest: Path
    entry: dict[str, Any]


def write_export(export: Export, folder: Path, *, file_format: FileFormat, by: str, now: dt.datetime) -> Written:
    """Write an export and its manifest, after noting in the ledger that it was asked for.

    Args:
        export: What to write.
        folder: The exports of the deployment.
        file_format: csv or parquet.
        by: The account that asks.
        now: The moment, time zone aware.

    Raises:
        TesseraError: The folder cannot be used, or others can read it.
    """
    campaign = folder / export.campaign_id
    for each in (folder, campaign):
        _own_folder(each)
    name = f"{export.version}-{export.platform}{'-plain' if export.is_plain else ''}-{now:%Y%m%dT%H%M%S%fZ}"
    final = campaign / f"{name}.{file_format}"
    temporary = campaign / f".{final.name}.writing"
    with _own_file(temporary) as file:
        (_write_csv if file_format == "csv" else _write_parquet)(export.rows, file)
    entry = {
        "exported_at": now.isoformat(),
        "exported_by": by,
        "campaign_id": export.campaign_id,
        "exported_for": export.platform,
        "version": export.version,
        "as_of_date": export.as_of_date.isoformat(),
        "format": file_format,
        "is_plain": export.is_plain,
        "columns": export.rows.column_names,
        "rows": export.rows.num_rows,
        "left_out": export.left_out,
        "sha256": hashlib.sha256(temporary.read_bytes()).hexdigest(),
        "file": f"{export.campaign_id}/{final.name}",
    }
    # Noted before it can be read: an export that nobody knows of would be worse than a note without one.
    _note(folder / LEDGER_NAME, entry)
    replace_file(temporary, final)
    manifest = final.with_suffix(".manifest.json")
    unfinished = manifest.with_name(f".{manifest.name}.writing")
    with _own_file(unfinished) as file:
        file.write((json.dumps(entry, indent=2, ensure_ascii=False) + "\n").encode())
    replace_file(unfinished, manifest)
    return Written(final, manifest, entry)


def read_exports(folder: Path) -> list[dict[str, Any]]:
    """Who asked for what, the oldest first; nothing where there never was an export.

    Raises:
        TesseraError: A line of the ledger cannot be read.
    """
    ledger = folder / LEDGER_NAME
    if not ledger.is_file():
        return []
    entries = []
    for number, line in enumerate(ledger.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise TesseraError(
                f"{ledger} line {number} cannot be read",
                expected="one JSON object a line, as an export writes it",
                found=str(error),
                fix="put the file back from a backup; a line that was cut off by a crash may be removed",
            ) from error
    return entries


def _write_csv(rows: pa.Table, file: IO[bytes]) -> None:
    lines = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(rows.column_names)
    columns = [[_harmless(value) for value in rows[name].to_pylist()] for name in rows.column_names]
    writer.writerows(zip(*columns, strict=True))
    # Otherwise it would close the file with itself.
    lines.detach()


def _harmless(value: str | None) -> str:
    """A cell that no spreadsheet runs. A number in E.164 begins with a plus and is only a number."""
    if value is None:
        return ""
    return f"'{value}" if value.startswith(_FORMULA) and phone_number(value) != value else value


def _write_parquet(rows: pa.Table, file: IO[bytes]) -> None:
    pq.write_table(rows, file)


@contextmanager
def _own_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _own_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, or take the rights of others away."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise TesseraError(
            f"{path} cannot be used for exports",
            expected="a folder that only you can enter",
            found=str(error),
            fix="give the folder to the account that exports, or name another --home",
        ) from error


def _note(ledger: Path, entry: dict[str, Any]) -> None:
    """Add a line to the ledger, durably."""
    is_new = not ledger.exists()
    descriptor = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write((json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        flush_to_disk(ledger.parent)
