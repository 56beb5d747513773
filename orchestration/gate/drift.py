"""Comparing the build with the served version before anybody sees it.

Belongs here: drift that stops a night. Does not belong here: drift of models and segments over time.
"""

from __future__ import annotations

from orchestration.gate.ledger import Status


def customers_kept(*, tonight: int, served: int | None, max_drop_share: float) -> tuple[Status, str]:
    """Judge whether too many customers are gone since the served version: a sign of a source cut short.

    Args:
        tonight: Customers in the build.
        served: Customers in the served version, or None where nothing is served for an earlier night.
        max_drop_share: The largest tolerated drop, 0 to 1.
    """
    if not served:
        return "pass", f"{tonight:,} customers; no earlier night is served"
    drop = 1 - tonight / served
    detail = (
        f"{tonight:,} customers against {served:,} served ({-drop:+.1%}; at most {-max_drop_share:.0%} is let through)"
    )
    # 1 - 70/100 is 0.30000000000000004: a drop of exactly the share is let through.
    return ("fail" if drop > max_drop_share + 1e-9 else "pass"), detail
