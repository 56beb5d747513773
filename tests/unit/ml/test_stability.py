"""Agreement between labellings is measured, not felt."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ml.evaluation.stability import membership_change, subsample_stability


def test_clusters_that_are_there_are_found_by_every_subsample() -> None:
    values = np.repeat([0.0, 10.0], 50)[:, None]

    def by_sign(drawn: np.ndarray, seed: int) -> np.ndarray:
        return (values[:, 0] > values[drawn, 0].mean()).astype(int)

    assert subsample_stability(values, by_sign, repeats=4, share=0.8, seed=1) == 1.0


def test_labels_by_chance_agree_by_chance_only() -> None:
    def by_chance(drawn: np.ndarray, seed: int) -> np.ndarray:
        return np.random.default_rng(seed).integers(0, 3, size=400)

    assert abs(subsample_stability(np.zeros((400, 1)), by_chance, repeats=6, share=0.5, seed=1)) < 0.02


def test_a_change_counts_who_stayed_joined_and_left() -> None:
    before = pd.Series(["c01", "c01", "c02", "c02"], index=list("abcd"))
    after = pd.Series(["c01", "c02", "c02", "c01"], index=list("bacx"))
    change = membership_change(before, after)
    assert (change.customers, change.joined, change.left) == (3, 1, 1)
    assert change.kept_share == 2 / 3


def test_renamed_codes_are_the_same_grouping_but_kept_by_nobody() -> None:
    before = pd.Series(["c01", "c02", "c01"], index=list("abc"))
    change = membership_change(before, before.map({"c01": "c02", "c02": "c01"}))
    assert (change.kept_share, change.adjusted_rand) == (0.0, 1.0)


def test_no_common_customer_is_no_agreement_at_all() -> None:
    change = membership_change(pd.Series(["c01"], index=["a"]), pd.Series(["c01"], index=["b"]))
    assert change.customers == 0
    assert math.isnan(change.kept_share)
