"""JSON whose numbers keep their digits.

Belongs here: reading and writing JSON without a number changing on the way. Does not belong here: what an answer means.

A double holds about 16 digits: 1234567890123.4567 would come back as another amount of money, and 19.90 as 19.9.
"""

from __future__ import annotations

import json
from typing import Any


class WrittenNumber(float):
    """A number that remembers how it was written."""

    written: str

    def __new__(cls, written: str) -> WrittenNumber:
        number = super().__new__(cls, written)
        number.written = written
        return number


def read_json(text: str | bytes) -> Any:
    """Parse a JSON text.

    Raises:
        ValueError: It is not JSON; NaN and Infinity are not either.
    """
    try:
        return json.loads(text, parse_float=_number, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def write_json(value: Any) -> str:
    """Write a value on one line, numbers as they were read."""
    try:
        text = _written(value) if _has_written_number(value) else json.dumps(value, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no bytes; it stays an escape, and the loader judges the record.
        return json.dumps(value)
    return text


def at_path(value: Any, dotted: str) -> Any:
    """The value at a dotted path of keys; KeyError when the path is not there."""
    for key in dotted.split("."):
        if not isinstance(value, dict):
            raise KeyError(dotted)
        value = value[key]
    return value


def _number(written: str) -> float:
    number = float(written)
    return number if repr(number) == written else WrittenNumber(written)


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def _has_written_number(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_written_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_written_number, value))
    return isinstance(value, WrittenNumber)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_written(v)}" for key, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return value.written if isinstance(value, WrittenNumber) else json.dumps(value, ensure_ascii=False)
