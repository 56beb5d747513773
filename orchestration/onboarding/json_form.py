"""What a JSON file holds: where its records are, and which fields they have.

Belongs here: telling lines from documents, finding the array of records and the paths of the fields. Does not belong
here: reading the records (``ingestion``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from orchestration.ingestion.json_paths import duckdb_path
from orchestration.onboarding.errors import OnboardingError

# Objects with more keys than these are dictionaries by some id: they stay JSON text.
MOST_KEYS = 60
DEEPEST = 4


def json_kind(head: str, *, suffix: str) -> Literal["json", "jsonl"] | None:
    """Whether a text that begins so is a JSON document, JSON lines, or neither."""
    text = head.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return "json"
    if not text.startswith("{"):
        return None
    first, _, rest = text.partition("\n")
    try:
        record = json.loads(first)
    except json.JSONDecodeError:
        # A record that is longer than the head is still a line when the name says lines.
        return "jsonl" if suffix in (".jsonl", ".ndjson") else "json"
    if rest.strip() or suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    # A single object: a document when its name or an array of records in it says so, else one record.
    return "json" if suffix == ".json" or any(True for _ in _arrays(record)) else "jsonl"


def find_records_path(document: str, *, file: str) -> tuple[str, str]:
    """Where the array of records is in a JSON document.

    Args:
        document: The whole text.
        file: Its name, for the error.

    Returns:
        The dotted path (empty for a document that is an array), and a sentence for people.

    Raises:
        OnboardingError: When the document is JSON and holds no array of objects.
    """
    try:
        content = json.loads(document)
    except (json.JSONDecodeError, RecursionError):
        # Its reader says what is wrong and where.
        return "", "not readable as JSON"
    if isinstance(content, list):
        return "", "the document is the array of records"
    arrays = sorted(_arrays(content), key=lambda item: (-item[1], item[0].count(".")))
    if not arrays:
        keys = ", ".join(list(content)[:8]) if isinstance(content, dict) else type(content).__name__
        raise OnboardingError(
            f"{file}: there is no array of records in it",
            expected="an array of objects, at the top or below some keys",
            found=f"a document with {keys or 'nothing'}",
            fix="look at the file: it may be an error message, or a single record",
        )
    path, length = arrays[0]
    others = [f"{other} ({count})" for other, count in arrays[1:4]]
    told = f"the array at {path} ({length:,} records)" + (f"; there are others: {', '.join(others)}" if others else "")
    return path, told


def field_paths(records: Iterable[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The fields of some records as dotted paths, in the order in which they are met.

    Returns:
        Paths that a contract can name, and keys that it cannot (they hold dots, quotes or brackets).
    """
    fields: dict[str, None] = {}
    unnamed: dict[str, None] = {}
    children: dict[str, set[str]] = {}
    listed = list(records)
    for record in listed:
        for above, keys in _objects(record, ""):
            children.setdefault(above, set()).update(keys)
    folded = {above for above, keys in children.items() if above and len(keys) > MOST_KEYS}
    for record in listed:
        for path, nameable in _leaves(record, "", folded):
            (fields if nameable else unnamed).setdefault(path)
    # A field that is an object in some records and empty in others is told by what is inside it.
    inner = {path.rpartition(".")[0] for path in fields}
    return [path for path in fields if path not in inner], list(unnamed)


def _arrays(content: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """Arrays of objects below the keys of an object: path and length. What is inside a record is no table."""
    if not isinstance(content, dict) or depth > DEEPEST:
        return
    for key, value in content.items():
        below = f"{path}.{key}" if path else key
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            if _is_path(key):
                yield below, len(value)
        else:
            yield from _arrays(value, below, depth + 1)


def _objects(record: Any, above: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(record, dict) and above.count(".") < DEEPEST:
        yield above, list(record)
        for key, value in record.items():
            yield from _objects(value, f"{above}.{key}" if above else key)


def _leaves(record: dict[str, Any], above: str, folded: set[str]) -> Iterator[tuple[str, bool]]:
    for key, value in record.items():
        path = f"{above}.{key}" if above else key
        if not _is_path(key):
            yield path, False
        elif isinstance(value, dict) and value and path not in folded and path.count(".") < DEEPEST:
            yield from _leaves(value, path, folded)
        else:
            yield path, True


def _is_path(key: str) -> bool:
    if "." in key:
        return False
    try:
        duckdb_path(key)
    except ValueError:
        return False
    return "[" not in key


def decoded_lines(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The objects among some lines of JSON."""
    decoded = []
    for line in lines:
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict):
            decoded.append(record)
    return decoded
