"""What the explorer says of the version beside its marts.

Belongs here: the facts that no mart holds, from the deployment's settings. Does not belong here: reading marts.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.configuration.deployment import Deployment
from orchestration.configuration.thresholds import default_thresholds


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


def about_version(deployment: Deployment, version: str) -> About:
    """What the settings say of a version.

    Args:
        deployment: Whose version it is.
        version: Its name.
    """
    company = deployment.settings.company
    thresholds = default_thresholds() | deployment.settings.thresholds
    return About(
        company=company.name,
        currency=company.currency,
        locale=company.locale,
        version=version,
        minimum_cell_customers=thresholds["minimum_cell_customers"],
    )
