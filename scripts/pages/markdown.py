"""Markdown's tables and anchors.

Belongs here: how a table is written, what a heading is called in a link. Does not belong here: what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, with whatever would end a cell or a line escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """A name as it is written in SQL and settings."""
    return f"`{text}`"


def anchor(heading: str) -> str:
    """What a link to a heading says behind the #."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def page(generated_from: str, *parts: str) -> str:
    """A generated page, which says so on its first line; empty parts are left out."""
    head = f"<!-- Generated from {generated_from}; do not edit. Change that and run: make render -->"
    return "\n\n".join([head, *(part for part in parts if part)]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
