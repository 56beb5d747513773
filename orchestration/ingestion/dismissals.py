"""Rejected records that will never be repaired: who decided so, when and why.

Belongs here: the file of these decisions. Does not belong here: the records themselves, which stay in quarantine.

    quarantine/<source>__<table>/<batch_id>.dismissed.json
        a list of {records, why, who, when}, in the order of the decisions
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from orchestration.ingestion.durable_files import replace_file

SUFFIX = ".dismissed.json"


@dataclass(frozen=True)
class Dismissal:
    """One decision.

    Attributes:
        records: Record numbers of one batch.
        why: The reason, in a person's words.
        who: Name of the account that decided.
        when: Time with a zone, ISO 8601.
    """

    records: list[int]
    why: str
    who: str
    when: str


class Dismissals:
    """The decisions about one table's records; one writer at a time.

    Args:
        folder: The table's folder in quarantine.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of_batch(self, batch_id: str) -> list[Dismissal]:
        """The decisions about one batch, in their order."""
        path = self._path(batch_id)
        if not path.is_file():
            return []
        return [Dismissal(**item) for item in json.loads(path.read_text(encoding="utf-8"))]

    def add(self, batch_id: str, records: Sequence[int], *, why: str, who: str, when: datetime) -> None:
        """Write down a decision, in one durable step."""
        made = [*self.of_batch(batch_id), Dismissal(sorted(records), why, who, when.isoformat())]
        path = self._path(batch_id)
        temporary = path.with_name(f".{path.name}.tmp")
        temporary.write_text(
            json.dumps([asdict(item) for item in made], indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        replace_file(temporary, path)

    def _path(self, batch_id: str) -> Path:
        return self._folder / f"{batch_id}{SUFFIX}"
