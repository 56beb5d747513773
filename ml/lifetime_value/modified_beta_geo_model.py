"""MBG/NBD: customers may leave after any order, the first one included.

Belongs here: ``ModifiedBetaGeoModel``. Does not belong here: the formulas it shares with BG/NBD (beta_geometric.py).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ml.lifetime_value import beta_geometric
from ml.lifetime_value.beta_geo_model import BetaGeoModel


class ModifiedBetaGeoModel(BetaGeoModel):
    """The modified BG/NBD model of Batislam, Denizel & Filiztekin (2007), corrected by Wagner & Hoppe (2008).

    As BG/NBD, with a chance to leave right after the first order too, so that one-time buyers can have left.

    See ``BuyingModel`` for arguments, input and methods, and ``MaximumLikelihoodModel`` for what is learnt.
    """

    FORMAT: ClassVar[str] = "tessera.modified_beta_geo_model"
    FIRST_ORDER_IS_CHANCE: ClassVar[bool] = True

    def _expected_from_start(self, horizon: np.ndarray) -> np.ndarray:
        # A share b / (a + b) stays after the first order, and for those p is Beta(a, b + 1).
        r, alpha, a, b = (np.asarray(value) for value in self.parameters_.values())
        return b / (a + b) * beta_geometric.expected_orders_if_alive(r, alpha, a, b + 1, horizon)
