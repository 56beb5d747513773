"""Errors of a load that a person is meant to read.

Belongs here: refusal of a whole file, refusal of a batch with too many bad rows, a load that does not add up, and a
batch that was damaged after it. Does not belong here: reasons of single rows; those are codes kept in the quarantine.
"""

from __future__ import annotations

from orchestration.errors import NightRefusedError, TesseraError


class FileRejectedError(TesseraError):
    """A file that cannot be read as what it is declared to be; nothing of it was loaded (exit code 2)."""


class FileUnreachableError(TesseraError):
    """The disk or the share that a file lies on does not answer; it may be back a moment later (exit code 2)."""

    is_temporary = True


class RejectedShareError(NightRefusedError):
    """More rows of a file are bad than the contract allows; the quarantine has them (exit code 1)."""


class ReconciliationError(NightRefusedError):
    """Records in the file and rows written differ; nothing was committed (exit code 1)."""


class LakeDamagedError(TesseraError):
    """A batch of the lake is not what was committed; nothing was read or changed (exit code 2)."""
