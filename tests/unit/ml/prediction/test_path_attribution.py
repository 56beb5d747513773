"""What a prediction rests on adds up to the prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.evaluation.time_splits import PanelParts
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.boosted_regressor import BoostedRegressor
from ml.prediction.path_attribution import path_contributions, top_factors
from ml.prediction.tree_ensemble import TreeEnsemble

FEATURES = ("days_since_last_order", "order_days_365d_count", "engagement_score", "country", "is_member", "noise")


@pytest.fixture(scope="module")
def model(parts: PanelParts) -> BoostedClassifier:
    return BoostedClassifier(feature_names=FEATURES, outcome_name="returned_30d", max_trees=60).fit(parts)


def test_contributions_add_up_to_the_score_of_every_row(model: BoostedClassifier, panel: pd.DataFrame) -> None:
    features = model.encoder_.transform(panel)
    bias, contributions = path_contributions(model.trees_, features)
    np.testing.assert_allclose(bias + contributions.sum(axis=1), model.trees_.raw_score(features), atol=1e-12, rtol=0)


def test_the_expected_score_is_the_mean_over_the_rows_learnt_from(model: BoostedClassifier, parts: PanelParts) -> None:
    bias, _ = path_contributions(model.trees_, model.encoder_.transform(parts.train))
    assert bias == pytest.approx(model.raw_score(parts.train).mean(), abs=1e-9)


def test_a_tree_of_two_splits_is_attributed_as_by_hand() -> None:
    # 10 rows: x0 <= 0 has 6 of them with 1.0; of the other 4, x1 <= 0 has 1 with 2.0 and 3 with 4.0. Expected at
    # the root (6 + 2 + 12) / 10 = 2, right of it (2 + 12) / 4 = 3.5.
    tree = {
        "left": [1, 0, 3, 0, 0], "right": [2, 0, 4, 0, 0], "feature": [0, 0, 1, 0, 0],
        "threshold": [0.0, 0.0, 0.0, 0.0, 0.0], "missing_left": [0, 0, 0, 0, 0],
        "levels_left": [None] * 5, "value": [0.0, 1.0, 0.0, 2.0, 4.0], "rows": [10, 6, 4, 1, 3],
    }  # fmt: skip
    document = {"constant": 5.0, "level_counts": [], "feature_count": 2, "trees": [tree]}
    trees = TreeEnsemble.from_parameters(document)
    bias, contributions = path_contributions(trees, np.array([[-1.0, 0.0], [1.0, -1.0], [1.0, np.nan]]))
    assert bias == 7.0
    np.testing.assert_allclose(contributions, [[-1.0, 0.0], [1.5, -1.5], [1.5, 0.5]])


def test_the_strongest_factors_come_first_and_are_signed(model: BoostedClassifier, test_rows: pd.DataFrame) -> None:
    factors = top_factors(model, test_rows, count=3)
    effects = factors[["effect_1", "effect_2", "effect_3"]].abs().to_numpy()
    assert (np.diff(effects, axis=1) <= 0).all()
    assert factors.index.equals(test_rows.index)
    long_silent = test_rows["days_since_last_order"].to_numpy() > 250
    by_silence = (factors["factor_1"] == "days_since_last_order").to_numpy() & long_silent
    assert by_silence.any()
    assert (factors.loc[by_silence, "effect_1"] < 0).all()


def test_a_feature_by_chance_is_hardly_ever_the_strongest(model: BoostedClassifier, test_rows: pd.DataFrame) -> None:
    assert (top_factors(model, test_rows, count=1)["factor_1"] == "noise").mean() < 0.05


def test_amounts_have_factors_too(parts: PanelParts, test_rows: pd.DataFrame) -> None:
    def some(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["spend_30d_amount"] > 0]

    with_amount = PanelParts(
        train=some(parts.train), stopping=some(parts.stopping), calibration=some(parts.calibration)
    )
    names = ("net_revenue_365d_amount", "order_days_365d_count", "country")
    model = BoostedRegressor(feature_names=names, outcome_name="spend_30d_amount", max_trees=40).fit(with_amount)
    features = model.encoder_.transform(test_rows)
    bias, contributions = path_contributions(model.trees_, features)
    amounts = np.exp(bias + contributions.sum(axis=1)) * model.factor_
    np.testing.assert_allclose(amounts, model.predict(test_rows), rtol=1e-12)
