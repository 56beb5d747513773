"""Files of rejected records, for the people who mend them.

Belongs here: writing such a file, reading it back, and writing what is loaded of it. Does not belong here: which
records may be repaired (repair.py), reading the files of sources (the readers).

CSV for sources of rows, JSON lines for sources of JSON; UTF-8, commas, and values as the source writes them. Besides
the source's own columns there are ``_batch`` and ``_record`` (which record it is; the only ones that are read again),
``_line`` and ``_reasons``, and ``_raw`` where a record could not be divided into columns.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestration.errors import TesseraError
from orchestration.ingestion.csv_records import LONGEST_RECORD
from orchestration.ingestion.durable_files import replace_file
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.json_numbers import with_exact_numbers

Shape = Literal["csv", "jsonl"]
BATCH, RECORD, LINE, REASONS, RAW = OWN = ("_batch", "_record", "_line", "_reasons", "_raw")


@dataclass(frozen=True)
class RecordToMend:
    """A rejected record on its way to a person.

    Attributes:
        batch_id: The batch it was kept out of.
        number: Its number there.
        line: Where it begins in the delivered file.
        reasons: Why it was rejected, readable.
        fields: Its fields as texts, for CSV.
        text: Its JSON object, for JSON lines.
        malformed: Its text, where it could not be divided into fields.
    """

    batch_id: str
    number: int
    line: int
    reasons: str
    fields: dict[str, str]
    text: str
    malformed: str | None


@dataclass(frozen=True)
class MendedRecord:
    """A record as a person sent it back.

    Attributes:
        batch_id: The batch it was kept out of.
        number: Its number there.
        place: Where it stands in the repair file, for messages.
        raw: Its fields as a JSON object.
    """

    batch_id: str
    number: int
    place: str
    raw: str


@dataclass(frozen=True)
class MendedFile:
    """A repair file.

    Attributes:
        shape: CSV or JSON lines.
        columns: The source's columns in the header of a CSV file.
        records: Those that have fields, in the file's order.
        left_out: Number of malformed records whose fields were not filled in.
    """

    shape: Shape
    columns: tuple[str, ...]
    records: list[MendedRecord]
    left_out: int


def write_for_repair(path: Path, records: Sequence[RecordToMend], *, shape: Shape, columns: Sequence[str]) -> None:
    """Write records to a file that only its owner may read.

    Args:
        path: A file that does not exist.
        records: What to write, in this order.
        shape: CSV or JSON lines.
        columns: The source's columns.

    Raises:
        TesseraError: The file exists, its folder does not, or the source has a column of one of our names.
    """
    if path.exists() or not path.parent.is_dir():
        raise TesseraError(
            f"{path} cannot be written",
            expected="a new file in a folder that exists",
            found="a file of that name, which may hold somebody's repairs" if path.exists() else "no such folder",
            fix="choose another name with --to",
        )
    own = sorted(set(OWN) & {*columns, *(name for record in records for name in record.fields)})
    if own:
        raise TesseraError(
            f"the source has a column {', '.join(own)} of its own",
            expected=f"columns other than {', '.join(OWN)}, which stand for the record",
            found=", ".join(own),
            fix="mend the records in the source and deliver them again",
        )
    text = _csv_text(records, columns) if shape == "csv" else _json_text(records)
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
    replace_file(temporary, path)


def _csv_text(records: Sequence[RecordToMend], columns: Sequence[str]) -> str:
    ahead = [BATCH, RECORD, LINE, REASONS]
    behind = [RAW] if any(record.malformed is not None for record in records) else []
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([*ahead, *columns, *behind])
    for record in records:
        fields = [record.fields.get(name, "") for name in columns]
        told = [record.batch_id, record.number, record.line, record.reasons]
        writer.writerow([*told, *fields, *([record.malformed or ""] if behind else [])])
    return target.getvalue()


def _json_text(records: Iterable[RecordToMend]) -> str:
    lines = []
    for record in records:
        told = {BATCH: record.batch_id, RECORD: record.number, LINE: record.line, REASONS: record.reasons}
        if record.malformed is not None:
            lines.append(json.dumps({**told, RAW: record.malformed}, ensure_ascii=False))
            continue
        # Put in front of the record's own text, which stays as the source wrote it.
        rest = record.text.strip()[1:].lstrip()
        head = json.dumps(told, ensure_ascii=False)[:-1]
        lines.append(head + ("" if rest == "}" else ", ") + rest)
    return "".join(line + "\n" for line in lines)


def read_mended(path: Path) -> MendedFile:
    """Read a file that a person sent back.

    Raises:
        FileRejectedError: It cannot be read as CSV or JSON lines with ``_batch`` and ``_record``; nothing is loaded.
    """
    if not path.is_file():
        expected = "a file from: tessera quarantine export"
        raise _refused(path, "there is no such file", expected, "nothing", "check the name")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "save it as CSV UTF-8 (Excel: Save as, CSV UTF-8)"
        raise _refused(path, "it is not UTF-8", "text in UTF-8", str(error), fix) from error
    if text.lstrip().startswith("{"):
        return _read_json_lines(path, text)
    return _read_csv(path, text)


def _read_csv(path: Path, text: str) -> MendedFile:
    # The limit is the whole process's, so it is put back.
    limit = csv.field_size_limit(LONGEST_RECORD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(row)]
    except csv.Error as error:
        place = f"line {reader.line_num}: {error}"
        raise _refused(path, "it is not readable CSV", "fields divided by commas", place, "mend that line") from error
    finally:
        csv.field_size_limit(limit)
    header = [name.strip() for name in rows[0][1]] if rows else []
    _check_header(path, header)
    columns = tuple(name for name in header if name not in OWN)
    kept = [place for place, name in enumerate(header) if name not in OWN]
    records, left_out = [], 0
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise _refused(
                path,
                f"the record that ends on line {line} has not as many fields as there are columns",
                f"{len(header)} fields",
                f"{len(row)} fields",
                "put values that hold a comma or a quote between quotes, or export the file again",
            )
        batch_id, number = row[header.index(BATCH)].strip(), row[header.index(RECORD)].strip()
        fields = [row[place] for place in kept]
        if not any(fields) and RAW in header and row[header.index(RAW)]:
            left_out += 1
            continue
        raw = json.dumps(dict(zip(columns, (field or None for field in fields), strict=True)), ensure_ascii=False)
        records.append(_record(path, batch_id, number, f"line {line}", raw))
    return MendedFile("csv", columns, records, left_out)


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in (BATCH, RECORD) if name not in header]
    if missing:
        joined = ",".join(header)
        other = next((sign for sign in (";", "\t", "|") if joined.count(sign) > len(header)), None)
        what, fix = f"column {' and '.join(missing)} is missing", "export the records again and mend them there"
        if other is not None:
            what, fix = f"the delimiter is not a comma but {other!r}", "save it with commas between the fields"
        expected = f"the columns that were exported; {BATCH} and {RECORD} tell which record each line is"
        raise _refused(path, what, expected, ", ".join(header)[:300] or "an empty file", fix)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        found = ", ".join(repeated)
        raise _refused(path, f"column {found} occurs more than once", "every column once", found, "remove one of them")


def _read_json_lines(path: Path, text: str) -> MendedFile:
    records, left_out = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            json.loads(line, object_pairs_hook=_without_repeats)
            # A double cannot hold every number: those stay texts of the same digits, as at the source's own door.
            pairs = json.loads(with_exact_numbers(line))
        except (ValueError, RecursionError) as error:
            fix = "mend that line; every line is one JSON object"
            raise _refused(path, f"{place} cannot be read", "a JSON object, each key once", str(error), fix) from error
        if not isinstance(pairs, dict) or BATCH not in pairs or RECORD not in pairs:
            raise _refused(
                path,
                f"{place} does not tell which record it is",
                f"a JSON object with {BATCH} and {RECORD}",
                line[:100],
                "export the records again and mend them there",
            )
        fields = {name: value for name, value in pairs.items() if name not in OWN}
        if not fields and pairs.get(RAW):
            left_out += 1
            continue
        raw = json.dumps(fields, ensure_ascii=False)
        records.append(_record(path, str(pairs[BATCH]), str(pairs[RECORD]), place, raw))
    return MendedFile("jsonl", (), records, left_out)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = f"a key occurs more than once: {', '.join(name for name, _ in pairs)}"
        raise ValueError(message)
    return found


def _record(path: Path, batch_id: str, number: str, place: str, raw: str) -> MendedRecord:
    if not number.isdecimal() or not batch_id:
        found = f"{BATCH} {batch_id!r}, {RECORD} {number!r}"
        fix = f"take {BATCH} and {RECORD} from the exported file"
        raise _refused(path, f"{place} does not tell which record it is", "a batch and a record number", found, fix)
    return MendedRecord(batch_id, int(number), place, raw)


def write_for_loading(
    path: Path, records: Sequence[MendedRecord], *, shape: Shape, columns: Sequence[str], header_rows: int
) -> None:
    """Write what the loader is given: the fields alone, a record for a record.

    Args:
        path: Where to write.
        records: In the order in which they are loaded.
        shape: CSV or JSON lines.
        columns: The header of a CSV file.
        header_rows: How many rows the contract's files have above the records.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        if shape == "jsonl":
            file.writelines(record.raw + "\n" for record in records)
            return
        writer = csv.writer(file)
        writer.writerows([columns] * header_rows)
        for record in records:
            fields = json.loads(record.raw)
            writer.writerow([fields[name] for name in columns])


def _refused(path: Path, what: str, expected: str, found: str, fix: str) -> FileRejectedError:
    return FileRejectedError(f"{path.name}: {what}", expected=expected, found=found, fix=fix)
