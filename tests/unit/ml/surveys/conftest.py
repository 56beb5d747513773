"""Simulated respondents for the tests of survey models.

Belongs here: answers and choices made from a seed, with the true class of each respondent. Does not belong here:
assertions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.surveys.answer_matrix import AnswerMatrix, answer_matrix

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


# Mean agreement (1-5) of four attitudes to six constructs of two items each.
LIKERT_MEANS = np.array(
    [
        [4.4, 2.4, 3.0, 2.6, 3.4, 3.0],
        [2.4, 4.3, 3.8, 3.0, 2.6, 3.2],
        [3.0, 3.0, 2.2, 4.4, 4.2, 2.6],
        [2.8, 2.6, 3.4, 3.4, 2.4, 4.5],
    ]
)
LIKERT_CONSTRUCTS = ("price", "style", "novelty", "nature", "calm", "company")


def likert_answers(n: int, *, seed: int = 0, missing: float = 0.04) -> tuple[pd.DataFrame, np.ndarray]:
    """Return ticks (1-5) of n respondents of four classes on twelve items, some skipped, and their classes.

    Some people agree with everything, and the second item of the first construct says the opposite of the first.
    """
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, size=n, p=[0.35, 0.3, 0.2, 0.15])
    meant = np.repeat(LIKERT_MEANS[truth] + rng.normal(0, 0.35, (n, 6)), 2, axis=1)
    meant[:, 1] = 6 - meant[:, 1]
    meant += rng.normal(0, 0.5, (n, 1)) + rng.normal(0, 0.6, (n, 12))
    ticks = np.clip(np.round(meant), 1, 5)
    ticks[rng.random((n, 12)) < missing] = np.nan
    columns = [f"{construct}_{number}" for construct in LIKERT_CONSTRUCTS for number in (1, 2)]
    index = pd.Index([f"cust_{person:05d}" for person in range(n)], name="customer_id")
    return pd.DataFrame(ticks, index=index, columns=columns), truth


def likert_matrix(ticks: pd.DataFrame, *, ipsatised: bool) -> AnswerMatrix:
    """Return the ticks as an answer matrix."""
    questions = pd.DataFrame(
        {
            "question_id": ticks.columns,
            "kind": "likert",
            "text": [f"{name.split('_')[0]} matters to me, {name[-1]}." for name in ticks.columns],
            "construct": [name.split("_")[0] for name in ticks.columns],
            "scale_min": 1.0,
            "scale_max": 5.0,
            "reversed": ticks.columns == "price_2",
        }
    )
    answers = ticks.melt(ignore_index=False, var_name="question_id", value_name="answer_number").reset_index()
    return answer_matrix(answers, questions, ipsatised=ipsatised)


@pytest.fixture(scope="session")
def likert() -> tuple[AnswerMatrix, pd.Series]:
    """700 respondents, centred, and their classes by customer_id."""
    ticks, truth = likert_answers(700)
    return likert_matrix(ticks, ipsatised=True), pd.Series(truth, index=ticks.index)
