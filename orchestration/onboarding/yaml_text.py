"""YAML with comments, as people write it.

Belongs here: quoting of single values. Does not belong here: what is written (contract_text.py, source_entry.py).
"""

from __future__ import annotations

import json
import re

import yaml

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./()+*-]*[A-Za-z0-9_.)]|[A-Za-z_]")


def scalar(value: object) -> str:
    """A value as it stands behind a key: plain where that means the same text, else in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if any(ord(letter) < 32 or letter in "\u007f\u0085\u2028\u2029\ufeff" for letter in text):
        return json.dumps(text)
    if _PLAIN.fullmatch(text) and isinstance(yaml.safe_load(text), str):
        return text
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    """A text that may stand behind a comment sign: on one line."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
