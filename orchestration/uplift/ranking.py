"""One campaign's ranking: learnt from its customers, judged on those it has not seen, applied to tonight's.

Belongs here: features, the verdict, the rows of the tables. Does not belong here: which campaigns (``night``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.uplift.cross_fitting import cross_fit
from ml.uplift.qini import QiniCoefficient, QiniPoint, qini_coefficient, qini_curve
from ml.uplift.ridge_uplift import RidgeUplift
from orchestration.prediction.tables import METRICS, table_of
from orchestration.uplift.tables import CURVES, CUSTOMERS

MODEL = "uplift_30d"
FEATURES = (
    "days_since_last_order",
    "days_since_first_order",
    "order_count",
    "order_30d_count",
    "order_90d_count",
    "order_365d_count",
    "average_order_value_365d_amount",
    "discount_365d_share",
    "is_business",
)
# Fewer tell nothing of a difference between two differences.
LEAST_OF_AN_ARM, LEAST_RESPONSES = 200, 30
# The largest of a hundred margins decide a mean alone; what is beyond is cut off.
MARGIN_QUANTILE = 0.99


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What was learnt of a campaign.

    Attributes:
        campaign_id: The campaign.
        response, margin: Models of all its customers; margin is None where its ranking is no better than chance.
        qini_response, qini_margin: Out of sample.
        curve: Of the response.
        customers: Learnt from.
        assigned_on: Day of the first assignment.
    """

    campaign_id: str
    response: RidgeUplift
    margin: RidgeUplift | None
    qini_response: QiniCoefficient
    qini_margin: QiniCoefficient
    curve: list[QiniPoint]
    customers: int
    assigned_on: dt.date

    @property
    def is_published(self) -> bool:
        return self.qini_response.beats_random

    @property
    def reason(self) -> str:
        """Why it is published or not, in words."""
        told = f"{self.qini_response.low:.4f} to {self.qini_response.high:.4f}"
        if self.is_published:
            return f"Customers whom the model has not seen answer more the higher it ranks them (Qini {told})."
        return f"Whom contacting changes more cannot be told: the Qini coefficient may be 0 or less ({told})."


def too_little(customers: pd.DataFrame) -> str:
    """Why nothing can be learnt of these customers of a campaign, in words; empty where it can."""
    arms = customers.groupby("is_treated")["has_ordered"].agg(["size", "sum"]).reindex([True, False], fill_value=0)
    if arms["size"].min() < LEAST_OF_AN_ARM or arms["sum"].min() < LEAST_RESPONSES:
        return (
            f"An arm has {int(arms['size'].min())} customers and {int(arms['sum'].min())} who ordered; it takes "
            f"{LEAST_OF_AN_ARM} and {LEAST_RESPONSES}."
        )
    return ""


def learn_ranking(campaign_id: str, customers: pd.DataFrame) -> Ranking:
    """Learn and judge the ranking of a campaign.

    Args:
        campaign_id: The campaign.
        customers: Its customers by customer_id, with features as of before their assignment, is_treated, has_ordered,
            margin_amount and assigned_date.
    """
    treated = customers["is_treated"].to_numpy(bool)
    ordered = customers["has_ordered"].to_numpy(np.float64)
    margin = customers["margin_amount"].to_numpy(np.float64)
    limit = float(np.quantile(np.abs(margin[margin != 0]), MARGIN_QUANTILE)) if (margin != 0).any() else 0.0
    margin = np.clip(margin, -limit, limit)
    of_response, of_margin = (
        cross_fit(_model(), customers, outcome, treated, customers=customers["customer_id"])
        for outcome in (ordered, margin)
    )
    qini_margin = qini_coefficient(of_margin.change, of_margin.effects)
    return Ranking(
        campaign_id=campaign_id,
        response=_model().fit(customers, ordered, treated),
        margin=_model().fit(customers, margin, treated) if qini_margin.beats_random else None,
        qini_response=qini_coefficient(of_response.change, of_response.effects),
        qini_margin=qini_margin,
        curve=qini_curve(of_response.change, of_response.effects),
        customers=len(customers),
        assigned_on=customers["assigned_date"].min().date(),
    )


def customer_rows(ranking: Ranking, customers: pd.DataFrame, *, tonight: dt.date) -> pa.Table:
    """Return tonight's customers with what contacting each is expected to change, the first tenth the highest."""
    change = ranking.response.predict(customers)
    # Of equal changes the id decides, so that the tenths are of one size.
    order = np.lexsort((customers["customer_id"].to_numpy(str), -change))
    tenth = np.empty(len(customers), np.int32)
    tenth[order] = np.arange(len(customers)) * 10 // max(len(customers), 1) + 1
    return pa.table(
        {
            "customer_id": pa.array(customers["customer_id"], pa.string()),
            "campaign_id": pa.repeat(pa.scalar(ranking.campaign_id), len(customers)),
            "expected_response_lift": change,
            "expected_margin_lift": pa.nulls(len(customers), pa.float64())
            if ranking.margin is None
            else pa.array(ranking.margin.predict(customers)),
            "lift_tenth": tenth,
            "as_of_date": pa.repeat(pa.scalar(tonight, pa.date32()), len(customers)),
        },
        schema=CUSTOMERS,
    )


def metric_rows(ranking: Ranking, *, tonight: dt.date) -> pa.Table:
    """Return both Qini coefficients beside a random order, whose coefficient is 0."""
    return table_of(
        [
            {
                **_row(ranking.campaign_id, ranking.reason, customers=ranking.customers, tonight=tonight),
                "metric": metric,
                "baseline": "random",
                "decision": "promoted" if ranking.is_published else "baseline",
                "model_value": qini.estimate,
                "model_lower": qini.low,
                "model_upper": qini.high,
                "baseline_value": 0.0,
                "difference": qini.estimate,
                "difference_lower": qini.low,
                "difference_upper": qini.high,
                "is_published": ranking.is_published and qini.beats_random,
                "trained_from": ranking.assigned_on,
                "trained_to": ranking.assigned_on,
                "tested_on": ranking.assigned_on,
            }
            for metric, qini in (("qini_response", ranking.qini_response), ("qini_margin", ranking.qini_margin))
        ],
        METRICS,
    )


def not_ranked(campaign_id: str, reason: str, *, customers: int, tonight: dt.date) -> pa.Table:
    """Return the row of a campaign of which nothing could be learnt: no figures, but why."""
    return table_of(
        [
            {
                **_row(campaign_id, reason, customers=customers, tonight=tonight),
                "metric": "none",
                "baseline": "none",
                "decision": "not_learned",
                "is_published": False,
            }
        ],
        METRICS,
    )


def curve_rows(ranking: Ranking, *, tonight: dt.date) -> pa.Table:
    """Return the Qini curve."""
    return table_of(
        [
            {
                "campaign_id": ranking.campaign_id,
                "customers_share": point.share,
                "gain": point.gain,
                "gain_low": point.low,
                "gain_high": point.high,
                "random_gain": point.random_gain,
                "is_published": ranking.is_published,
                "as_of_date": tonight,
            }
            for point in ranking.curve
        ],
        CURVES,
    )


def _row(campaign_id: str, reason: str, *, customers: int, tonight: dt.date) -> dict[str, object]:
    return {
        "model": MODEL,
        "version": "none",
        "slice": f"campaign={campaign_id}",
        "reason": reason,
        "horizon_days": 30,
        "customers_count": customers,
        "as_of_date": tonight,
    }


def _model() -> RidgeUplift:
    return RidgeUplift(feature_names=FEATURES)
