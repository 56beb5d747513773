"""Fitted models on disk, as plain parameters: nothing in them runs on load.

Belongs here: writing and reading parameters by fingerprint. Does not belong here: fitting, or which model is served
(a published version's manifest says so).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

# The name under which tonight's model of returns is kept, and named in a version's manifest.
RETURN_MODEL = "return"


class ModelStore:
    """Models under ``models/<name>/<fingerprint>.json``; the same parameters give the same file.

    A model that is looked for by what it was learnt from, before it is learnt again, is kept under a key of that.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, name: str, parameters: dict[str, Any], *, key: str | None = None) -> str:
        """Store parameters and return their fingerprint, or the key under which they are kept."""
        text = json.dumps(parameters, sort_keys=True, indent=1)
        fingerprint = key or hashlib.sha256(text.encode()).hexdigest()[:16]
        _replace(self._path(name, fingerprint), text)
        return fingerprint

    def keep_card(self, name: str, fingerprint: str, card: str) -> None:
        """Store what a reader must know about a model beside it, as Markdown."""
        _replace(self._path(name, fingerprint).with_suffix(".md"), card)

    def card(self, name: str, fingerprint: str) -> str | None:
        """Return a model's card, or None where there is none."""
        path = self._path(name, fingerprint).with_suffix(".md")
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def load(self, name: str, fingerprint: str) -> dict[str, Any] | None:
        """Return the parameters, or None where that model is not kept (any more)."""
        path = self._path(name, fingerprint)
        if not path.is_file():
            return None
        parameters: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return parameters

    def prune(self, name: str, *, keep: Collection[str]) -> None:
        """Delete the models of a name that are not among those to keep."""
        for path in sorted((self._root / name).glob("*.json")):
            if path.stem not in keep:
                path.unlink()

    def _path(self, name: str, fingerprint: str) -> Path:
        return self._root / name / f"{fingerprint}.json"


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
