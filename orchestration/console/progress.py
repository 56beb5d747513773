"""Progress of a night on the console.

Belongs here: turning Dagster's events into lines. Does not belong here: running the night.
"""

from __future__ import annotations

import re
import time
from types import TracebackType

import dagster as dg
from rich.console import Console
from rich.status import Status

_WORDS = {
    "clusters": "clusters",
    "marts__data_quality": "gate",
    "publish__published_version": "publish",
    "publish__postgres_marts": "publish to PostgreSQL",
}


class NightProgress:
    """Prints one line per finished step, and a spinner for the one at work."""

    def __init__(self, console: Console, *, steps: int) -> None:
        self._console = console
        self._steps = steps
        self._done = 0
        self._status = Status("starting", console=console)
        self._rows: dict[str, int] = {}
        self._began: dict[str, float] = {}

    def __enter__(self) -> NightProgress:
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Take one event of the run."""
        if entry.dagster_event is None:
            if entry.step_key and entry.user_message.startswith("built "):
                self._status.update(f"{_label(entry.step_key)}: {entry.user_message}")
            return
        event, key = entry.dagster_event, entry.step_key
        if key is None:
            return
        if event.is_step_start:
            self._began[key] = time.perf_counter()
            self._status.update(f"[{self._done + 1}/{self._steps}] {_label(key)}")
        elif event.is_step_materialization:
            count = event.step_materialization_data.materialization.metadata.get("dagster/row_count")
            if count is not None:
                self._rows[key] = self._rows.get(key, 0) + int(str(count.value))
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            found = event.asset_check_evaluation_data
            if not found.passed and key == "publish__postgres_marts":
                self._console.print(found.description or "", style="yellow", markup=False, highlight=False)
        elif event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY:
            wait = event.step_retry_data.seconds_to_wait or 0
            self._console.print(f"  {_label(key)}: tried again in {wait:.0f} s", style="yellow", highlight=False)
        elif event.is_step_success or event.is_step_failure:
            self._finish(key, failed=event.is_step_failure)

    def _finish(self, key: str, *, failed: bool) -> None:
        self._done += 1
        if "_delivery__" in key and not failed:
            # A question of a tenth of a second; what it found is in the table's own line of the summary.
            return
        seconds = time.perf_counter() - self._began.get(key, time.perf_counter())
        rows = f"{self._rows[key]:>12,} rows" if key in self._rows else " " * 17
        mark = "[red]failed[/]" if failed else "[green]ok[/]"
        self._console.print(f"  {_label(key):<58}{rows} {seconds:>6.1f} s  {mark}", highlight=False)


def _label(step_key: str) -> str:
    if step_key in _WORDS:
        return _WORDS[step_key]
    if match := re.fullmatch(r"raw__\w+_delivery__(\w+)", step_key):
        return f"arrival of {match[1]}"
    if match := re.fullmatch(r".*contract__(\w+)", step_key):
        return f"contract of {match[1]}"
    if match := re.fullmatch(r"raw__(\w+)", step_key):
        return f"load {match[1]}"
    if match := re.fullmatch(r"dbt_(\w+)", step_key):
        return f"dbt {match[1]}"
    return step_key
