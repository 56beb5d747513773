"""Loading all that feeds one inbound table.

Belongs here: going through the source entries of a contract, and one error out of several. Does not belong here:
reading files (``ingestion``), databases and APIs (``extraction``), Dagster.
"""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterator, Sequence

import duckdb

from data_contracts.contract import Contract
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.source_settings import Source
from orchestration.errors import NightRefusedError, TesseraError
from orchestration.extraction.errors import TemporaryExtractionError
from orchestration.extraction.extract import load_extracts
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.file_errors import FileUnreachableError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.lake_damage import check_undamaged
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.rejections import OPEN, find_rejections

# What the system says when a disk or a share is away, and not when a file is wrong or ours is full.
_AWAY = {
    errno.EIO,
    errno.ESTALE,
    errno.ENOTCONN,
    errno.ETIMEDOUT,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENETUNREACH,
}


def load_sources(
    deployment: Deployment, contract: Contract, sources: Sequence[Source], *, loaded_at: dt.datetime
) -> list[LoadReport]:
    """Load every file, table and endpoint that feeds one contract.

    Every one is tried, so that one night names every bad file of the table.

    Raises:
        LakeDamagedError: What the lake has of the table is no longer what was loaded; nothing was loaded.
        TesseraError: At least one file was turned away (exit code 2), or held too many bad records (exit code 1);
            ``is_temporary`` where nothing stood in the way but servers and disks that did not answer.
    """
    # Before anything is loaded: a new batch would come to stand behind the damaged one, which could then no longer be
    # read anew on its own.
    check_undamaged(Lake(deployment.home.lake), contract.name)
    reports: list[LoadReport] = []
    errors: list[TesseraError] = []
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = ?", [deployment.settings.memory_limit])
        connection.execute("set threads = 2")
        for source in sources:
            load = _load_files if source.files is not None else _load_extracts
            for outcome in load(connection, deployment, contract, source, loaded_at):
                if isinstance(outcome, TesseraError):
                    errors.append(outcome)
                else:
                    reports.append(outcome)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise _all_of(errors, contract)
    return reports


def open_rejections(deployment: Deployment, contract: Contract) -> int:
    """Count the rejected records of a table that were neither repaired nor dismissed."""
    lake, quarantine = Lake(deployment.home.lake), Quarantine(deployment.home.quarantine)
    with duckdb.connect() as connection:
        found = find_rejections(connection, lake, quarantine, contract.name)
        counted = connection.execute(f"select count(*) from {found.relation} where state = ?", [OPEN]).fetchall()
    return int(counted[0][0])


def _load_files(
    connection: duckdb.DuckDBPyConnection,
    deployment: Deployment,
    contract: Contract,
    source: Source,
    loaded_at: dt.datetime,
) -> Iterator[LoadReport | TesseraError]:
    options = FileOptions(
        format=source.format,
        delimiter=source.delimiter,
        encoding=source.encoding,
        sheet=source.sheet,
        decimal=source.decimal,
        thousands=source.thousands,
        date_format=source.date_format,
        timestamp_format=source.timestamp_format,
        time_zone=source.time_zone or deployment.settings.company.time_zone,
        max_rejected_share=source.max_rejected_share,
    )
    delivery = Delivery(
        origin=source.origin, is_snapshot=source.is_snapshot, max_drop_share=source.max_snapshot_drop_share
    )
    for path in deployment.files_of(source):
        try:
            yield load_file(
                connection,
                contract,
                path,
                lake=Lake(deployment.home.lake),
                quarantine=Quarantine(deployment.home.quarantine),
                options=options,
                delivery=delivery,
                loaded_at=loaded_at,
            )
        except TesseraError as error:
            yield error
        except OSError as error:
            if error.errno not in _AWAY:
                raise
            yield FileUnreachableError(
                f"{path.name}: its disk or share does not answer",
                expected=f"a file that can be read at {path}",
                found=error.strerror or type(error).__name__,
                fix="look whether the disk is mounted and its server is up; the file itself may be good",
            )


def _load_extracts(
    connection: duckdb.DuckDBPyConnection,
    deployment: Deployment,
    contract: Contract,
    source: Source,
    loaded_at: dt.datetime,
) -> Iterator[LoadReport | TesseraError]:
    try:
        yield from load_extracts(
            connection,
            contract,
            source,
            lake=Lake(deployment.home.lake),
            quarantine=Quarantine(deployment.home.quarantine),
            landing=deployment.home.landing,
            time_zone=source.time_zone or deployment.settings.company.time_zone,
            loaded_at=loaded_at,
        )
    except TesseraError as error:
        yield error


def _all_of(errors: list[TesseraError], contract: Contract) -> TesseraError:
    kind = TesseraError if any(error.exit_code == TesseraError.exit_code for error in errors) else NightRefusedError
    if all(error.is_temporary for error in errors):
        kind = TemporaryExtractionError
    return kind(
        f"{len(errors)} deliveries of {contract.name} were turned away",
        expected="; ".join(dict.fromkeys(error.expected for error in errors)),
        found="".join(f"\n    - {error.what}: {error.found}" for error in errors),
        fix="; ".join(dict.fromkeys(error.fix for error in errors)),
    )
