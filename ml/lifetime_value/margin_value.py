"""What customers are expected to bring in margin: orders x value of an order x margin share, each of them learnt.

Belongs here: ``MarginValueModel``, which puts a buying model, the spend model and a shrunken margin share together.
Does not belong here: the likelihoods (one model a file), which value is published (the caller compares it with others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.errors import NotEnoughOutcomesError, ParameterFormatError
from ml.frames import checked_index, feature_matrix
from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.customer_value import expected_customer_value
from ml.lifetime_value.gamma_gamma_model import MEAN_AMOUNT, ORDERS, GammaGammaModel
from ml.lifetime_value.histories import COLUMNS as HISTORY_COLUMNS
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel

FORMAT = "tessera.margin_value_model"
FAMILY: Mapping[str, type[BuyingModel]] = {
    "beta_geo": BetaGeoModel,
    "modified_beta_geo": ModifiedBetaGeoModel,
    "pareto_nbd": ParetoNbdModel,
}
NET, MARGIN = "net_amount", "margin_amount"


class MarginValueModel(BaseEstimator):
    """Expected margin of each customer within a horizon, every factor a column.

    Of the family of buying models the one with the higher likelihood serves; all have four parameters, so that nothing
    has to be taken off for their number. Everybody's margin share is drawn to that of all customers together as if
    ``prior_orders`` orders of the mean value had been seen with it (the credibility formula of Buehlmann 1967 with the
    weight given).

    Frames have one row per customer, indexed by customer_id: the three columns of a history (see ``BuyingModel``),
    ``orders_count`` and ``mean_order_amount`` (see ``GammaGammaModel``), ``net_amount`` and ``margin_amount``, both of
    all orders so far, in one currency.

    Args:
        prior_orders: Orders that everybody's margin share counts for.
        yearly_rate: Discount per year, 0.1 for ten per cent.

    Attributes:
        family_: Name of the buying model, a key of ``FAMILY``.
        buying_: Fitted buying model.
        spending_: Fitted ``GammaGammaModel``.
        margin_share_: Margin over net amount of all customers together.
        prior_amount_: Net amount that ``margin_share_`` counts for with each customer.
    """

    def __init__(self, *, prior_orders: float = 3.0, yearly_rate: float = 0.1) -> None:
        self.prior_orders = prior_orders
        self.yearly_rate = yearly_rate

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn the three factors.

        Raises:
            ModelInputError: A column cannot be used, nobody ordered again, or nothing was sold.
        """
        fitted = {name: model().fit(X) for name, model in FAMILY.items()}
        self.family_ = max(fitted, key=lambda name: fitted[name].log_likelihood_)
        self.buying_ = fitted[self.family_]
        self.spending_ = GammaGammaModel().fit(X)
        net, margin = feature_matrix(X, (NET, MARGIN), owner="MarginValueModel").T
        # Sorted, as sums of floats depend on their order.
        net_total, margin_total = float(np.sort(net).sum()), float(np.sort(margin).sum())
        if net_total <= 0:
            raise NotEnoughOutcomesError(
                "MarginValueModel: nothing was sold",
                expected="more bought than refunded",
                found=f"a net amount of {net_total:g} of {len(X)} customers",
                fix="check the signs of the amounts",
            )
        self.margin_share_ = margin_total / net_total
        self.prior_amount_ = self.prior_orders * self.spending_.mean_order_value()
        return self

    def predict_factors(self, X: pd.DataFrame, *, horizon_days: float) -> pd.DataFrame:
        """Return the factors and their products, on the index of ``X``.

        Returns:
            ``p_alive`` and ``p_return`` (0-1), ``expected_orders`` and ``discounted_orders`` (given that customers may
            have left: P(alive) is part of them), ``expected_order_amount`` and ``margin_share``; ``expected_margin`` =
            expected_orders x expected_order_amount x margin_share, and ``discounted_margin`` with discounted orders.
        """
        check_is_fitted(self, "buying_")
        checked_index(X, owner="MarginValueModel")
        factors = expected_customer_value(
            self.buying_,
            self.spending_,
            X[list(HISTORY_COLUMNS)],
            X[[ORDERS, MEAN_AMOUNT]],
            horizon_days=horizon_days,
            yearly_rate=self.yearly_rate,
        ).drop(columns="discounted_amount")
        net, margin = feature_matrix(X, (NET, MARGIN), owner="MarginValueModel").T
        # Who was refunded more than was bought says nothing of margins to come.
        is_known = net > 0
        own_net, own_margin = np.where(is_known, net, 0.0), np.where(is_known, margin, 0.0)
        share = (own_margin + self.prior_amount_ * self.margin_share_) / (own_net + self.prior_amount_)
        factors["margin_share"] = np.minimum(share, 1.0)
        worth = factors["expected_order_amount"] * factors["margin_share"]
        factors["expected_margin"] = factors["expected_orders"] * worth
        factors["discounted_margin"] = factors["discounted_orders"] * worth
        return factors

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        check_is_fitted(self, "buying_")
        return {
            "format": FORMAT,
            "settings": self.get_params(),
            "family": self.family_,
            "buying": self.buying_.to_parameters(),
            "spending": self.spending_.to_parameters(),
            "margin_share": self.margin_share_,
            "prior_amount": self.prior_amount_,
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()`` without executing anything.

        Raises:
            ParameterFormatError: It is another document or a damaged one.
        """
        try:
            if parameters["format"] != FORMAT:
                raise ValueError(f"format {parameters['format']!r}")
            model = cls(**parameters["settings"])
            model.family_ = str(parameters["family"])
            model.buying_ = FAMILY[model.family_].from_parameters(parameters["buying"])
            model.spending_ = GammaGammaModel.from_parameters(parameters["spending"])
            model.margin_share_ = float(parameters["margin_share"])
            model.prior_amount_ = float(parameters["prior_amount"])
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ParameterFormatError):
                raise
            raise ParameterFormatError(
                "MarginValueModel: these are not its parameters",
                expected=f"a document of format {FORMAT!r}",
                found=f"{type(error).__name__}: {error}",
                fix="learn the model again",
            ) from error
        return model
