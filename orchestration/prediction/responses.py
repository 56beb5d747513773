"""Who responds when contacted: learnt from the customers whom campaigns contacted.

Belongs here: the exposures with features as known before them, the proof on other customers. Does not belong here: the
model (``ml.prediction``), what a contact changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ml.errors import NotEnoughOutcomesError
from ml.evaluation.promotion import PromotionRule, decide_promotion
from ml.evaluation.time_splits import PanelParts
from ml.panels import customer_hash, outcome_values
from ml.prediction.response_predictor import ResponsePredictor
from orchestration.prediction.panel import model_features, panel_columns, with_derived
from orchestration.prediction.return_proof import MINIMUM
from orchestration.prediction.scorecard import CHANCE_METRICS, Tested
from orchestration.prediction.scoring import BASELINE, MODEL
from orchestration.prediction.tables import RESPONSES

NAME = "response_30d"
HORIZON_DAYS = 30
OUTCOME = "has_responded"
KEYS = ("customer_id", "as_of_date", "campaign_id")
JUDGED_SHARE = 0.3
# Of the customers learnt from, the shares that grow the trees and stop them; the rest calibrates.
TRAIN_SHARE, STOPPING_SHARE = 0.7, 0.15
MOST_EXPOSURES = 60_000
TREE_SETTINGS = {"max_rows": 60_000, "max_trees": 120, "min_leaf_rows": 30}


@dataclass(frozen=True, kw_only=True)
class ResponseModel:
    """What tonight's response propensities are made with, and how it was judged."""

    model: ResponsePredictor
    is_published: bool
    tested: Tested

    def rows(self, customers: pd.DataFrame, *, tonight: dt.date) -> pa.Table:
        """Return tonight's propensities of some customers."""
        chance = self.model.predict(customers) if self.is_published else self.model.predict_baseline(customers)
        count = len(customers)
        return pa.table(
            {
                "customer_id": pa.array(customers["customer_id"], pa.string()),
                "source": pa.repeat(pa.scalar(MODEL if self.is_published else BASELINE), count),
                "p_response_30d": chance,
                "is_randomised": pa.repeat(pa.scalar(self.model.is_randomised), count),
                "as_of_date": pa.repeat(pa.scalar(tonight, pa.date32()), count),
            },
            schema=RESPONSES,
        )


def learn_responses(connection: duckdb.DuckDBPyConnection) -> ResponseModel:
    """Learn and prove tonight's model of responses.

    There are few campaigns, often one; so the model is judged on customers whom it has not seen and not on later days.

    Raises:
        NotEnoughOutcomesError: There are too few exposures to learn from.
    """
    exposures = _exposures(connection)
    outcome = outcome_values(exposures, OUTCOME, owner=NAME) if len(exposures) else np.empty(0)
    happened = int((outcome > 0).sum())
    fewest = min(happened, len(outcome) - happened)
    if fewest < MINIMUM.outcomes_each or exposures["customer_id"].nunique() < MINIMUM.customers:
        raise NotEnoughOutcomesError(
            f"{len(exposures):,} contacts whose {HORIZON_DAYS} days are over, {happened:,} with a response",
            expected=f"{MINIMUM.outcomes_each} with and without a response, {MINIMUM.customers} customers",
            found=f"{happened} and {len(outcome) - happened}",
            fix="wait for campaigns, or connect the one that knows who was contacted",
        )
    position = (customer_hash(exposures["customer_id"], seed=4) >> np.uint64(11)).astype(np.float64) / 2.0**53
    is_judged = position < JUDGED_SHARE
    judged = exposures[is_judged].reset_index(drop=True)
    model = _fit(connection, exposures[~is_judged], position[~is_judged], low=JUDGED_SHARE)
    outcome = outcome_values(judged, OUTCOME, owner=NAME)
    predicted, baseline = model.predict(judged), model.predict_baseline(judged)
    decision = decide_promotion(
        outcome, predicted, {"base_rate": baseline}, judged["customer_id"], rule=PromotionRule(kind="probability")
    )
    dates = exposures["as_of_date"]
    return ResponseModel(
        model=_fit(connection, exposures, position, low=0.0),
        is_published=decision.is_promoted,
        tested=Tested(
            model=NAME,
            metrics={name: CHANCE_METRICS[name] for name in ("area_under_roc", "log_loss", "calibration_slope")},
            outcome=outcome,
            predicted=predicted,
            baselines={"base_rate": baseline},
            rows=judged,
            decision="promoted" if decision.is_promoted else "baseline",
            is_published=decision.is_promoted,
            reason=f"{' '.join(decision.reasons)} {model.meaning}",
            horizon_days=HORIZON_DAYS,
            trained_dates=(dates.min().date(), dates.max().date()),
            tested_on=dates.max().date(),
        ),
    )


def _fit(
    connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame, position: np.ndarray, *, low: float
) -> ResponsePredictor:
    share = (position - low) / (1 - low)
    train, stopping = share < TRAIN_SHARE, (share >= TRAIN_SHARE) & (share < TRAIN_SHARE + STOPPING_SHARE)
    parts = PanelParts(train=rows[train], stopping=rows[stopping], calibration=rows[~train & ~stopping])
    return ResponsePredictor(
        feature_names=model_features(),
        outcome_name=OUTCOME,
        keys=KEYS,
        is_randomised=_is_randomised(connection),
        tree_settings=TREE_SETTINGS,
    ).fit(parts)


def _is_randomised(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether every campaign held some customers out, so that chance decided who was contacted."""
    ((without,),) = connection.execute(
        """
        select count(*)
        from (
            select campaign_id
            from outcomes.outcome_campaigns__responses
            group by campaign_id
            having count(distinct arm) < 2
        )
        """
    ).fetchall()
    return bool(without == 0)


def _exposures(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    columns, tables = panel_columns()
    rows = connection.execute(
        f"""
        with contacted as (
            select *
            from (
                select customer_id, features_as_of_date, campaign_id, max(has_ordered) as has_ordered
                from outcomes.outcome_campaigns__responses
                where arm = 'treatment' and has_ordered is not null and features_as_of_date is not null
                group by all
            )
            qualify row_number() over (order by hash(customer_id, campaign_id) asc, customer_id asc, campaign_id asc)
                <= {MOST_EXPOSURES}
        )

        select {columns}, contacted.campaign_id, cast(contacted.has_ordered as double) as {OUTCOME}
        from {tables}
        inner join contacted
            on
                purchases.customer_id = contacted.customer_id
                and purchases.as_of_date = contacted.features_as_of_date
        where purchases.order_days_count > 0
        order by purchases.as_of_date, purchases.customer_id, contacted.campaign_id
        """
    ).fetchdf()
    return with_derived(rows)
