"""Amounts of money.

Belongs here: rounding to cents and adding up. Does not belong here: what anything costs.
"""

from __future__ import annotations

import numpy as np

from orchestration.samples.company.randomness import Floats, Ints


def cents(amount: Floats) -> Floats:
    """Amounts rounded to a hundredth of their currency."""
    return np.asarray(np.round(amount, 2), np.float64)


def sums(amount: Floats, groups: Ints, count: int) -> Floats:
    """The sum of the amounts of each group 0 ... count - 1, in cents."""
    return cents(np.asarray(np.bincount(groups, amount, minlength=count), np.float64))
