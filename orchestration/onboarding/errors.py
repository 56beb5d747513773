"""Errors of drafting a source.

Belongs here: the class. Does not belong here: refusals of a file by its reader (``ingestion``), which are passed on.
"""

from __future__ import annotations

from orchestration.errors import TesseraError


class OnboardingError(TesseraError):
    """A file out of which no source can be drafted, or a draft that cannot be put in its place (exit code 2)."""
