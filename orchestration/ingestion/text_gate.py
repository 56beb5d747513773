"""The gate every text file passes before it is parsed.

Belongs here: is it text at all, in the declared encoding, whole; unpacking and recoding into plain UTF-8; and
walking over its blocks of records. Does not belong here: headers and columns (csv_gate.py), how records are
told apart (csv_records.py).
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from orchestration.ingestion.csv_records import LONGEST_RECORD, Dialect, Records, split_records
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_options import FileOptions

# A block and its position arrays stay in the processor's cache: 4 MB blocks take twice the time.
BLOCK_SIZE = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DISGUISES = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
)
_HTML = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<error")


@dataclass(frozen=True)
class TextFile:
    """A text file as plain UTF-8 bytes on disk.

    Attributes:
        path: The file itself, or its unpacked and recoded copy.
        name: Base name of the original, for messages.
        begin: Offset of the first byte after a byte order mark.
    """

    path: Path
    name: str
    begin: int


@dataclass(frozen=True)
class Block:
    """Complete records of a file, from which byte of it and from which physical line on."""

    data: bytes
    records: Records
    offset: int
    first_line: int

    def line_numbers(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Physical line (from 1) on which each chosen record begins."""
        newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == 10)
        return self.first_line + np.searchsorted(newlines, self.records.starts[chosen])


def open_text(path: Path, options: FileOptions, *, workspace: Path) -> TextFile:
    """Make sure a file is text in the declared encoding, and plain UTF-8.

    Args:
        path: The landing file; gzip is recognised by its content.
        options: The declared encoding.
        workspace: Where an unpacked or recoded copy may be written.

    Raises:
        FileRejectedError: When the file is empty, something else, or not in the declared encoding.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    encoding = codecs.lookup(options.encoding).name
    if packed or encoding not in ("utf-8", "utf-8-sig", "ascii"):
        copy = workspace / "plain.txt"
        _write_plain(path, copy, packed=packed, encoding=encoding)
    else:
        copy = path
    with copy.open("rb") as file:
        head = file.read(4096)
    begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    _check_head(path.name, head[begin:])
    return TextFile(copy, path.name, begin)


def blocks(text: TextFile, dialect: Dialect) -> Iterator[Block]:
    """Walk over a file in blocks of complete records, in order; every byte is seen once.

    Raises:
        FileRejectedError: At a NUL, at bytes that are not UTF-8, or at a quote that is never closed.
    """
    line, offset, carried, at_end = 1, text.begin, b"", False
    with text.path.open("rb") as file:
        file.seek(text.begin)
        while not at_end:
            chunk = file.read(BLOCK_SIZE)
            at_end = len(chunk) < BLOCK_SIZE
            data = carried + chunk
            if at_end and data and not data.endswith(b"\n"):
                data += b"\n"
            records = split_records(data, dialect)
            rest = len(data) - records.consumed
            if rest and (at_end or rest > LONGEST_RECORD):
                raise _endless_record(text, data, records, line)
            complete, carried = data[: records.consumed], data[records.consumed :]
            _check_bytes(text, complete, line)
            yield Block(complete, records, offset, line)
            line += records.lines
            offset += records.consumed


def _write_plain(path: Path, copy: Path, *, packed: bool, encoding: str) -> None:
    try:
        with path.open("rb") as raw, copy.open("wb") as target:
            source = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            if encoding in ("utf-8", "utf-8-sig", "ascii"):
                while chunk := source.read(BLOCK_SIZE):
                    target.write(chunk)
                return
            decoder = codecs.getincrementaldecoder(encoding)()
            while chunk := source.read(BLOCK_SIZE):
                target.write(decoder.decode(chunk).encode())
            target.write(decoder.decode(b"", final=True).encode())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRejectedError(
            f"{path.name}: the gzip file is damaged or cut short",
            expected="a complete gzip file",
            found=str(error),
            fix="transfer the file again; nothing of it was loaded",
        ) from error
    except UnicodeError as error:
        raise FileRejectedError(
            f"{path.name}: its bytes are not {encoding}",
            expected=f"text in the declared encoding {encoding}",
            found=str(error),
            fix="declare the encoding the file really has",
        ) from error


def _check_head(name: str, head: bytes) -> None:
    if not head.strip():
        raise FileRejectedError(
            f"{name}: the file is empty",
            expected="at least a header line",
            found="no bytes" if not head else "nothing but blank space",
            fix="have the source deliver it again; an empty file is not an empty table",
        )
    if head.startswith(_UTF16_MARKS):
        raise _undeclared(name, "utf-16", "the byte order mark of UTF-16")
    for magic, kind in _DISGUISES:
        if head.startswith(magic):
            raise FileRejectedError(
                f"{name}: it is {kind}, not text",
                expected="a text file",
                found=kind,
                fix="export it as CSV, or declare the format it has",
            )
    if head.lstrip()[:20].lower().startswith(_HTML):
        raise FileRejectedError(
            f"{name}: it is a web page or XML, not data",
            expected="data in the declared format",
            found=repr(head.lstrip()[:40].decode("utf-8", "replace")),
            fix="look at the file: the download probably answered with a login or an error page",
        )


def _check_bytes(text: TextFile, data: bytes, first_line: int) -> None:
    place = data.find(0)
    if place >= 0:
        if data[:400].count(0) > 50:
            raise _undeclared(text.name, "utf-16", "a NUL in every other byte")
        raise FileRejectedError(
            f"{text.name}: line {first_line + data.count(10, 0, place)} holds a NUL byte",
            expected="text",
            found="a NUL byte, as in binary or damaged files",
            fix="have the source deliver the file again",
        )
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + data.count(10, 0, error.start)
        raise _undeclared(text.name, "cp1252", f"byte 0x{data[error.start]:02X} on line {line}") from error


def _undeclared(name: str, likely: str, found: str) -> FileRejectedError:
    return FileRejectedError(
        f"{name}: it is not UTF-8, and no other encoding is declared",
        expected="valid UTF-8",
        found=found,
        fix=f"declare the encoding of this source, probably encoding: {likely}",
    )


def _endless_record(text: TextFile, data: bytes, records: Records, first_line: int) -> FileRejectedError:
    if records.open_quote is not None:
        line = first_line + data.count(b"\n", 0, records.open_quote)
        return FileRejectedError(
            f"{text.name}: line {line} opens a quote that is never closed",
            expected='a closing " before the end of the file and within 2 MB',
            found=f"everything after it on line {line} and below would be one value",
            fix="mend that line, or have the source export the file again",
        )
    line = first_line + data.count(b"\n", 0, records.consumed)
    return FileRejectedError(
        f"{text.name}: line {line} does not end",
        expected="records of at most 2 MB, each ended by a newline",
        found="more than 2 MB without one",
        fix="check that the file uses newlines (not bare carriage returns) and is text",
    )
