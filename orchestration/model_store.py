"""Fitted models on disk, as plain parameters: nothing in them runs on load.

Belongs here: writing and reading parameters by fingerprint. Does not belong here: fitting, or which model is served
(a published version's manifest says so).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


class ModelStore:
    """Models under ``models/<name>/<fingerprint>.json``; the same parameters give the same file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, name: str, parameters: dict[str, Any]) -> str:
        """Store parameters and return their fingerprint."""
        text = json.dumps(parameters, sort_keys=True, indent=1)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._path(name, fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
        return fingerprint

    def load(self, name: str, fingerprint: str) -> dict[str, Any] | None:
        """Return the parameters, or None where that model is not kept (any more)."""
        path = self._path(name, fingerprint)
        if not path.is_file():
            return None
        parameters: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return parameters

    def _path(self, name: str, fingerprint: str) -> Path:
        return self._root / name / f"{fingerprint}.json"
