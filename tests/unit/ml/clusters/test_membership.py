"""How surely a row is in its cluster is what resampled clusterings say."""

from __future__ import annotations

import numpy as np
import pytest

from ml.clusters.lloyd import clearness, fit_centers, nearest_labels, nearest_two
from ml.clusters.membership import measure_membership, membership_share, resampled_labels


def two_heaps(distance: float, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(n, 5))
    values[: n // 2, 0] += distance
    return values, fit_centers(values, 2, seed=0, starts=3)


def test_heaps_far_apart_are_found_again_whole() -> None:
    values, centers = two_heaps(12.0)
    found = measure_membership(values, centers, repeats=6, starts=2, seed=0)
    assert found.recovery == pytest.approx([1, 1])
    assert found.agreement == pytest.approx(1)


def test_one_heap_cut_in_two_is_not() -> None:
    values, centers = two_heaps(0.0)
    found = measure_membership(values, centers, repeats=6, starts=2, seed=0)
    # Hennig (2007): a cluster counts as stable from a Jaccard coefficient of .75 on.
    assert found.recovery.max() < 0.7
    assert found.agreement < 0.6


def test_labels_of_resamples_are_numbered_like_those_given() -> None:
    values, centers = two_heaps(12.0)
    swapped = 1 - nearest_labels(values, centers)
    again = resampled_labels(values, swapped, 2, repeats=4, starts=2, seed=3)
    assert (again == swapped).all()


def test_the_curve_never_falls_and_is_at_most_a_half_on_the_border() -> None:
    values, centers = two_heaps(3.0)
    found = measure_membership(values, centers, repeats=10, starts=2, seed=0)
    assert np.all(np.diff(found.shares) >= 0)
    assert np.all(np.diff(found.clearness) >= 0)
    assert (found.clearness[0], found.clearness[-1]) == (0, 1)
    sure = membership_share(clearness(nearest_two(values, centers)), found.clearness, found.shares)
    assert sure.min() >= 0
    assert sure.max() <= 1
    assert membership_share(np.array([0.0]), found.clearness, found.shares)[0] <= 0.5
