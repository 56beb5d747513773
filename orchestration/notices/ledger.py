"""Who has been told of which run: one line of JSON for each attempt.

Belongs here: writing it down and asking it. Does not belong here: sending.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from orchestration.configuration.notice_settings import Event
from orchestration.notices.notice import Delivery, Notice

_KEYS = {"run_id", "event", "channel", "status", "detail"}


class NoticeLedger:
    """A file that only grows, with one line for each notice and channel.

    Args:
        path: The file; made with its first line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def was_sent(self, run_id: str, event: Event, channel: str) -> bool:
        """Whether a channel has taken the notice of an event of a run."""
        return any(
            row["event"] == event and row["channel"] == channel and row["status"] == "sent" for row in self._of(run_id)
        )

    def knows_end_of(self, run_id: str) -> bool:
        """Whether it was noted that a run ended badly, by whatever noticed it first."""
        return any(row["event"] != "published" for row in self._of(run_id))

    def deliveries(self, run_id: str) -> list[Delivery]:
        """What became of the notices of a run, in the order in which they were sent."""
        return [
            Delivery(channel=row["channel"], status=row["status"], detail=row["detail"])
            for row in self._of(run_id)
            if row["channel"] is not None
        ]

    def note_end(self, run_id: str, event: Event, *, now: dt.datetime) -> None:
        """Note that a run ended badly, before anybody is told, so that it is told once."""
        self._append(self._row(run_id, event, now) | {"channel": None, "status": "noted", "detail": ""})

    def note(self, notice: Notice, deliveries: Iterable[Delivery], *, now: dt.datetime) -> None:
        """Note what became of a notice."""
        for each in deliveries:
            row = self._row(notice.run_id, notice.event, now)
            self._append(row | {"channel": each.channel, "status": each.status, "detail": each.detail})

    @staticmethod
    def _row(run_id: str, event: Event, now: dt.datetime) -> dict[str, Any]:
        return {"run_id": run_id, "event": event, "at": now.isoformat(timespec="seconds")}

    def _append(self, row: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Begun with a line break as well: a line that a killed process left half written stays alone.
        text = "\n" + json.dumps(row, ensure_ascii=False) + "\n"
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)

    def _of(self, run_id: str) -> Iterator[dict[str, Any]]:
        if not self._path.is_file():
            return
        for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                # Empty, or half written by a process that was killed: at worst a notice is sent twice.
                continue
            if isinstance(row, dict) and row.keys() >= _KEYS and row["run_id"] == run_id:
                yield row
