"""Whether there is enough data for a model to publish, and if not, why not in words.

Belongs here: the minimum-data rule. Does not belong here: what is published instead (the baseline, by the
caller's choice).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class MinimumData:
    """The least a model needs before it may publish.

    Attributes:
        customers: Customers with an order.
        history_days: Days between the first and the last known order.
        outcomes_each: Rows with and rows without the outcome, each.
    """

    customers: int = 500
    history_days: int = 180
    outcomes_each: int = 100

    def shortfalls(
        self,
        *,
        customers: int,
        history_days: int,
        feature_window_days: int,
        horizon_days: int,
        outcomes: np.ndarray,
    ) -> tuple[str, ...]:
        """Return what is missing, one sentence each; empty where the data suffice.

        Args:
            customers: Customers with an order.
            history_days: Days of order history.
            feature_window_days: Longest window that a feature looks back.
            horizon_days: Days the outcome looks ahead.
            outcomes: Outcome of each training row, shape (n,), NaN where not known; above 0 means it happened.
        """
        known = outcomes[~np.isnan(outcomes)]
        happened = int((known > 0).sum())
        needed_days = max(self.history_days, feature_window_days + horizon_days)
        reasons = []
        if customers < self.customers:
            reasons.append(f"{customers:,} customers have an order; a model needs {self.customers:,}.")
        if history_days < needed_days:
            reasons.append(
                f"The history covers {history_days:,} days; {needed_days:,} are needed "
                f"({feature_window_days:,} looked back on and {horizon_days:,} ahead, at least {self.history_days:,})."
            )
        for count, words in ((happened, "had the outcome"), (len(known) - happened, "did not have the outcome")):
            if count < self.outcomes_each:
                reasons.append(f"{count:,} known cases {words}; a model needs {self.outcomes_each:,} of them.")
        return tuple(reasons)
