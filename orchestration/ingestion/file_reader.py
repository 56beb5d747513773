"""The door for files: choose the reader for a file's format.

Belongs here: the choice, and what holds for every format (the file is there and does not change while it is
read). Does not belong here: how a format is read; each has a module of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from orchestration.ingestion.csv_reader import stage_csv
from orchestration.ingestion.excel_reader import stage_excel
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_options import FileOptions, format_of
from orchestration.ingestion.json_lines import stage_json_lines
from orchestration.ingestion.json_reader import stage_json
from orchestration.ingestion.parquet_reader import stage_parquet
from orchestration.ingestion.staging import StagedRows
from orchestration.ingestion.text_gate import open_text


@dataclass(frozen=True)
class LandingFile:
    """A file as it was when the load began."""

    path: Path
    size: int
    modified_ns: int
    sha256: str

    def check_unchanged(self) -> None:
        """Refuse the file when somebody wrote to it during the load."""
        now = self.path.stat() if self.path.exists() else None
        if now is None or (now.st_size, now.st_mtime_ns) != (self.size, self.modified_ns):
            raise FileRejectedError(
                f"{self.path.name}: the file changed while it was read",
                expected=f"a finished file of {self.size} bytes",
                found="no file" if now is None else f"{now.st_size} bytes",
                fix="let the source write under another name and rename the finished file",
            )


def look_at(path: Path) -> LandingFile:
    """Take the size, age and SHA-256 of a landing file.

    Raises:
        FileRejectedError: When it is not there or not a file.
    """
    if not path.is_file():
        raise FileRejectedError(
            f"{path.name}: there is no such file",
            expected="a file in the landing folder",
            found="a folder" if path.is_dir() else "nothing",
            fix="check the source's path and that the delivery has arrived",
        )
    before = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return LandingFile(path, before.st_size, before.st_mtime_ns, digest)


def stage_file(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, *, options: FileOptions, workspace: Path
) -> StagedRows:
    """Make the rows of a file readable in SQL.

    Args:
        con: The connection that will read them.
        contract: Names the columns that must be there.
        path: The landing file.
        options: Its declared format, encoding and notation.
        workspace: An empty folder that outlives the rows; the caller removes it.

    Raises:
        FileRejectedError: When the file as a whole cannot be read as declared.
    """
    file_format = format_of(path, options, contract)
    if path.stat().st_size == 0:
        raise FileRejectedError(
            f"{path.name}: the file is empty",
            expected=f"a {file_format} file",
            found="no bytes",
            fix="have the source deliver it again; an empty file is not an empty table",
        )
    if file_format == "parquet":
        return stage_parquet(con, contract, path)
    if file_format == "excel":
        return stage_excel(contract, path, options=options, workspace=workspace)
    if file_format == "json":
        return stage_json(con, contract, path, options=options, workspace=workspace)
    if file_format == "jsonl":
        return stage_json_lines(con, contract, open_text(path, options, workspace=workspace), workspace=workspace)
    return stage_csv(contract, path, options=options, workspace=workspace)
