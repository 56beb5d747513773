"""Rows as text that a page can carry.

Belongs here: columns with their words told once, and JSON that cannot end the script it stands in. Does not belong
here: which rows (``reading``, ``summaries``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from orchestration.explorer.reading import Table

# None of them can stand in a script element as it is: the first three end or open elements and comments, the others
# end a line of JavaScript.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def columnar(table: Table) -> dict[str, Any]:
    """A table by column; a column of repeated words has each word once.

    Returns:
        ``{"rows": n, "columns": {name: values, or {"words": [...], "at": [places in words]}}}``.
    """
    by_column = [[row[place] for row in table.rows] for place in range(len(table.columns))]
    return {
        "rows": len(table.rows),
        "columns": {name: _packed(values) for name, values in zip(table.columns, by_column, strict=True)},
    }


def _packed(values: Sequence[Any]) -> Any:
    texts = {value for value in values if isinstance(value, str)}
    others = any(value is not None and not isinstance(value, str) for value in values)
    if others or not texts or len(texts) > len(values) // 2:
        return list(values)
    words = sorted(texts)
    place = {word: number for number, word in enumerate(words)}
    return {"words": words, "at": [None if value is None else place[value] for value in values]}


def script_json(document: Any) -> str:
    """A document as JSON that is inert inside a script element, whatever its texts are.

    Raises:
        ValueError: A number of it is not finite.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_UNSAFE)
