"""The number of clusters is chosen by a rule that can be read."""

from __future__ import annotations

import pandas as pd

from ml.clusters.selection import rank_candidates


def measured(*rows: tuple[int, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["k", "stability", "separation", "smallest_share"])


def ranked(table: pd.DataFrame, *, previous_k: int | None = None) -> list[int]:
    return rank_candidates(table, min_share=0.02, min_stability=0.8, tolerance=0.04, previous_k=previous_k)[1]


def test_separation_decides_between_stable_candidates() -> None:
    assert ranked(measured((3, 0.9, 0.3, 0.2), (4, 0.9, 0.5, 0.2), (5, 0.9, 0.4, 0.2))) == [4, 5, 3]


def test_of_equally_separate_candidates_the_largest_is_taken() -> None:
    assert ranked(measured((3, 0.9, 0.23, 0.2), (4, 0.9, 0.22, 0.2), (5, 0.9, 0.20, 0.1)))[0] == 5


def test_a_small_cluster_or_an_unstable_clustering_is_not_eligible() -> None:
    table = measured((3, 0.9, 0.2, 0.2), (4, 0.99, 0.9, 0.019), (5, 0.7, 0.9, 0.2))
    assert rank_candidates(table, min_share=0.02, min_stability=0.8, tolerance=0.04)[0]["eligible"].tolist() == [
        True,
        False,
        False,
    ]
    assert ranked(table) == [3]


def test_when_none_is_stable_enough_the_most_stable_is_taken() -> None:
    assert ranked(measured((3, 0.5, 0.2, 0.2), (4, 0.6, 0.1, 0.2))) == [4]


def test_when_every_candidate_has_a_small_cluster_none_is_left() -> None:
    assert ranked(measured((3, 0.9, 0.2, 0.01))) == []


def test_last_nights_number_is_kept_unless_another_is_clearly_better() -> None:
    table = measured((4, 0.75, 0.20, 0.2), (5, 0.9, 0.26, 0.2))
    assert ranked(table) == [5]
    assert ranked(table, previous_k=4)[0] == 4
    assert ranked(table.assign(separation=[0.20, 0.40]), previous_k=4)[0] == 5
    assert ranked(table.assign(stability=[0.6, 0.9]), previous_k=4) == [5]
