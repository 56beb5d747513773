"""How a file is to be read.

Belongs here: the options a source declares, and telling the format from a file's name. Does not belong here:
reading.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data_contracts.contract import Contract
from data_contracts.notation import Notation
from data_contracts.table_properties import FileFormat
from data_contracts.time_formats import strptime_format
from orchestration.ingestion.file_errors import FileRejectedError

_SUFFIXES: dict[str, FileFormat] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".json.gz": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".ods": "excel",
}
_TEXT_FORMATS = ("csv", "jsonl", "json")


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """What a source declares about its files.

    Attributes:
        format: csv, jsonl, json, parquet or excel; by default told by the file's suffix.
        delimiter: One ASCII character between the fields of a CSV file.
        encoding: Python's name of the text encoding; a byte order mark is always tolerated.
        decimal: The decimal sign, a dot or a comma.
        thousands: The sign between groups of three digits; empty for none.
        date_format: How dates are written, such as dd.MM.yyyy; ISO 8601 when empty.
        timestamp_format: How times are written, such as dd.MM.yyyy HH:mm; ISO 8601 when empty.
        sheet: The sheet of an Excel workbook; may be empty when only one holds anything.
        time_zone: IANA zone in which times without an offset are meant.
        max_rejected_share: Overrides the contract's limit (0-1).
    """

    format: FileFormat | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    date_format: str = ""
    timestamp_format: str = ""
    sheet: str = ""
    time_zone: str = "UTC"
    max_rejected_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse options that no file could be read with."""
        if len(self.delimiter) != 1 or not self.delimiter.isascii() or self.delimiter in '"\r\n\0 ':
            raise _wrong_option("delimiter", "one ASCII character such as , ; | or a tab", self.delimiter)
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise _wrong_option("encoding", "an encoding such as utf-8, cp1252 or utf-16", self.encoding) from None
        if self.decimal not in (".", ","):
            raise _wrong_option("decimal", "a dot or a comma", self.decimal)
        if self.thousands not in ("", ".", ",", " ", "'", "\u00a0", "\u202f") or self.thousands == self.decimal:
            raise _wrong_option("thousands", "a sign other than the decimal one: . , ' or a blank", self.thousands)
        for name in ("date_format", "timestamp_format"):
            try:
                _ = getattr(self, name) and strptime_format(getattr(self, name))
            except ValueError as error:
                raise _wrong_option(name, "a format such as dd.MM.yyyy or dd.MM.yyyy HH:mm", str(error)) from None
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise _wrong_option("time_zone", "an IANA zone such as Europe/Berlin", self.time_zone) from None
        if self.max_rejected_share is not None and not 0 <= self.max_rejected_share <= 1:
            raise _wrong_option("max_rejected_share", "a share from 0 to 1", str(self.max_rejected_share))

    @cached_property
    def notation(self) -> Notation:
        """How numbers and times are written."""
        return Notation(
            decimal=self.decimal,
            thousands=self.thousands,
            date_format=strptime_format(self.date_format) if self.date_format else None,
            timestamp_format=strptime_format(self.timestamp_format) if self.timestamp_format else None,
            time_zone=self.time_zone,
        )

    def reading(self, file_format: FileFormat) -> dict[str, str]:
        """The options that change what is read from a file of this format."""
        chosen: dict[str, str] = {"format": file_format, "time_zone": self.time_zone}
        if file_format in _TEXT_FORMATS:
            chosen["encoding"] = codecs.lookup(self.encoding).name
        if file_format == "csv":
            chosen["delimiter"] = self.delimiter
        if file_format == "excel":
            chosen["sheet"] = self.sheet
        if file_format != "parquet":
            names = ("decimal", "thousands", "date_format", "timestamp_format")
            chosen |= {name: getattr(self, name) for name in names if getattr(self, name) != getattr(FileOptions, name)}
        return chosen


def format_of(path: Path, options: FileOptions, contract: Contract) -> FileFormat:
    """The declared format, else the one the suffix tells, else the contract's.

    Raises:
        FileRejectedError: When none tells.
    """
    if options.format is not None:
        return options.format
    name = path.name.lower()
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return _SUFFIXES[suffix]
    if contract.rules.file_format is not None:
        return contract.rules.file_format
    raise FileRejectedError(
        f"{path.name}: its format is not known",
        expected="a name ending in " + ", ".join(_SUFFIXES),
        found=path.suffix or "no suffix",
        fix="rename the file, or declare format: csv, jsonl, json, parquet or excel for this source",
    )


def _wrong_option(name: str, expected: str, found: str) -> FileRejectedError:
    return FileRejectedError(
        f"file option {name}: not usable", expected=expected, found=repr(found), fix=f"correct {name}"
    )
