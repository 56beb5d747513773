"""Predictors of return, spend, response and category beside their baselines, on processes whose truth is known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.errors import ModelInputError, ParameterFormatError
from ml.evaluation.classification_metrics import area_under_roc, log_loss
from ml.evaluation.promotion import PromotionRule, decide_promotion
from ml.evaluation.time_splits import PanelParts, split_for_use
from ml.evaluation.value_metrics import mean_absolute_error, normalised_gini, total_forecast_error
from ml.prediction.category_predictor import CategoryPredictor
from ml.prediction.next_order_predictor import NextOrderPredictor
from ml.prediction.response_predictor import ResponsePredictor
from ml.prediction.return_predictor import ReturnPredictor
from ml.prediction.spend_predictor import SpendPredictor

FEATURES = (
    "days_since_last_order", "order_days_365d_count", "net_revenue_365d_amount",
    "engagement_score", "country", "is_member", "noise",
)  # fmt: skip


def read_back(model: Any) -> Any:
    return type(model).from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))


@pytest.fixture(scope="module")
def returns(parts: PanelParts) -> ReturnPredictor:
    return ReturnPredictor(feature_names=FEATURES, horizon_days=30).fit(parts)


@pytest.fixture(scope="module")
def spend(parts: PanelParts) -> SpendPredictor:
    return SpendPredictor(feature_names=FEATURES, horizon_days=30).fit(parts)


def test_the_horizon_names_the_prediction(returns: ReturnPredictor) -> None:
    assert returns.prediction_name == "p_return_30d"


def test_returns_are_promoted_over_the_rfm_cells(returns: ReturnPredictor, test_rows: pd.DataFrame) -> None:
    verdict = decide_promotion(
        test_rows["returned_30d"].to_numpy(),
        returns.predict(test_rows),
        {"rfm_cells": returns.predict_baseline(test_rows)},
        test_rows["customer_id"],
        rule=PromotionRule(kind="probability"),
    )
    assert verdict.is_promoted, verdict.reasons


def test_a_model_taught_shuffled_outcomes_is_not_promoted(parts: PanelParts, test_rows: pd.DataFrame) -> None:
    def shuffled(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(returned_30d=np.random.default_rng(9).permutation(rows["returned_30d"]))

    lied_to = PanelParts(
        train=shuffled(parts.train), stopping=shuffled(parts.stopping), calibration=shuffled(parts.calibration)
    )
    model = ReturnPredictor(feature_names=FEATURES, horizon_days=30).fit(lied_to)
    honest_baseline = ReturnPredictor(feature_names=FEATURES, horizon_days=30, tree_settings={"max_trees": 1}).fit(
        parts
    )
    verdict = decide_promotion(
        test_rows["returned_30d"].to_numpy(),
        model.predict(test_rows),
        {"rfm_cells": honest_baseline.predict_baseline(test_rows)},
        test_rows["customer_id"],
        rule=PromotionRule(kind="probability"),
    )
    assert not verdict.is_promoted


def test_spend_orders_customers_better_than_the_rfm_cells(spend: SpendPredictor, test_rows: pd.DataFrame) -> None:
    y = test_rows["spend_30d_amount"].to_numpy()
    model, baseline = spend.predict(test_rows), spend.predict_baseline(test_rows)
    attainable = normalised_gini(y, test_rows["true_amount"].to_numpy())
    assert normalised_gini(y, model) > 0.95 * attainable
    assert normalised_gini(y, model) > normalised_gini(y, baseline) + 0.02
    assert mean_absolute_error(y, model) < mean_absolute_error(y, baseline)


def test_spend_forecasts_the_total_of_the_base(spend: SpendPredictor, test_rows: pd.DataFrame) -> None:
    assert abs(total_forecast_error(test_rows["spend_30d_amount"].to_numpy(), spend.predict(test_rows))) < 0.08


def test_expected_spend_is_chance_times_amount(spend: SpendPredictor, test_rows: pd.DataFrame) -> None:
    factors = spend.predict_factors(test_rows)
    np.testing.assert_allclose(factors["chance"] * factors["amount_if_any"], factors["expected_amount"])
    assert factors.index.equals(test_rows.index)
    assert factors["chance"].between(0, 1).all()


def test_amounts_as_multiples_of_the_last_window_scale_with_it(parts: PanelParts, test_rows: pd.DataFrame) -> None:
    settings: dict[str, Any] = {"horizon_days": 30, "last_window_name": "net_revenue_365d_amount"}
    names = ("days_since_last_order", "order_days_365d_count", "country", "is_member")
    model = SpendPredictor(feature_names=names, **settings).fit(parts)
    y = test_rows["spend_30d_amount"].to_numpy()
    attainable = normalised_gini(y, test_rows["true_amount"].to_numpy())
    assert normalised_gini(y, model.predict(test_rows)) > 0.95 * attainable
    doubled = test_rows.assign(net_revenue_365d_amount=2 * test_rows["net_revenue_365d_amount"] + model.floor_)
    np.testing.assert_allclose(
        model.predict_factors(doubled)["amount_if_any"], 2 * model.predict_factors(test_rows)["amount_if_any"]
    )
    again = read_back(model)
    np.testing.assert_array_equal(again.predict(test_rows), model.predict(test_rows))
    known = parts.known()
    assert again.predict_last_window(known).sum() == pytest.approx(known["spend_30d_amount"].sum())
    with pytest.raises(ModelInputError, match="no last window"):
        SpendPredictor(feature_names=names, horizon_days=30, tree_settings={"max_trees": 1}).fit(
            parts
        ).predict_last_window(test_rows)


def test_no_predictor_depends_on_the_order_of_the_rows(parts: PanelParts) -> None:
    def shuffled(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.sample(frac=1, random_state=4)

    mixed = PanelParts(
        train=shuffled(parts.train), stopping=shuffled(parts.stopping), calibration=shuffled(parts.calibration)
    )
    settings: dict[str, Any] = {"feature_names": FEATURES, "tree_settings": {"max_trees": 8}}
    for make in (
        lambda: ReturnPredictor(horizon_days=30, **settings),
        lambda: SpendPredictor(horizon_days=30, last_window_name="net_revenue_365d_amount", **settings),
        lambda: NextOrderPredictor(limits=(30, 60), **settings),
        lambda: ResponsePredictor(outcome_name="returned_30d", keys=("customer_id", "as_of_date"), **settings),
    ):
        assert json.dumps(make().fit(mixed).to_parameters()) == json.dumps(make().fit(parts).to_parameters())


def test_more_refunded_than_bought_counts_in_the_total(parts: PanelParts) -> None:
    def refunded(rows: pd.DataFrame) -> pd.DataFrame:
        none = rows["spend_30d_amount"] == 0
        return rows.assign(spend_30d_amount=rows["spend_30d_amount"].where(~none, -2.0))

    changed = PanelParts(
        train=refunded(parts.train), stopping=refunded(parts.stopping), calibration=refunded(parts.calibration)
    )
    model = SpendPredictor(feature_names=FEATURES, horizon_days=30, tree_settings={"max_trees": 20}).fit(changed)
    total = changed.calibration["spend_30d_amount"].sum()
    assert total < parts.calibration["spend_30d_amount"].sum()
    assert model.predict(changed.calibration).sum() == pytest.approx(total)


def test_a_loss_of_everybody_together_is_refused(parts: PanelParts) -> None:
    lost = PanelParts(
        train=parts.train,
        stopping=parts.stopping,
        calibration=parts.calibration.assign(
            spend_30d_amount=lambda rows: rows["spend_30d_amount"] - 1000 * (rows.index % 2)
        ),
    )
    with pytest.raises(ModelInputError, match="more bought than refunded"):
        SpendPredictor(feature_names=FEATURES, horizon_days=30, tree_settings={"max_trees": 2}).fit(lost)


def test_predictors_are_read_back_to_the_last_bit(
    returns: ReturnPredictor, spend: SpendPredictor, test_rows: pd.DataFrame
) -> None:
    for model in (returns, spend):
        again = read_back(model)
        np.testing.assert_array_equal(again.predict(test_rows), model.predict(test_rows))
        np.testing.assert_array_equal(again.predict_baseline(test_rows), model.predict_baseline(test_rows))
        with pytest.raises(ParameterFormatError):
            type(model).from_parameters(model.to_parameters() | {"format": "os.system"})
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        SpendPredictor.from_parameters(spend.to_parameters() | {"numbers": {"factor_": "1"}})
    with pytest.raises(ParameterFormatError):
        SpendPredictor.from_parameters(returns.to_parameters())


def exposures(n: int = 18000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    clicks, age = rng.poisson(1.5, n).astype(float), rng.uniform(18, 80, n)
    p = expit(-3 + 0.7 * np.minimum(clicks, 4) - 0.5 * (age > 60))
    return pd.DataFrame(
        {
            "customer_id": [f"c{i % 6000}" for i in range(n)],
            "as_of_date": pd.to_datetime("2026-01-01") + pd.to_timedelta(30 * (np.arange(n) // 6000), unit="D"),
            "campaign_id": [f"k{i // 6000}" for i in range(n)],
            "click_90d_count": clicks,
            "age_years": age,
            "has_responded": (rng.random(n) < p).astype(float),
            "truth": p,
        }
    )


def test_responses_are_told_better_than_by_the_base_rate() -> None:
    rows, later = exposures(), exposures(seed=1)
    third = rows["campaign_id"].to_numpy()
    parts = PanelParts(train=rows[third == "k0"], stopping=rows[third == "k1"], calibration=rows[third == "k2"])
    model = ResponsePredictor(feature_names=("click_90d_count", "age_years")).fit(parts)
    y = later["has_responded"].to_numpy()
    assert log_loss(y, model.predict(later)) < log_loss(y, model.predict_baseline(later)) - 0.01
    attainable = area_under_roc(y, later["truth"].to_numpy()) - 0.5
    assert area_under_roc(y, model.predict(later)) - 0.5 > 0.93 * attainable
    assert "not what the contact changes" in model.meaning
    assert "they were chosen" in model.meaning
    assert "they were chosen" not in ResponsePredictor(feature_names=(), is_randomised=True).meaning
    np.testing.assert_array_equal(read_back(model).predict(later), model.predict(later))
    assert model.predict_baseline(later)[0] == pytest.approx(rows["has_responded"].mean())


def baskets(n: int = 1500, dates: int = 5, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    categories = ["coffee", "tea", "pots", "cups", "rare"]
    base = np.array([0.5, 0.25, 0.15, 0.095, 0.005])
    taste = rng.dirichlet(8 * base, n)
    rows = []
    for number in range(dates):
        total = rng.poisson(6, n) + 1
        own = np.array([rng.multinomial(t, p) for t, p in zip(total, taste, strict=True)])
        since = rng.exponential(60, (n, 5)) + 300 * (own == 0)
        p = expit(-2.2 + 5 * taste - 0.01 * np.minimum(since, 120) + np.array([0, 0, 1.0, 0, -2]))
        for k, category in enumerate(categories):
            rows.append(
                pd.DataFrame(
                    {
                        "customer_id": [f"c{i}" for i in range(n)],
                        "as_of_date": pd.Timestamp("2025-01-31") + pd.Timedelta(days=100 * number),
                        "category_code": category,
                        "category_order_365d_count": own[:, k].astype(float),
                        "order_365d_count": total.astype(float),
                        "own_share": own[:, k] / total,
                        "days_since_category": np.where(own[:, k] == 0, np.nan, since[:, k]),
                        "bought_category_90d": (rng.random(n) < p[:, k]).astype(float),
                        "truth": p[:, k],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def test_categories_are_told_better_than_by_what_was_bought() -> None:
    rows = baskets()
    dates = sorted(rows["as_of_date"].unique())
    split = split_for_use(dates, used_on=dates[-1], horizon_days=90)
    names = ("own_share", "days_since_category", "category_order_365d_count", "order_365d_count")
    model = CategoryPredictor(feature_names=names, max_categories=4).fit(split.parts(rows))
    assert model.categories_ == ["coffee", "cups", "pots", "tea"]
    later = rows[rows["as_of_date"] == dates[-1]]
    predicted, baseline = model.predict(later), model.predict_baseline(later)
    learnt = (later["category_code"] != "rare").to_numpy()
    assert np.isnan(predicted[~learnt]).all()
    assert np.isnan(baseline[~learnt]).all()
    y = later["bought_category_90d"].to_numpy()[learnt]
    predicted, baseline = predicted[learnt], baseline[learnt]
    assert log_loss(y, predicted) < log_loss(y, baseline) - 0.01
    truth = later["truth"].to_numpy()[learnt]
    assert area_under_roc(y, predicted) - 0.5 > 0.85 * (area_under_roc(y, truth) - 0.5)
    np.testing.assert_array_equal(read_back(model).predict(later), model.predict(later))
