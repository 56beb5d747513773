"""The ledger of the build that is in the warehouse: every step and check that ran, and how it went.

Belongs here: recording results and reading them back. Does not belong here: judging them (``verdict``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["build", "contract", "dbt", "delivery", "model"]
Status = Literal["pass", "warn", "fail", "not_available"]
Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Result:
    """How one step or check of the build went.

    Attributes:
        name: The question that was asked, or the relation that was built; unique within the build.
        kind: ``build`` for a relation that was made, else where the check lives.
        subject: The relation it is about, as ``schema.table``.
        status: ``not_available`` tells of data that no connected source gives: no fault, and nothing was invented.
        as_of_date: The night it was for.
        failures: Rows or expectations that failed.
        records: Records that arrived, for an inbound table.
        rejected: Of them, records in quarantine.
        detail: What was found, in words.
    """

    name: str
    kind: Kind
    subject: str
    severity: Severity
    status: Status
    as_of_date: dt.date
    run_id: str
    started_at: dt.datetime
    completed_at: dt.datetime
    failures: int = 0
    records: int | None = None
    rejected: int | None = None
    detail: str = ""


class Ledger:
    """Results by name, kept in one JSON file that is replaced whole; one writer at a time (the night's lock)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def results(self) -> dict[str, Result]:
        """Return every recorded result by name; a missing file is an empty ledger."""
        if not self._path.is_file():
            return {}
        rows = json.loads(self._path.read_text(encoding="utf-8"))
        return {row["name"]: _from_json(row) for row in rows}

    def record(self, results: Iterable[Result]) -> None:
        """Add results, each in place of an earlier one of the same name."""
        self._write({**self.results(), **{result.name: result for result in results}})

    def forget(self, names: Iterable[str]) -> None:
        """Drop results of steps that are about to run again, so that a step that dies leaves a gap, not a pass."""
        known = self.results()
        gone = set(names) & set(known)
        if gone:
            self._write({name: result for name, result in known.items() if name not in gone})

    def _write(self, results: dict[str, Result]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A line a result, to be read by people: indenting them would leave json's encoder in C, at every check again.
        lines = ",\n".join(json.dumps(vars(results[name]), default=str) for name in sorted(results))
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        temporary.replace(self._path)


def _from_json(row: dict[str, Any]) -> Result:
    times = {name: dt.datetime.fromisoformat(row[name]) for name in ("started_at", "completed_at")}
    return Result(**row | times | {"as_of_date": dt.date.fromisoformat(row["as_of_date"])})
