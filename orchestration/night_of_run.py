"""Which night a step works on.

Belongs here: reading the night from a run. Does not belong here: which nights there are (``partitions``).
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from orchestration.errors import TesseraError
from orchestration.gate.ledger import Ledger


class _Context(Protocol):
    @property
    def has_partition_key(self) -> bool: ...
    @property
    def partition_key(self) -> str: ...


def night_of_run(context: _Context, ledger: Ledger) -> dt.date:
    """Return the run's partition, else the night of the build that is in the warehouse.

    A check that is executed on its own from the UI has no partition: it asks about what is there.

    Raises:
        TesseraError: No partition was chosen and nothing has been built yet.
    """
    if context.has_partition_key:
        return dt.date.fromisoformat(context.partition_key)
    return built_night(ledger)


def built_night(ledger: Ledger) -> dt.date:
    """Return the night of the build that is in the warehouse.

    Raises:
        TesseraError: Nothing has been built yet.
    """
    nights = {result.as_of_date for result in ledger.results().values()}
    if not nights:
        raise TesseraError(
            "it is not known which night this run is for",
            expected="a partition (a date), or a warehouse that a night was built in",
            found="no partition and an empty ledger",
            fix="materialize with a partition, for example Latest",
        )
    return max(nights)
