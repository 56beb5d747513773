"""Errors of reading from a database or an API.

Belongs here: the error a person reads, and the mark of those that may be gone a moment later. Does not belong here:
telling them apart; each reader knows its own.
"""

from __future__ import annotations

from orchestration.errors import TesseraError


class ExtractionError(TesseraError):
    """A source could not be read; what was committed before stays, and nothing else was (exit code 2)."""


class TemporaryExtractionError(ExtractionError):
    """The same, and worth another try: the connection broke, the server is starting or is overloaded."""

    is_temporary = True
