"""Histories of simulated buyers on a grid of days, for lifetime_value.py.

Belongs here: drawing them, to and from a file that every numpy reads. Does not belong here: fitting.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

# BG/NBD with times in days: r, alpha, a, b.
PARAMETERS = (0.5, 60.0, 0.8, 2.5)
OLDEST = 730


def write_histories(file: Path, customers: int, *, seed: int) -> None:
    """Draw customers of BG/NBD with ages of up to two years and write x, t_x and T."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = PARAMETERS
    age = rng.integers(1, OLDEST + 1, customers).astype(np.float64)
    rate, leaving = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    now, orders, last = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    going = np.arange(customers)
    while len(going):
        now[going] += rng.exponential(1.0, len(going)) / np.maximum(rate[going], 1e-300)
        going = going[now[going] <= age[going]]
        orders[going] += 1
        last[going] = now[going]
        going = going[rng.random(len(going)) >= leaving[going]]
    np.savez(file, orders=orders, last=np.minimum(np.ceil(last), age), age=age)
