"""Levels earn words in names and descriptions beside numbers."""

from __future__ import annotations

import numpy as np
import pytest

from ml.clusters.naming import FeatureMeaning, joined, name_clusters, typical_shares, typical_values
from ml.evaluation.drift import MISSING, OTHER

CHANNEL = FeatureMeaning(
    feature="channel", aspect="channel", role="adjective", high="{level}-first", clause="{value} order by {level}"
)


def test_shares_differ_by_cohens_h() -> None:
    """Cohen (1988), table 6.2.2: .65 against .45 is an h of .40 to two places."""
    indicators = np.zeros((200, 1))
    indicators[:65] = 1
    indicators[100:125] = 1
    labels = np.repeat([0, 1], 100)
    typical = typical_shares(indicators, labels, 2)
    assert typical.clusters[:, 0].tolist() == [0.65, 0.25]
    assert typical.everyone.tolist() == [0.45]
    assert typical.effects[0, 0] == pytest.approx(0.40, abs=0.005)


def named(levels: list[str]) -> list[str]:
    shares = np.vstack([np.tile([1.0, 0.0], (50, 1)), np.tile([0.0, 1.0], (50, 1))])
    labels = np.repeat([0, 1], 50)
    spend = np.random.default_rng(0).normal(100, 5, (100, 1))
    both = joined(typical_values(spend, labels, 2), typical_shares(shares, labels, 2))
    features = ["spend", "channel", "channel"]
    found = name_clusters(both, features, [CHANNEL], order=[0, 1], levels=[None, *levels])
    return [f"{cluster.name}: {cluster.description}" for cluster in found]


def test_a_level_names_the_cluster_that_has_it_and_only_that_one() -> None:
    first, second = named(["app", "Sales_Rep"])
    assert first.startswith("App-first buyers: 100 % order by app against 50 % for all customers")
    assert second.startswith("Sales rep-first buyers: 100 % order by sales rep against 50 % for all customers")


def test_other_and_missing_levels_are_told_but_name_nobody() -> None:
    first, second = named([OTHER, MISSING])
    assert not first.casefold().startswith(("other", "missing"))
    assert "order by other" in first
    assert "order by unknown" in second


def test_braces_in_the_name_of_a_level_are_only_text() -> None:
    assert named(["{app", "{value}"])[0].startswith("{app-first buyers: 100 % order by {app")
    assert named(["app", "{value}"])[1].endswith("100 % order by value against 50 % for all customers.")
