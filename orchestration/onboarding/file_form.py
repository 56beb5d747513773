"""How a file that nobody has described is to be read.

Belongs here: putting what the bytes tell and what the user says together into the options of the project's readers.
Does not belong here: the guesses (text_form.py, json_form.py), reading.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.table_properties import FileFormat, TableProperties
from orchestration.errors import TesseraError
from orchestration.ingestion.file_options import FileOptions, format_of
from orchestration.ingestion.json_reader import LARGEST_DOCUMENT
from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.json_form import find_records_path, json_kind
from orchestration.onboarding.text_form import TOLD_BY_READER, guess_delimiter, guess_encoding, read_head, utf8_head

_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the user says about the file; None for what is to be found out."""

    format: FileFormat | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """How a file is read.

    Attributes:
        format: Its format.
        options: Reading options; ``format`` is set only where the file's name does not tell it.
        header_rows: Rows above the records of a CSV file.
        records_path: Dotted path to the array of records in a JSON document.
        told: What was found and how that is known, for people: (subject, sentence).
    """

    format: FileFormat
    options: FileOptions
    header_rows: int = 1
    records_path: str = ""
    told: tuple[tuple[str, str], ...] = ()


def find_form(path: Path, given: Given) -> FileForm:
    """Find out how a file is to be read; every guess is told.

    Args:
        path: The file.
        given: What need not be guessed.

    Raises:
        OnboardingError: When the content fits no format, or a CSV file has no delimiter or no header.
        FileRejectedError: When a given option is not usable.
    """
    if not path.is_file():
        raise OnboardingError(
            f"{path}: there is no such file",
            expected="a file to draft a source from",
            found="a folder" if path.is_dir() else "nothing",
            fix="correct --from",
        )
    packed = _packed_format(path)
    if packed is not None or given.format in ("parquet", "excel"):
        return _binary_form(path, given, given.format or packed or "parquet")
    encoding, how = (given.encoding, "given") if given.encoding else guess_encoding(path)
    head = utf8_head(path, FileOptions(encoding=encoding).encoding).decode("utf-8", "replace")
    kind = given.format or json_kind(head, suffix=_suffix(path))
    told = [("encoding", how)]
    if kind in ("json", "jsonl"):
        return _json_form(path, given, kind, encoding, told)
    return _csv_form(path, given, encoding, told)


def _binary_form(path: Path, given: Given, file_format: FileFormat) -> FileForm:
    options = FileOptions(
        format=_declared(path, file_format), sheet=given.sheet or "", time_zone=given.time_zone or "UTC"
    )
    return FileForm(format=file_format, options=options, told=(("format", _format_told(path, file_format)),))


def _json_form(path: Path, given: Given, kind: FileFormat, encoding: str, told: list[tuple[str, str]]) -> FileForm:
    records_path = ""
    told = [("format", _format_told(path, kind)), *told]
    if kind == "json" and path.stat().st_size <= LARGEST_DOCUMENT:
        document = read_head(path, size=LARGEST_DOCUMENT).decode(encoding, "replace").removeprefix("\ufeff")
        records_path, where = find_records_path(document, file=path.name)
        told.append(("records", where))
    options = FileOptions(format=_declared(path, kind), encoding=encoding, time_zone=given.time_zone or "UTC")
    return FileForm(format=kind, options=options, records_path=records_path, told=tuple(told))


def _csv_form(path: Path, given: Given, encoding: str, told: list[tuple[str, str]]) -> FileForm:
    head = utf8_head(path, encoding)
    delimiter, how = ",", "not looked for"
    # Empty files, web pages and binary files are told by the reader's own errors.
    is_text = bool(head.strip()) and b"\0" not in head and not head.lstrip().startswith((b"<", *TOLD_BY_READER))
    if given.delimiter:
        delimiter, how = given.delimiter.replace("\\t", "\t"), "given"
    elif is_text:
        delimiter, how = guess_delimiter(path, encoding)
    header_rows = _qualtrics_header_rows(head)
    told = [("format", _format_told(path, "csv")), *told, ("delimiter", how)]
    if header_rows > 1:
        told.append(("header", f"{header_rows} rows: names, questions and import ids, as Qualtrics exports them"))
    options = FileOptions(
        format=_declared(path, "csv"), delimiter=delimiter, encoding=encoding, time_zone=given.time_zone or "UTC"
    )
    return FileForm(format="csv", options=options, header_rows=header_rows, told=tuple(told))


def _packed_format(path: Path) -> FileFormat | None:
    """The format that the first bytes of a file that is no text tell."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    if head.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile:
            return "excel" if _suffix(path) in (".xlsx", ".xlsm", ".ods") else None
        return "excel" if any(name in names for name in _WORKBOOK_PARTS) else None
    return None


def _qualtrics_header_rows(head: bytes) -> int:
    """Three for a Qualtrics export, whose third record holds import ids; one for everything else."""
    place = head.find(b'{""ImportId""')
    return 3 if place >= 0 and head[max(place - 2, 0) : place] == b'\n"' else 1


def _declared(path: Path, file_format: FileFormat) -> FileFormat | None:
    """The format, where the name of the file tells another one or none."""
    nothing = Contract("", "", None, "", "", (), 0, TableProperties())
    try:
        return None if format_of(path, FileOptions(), nothing) == file_format else file_format
    except TesseraError:
        return file_format


def _format_told(path: Path, file_format: FileFormat) -> str:
    names = {
        "csv": "CSV",
        "jsonl": "JSON lines",
        "json": "a JSON document",
        "parquet": "Parquet",
        "excel": "an Excel workbook",
    }
    declared = _declared(path, file_format)
    return names[file_format] + (
        f", by its content (the name ends in {_suffix(path) or 'nothing'})" if declared else ""
    )


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix
