"""Simulated respondents for the tests of survey models.

Belongs here: answers and choices made from a seed, with the true class of each respondent. Does not belong here:
assertions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

MAX_DIFF_ITEMS = (
    "delivery", "design", "durability", "ease", "gift wrapping", "novelty", "origin", "price", "range", "service",
)  # fmt: skip
MAX_DIFF_UTILITIES = np.array(
    [
        [0.5, -0.8, 0.2, 1.0, -1.2, -0.9, -0.9, 2.2, 0.2, -0.3],
        [-0.6, 1.9, 1.2, -0.4, -0.9, 1.0, 0.3, -1.6, -0.1, -0.8],
        [0.3, 0.2, -0.4, -0.2, 2.3, -0.2, -0.6, -0.5, -0.1, -0.8],
        [1.3, -1.4, 0.9, 0.6, -1.7, -1.6, -0.3, 0.0, 0.4, 1.8],
    ]
)


def max_diff_choices(
    n: int, *, seed: int = 0, tasks: int = 8, size: int = 4, with_worst: bool = True
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return choices of n respondents of four classes in ten versions of the questionnaire, and their classes."""
    rng = np.random.default_rng(seed)
    p = len(MAX_DIFF_ITEMS)
    versions = [[np.sort(rng.choice(p, size, replace=False)) for _ in range(tasks)] for _ in range(10)]
    truth = rng.choice(4, size=n, p=[0.35, 0.3, 0.2, 0.15])
    rows = []
    for person in range(n):
        utilities = MAX_DIFF_UTILITIES[truth[person]]
        for number, shown in enumerate(versions[person % 10]):
            best = shown[np.argmax(utilities[shown] + rng.gumbel(size=size))]
            left = shown[shown != best]
            worst = left[np.argmax(-utilities[left] + rng.gumbel(size=size - 1))]
            rows.append(
                {
                    "customer_id": f"cust_{person:05d}",
                    "task_id": f"t{number:02d}",
                    "shown": tuple(MAX_DIFF_ITEMS[item] for item in shown),
                    "best_item": MAX_DIFF_ITEMS[best],
                    "worst_item": MAX_DIFF_ITEMS[worst] if with_worst else None,
                }
            )
    return pd.DataFrame(rows), truth


@pytest.fixture(scope="session")
def choices() -> tuple[pd.DataFrame, np.ndarray]:
    """600 respondents who answered eight tasks, and their classes."""
    return max_diff_choices(600)
