"""The index of the decisions.

Belongs here: numbers and titles of the records. Does not belong here: what was decided.
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.errors import TesseraError
from scripts.pages.markdown import page

_INTRODUCTION = "Decisions that somebody may wonder about, each with the reasons for it and what was turned down."
_TITLE = re.compile(r"# (\d+)\. (.+)")


def adr_index(folder: Path) -> str:
    """The text of the index.

    Raises:
        TesseraError: A record does not begin with its number and title.
    """
    lines = []
    for path in sorted(folder.glob("[0-9]*.md")):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        title = _TITLE.fullmatch(first)
        if title is None or int(title[1]) != int(path.name[:4]):
            raise TesseraError(
                f"{path.name}: the record does not begin with its number and title",
                expected=f"# {int(path.name[:4])}. Title",
                found=first,
                fix="write the number of the file's name and the title on the first line",
            )
        lines.append(f"- {path.name[:4]} [{title[2]}]({path.name})")
    return page("the titles of the records", "# Decisions", _INTRODUCTION, "\n".join(lines))
