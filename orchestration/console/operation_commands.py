"""``tessera rollback``, ``tessera republish`` and ``tessera refit``: the jobs of Dagster's launchpad from the console.

Belongs here: options. Does not belong here: what is done (``orchestration.operations``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from orchestration.configuration.deployment import load_deployment, tonight
from orchestration.console.postgres_command import postgres_follows
from orchestration.console.run_and_tell import run_and_tell, standing_console
from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.operations.serving import roll_back

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The tessera.yml. Default: $TESSERA_CONFIG, ./tessera.yml, or the home's sample."),
]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
]
DateOption = Annotated[
    str | None, typer.Option("--date", help="The night (YYYY-MM-DD). Default: the last one.", show_default=False)
]


def rollback(
    version: Annotated[str | None, typer.Argument(help="A kept version. Default: the one before the served.")] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Serve an earlier version again."""
    served = roll_back(Home.locate(home), version, owner="tessera rollback")
    standing_console().print(f"Now served: [bold]{served.name}[/], the night of {served.as_of_date}", highlight=False)
    postgres_follows(config, home)


def republish(
    night: Annotated[
        str | None, typer.Option("--date", help="The night that you expect to be in the warehouse (YYYY-MM-DD).")
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Publish the build that is in the warehouse again, as a new version, and serve it."""
    # Imported here because Dagster costs seconds that the other commands should not pay for.
    from orchestration.operations.republish import REPUBLISH_JOB, night_to_republish

    deployment = load_deployment(config, home)
    run_and_tell(deployment, night_to_republish(deployment, night), job_name=REPUBLISH_JOB)


def refit(
    models: Annotated[
        list[str] | None, typer.Argument(help="identity, clusters, predictions ... Default: all that are on.")
    ] = None,
    config: ConfigOption = None,
    date: DateOption = None,
    home: HomeOption = None,
) -> None:
    """Run a night on which models learn anew although nothing has drifted."""
    from orchestration.operations.refit import REFIT_JOB, refit_run_config

    deployment = load_deployment(config, home)
    run_config = refit_run_config(deployment, models or [])
    run_and_tell(deployment, tonight(deployment, night_named(date)), job_name=REFIT_JOB, run_config=run_config)


def night_named(text: str | None) -> dt.date | None:
    """Return the date that ``--date`` names, None where it is left out.

    Raises:
        TesseraError: It is no date.
    """
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise TesseraError(
            f"--date {text} is not a date",
            expected="a date such as 2017-12-31",
            found=text,
            fix="write year-month-day",
        ) from error
