"""The thresholds of ``dbt_project.yml`` for readers: default and meaning.

Belongs here: the comments above the variables. Does not belong here: which scheme uses which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from orchestration.configuration.thresholds import default_thresholds
from orchestration.repository import DBT_PROJECT

# "RFM. Days of the window": the section's title in front of its first comment.
_TITLE = re.compile(r"^[A-Z][\w-]*(?: [a-z]\w*){0,3}\. (?=[A-Z])")


@dataclass(frozen=True)
class Threshold:
    """A threshold with its default, and what the comment above it says."""

    name: str
    default: Any
    meaning: str


def read_thresholds() -> dict[str, Threshold]:
    """Every threshold, in the order of the file. A comment holds for all lines below it up to the next comment."""
    defaults = default_thresholds()
    found: dict[str, Threshold] = {}
    comment: list[str] = []
    is_open = False
    for line in (DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment = [*comment, text] if is_open else [text]
        name = text.split(":")[0]
        if line.startswith("  ") and name in defaults:
            meaning = " ".join(part.lstrip("# ") for part in comment)
            found[name] = Threshold(name, defaults[name], _TITLE.sub("", meaning))
        is_open = text.startswith("#")
        if not text:
            comment = []
    return found
