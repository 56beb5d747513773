"""Lists of words as they are written in this package.

Belongs here: reading one. Does not belong here: the lists; each stands beside what it is for.
"""

from __future__ import annotations


def words(written: str) -> frozenset[str]:
    """The words of a text that are divided by blanks."""
    return frozenset(written.split())
