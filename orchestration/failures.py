"""Errors that a person has to mend, as Dagster shows them.

Belongs here: turning such an error into a Dagster failure without a traceback in the way. Does not belong here:
the errors themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from data_contracts.contract_rules import ContractError
from ml.errors import ModelInputError
from orchestration.disk_space import disk_full
from orchestration.errors import TesseraError

EXIT_CODE = "exit_code"


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise a Dagster failure that says what to mend in place of such an error.

    It is tried again only where the error may be gone a moment later; what a person has to mend waits for the person.
    """
    try:
        yield
    except (TesseraError, ContractError, ModelInputError) as error:
        raise _failure(error) from None
    except Exception as error:
        full = disk_full(error)
        if full is None:
            raise
        raise _failure(full) from error


def _failure(error: Exception) -> dg.Failure:
    return dg.Failure(
        description=str(error),
        metadata={EXIT_CODE: dg.MetadataValue.int(getattr(error, "exit_code", 2))},
        allow_retries=getattr(error, "is_temporary", False),
    )
