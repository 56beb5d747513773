"""JSON documents that hold an array of records, as staged rows.

Belongs here: finding the array inside the document and cutting it into its elements, as they are written. Does not
belong here: what is in an element (json_lines.py). Elements are cut out as text and never written anew, so that no
number changes on the way.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from data_contracts.contract import Contract
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.json_lines import stage_json_lines
from orchestration.ingestion.staging import StagedRows
from orchestration.ingestion.text_gate import TextFile, open_text

# A document is read whole; beyond this size JSON lines, which are read block by block, are the better form.
LARGEST_DOCUMENT = 512_000_000
_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def stage_json(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, *, options: FileOptions, workspace: Path
) -> StagedRows:
    """Read the records of a JSON document.

    Raises:
        FileRejectedError: When the document is not JSON, too large, or has no array where the contract says.
    """
    text = open_text(path, options, workspace=workspace)
    if text.path.stat().st_size > LARGEST_DOCUMENT:
        raise FileRejectedError(
            f"{path.name}: the JSON document is too large to be read whole",
            expected=f"at most {LARGEST_DOCUMENT:,} bytes",
            found=f"{text.path.stat().st_size:,} bytes",
            fix="have the source write JSON lines (one record a line), or several documents",
        )
    document = _decoded(text)
    elements, starts = _elements(document, contract.rules.records_path, path.name)
    lines = workspace / "elements.jsonl"
    # A line break inside an element stands between tokens: JSON has none inside a text.
    flat = (element.replace("\r", " ").replace("\n", " ") for element in elements)
    lines.write_text("".join(line + "\n" for line in flat), encoding="utf-8")
    staged = stage_json_lines(con, contract, TextFile(lines, path.name, 0), workspace=workspace)
    breaks = np.array([match.start() for match in re.finditer("\n", document)], np.int64)
    line_of_element = np.searchsorted(breaks, np.array(starts, np.int64)) + 1

    def lines_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return line_of_element[numbers - 1]

    return replace(staged, lines_of=lines_of)


def _decoded(text: TextFile) -> str:
    try:
        return text.path.read_bytes()[text.begin :].decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRejectedError(
            f"{text.name}: it is not UTF-8, and no other encoding is declared",
            expected="valid UTF-8",
            found=f"byte 0x{error.object[error.start]:02X} at position {error.start}",
            fix="declare the encoding of this source, probably encoding: cp1252",
        ) from error


def _elements(document: str, path: str, file: str) -> tuple[list[str], list[int]]:
    """The texts of the array's elements and where they begin."""
    try:
        place = _skip(document, 0)
        for key in path.split(".") if path else ():
            place = _value_of(document, place, key, file=file, path=path)
        if document[place : place + 1] != "[":
            raise _no_array(file, path, found=f"{document[place : place + 30]!r}")
        elements, starts = [], []
        place = _skip(document, place + 1)
        while document[place : place + 1] != "]":
            end = _DECODER.raw_decode(document, place)[1]
            elements.append(document[place:end])
            starts.append(place)
            place = _skip(document, end)
            if document[place : place + 1] == ",":
                place = _skip(document, place + 1)
            elif document[place : place + 1] != "]":
                raise json.JSONDecodeError("Expecting ',' or ']'", document, place)
    except json.JSONDecodeError as error:
        raise FileRejectedError(
            f"{file}: line {error.lineno} is not JSON",
            expected="a complete JSON document",
            found=error.msg,
            fix="transfer the file again; if it is one record a line, declare format: jsonl",
        ) from error
    except RecursionError as error:
        raise FileRejectedError(
            f"{file}: the JSON document is nested too deeply",
            expected="records of a few levels",
            found="hundreds of brackets inside one another",
            fix="look at the file: this is not the export it should be",
        ) from error
    return elements, starts


def _value_of(document: str, place: int, key: str, *, file: str, path: str) -> int:
    """Where the value of an object's key begins."""
    if document[place : place + 1] != "{":
        raise _no_array(file, path, found=f"{document[place : place + 30]!r} where {key!r} was looked for")
    place = _skip(document, place + 1)
    found = []
    while document[place : place + 1] not in ("}", ""):
        name, end = _DECODER.raw_decode(document, place)
        place = _skip(document, end)
        if document[place : place + 1] != ":":
            raise json.JSONDecodeError("Expecting ':'", document, place)
        place = _skip(document, place + 1)
        if name == key:
            return place
        found.append(str(name))
        place = _skip(document, _DECODER.raw_decode(document, place)[1])
        if document[place : place + 1] == ",":
            place = _skip(document, place + 1)
    raise _no_array(file, path, found=f"only {', '.join(found) or 'an empty object'}")


def _skip(document: str, place: int) -> int:
    while document[place : place + 1] and document[place] in _BLANK:
        place += 1
    return place


def _no_array(file: str, path: str, *, found: str) -> FileRejectedError:
    return FileRejectedError(
        f"{file}: there is no array of records" + (f" at {path}" if path else ""),
        expected=f"a JSON array at {path}" if path else "a JSON array at the top",
        found=found,
        fix="check that this is the export the contract describes; an error message of the source may be in it",
    )
