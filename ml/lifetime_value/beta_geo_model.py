"""BG/NBD: customers may leave after any repeat order.

Belongs here: ``BetaGeoModel``. Does not belong here: the formulas it shares with MBG/NBD (beta_geometric.py).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ml.lifetime_value import beta_geometric
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.histories import Histories
from ml.lifetime_value.maximiser import Evaluation


class BetaGeoModel(BuyingModel):
    """The beta-geometric/NBD model of Fader, Hardie & Lee (2005), "Counting your customers" the easy way.

    Parameters: ``r`` and ``alpha`` (time) of the gamma distribution of order rates, ``a`` and ``b`` of the beta
    distribution of the probability to leave after a repeat order. Bounds: shapes 1e-4 to 1e4, alpha 1e-4 to 1e8.

    See ``BuyingModel`` for arguments, input and methods, and ``MaximumLikelihoodModel`` for what is learnt.
    """

    FORMAT: ClassVar[str] = "tessera.beta_geo_model"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    LOWER: ClassVar[tuple[float, ...]] = (1e-4, 1e-4, 1e-4, 1e-4)
    UPPER: ClassVar[tuple[float, ...]] = (1e4, 1e8, 1e4, 1e4)
    FIRST_ORDER_IS_CHANCE: ClassVar[bool] = False

    def _starts(self, histories: Histories) -> list[np.ndarray]:
        rate = float(histories.orders @ histories.by_orders / (histories.times @ histories.by_age))
        # Chances to leave that differ, that are alike for all, and hardly any.
        leaving = ((1.0, 2.5), (20.0, 20.0), (0.05, 1.0))
        return [np.log([0.5, 0.5 / rate, a, b]) for a, b in leaving]

    def _evaluate(self, log_parameters: np.ndarray, histories: Histories) -> Evaluation:
        return beta_geometric.evaluate(log_parameters, histories, first_order_is_chance=self.FIRST_ORDER_IS_CHANCE)

    def _p_alive(self, orders: np.ndarray, last: np.ndarray, age: np.ndarray) -> np.ndarray:
        return beta_geometric.p_alive(
            self.parameters_, orders, last, age, first_order_is_chance=self.FIRST_ORDER_IS_CHANCE
        )

    def _p_return_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        r, alpha, *_ = self.parameters_.values()
        return beta_geometric.p_return_if_alive(r + orders, alpha + age, horizon)

    def _expected_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        # Given alive at T, the rate is Gamma(r + x, alpha + T) and p, with no chance to leave taken, Beta(a, b + k).
        r, alpha, a, b = self.parameters_.values()
        chances = orders + float(self.FIRST_ORDER_IS_CHANCE)
        return beta_geometric.expected_orders_if_alive(
            r + orders, alpha + age, np.asarray(a), b + chances, np.asarray(horizon)
        )

    def _expected_from_start(self, horizon: np.ndarray) -> np.ndarray:
        r, alpha, a, b = (np.asarray(value) for value in self.parameters_.values())
        return beta_geometric.expected_orders_if_alive(r, alpha, a, b, horizon)
