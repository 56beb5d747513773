"""What the header of a CSV file must be.

Belongs here: reading the header, and holding its names against the contract. Does not belong here: records.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from data_contracts.contract import Contract
from orchestration.ingestion.csv_records import FAULTS, LONGEST_RECORD, Dialect, split_records
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.text_gate import TextFile

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon"}


def read_header(text: TextFile, delimiter: str) -> tuple[str, ...]:
    """The column names of a CSV file; nameless columns are called ``unnamed_<position>``.

    Raises:
        FileRejectedError: When the first record cannot be a header.
    """
    with text.path.open("rb") as file:
        file.seek(text.begin)
        head = file.read(LONGEST_RECORD)
    head = head if b"\n" in head else head + b"\n"
    records = split_records(head, Dialect(ord(delimiter), 0))
    if not len(records.ends):
        raise _no_header(text.name, "a quote on its first line that is never closed")
    if FAULTS[records.faults[0]] in ("invalid_quoting", "unclosed_quote"):
        raise _no_header(text.name, "text between a closing quote and the next delimiter")
    first = head[: int(records.contents[0])]
    if not first.strip():
        raise _no_header(text.name, "an empty first line")
    if b"\0" in first:
        raise _no_header(text.name, "NUL bytes, as in UTF-16 without its mark or in binary files")
    if b"\r" in first.replace(b"\r\n", b""):
        raise _no_header(text.name, "bare carriage returns, as old Macs wrote them, or a broken first line")
    try:
        names = next(csv.reader(io.StringIO(first.decode("utf-8"), newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_header(text.name, str(error)) from error
    return tuple(name.strip() or f"unnamed_{position}" for position, name in enumerate(names, start=1))


def check_columns(names: Sequence[str], contract: Contract, *, file: str, delimiter: str | None = None) -> None:
    """Refuse a file whose columns cannot be the contract's.

    Args:
        names: Columns of the file, in any order.
        contract: Its required columns must all be there.
        file: Base name of the file.
        delimiter: The declared delimiter of a CSV file, to recognise a wrong one.

    Raises:
        FileRejectedError: For a repeated or a missing column.
    """
    required = [column.source_name for column in contract.columns if column.required]
    missing = [name for name in required if name not in names]
    if delimiter is not None and missing:
        _check_delimiter(names, contract, file=file, delimiter=delimiter)
    lowered = [name.lower() for name in names]
    repeated = sorted({name for name in lowered if lowered.count(name) > 1})
    if repeated:
        raise FileRejectedError(
            f"{file}: column {', '.join(map(repr, repeated))} occurs more than once",
            expected="every column name once (upper and lower case count as the same)",
            found=", ".join(names),
            fix="have the source rename or drop the second one",
        )
    if missing:
        cased = [name for name in missing if name.lower() in lowered]
        hint = f" ({', '.join(cased)}: only the letter case differs)" if cased else ""
        raise FileRejectedError(
            f"{file}: required column {', '.join(map(repr, missing))} is missing{hint}",
            expected=", ".join(required),
            found=", ".join(names),
            fix=f"rename the columns in the export, or change the contract {contract.name}",
        )


def _check_delimiter(names: Sequence[str], contract: Contract, *, file: str, delimiter: str) -> None:
    required = [column.source_name for column in contract.columns if column.required]
    joined = delimiter.join(names)
    for other, called in _DELIMITERS.items():
        if other == delimiter or other not in joined:
            continue
        parts = {part.strip().strip('"') for part in joined.split(other)}
        if set(required) <= parts:
            shown = "\\t" if other == "\t" else other
            raise FileRejectedError(
                f"{file}: the delimiter is not {delimiter!r}",
                expected=f"columns {', '.join(required)} divided by {delimiter!r}",
                found=f"a header divided by {called}s",
                fix=f'declare delimiter: "{shown}" for this source',
            )


def _no_header(file: str, found: str) -> FileRejectedError:
    return FileRejectedError(
        f"{file}: it has no readable header",
        expected="column names on the first line",
        found=found,
        fix="export the file with a header line in UTF-8 and newline line ends",
    )
