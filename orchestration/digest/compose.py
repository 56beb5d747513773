"""The digest of a version, from its marts and those of the version before.

Belongs here: which chapters there are, and in which order. Does not belong here: their sentences, how they look.
"""

from __future__ import annotations

from typing import Any

from orchestration.digest.actions import actions
from orchestration.digest.checks import checks, waiting, warned
from orchestration.digest.content import Digest, name_of
from orchestration.digest.headline import headline
from orchestration.digest.models import models
from orchestration.digest.movement import movement
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition
from orchestration.digest.results import is_bad, results
from orchestration.explorer.about import About


def digest_of(tonight: Edition, before: Edition | None, about: About) -> Digest:
    """The digest; the same marts give the same one.

    Args:
        tonight: The version that is published.
        before: The version that was served until now, None for the first.
        about: Whose it is, and how its numbers are written.
    """
    numbers = Numbers(about.locale, about.currency)
    smallest = about.minimum_cell_customers
    needed = actions(tonight, numbers, smallest=smallest)
    return Digest(
        title=f"{name_of(about.company)}: customer segments, night of {numbers.date(tonight.as_of_date)}",
        headline=headline(tonight, before, numbers),
        chapters=(
            needed,
            movement(tonight, numbers, smallest=smallest),
            results(tonight, numbers),
            checks(tonight, before, numbers),
            models(tonight, before, numbers),
        ),
        ending=f"Everything else is in explorer.html of version {tonight.version}: tessera explorer --open",
        facts=_facts(tonight, before, about),
    )


def _facts(tonight: Edition, before: Edition | None, about: About) -> dict[str, Any]:
    then = {} if before is None else before.totals
    return {
        "company": about.company,
        "currency": about.currency,
        "version": tonight.version,
        "as_of_date": tonight.as_of_date,
        "version_before": None if before is None else before.version,
        "customers": tonight.totals.get("customers"),
        "customers_before": then.get("customers"),
        "net_revenue_365d": tonight.totals.get("net_revenue_365d"),
        "net_revenue_365d_before": then.get("net_revenue_365d"),
        "bad_results": sum(is_bad(row) for row in tonight.rows["kpi_alerts"]),
        "warnings": len(warned(tonight)),
        "quarantined_records": sum(count for _, count in waiting(tonight)),
    }
