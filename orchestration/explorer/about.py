"""What the explorer says of the version beside its marts.

Belongs here: the facts that no mart holds. Does not belong here: where they come from (settings, the publisher).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class About:
    """Whose version it is and how its numbers are written.

    Attributes:
        company: Name of the company.
        currency: ISO 4217 code of all amounts.
        locale: BCP 47 tag of the language whose numbers and dates are written, such as ``en-GB``.
        version: Name of the version.
        minimum_cell_customers: Groups of fewer customers are not told apart.
    """

    company: str
    currency: str
    locale: str
    version: str
    minimum_cell_customers: int
