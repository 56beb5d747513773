"""The first sentences: which night, how many customers, how much, against what was served before.

Belongs here: the headline and the figures for programs. Does not belong here: segments.
"""

from __future__ import annotations

from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition


def headline(tonight: Edition, before: Edition | None, numbers: Numbers) -> tuple[str, ...]:
    """The sentences.

    Args:
        tonight: The version that is published.
        before: The one that was served until now, if there is one.
        numbers: How numbers are written.
    """
    now = tonight.totals
    told = f"{numbers.count(now.get('customers'))} customers"
    if now.get("active_customers") is not None and now.get("net_revenue_365d") is not None:
        told += (
            f"; {numbers.count(now['active_customers'])} of them ordered in the past year and brought "
            f"{numbers.money(now['net_revenue_365d'])} of net revenue"
        )
    return f"{told}.", _compared(tonight, before, numbers)


def _compared(tonight: Edition, before: Edition | None, numbers: Numbers) -> str:
    served = f"Served now: {tonight.version}, the night of {numbers.date(tonight.as_of_date)}"
    if before is None:
        return f"{served}. There is no earlier version to compare it with."
    changes = []
    for name, what, written in (
        ("customers", "customers", numbers.signed_count),
        ("net_revenue_365d", "net revenue of a year", numbers.signed_money),
    ):
        now, then = tonight.totals.get(name), before.totals.get(name)
        if now is not None and then is not None:
            changes.append(f"{written(now - then)} {what}")
    return f"{served}; against {before.version} of {numbers.date(before.as_of_date)}: {', '.join(changes)}."
