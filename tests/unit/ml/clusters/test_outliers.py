"""A customer unlike every cluster is found, and never too many of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.clusters.outliers import outlier_limit


def test_the_limit_is_the_modified_z_score_of_three_and_a_half_on_logarithms() -> None:
    # Logarithms -2..2: the median is 0 and the median absolute deviation 1.
    distances = np.exp([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert outlier_limit(distances, max_share=0.4) == pytest.approx(np.exp(3.5 * 1.4826))


def test_among_equally_far_rows_there_is_no_limit() -> None:
    assert outlier_limit(np.ones(50), max_share=0.1) == np.inf
    assert outlier_limit(np.zeros(50), max_share=0.1) == np.inf


def test_nobody_is_an_outlier_where_none_is_allowed() -> None:
    assert outlier_limit(np.array([1.0, 2.0, 3.0, 1e9]), max_share=0.0) == np.inf


@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=60), st.sampled_from([0.01, 0.1, 0.3]))
def test_never_more_than_the_declared_share_lie_beyond_the_limit(values: list[float], max_share: float) -> None:
    distances = np.array(values)
    limit = outlier_limit(distances, max_share=max_share)
    assert (distances > limit).mean() <= max_share


def test_the_limit_does_not_depend_on_the_scale() -> None:
    distances = np.random.default_rng(0).lognormal(size=500)
    assert outlier_limit(distances * 100, max_share=0.05) == pytest.approx(
        100 * outlier_limit(distances, max_share=0.05)
    )
