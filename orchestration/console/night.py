"""Running a night from the console.

Belongs here: executing the nightly job in this process, and what its end means. Does not belong here: the job.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console

from orchestration.configuration.deployment import Deployment
from orchestration.console.progress import NightProgress
from orchestration.dagster_instance import dagster_instance
from orchestration.definitions import build_defs
from orchestration.errors import NightRefusedError
from orchestration.failures import EXIT_CODE
from orchestration.gate.ledger import Ledger
from orchestration.gate.report import what_failed
from orchestration.jobs import NIGHTLY_JOB
from orchestration.night_lock import night_lock

UNEXPECTED = 3


@dataclass(frozen=True)
class NightOutcome:
    """How a night ended.

    Attributes:
        exit_code: 0 published, 1 refused, 2 wrong configuration or input, 3 unexpected error.
        errors: One text per failed step, as its asset worded it.
    """

    exit_code: int
    run_id: str
    errors: tuple[str, ...]


def run_night(
    deployment: Deployment,
    night: dt.date,
    *,
    console: Console,
    log: Path,
    job_name: str = NIGHTLY_JOB,
    run_config: Mapping[str, Any] | None = None,
    listeners: Sequence[Callable[[dg.EventLogEntry], None]] = (),
) -> NightOutcome:
    """Run the nightly job, or another one that builds and publishes, for one night.

    Args:
        deployment: Whose night.
        night: The as-of date, a night of the deployment.
        console: Where progress goes; must not write to the process's standard output, which is sent to the log.
        log: What dbt, Dagster and libraries print goes here, in place of the run before.
        job_name: The job; one that has no partitions is for the night that is in the warehouse.
        run_config: What the launchpad would ask for.
        listeners: Called with every event of the run, before the progress display.

    Raises:
        TesseraError: Another run is working in the home.
    """
    # Taken once before the run as well, so that a busy home is told plainly and not from inside Dagster.
    with night_lock(deployment.home.night_lock, owner="tessera run"):
        pass
    run_id = str(uuid.uuid4())
    log.unlink(missing_ok=True)
    with console.status("reading the definitions"), _output_to(log):
        definitions = build_defs(deployment)
        job = definitions.resolve_job_def(job_name)
        instance = dagster_instance(deployment.home)
    try:
        with NightProgress(console, steps=len(job.nodes)) as progress, _output_to(log):
            for listener in (*listeners, progress):
                instance.add_event_listener(run_id, listener)
            result = job.execute_in_process(
                instance=instance,
                partition_key=night.isoformat() if job.partitions_def is not None else None,
                run_config=run_config,
                run_id=run_id,
                raise_on_error=False,
            )
    finally:
        instance.dispose()
    failures = [event for event in result.all_events if event.is_step_failure]
    if result.success:
        return NightOutcome(exit_code=0, run_id=run_id, errors=())
    told = [_told(event, deployment, run_id) for event in failures]
    codes = [code for code, _ in told] or [UNEXPECTED]
    return NightOutcome(
        # What has to be mended by hand comes before a refusal, and an error nobody foresaw before both.
        exit_code=max(codes),
        run_id=run_id,
        errors=tuple(text for _, text in told),
    )


def _told(event: dg.DagsterEvent, deployment: Deployment, run_id: str) -> tuple[int, str]:
    """Return the exit code and the wording of a failed step."""
    failure = event.step_failure_data
    if failure.user_failure_data is not None:
        code = failure.user_failure_data.metadata.get(EXIT_CODE)
        return (int(str(code.value)) if code is not None else 1), failure.user_failure_data.description or ""
    error = failure.error
    if error is not None and error.cls_name == "DagsterAssetCheckFailedError":
        failed = what_failed(Ledger(deployment.home.ledger).results().values(), run_id=run_id)
        return NightRefusedError.exit_code, failed or error.message
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    return UNEXPECTED, f"{event.step_key}: {error.message.strip() if error else 'failed'}"


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send this process's and its children's output to a file, so that it does not tear the progress display."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    log.parent.mkdir(parents=True, exist_ok=True)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.dup2(target, 1)
        os.dup2(target, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, original in zip((1, 2), kept, strict=True):
            os.dup2(original, number)
            os.close(original)
        os.close(target)
