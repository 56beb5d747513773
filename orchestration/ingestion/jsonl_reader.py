"""Files of one JSON object a line as staged rows.

Belongs here: opening the file. Does not belong here: what is in the lines (json_lines.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.json_lines import stage_json_lines
from orchestration.ingestion.staging import StagedRows
from orchestration.ingestion.text_gate import open_text


def stage_jsonl(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, *, options: FileOptions, workspace: Path
) -> StagedRows:
    """Read a file of JSON lines.

    Raises:
        FileRejectedError: When the file is no text, or no line has a required column.
    """
    return stage_json_lines(con, contract, open_text(path, options, workspace=workspace), workspace=workspace)
