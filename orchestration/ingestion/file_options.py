"""How a file is to be read.

Belongs here: the options a source declares, and telling the format from a file's name. Does not belong here:
reading.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.ingestion.file_errors import FileRejectedError

Format = Literal["csv", "parquet", "jsonl"]
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
}


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """What a source declares about its files.

    Attributes:
        format: csv, parquet or jsonl; by default told by the file's suffix.
        delimiter: One ASCII character between the fields of a CSV file.
        encoding: Python's name of the text encoding; a byte order mark is always tolerated.
        time_zone: IANA zone in which times without an offset are meant.
        max_rejected_share: Overrides the contract's limit (0-1).
    """

    format: Format | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
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
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise _wrong_option("time_zone", "an IANA zone such as Europe/Berlin", self.time_zone) from None
        if self.max_rejected_share is not None and not 0 <= self.max_rejected_share <= 1:
            raise _wrong_option("max_rejected_share", "a share from 0 to 1", str(self.max_rejected_share))

    def reading(self, file_format: Format) -> dict[str, str]:
        """The options that change what is read from a file of this format."""
        chosen = {"format": file_format, "time_zone": self.time_zone}
        if file_format != "parquet":
            chosen["encoding"] = codecs.lookup(self.encoding).name
        if file_format == "csv":
            chosen["delimiter"] = self.delimiter
        return chosen


def format_of(path: Path, options: FileOptions) -> Format:
    """The declared format, or the one the suffix tells.

    Raises:
        FileRejectedError: When neither tells.
    """
    if options.format is not None:
        return options.format
    name = path.name.lower()
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return _SUFFIXES[suffix]
    raise FileRejectedError(
        f"{path.name}: its format is not known",
        expected="a name ending in " + ", ".join(_SUFFIXES),
        found=path.suffix or "no suffix",
        fix="rename the file, or declare format: csv, parquet or jsonl for this source",
    )


def _wrong_option(name: str, expected: str, found: str) -> FileRejectedError:
    return FileRejectedError(
        f"file option {name}: not usable", expected=expected, found=repr(found), fix=f"correct {name}"
    )
