"""Excel workbooks as staged rows.

Belongs here: choosing the sheet, and every cell as the text that a CSV export of it would hold. Does not belong here:
typing and judging values.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine
from numpy.typing import NDArray

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.quarantine_sql import SourceColumn
from orchestration.ingestion.csv_gate import check_columns
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.staging import StagedRows

# Excel keeps 15 digits; whatever is longer was a text once and has lost its end.
_KEPT_DIGITS = 1e15


def stage_excel(contract: Contract, path: Path, *, options: FileOptions, workspace: Path) -> StagedRows:
    """Read one sheet of a workbook; formulas count with the value that was saved for them.

    Raises:
        FileRejectedError: When the file is no workbook, the sheet is not clear, or its header does not fit.
    """
    rows = _rows_of_sheet(path, options.sheet)
    header_rows = contract.rules.header_rows
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(cell != "" for cell in row)]
    if not filled:
        raise _unclear_sheet(path, "a header and records", "an empty sheet", "look at the workbook")
    names = _header(filled[0][1])
    check_columns(names, contract, file=path.name)
    records = filled[header_rows:]
    numbers = np.array([number for number, _ in records], np.int64)
    cells = [[_text(cell) for cell in row[: len(names)]] for _, row in records]
    # Cells beyond the header's last column cannot be assigned to anything.
    faults = ["too_many_fields" if any(cell != "" for cell in row[len(names) :]) else None for _, row in records]
    fields = [f"c{position}" for position in range(len(names))]
    by_name = dict(zip(names, fields, strict=True))
    table: dict[str, Any] = {"_row_number": pa.array(np.arange(1, len(records) + 1))}
    table["fault"] = pa.array(faults, pa.string())
    for position, field in enumerate(fields):
        table[field] = pa.array([row[position] if position < len(row) else "" for row in cells], pa.string())
    staged = workspace / "staged.parquet"
    pq.write_table(pa.table(table), staged)
    packed = ", ".join(f"{sql.identifier(name)} := {field}" for name, field in by_name.items())

    def lines_of(record_numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return numbers[record_numbers - 1]

    return StagedRows(
        relation=f"select * from read_parquet({sql.path(staged)})",
        columns=names,
        types=("text",) * len(names),
        sources={c.name: SourceColumn(by_name[c.source_name], "text") for c in contract.columns_in(by_name)},
        records=len(records),
        raw=f"cast(to_json(struct_pack({packed})) as varchar)",
        row_fault="fault",
        lines_of=lines_of,
    )


def _rows_of_sheet(path: Path, wanted: str) -> list[list[Any]]:
    try:
        with python_calamine.load_workbook(path) as workbook:
            names = workbook.sheet_names
            if wanted and wanted not in names:
                raise _unclear_sheet(path, f"a sheet {wanted!r}", ", ".join(names), "correct sheet for this source")
            sheets = {name: workbook.get_sheet_by_name(name) for name in ([wanted] if wanted else names)}
            full = {name: sheet for name, sheet in sheets.items() if sheet.height}
            if len(full) > 1:
                found = f"{len(full)} sheets with data: {', '.join(full)}"
                raise _unclear_sheet(path, "one sheet", found, "declare sheet: with the name of one of them")
            return next((sheet.to_python(skip_empty_area=False) for sheet in full.values()), [])
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileRejectedError(
            f"{path.name}: it cannot be read as a workbook",
            expected="an .xlsx, .xls or .ods workbook without a password",
            found=str(error) or type(error).__name__,
            fix="open and save it anew, or export it as CSV",
        ) from error


def _header(row: list[Any]) -> tuple[str, ...]:
    texts = [_text(cell).strip() for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(text or f"unnamed_{position}" for position, text in enumerate(texts, start=1))


def _text(cell: Any) -> str:
    """The cell as text: whole numbers without a point, days as YYYY-MM-DD, numbers too long to be kept as 1.2E+20."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= _KEPT_DIGITS:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return str(cell.date()) if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell)


def _unclear_sheet(path: Path, expected: str, found: str, fix: str) -> FileRejectedError:
    return FileRejectedError(f"{path.name}: the sheet to read is not clear", expected=expected, found=found, fix=fix)
