"""The warehouse as a night has left it, only to be read.

Belongs here: opening it, and saying why it cannot be. Does not belong here: what is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.errors import TesseraError
from orchestration.night_lock import night_lock

if TYPE_CHECKING:
    import duckdb

    from orchestration.configuration.deployment import Deployment


@contextmanager
def open_warehouse(deployment: Deployment, *, owner: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a deployment's warehouse between two nights.

    Args:
        deployment: Whose warehouse.
        owner: The command that reads, for the message another run would get.

    Raises:
        TesseraError: There is no night, or one is at work.
    """
    # Imported here because commands that read nothing should not wait for it.
    import duckdb

    path = deployment.home.warehouse
    if not path.is_file():
        raise TesseraError(
            f"there is no warehouse in {deployment.home.root}",
            expected=str(path),
            found="no such file",
            fix="run a night first: tessera run",
        )
    # Asked for and let go: a night that is at work leaves tables half done, and one that starts meanwhile goes first.
    with night_lock(deployment.home.night_lock, owner=owner):
        pass
    try:
        con = duckdb.connect(path, read_only=True)
    except duckdb.IOException as error:
        raise TesseraError(
            f"{path} cannot be opened",
            expected="a warehouse that no other process has open",
            found=str(error).splitlines()[0],
            fix="wait for the night to end, or close the program that has it open",
        ) from error
    with con:
        con.execute("set enable_progress_bar = false; set threads = 2")
        con.execute("set TimeZone = ?", [deployment.settings.company.time_zone])
        yield con
