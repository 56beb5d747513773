"""The files of a digest in a version's folder.

Belongs here: their names, writing and reading them. Does not belong here: what stands in them.
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.digest.content import Digest
from orchestration.digest.markdown import as_markdown
from orchestration.digest.page import as_html
from orchestration.errors import TesseraError

MARKDOWN_NAME, HTML_NAME, JSON_NAME = "digest.md", "digest.html", "digest.json"


def write_digest(folder: Path, digest: Digest) -> None:
    """Write a digest beside the marts: for people, for mail programs, and for what sends it later."""
    (folder / MARKDOWN_NAME).write_text(as_markdown(digest), encoding="utf-8")
    (folder / HTML_NAME).write_text(as_html(digest), encoding="utf-8")
    plain = json.dumps(digest.to_plain(), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / JSON_NAME).write_text(plain + "\n", encoding="utf-8")


def read_digest(folder: Path) -> Digest:
    """Read the digest that a version was published with.

    Raises:
        TesseraError: There is none, or it is not as it was written.
    """
    try:
        return Digest.from_plain(json.loads((folder / JSON_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TesseraError(
            f"{folder.name} has no digest that can be read",
            expected=f"{JSON_NAME}, with which each version is published",
            found=f"{type(error).__name__}: a version from before there was one, or a changed file",
            fix="run a night, or choose another version (tessera versions lists them)",
        ) from error
