"""A run of the console from its heading to its exit code.

Belongs here: what is printed before and after a run that builds or publishes. Does not belong here: running
(``console.night``), single tables (``console.summary``).
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console

from orchestration.configuration.deployment import Deployment
from orchestration.publishing.version_store import Version, VersionStore
from orchestration.warm_dbt.starting import warm_dbt


def standing_console() -> Console:
    """A console on a copy of standard output, so that it keeps working while output is sent to a log."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    return Console(file=stream, width=None if stream.isatty() else 120)


def run_and_tell(
    deployment: Deployment,
    night: dt.date,
    *,
    job_name: str | None = None,
    run_config: Mapping[str, Any] | None = None,
) -> None:
    """Run a job that publishes, show what it published, or say why it did not.

    Args:
        deployment: Whose night.
        night: The night.
        job_name: The nightly job without one.
        run_config: What the launchpad would ask for.

    Raises:
        Exit: Nothing was published, or a step after the publication failed.
    """
    console = standing_console()
    deployment.home.create()
    console.print(
        f"[bold]{deployment.settings.company.name}[/], night of {night}\n"
        f"  configuration {deployment.config_path}\n  home          {deployment.home.root}",
        highlight=False,
        soft_wrap=True,
    )
    # Started first, so that dbt's imports are done while this process does its own.
    warm_dbt()
    # Imported here because Dagster and dbt cost seconds that the other commands should not pay for.
    from orchestration.console.night import UNEXPECTED, run_night
    from orchestration.console.scheme_tables import show_segments
    from orchestration.console.summary import show_notices, show_paths, show_sources
    from orchestration.jobs import NIGHTLY_JOB

    log = deployment.home.root / "night.log"
    outcome = run_night(
        deployment, night, console=console, log=log, job_name=job_name or NIGHTLY_JOB, run_config=run_config
    )
    served = VersionStore(deployment.home.published).current()
    if outcome.exit_code == 0 and served is not None:
        show_segments(console, served, deployment)
        show_sources(console, deployment)
        show_paths(console, served)
        show_notices(console, deployment, outcome.run_id)
        return
    for error in outcome.errors:
        console.print(f"\n{error}", style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{_what_is_served(served, outcome.run_id)}", style="bold", highlight=False)
    show_notices(console, deployment, outcome.run_id)
    if outcome.exit_code == UNEXPECTED:
        console.print(f"This was not foreseen; what was printed meanwhile is in {log}", soft_wrap=True)
    raise typer.Exit(outcome.exit_code)


def _what_is_served(served: Version | None, run_id: str) -> str:
    """What readers see after a run that failed: a step after the publication may have been the one."""
    if served is None:
        return "Nothing was published; nothing has been published yet."
    if served.run_id == run_id:
        return f"{served.name} ({served.as_of_date}) was published and is served; a step after it failed."
    return f"Nothing was published; {served.name} ({served.as_of_date}) stays served."
