"""Which batches of the lake have been validated.

Belongs here: remembering it between nights. Does not belong here: validating. The file is a cache: without it every
batch is validated once more.
"""

from __future__ import annotations

import json
from pathlib import Path


class ValidatedBatches:
    """Batch ids (they stand for content and contract) in one JSON file; one writer at a time (the night's lock)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __contains__(self, batch_id: str) -> bool:
        return batch_id in self._known()

    def add(self, batch_id: str) -> None:
        """Remember a batch whose rows keep their contract."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(sorted({*self._known(), batch_id})), encoding="utf-8")
        temporary.replace(self._path)

    def _known(self) -> set[str]:
        return set(json.loads(self._path.read_text(encoding="utf-8"))) if self._path.is_file() else set()
