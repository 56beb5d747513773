"""The commands ``tessera quarantine ...``.

Belongs here: the commands, their options and what they say. Does not belong here: tables (quarantine.py), what happens
to a record (``ingestion``).
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from data_contracts.contract import SUFFIX, Contract, load_contract
from orchestration.configuration.deployment import load_deployment
from orchestration.console.account import account
from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.night_lock import night_lock
from orchestration.repository import INBOUND_CONTRACTS

if TYPE_CHECKING:
    import duckdb

    from orchestration.ingestion.rejections import Rejections
    from orchestration.ingestion.repair import RepairReport

quarantine_app = typer.Typer(no_args_is_help=True, help="Look at rejected records, take them out and put them back in.")
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
]
ContractArgument = Annotated[str, typer.Argument(help="A contract, such as crm__customers.")]
BatchOption = Annotated[
    list[str] | None, typer.Option("--batch", help="A batch, or the beginning of its name. May be repeated.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="A reason code, such as not_a_number.")]
ColumnOption = Annotated[str | None, typer.Option("--column", help="A column of the contract.")]


@quarantine_app.command("list")
def list_rejections(
    contract: Annotated[str | None, typer.Option("--contract", help="One contract. Default: all.")] = None,
    reason: ReasonOption = None,
    column: ColumnOption = None,
    file: Annotated[str | None, typer.Option("--file", help="The name of a delivered file.")] = None,
    values: Annotated[
        int, typer.Option("--values", min=0, help="Show so many values for each reason. They may be personal data.")
    ] = 0,
    home: HomeOption = None,
) -> None:
    """Count the rejected records that are open."""
    from orchestration.console.quarantine import Choice, show_rejections

    console, place = _console(), Home.locate(home)
    choice = Choice(file=file, reason=reason, column=column)
    with _connection() as con:
        found = False
        for table in [contract] if contract else _tables(place):
            found |= show_rejections(console, con, _rejections(con, place, table), choice, examples=values)
    if not found:
        asked = f" of {contract}" if contract else ""
        console.print(f"No rejected records{asked} in {place.root}.", highlight=False, markup=False, soft_wrap=True)


@quarantine_app.command()
def show(
    contract: ContractArgument,
    batch: BatchOption = None,
    reason: ReasonOption = None,
    column: ColumnOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Default: 50, with --json all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, values in full.")] = False,
    home: HomeOption = None,
) -> None:
    """Show open rejected records with their values, which may be personal data."""
    from orchestration.console.quarantine import Choice, record_lines, show_records

    with _connection() as con:
        rejections = _rejections(con, Home.locate(home), contract)
        choice = Choice(batches=_batches(rejections, batch), reason=reason, column=column)
        if as_json:
            for line in record_lines(con, rejections, choice, limit=limit):
                typer.echo(line)
            return
        show_records(_console(), con, rejections, choice, limit=limit or 50)


@quarantine_app.command()
def export(
    contract: ContractArgument,
    to: Annotated[Path, typer.Option("--to", help="A new file. CSV for sources of rows, JSON lines for JSON.")],
    batch: BatchOption = None,
    reason: ReasonOption = None,
    column: ColumnOption = None,
    home: HomeOption = None,
) -> None:
    """Write open rejected records to a file, for repair."""
    from orchestration.ingestion.repair_export import export as export_records

    with _connection() as con:
        rejections = _rejections(con, Home.locate(home), contract)
        chosen = _batches(rejections, batch)
        _check_loaded(rejections, chosen)
        count = export_records(con, _contract(contract), rejections, to, batches=chosen, reason=reason, column=column)
    _say(
        f"{_records(count)} in {to}, which only you can read: they may hold personal data.\n"
        "Mend the values, leave _batch and _record as they are, then:\n"
        f"  tessera quarantine resubmit {contract} {to}"
    )


@quarantine_app.command()
def resubmit(
    contract: ContractArgument,
    file: Annotated[Path, typer.Argument(help="The mended file.")],
    config: Annotated[Path | None, typer.Option("--config", help="The tessera.yml, as for tessera run.")] = None,
    home: HomeOption = None,
) -> None:
    """Load the repaired records of a file."""
    from orchestration.ingestion.lake import Lake
    from orchestration.ingestion.quarantine import Quarantine
    from orchestration.ingestion.repair import resubmit as load_repairs

    deployment = load_deployment(config, home)
    table = _contract(contract)
    with night_lock(deployment.home.night_lock, owner="tessera quarantine resubmit"), _connection() as con:
        con.execute("set memory_limit = ?", [deployment.settings.memory_limit])
        report = load_repairs(
            con,
            table,
            file,
            lake=Lake(deployment.home.lake),
            quarantine=Quarantine(deployment.home.quarantine),
            loaded_at=dt.datetime.now(tz=dt.UTC),
        )
    _tell(report, table, is_on=contract in deployment.sources_on)


@quarantine_app.command()
def dismiss(
    contract: ContractArgument,
    batch: Annotated[str, typer.Option("--batch", help="The batch, or the beginning of its name.")],
    why: Annotated[str, typer.Option("--why", help="Why these records will never be repaired.")],
    record: Annotated[list[int] | None, typer.Option("--record", help="A record number. May be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open record of the batch.")] = False,
    home: HomeOption = None,
) -> None:
    """Close rejected records that will never be repaired. They are kept, with who, when and why."""
    from orchestration.ingestion.dismissing import dismiss as close_records
    from orchestration.ingestion.quarantine import Quarantine

    if bool(record) == every:
        raise TesseraError(
            "it is not clear which records to dismiss",
            expected="--record N, once or several times, or --all",
            found="both" if every else "neither",
            fix="name the records",
        )
    place = Home.locate(home)
    with _connection() as con:
        rejections = _rejections(con, place, contract)
        chosen = _batches(rejections, [batch])
        _check_loaded(rejections, chosen)
        with night_lock(place.night_lock, owner="tessera quarantine dismiss"):
            closed = close_records(
                con,
                rejections,
                Quarantine(place.quarantine),
                batch_id=chosen[0],
                records=None if every else record,
                why=why,
                who=account(),
                when=dt.datetime.now(tz=dt.UTC),
            )
    _say(f"{_records(len(closed))} of {contract}, batch {chosen[0][:8]}, dismissed: {why.strip()}")


def _tell(report: RepairReport, contract: Contract, *, is_on: bool) -> None:
    load = report.load
    if load.already_loaded:
        _say(f"{load.file} was submitted before; nothing was added.")
    outcome = f"{load.good:,} repaired + {load.rejected:,} still bad"
    told = [f"{contract.name}: {_records(load.records)} submitted = {outcome}"]
    if load.rejected:
        told.append("  still bad: " + ", ".join(f"{reason} {count:,}" for reason, count in load.reasons.items()))
    if report.left_out:
        told.append(f"  left as before: {_records(report.left_out)} with _raw only; fill in the columns to repair it")
    told.append(f"  open now: {_records(report.open)} of this contract")
    if report.also_elsewhere:
        version = contract.rules.version_column
        decides = f"the greatest {version}" if version else "what was loaded last, now the repaired one,"
        has = "has a key" if report.also_elsewhere == 1 else "have keys"
        told.append(f"  {report.also_elsewhere:,} {has} that other deliveries brought too; of those {decides} counts")
    if load.good and not load.already_loaded:
        told.append("The next tessera run takes the repaired records up.")
        if not is_on:
            told.append(f"But {contract.name} is not among the sources of this configuration, so nothing reads them.")
    _say("\n".join(told))


def _contract(name: str) -> Contract:
    known = sorted(path.name.removesuffix(SUFFIX) for path in INBOUND_CONTRACTS.glob(f"*{SUFFIX}"))
    if name not in known:
        raise TesseraError(
            f"there is no contract {name!r}",
            expected=f"one of {', '.join(known)}",
            found=name,
            fix="see which have rejected records with: tessera quarantine list",
        )
    return load_contract(INBOUND_CONTRACTS / f"{name}{SUFFIX}")


def _tables(home: Home) -> list[str]:
    from orchestration.ingestion.quarantine import Quarantine
    from orchestration.ingestion.rejections import tables_with_rejections

    return tables_with_rejections(Quarantine(home.quarantine))


def _rejections(con: duckdb.DuckDBPyConnection, home: Home, contract: str) -> Rejections:
    from orchestration.ingestion.lake import Lake
    from orchestration.ingestion.quarantine import Quarantine
    from orchestration.ingestion.rejections import find_rejections

    if contract not in _tables(home):
        _contract(contract)
    return find_rejections(con, Lake(home.lake), Quarantine(home.quarantine), contract)


def _batches(rejections: Rejections, asked: Sequence[str] | None) -> list[str]:
    """The full names of batches that are given by their beginnings."""
    known = [*rejections.deliveries, *(item.batch_id for item in rejections.refusals)]
    found = []
    for name in asked or ():
        fitting = [batch_id for batch_id in known if batch_id == name] or [b for b in known if b.startswith(name)]
        if len(fitting) != 1:
            raise TesseraError(
                f"{rejections.table}: {'no' if not fitting else 'more than one'} batch {name!r}",
                expected="a batch that counts, or enough of its name to tell it from the others",
                found=", ".join(fitting) or "no such batch; a later load of the same file may have replaced it",
                fix=f"see the batches with: tessera quarantine list --contract {rejections.table}",
            )
        found.append(fitting[0])
    return found


def _check_loaded(rejections: Rejections, batches: Sequence[str]) -> None:
    for item in rejections.refusals:
        if item.batch_id in batches:
            raise TesseraError(
                f"{item.file} was refused as a whole",
                expected="a batch of which something was loaded",
                found=f"batch {item.batch_id[:8]}, of which nothing is in the lake",
                fix="mend the file itself and run again",
            )


def _records(count: int) -> str:
    return f"{count:,} record{'s' * (count != 1)}"


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    # Imported here, with everything that reads data, because the other commands should not wait for it.
    import duckdb

    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false; set threads = 2; set TimeZone = 'UTC'")
        yield con


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 120)


def _say(text: str) -> None:
    _console().print(text, markup=False, highlight=False, soft_wrap=True)
