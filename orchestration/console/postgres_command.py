"""The command ``tessera publish-postgres``, and PostgreSQL's part of a rollback.

Belongs here: options and what is printed. Does not belong here: how rows get there (``postgres_publication``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from data_contracts.contract_rules import ContractError
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.errors import TesseraError
from orchestration.operations.serving import follow_in_postgres


def publish_postgres(
    config: Annotated[
        Path | None, typer.Option("--config", help="The tessera.yml. Default: as for tessera run.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Make PostgreSQL serve the version that the files do."""
    if not _followed(load_deployment(config, home)):
        raise TesseraError(
            "there is no PostgreSQL to publish to",
            expected="a section publish.postgres in tessera.yml",
            found="none",
            fix="add publish: {postgres: {connection: NAME_OF_A_VARIABLE}}, see docs/postgres.md",
        )


def postgres_follows(config: Path | None, home: Path | None) -> None:
    """After a rollback of the files, move PostgreSQL's pointer too where it is configured.

    Raises:
        TesseraError: PostgreSQL still serves the other version.
    """
    try:
        deployment = load_deployment(config, home)
    except (TesseraError, ContractError) as error:
        # A rollback of the files must not need a configuration that can be read.
        Console().print(
            "Whether PostgreSQL is to follow is not known, as the configuration cannot be read: "
            + str(error).splitlines()[0],
            markup=False,
            soft_wrap=True,
        )
        return
    _followed(deployment)


def _followed(deployment: Deployment) -> bool:
    if deployment.settings.publish.postgres is None:
        return False
    Console().print(
        f"PostgreSQL serves {follow_in_postgres(deployment)}", markup=False, highlight=False, soft_wrap=True
    )
    return True
