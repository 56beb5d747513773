"""The console command ``tessera``.

Belongs here: commands, their options and their exit codes. Does not belong here: what they do (``console``,
``definitions``, ``publishing``).
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from data_contracts.contract_rules import ContractError
from orchestration.configuration.deployment import CONFIG_VARIABLE, Deployment, load_deployment, tonight
from orchestration.configuration.secrets import read_secret
from orchestration.console.audience_commands import audiences_app
from orchestration.console.digest_command import digest
from orchestration.console.explain_command import explain
from orchestration.console.explorer_command import explorer
from orchestration.console.identity_commands import identity_app
from orchestration.console.new_source_command import new_source
from orchestration.console.operation_commands import (
    ConfigOption,
    DateOption,
    HomeOption,
    night_named,
    refit,
    republish,
    rollback,
)
from orchestration.console.postgres_command import publish_postgres
from orchestration.console.quarantine_commands import quarantine_app
from orchestration.console.run_and_tell import run_and_tell, standing_console
from orchestration.console.scorecard_command import scorecard
from orchestration.console.treatments_command import treatments
from orchestration.disk_space import disk_full
from orchestration.errors import TesseraError
from orchestration.home import HOME_VARIABLE, Home
from orchestration.repository import WORKSPACE

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nightly customer segments: tested before they are published, explained, versioned.",
)
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(identity_app, name="identity")
app.add_typer(audiences_app, name="audiences")
app.command()(explain)
app.command()(scorecard)
app.command()(treatments)
app.command()(explorer)
app.command()(digest)
app.command()(rollback)
app.command()(republish)
app.command()(refit)
app.command("publish-postgres")(publish_postgres)
app.command("new-source")(new_source)
# Beginnings of its warnings.
_DAGSTERS_REMARKS = ",".join(
    f"ignore:{beginning}"
    for beginning in ("Parameter `backfill_policy`", "Function `dev_command`", "Parameter `freshness_policy`")
)


@app.command()
def run(config: ConfigOption = None, date: DateOption = None, home: HomeOption = None) -> None:
    """Load, build, check and publish one night."""
    deployment = load_deployment(config, home)
    run_and_tell(deployment, tonight(deployment, night_named(date)))


@app.command()
def ui(
    config: ConfigOption = None,
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open Dagster on http://127.0.0.1:3000."""
    from orchestration.dagster_instance import prepare_dagster_home

    deployment = load_deployment(config, home)
    deployment.home.create()
    prepare_dagster_home(deployment.home)
    os.environ[CONFIG_VARIABLE] = str(deployment.config_path)
    os.environ[HOME_VARIABLE] = str(deployment.home.root)
    # Dagster's own processes say once for each asset and process what nobody here can do anything about.
    os.environ.setdefault("PYTHONWARNINGS", _DAGSTERS_REMARKS)
    command = [str(Path(sys.executable).with_name("dagster")), "dev", "-w", str(WORKSPACE)]
    raise typer.Exit(subprocess.call([*command, "-h", "127.0.0.1", "-p", str(port)], cwd=WORKSPACE.parent))  # noqa: S603


@app.command()
def versions(home: HomeOption = None) -> None:
    """List the published versions."""
    from orchestration.console.summary import show_versions
    from orchestration.publishing.version_store import VersionStore

    found = VersionStore(Home.locate(home).published).versions()
    if not found:
        standing_console().print(
            f"Nothing has been published in {Home.locate(home).root} yet: tessera run", soft_wrap=True
        )
        return
    show_versions(standing_console(), found)


@app.command()
def check(config: ConfigOption = None, home: HomeOption = None) -> None:
    """Validate configuration, contracts and definitions without running anything."""
    from orchestration.console.scheme_tables import show_schemes
    from orchestration.console.summary import show_sources

    console = standing_console()
    deployment = load_deployment(config, home)
    for sources in deployment.sources_on.values():
        for source in sources:
            deployment.check_source(source)
    console.print(f"configuration  ok  {deployment.config_path}", highlight=False, soft_wrap=True)
    console.print(
        f"contracts      ok  {len(deployment.inbound)} inbound ({len(deployment.sources_on)} on), "
        f"{len(deployment.outbound)} outbound",
        highlight=False,
    )
    policy = deployment.treatment_policy
    console.print(
        f"treatments     ok  {len(policy)} dimensions, {sum(len(each.rules) for each in policy.values())} rules, "
        f"{deployment.policy_path or 'the policy of the project'}",
        highlight=False,
        soft_wrap=True,
    )
    for channel in deployment.settings.notices:
        for name in channel.secrets:
            read_secret(name, wanted_by=f"notices: {channel.name}")
        console.print(f"notices        ok  {channel.name}", highlight=False, markup=False, soft_wrap=True)
    definitions = _checked_definitions(deployment)
    console.print(f"definitions    ok  {definitions}", highlight=False)
    show_sources(console, deployment)
    show_schemes(console, deployment)


def _checked_definitions(deployment: Deployment) -> str:
    import dagster as dg

    from orchestration.definitions import build_defs

    definitions = build_defs(deployment)
    dg.Definitions.validate_loadable(definitions)
    graph = definitions.resolve_asset_graph()
    return f"{len(graph.materializable_asset_keys)} assets, {len(graph.asset_check_keys)} checks"


@app.command()
def sample(
    name: Annotated[str, typer.Argument(help="completejourney (real) or company (simulated)")],
    customers: Annotated[int | None, typer.Option(help="Customers of the simulated company. Default: 20000.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the simulated company. Default: 42.")] = None,
    into: Annotated[Path | None, typer.Option(help="Folder. Default: samples/NAME in the home.")] = None,
    home: HomeOption = None,
) -> None:
    """Put a sample's files and its tessera.yml into a folder."""
    from orchestration.samples.sample import put_sample

    located = Home.locate(home)
    # Beside a folder of the user's own lies its own truth.
    truth = located.samples_truth / name if into is None else None
    config = put_sample(name, into or located.samples / name, truth=truth, customers=customers, seed=seed)
    standing_console().print(f"Sample {name}: {config}\nRun it with: tessera run --config {config}", soft_wrap=True)


def main() -> None:
    """Run the command; errors that a person can mend are told without a traceback."""
    # Dagster warns of every beta parameter in every process that defines an asset with one.
    warnings.filterwarnings("ignore", module="dagster")
    try:
        app()
    except Exception as error:
        # Where there is no room, Dagster's own history may be the first that cannot be written.
        told = error if isinstance(error, TesseraError | ContractError) else disk_full(error)
        if told is None:
            raise
        Console(stderr=True).print(str(told), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(getattr(told, "exit_code", 2))


if __name__ == "__main__":
    main()
