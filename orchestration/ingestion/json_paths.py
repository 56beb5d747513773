"""Dotted paths into JSON records.

Belongs here: what ``properties.email`` or ``contacts.results[0].id`` means. Does not belong here: reading records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from data_contracts import sql_quoting as sql

_STEP = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


def duckdb_path(dotted: str) -> str:
    """The JSONPath of a dotted path, every key quoted: ``$."properties"."email"``.

    Raises:
        ValueError: When the path is not keys divided by dots, each with indexes behind it.
    """
    steps = _split(dotted)
    return "$" + "".join(f'."{key}"{indexes}' for key, indexes in steps)


def parents(dotted: Iterable[str]) -> tuple[str, ...]:
    """The objects above some paths, each once, the record itself (an empty path) first: their keys are columns."""
    found = {""}
    for path in dotted:
        keys = [key for key, indexes in _split(path) if not indexes]
        for depth in range(1, len(_split(path))):
            above = path.split(".")[:depth]
            if len(keys) >= depth and not any("[" in key for key in above):
                found.add(".".join(above))
    return tuple(sorted(found))


def keys_sql(line: str, above: str) -> str:
    """SQL of the list of keys of the object at a path; empty where there is none."""
    at = f", {sql.text(duckdb_path(above))}" if above else ""
    prefix = sql.text(f"{above}." if above else "")
    return f"list_transform(coalesce(json_keys({line}{at}), []), lambda key: {prefix} || key)"


def _split(dotted: str) -> list[tuple[str, str]]:
    steps = []
    for part in dotted.split("."):
        match = _STEP.fullmatch(part)
        if match is None or '"' in part:
            raise ValueError(f"{dotted!r} is not a path of keys such as properties.email or results[0].id")
        steps.append((match[1], match[2]))
    return steps
