"""Errors that a person is meant to read.

Belongs here: the base class whose message always says what is wrong, what was expected, what was found and
what to do, and the exit code the console turns it into. Does not belong here: errors of one subject (they
stand beside that subject and derive from these).
"""

from __future__ import annotations


class TesseraError(Exception):
    """Something a person has to mend: wrong configuration or input (exit code 2).

    Args:
        what: The thing and what is wrong with it, for example ``"orders.csv: column 'sku' is missing"``.
        expected: What would have been right.
        found: What was there instead.
        fix: The next step for the reader.
    """

    exit_code = 2
    # Whether the same may succeed a moment later, with nobody having done anything.
    is_temporary = False

    def __init__(self, what: str, *, expected: str, found: str, fix: str) -> None:
        self.what = what
        self.expected = expected
        self.found = found
        self.fix = fix
        super().__init__(f"{what}\n  expected: {expected}\n  found:    {found}\n  to do:    {fix}")


class NightRefusedError(TesseraError):
    """The night ran, and its data may not be published (exit code 1)."""

    exit_code = 1
