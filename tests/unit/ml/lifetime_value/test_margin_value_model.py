"""Expected margin: the product of factors that each say what they are."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, ParameterFormatError
from ml.lifetime_value.margin_value import FAMILY, MarginValueModel


def buyers(*, customers: int = 800, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    age = draw.integers(60, 700, customers).astype(float)
    rate = draw.gamma(1.5, 1 / 60, customers)
    stays = np.minimum(draw.exponential(400, customers), age)
    orders = draw.poisson(rate * stays).astype(float)
    last = np.where(orders > 0, np.maximum(1.0, np.floor(stays * draw.random(customers) ** (1 / (orders + 1)))), 0.0)
    mean = draw.gamma(4, 15, customers)
    net = mean * (orders + 1)
    return pd.DataFrame(
        {
            "repeat_orders_count": orders,
            "first_to_last_order_days": np.minimum(last, age),
            "age_days": age,
            "orders_count": orders + 1,
            "mean_order_amount": mean,
            "net_amount": net,
            "margin_amount": net * draw.uniform(0.2, 0.4, customers),
        },
        index=pd.Index([f"k{number}" for number in range(customers)], name="customer_id"),
    )


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return buyers()


@pytest.fixture(scope="module")
def model(rows: pd.DataFrame) -> MarginValueModel:
    return MarginValueModel().fit(rows)


def test_the_value_is_the_product_of_the_factors(model: MarginValueModel, rows: pd.DataFrame) -> None:
    factors = model.predict_factors(rows, horizon_days=365)
    product = factors["expected_orders"] * factors["expected_order_amount"] * factors["margin_share"]
    assert np.allclose(factors["expected_margin"], product, rtol=1e-12)
    assert (factors["discounted_margin"] <= factors["expected_margin"]).all()
    assert (factors["discounted_margin"] >= factors["expected_margin"] / 1.1 - 1e-9).all()


def test_of_the_family_the_likeliest_serves(model: MarginValueModel, rows: pd.DataFrame) -> None:
    likelihoods = {name: kind().fit(rows).log_likelihood_ for name, kind in FAMILY.items()}
    assert model.buying_.log_likelihood_ == pytest.approx(max(likelihoods.values()))
    assert len(set(likelihoods.values())) == len(FAMILY)


def test_a_margin_share_is_drawn_to_everybody_s_the_more_the_less_was_bought(
    model: MarginValueModel, rows: pd.DataFrame
) -> None:
    once, often = rows.iloc[:1].copy(), rows.iloc[:1].copy()
    once[["net_amount", "margin_amount"]] = [model.prior_amount_, 0.0]
    often[["net_amount", "margin_amount"]] = [model.prior_amount_ * 9, 0.0]
    shares = [model.predict_factors(frame, horizon_days=90)["margin_share"].iloc[0] for frame in (once, often)]
    assert shares == pytest.approx([model.margin_share_ / 2, model.margin_share_ / 10])


def test_who_gave_back_more_than_was_bought_is_taken_for_everybody(model: MarginValueModel, rows: pd.DataFrame) -> None:
    refunded = rows.iloc[:1].assign(net_amount=-10.0, margin_amount=-8.0, orders_count=0.0, mean_order_amount=np.nan)
    assert model.predict_factors(refunded, horizon_days=90)["margin_share"].iloc[0] == model.margin_share_


def test_it_comes_back_from_a_document_with_sorted_keys(model: MarginValueModel, rows: pd.DataFrame) -> None:
    document = json.loads(json.dumps(model.to_parameters(), sort_keys=True))
    again = MarginValueModel.from_parameters(document)
    pd.testing.assert_frame_equal(
        again.predict_factors(rows, horizon_days=365), model.predict_factors(rows, horizon_days=365)
    )


def test_the_order_of_the_rows_does_not_matter(model: MarginValueModel, rows: pd.DataFrame) -> None:
    assert MarginValueModel().fit(rows.sample(frac=1, random_state=4)).to_parameters() == model.to_parameters()


def test_without_sales_there_is_nothing_to_learn(rows: pd.DataFrame) -> None:
    with pytest.raises(ModelInputError, match="nothing was sold"):
        MarginValueModel().fit(rows.assign(net_amount=-1.0))


@pytest.mark.parametrize("damage", [{"format": "other"}, {"family": "unknown"}, {"margin_share": None}])
def test_another_document_is_refused(model: MarginValueModel, damage: dict[str, object]) -> None:
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        MarginValueModel.from_parameters({**model.to_parameters(), **damage})
