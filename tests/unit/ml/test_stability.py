"""Agreement between labellings is measured, not felt."""

from __future__ import annotations

import numpy as np

from ml.evaluation.stability import subsample_stability


def test_clusters_that_are_there_are_found_by_every_subsample() -> None:
    values = np.repeat([0.0, 10.0], 50)[:, None]

    def by_sign(drawn: np.ndarray, seed: int) -> np.ndarray:
        return (values[:, 0] > values[drawn, 0].mean()).astype(int)

    assert subsample_stability(values, by_sign, repeats=4, share=0.8, seed=1) == 1.0


def test_labels_by_chance_agree_by_chance_only() -> None:
    def by_chance(drawn: np.ndarray, seed: int) -> np.ndarray:
        return np.random.default_rng(seed).integers(0, 3, size=400)

    assert abs(subsample_stability(np.zeros((400, 1)), by_chance, repeats=6, share=0.5, seed=1)) < 0.02
