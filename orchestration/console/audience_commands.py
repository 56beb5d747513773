"""The commands ``tessera audiences ...``.

Belongs here: the commands, their options, what is asked before personal data leave the house. Does not belong here:
tables (audience_tables.py), who is in an export and its files (``audiences``).
"""

from __future__ import annotations

import datetime as dt
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.configuration.deployment import load_deployment
from orchestration.console.account import account
from orchestration.errors import TesseraError
from orchestration.home import Home

audiences_app = typer.Typer(
    invoke_without_command=True,
    help="See whom campaigns contact, and export their audiences in a form that tools take.",
)
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The tessera.yml, as for tessera run.")]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
]


class Recipient(StrEnum):
    """Who takes the file; the names of ``audiences.platforms``, which is not imported before it is needed."""

    GENERIC = "generic"
    META = "meta"
    GOOGLE = "google"
    LINKEDIN = "linkedin"
    TIKTOK = "tiktok"


class Form(StrEnum):
    """Forms of files."""

    CSV = "csv"
    PARQUET = "parquet"


@audiences_app.callback()
def audiences(context: typer.Context, home: HomeOption = None) -> None:
    """Show every campaign of the served version: whom it fits, what takes some away, how large the arms are."""
    if context.invoked_subcommand is not None:
        return
    from orchestration.console.audience_tables import read_sizes, show_sizes

    show_sizes(_console(), *read_sizes(Home.locate(home)))


@audiences_app.command()
def export(
    campaign: Annotated[str, typer.Argument(help="A running campaign, by its key in tessera.yml.")],
    recipient: Annotated[
        Recipient, typer.Option("--for", help="Who takes the file: columns and spellings are theirs.")
    ] = Recipient.GENERIC,
    form: Annotated[Form, typer.Option("--format", help="Form of the file.")] = Form.CSV,
    plain: Annotated[
        bool, typer.Option("--plain", help="Readable addresses and names instead of their hashes. It asks first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Write the customers whom a campaign contacts into a file that only you can read. Nobody held out is in it."""
    from orchestration.audiences.export import make_export
    from orchestration.audiences.export_files import write_export

    deployment = load_deployment(config, home)
    made = make_export(deployment, campaign, recipient.value, is_plain=plain)
    if plain:
        _agree(made.rows.num_rows, campaign, yes=yes)
    written = write_export(
        made, deployment.home.exports, file_format=form.value, by=account(), now=dt.datetime.now(tz=dt.UTC)
    )
    _say(
        f"{made.rows.num_rows:,} customers of {campaign}, as known on {made.as_of_date} ({made.version}), "
        f"{'readable' if plain else 'hashed'}: {written.file}\n"
        f"What it is and who asked for it is in {written.manifest.name} beside it and in "
        f"{deployment.home.exports / 'ledger.jsonl'}."
    )
    for why, count in sorted(made.left_out.items()):
        _say(f"Left out: {count:,} ({why})")


@audiences_app.command()
def exports(home: HomeOption = None) -> None:
    """Show every export there ever was: when, by whom, of which campaign, for whom, how many."""
    from orchestration.audiences.export_files import read_exports
    from orchestration.console.audience_tables import show_exports

    show_exports(_console(), read_exports(Home.locate(home).exports))


def _agree(rows: int, campaign: str, *, yes: bool) -> None:
    """Say what a readable export is, and go on only if that is meant."""
    _say(
        f"This writes readable addresses and names of {rows:,} customers of {campaign} into a file. Whoever gets the "
        "file can read them. Advertising platforms need the hashes only, which is what is written without --plain."
    )
    if not yes and not typer.confirm("Write it?", default=False):
        raise TesseraError(
            "nothing was exported",
            expected="yes, or --yes",
            found="no",
            fix="leave out --plain to write hashes",
        )


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 140)


def _say(text: str) -> None:
    _console().print(text, markup=False, highlight=False, soft_wrap=True)
