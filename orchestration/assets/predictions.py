"""The asset of predictions: features and outcomes in, tables of what customers will do next out.

Belongs here: the asset, its results for the gate. Does not belong here: which rows, models and dates
(``orchestration.prediction``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.model_tables import Made, ModelTables
from orchestration.configuration.deployment import Deployment
from orchestration.gate.expectations import (
    MODEL_CHECKS,
    PREDICTIONS_BUILD,
    RETURN_CHANCES_MOVED,
    RETURN_FEATURES_MOVED,
    RETURN_OUTCOMES_MOVED,
    RETURN_PROMOTED,
    VALUE_OUTCOMES_MOVED,
)
from orchestration.gate.ledger import Status
from orchestration.learning_anew import PREDICTIONS, LearnAnew
from orchestration.model_store import ModelStore
from orchestration.repository import ROOT
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb

    from orchestration.prediction.night import Foretold

_PREDICTIONS = ModelTables(
    name=PREDICTIONS,
    build=PREDICTIONS_BUILD,
    checks=MODEL_CHECKS,
    reads=[
        ("features", "feat_customers__purchases"),
        ("features", "feat_customers__products"),
        ("features", "feat_customers__channels"),
        ("features", "feat_customers__delivery"),
        ("features", "feat_customers__engagement"),
        ("features", "feat_customers__campaigns"),
        ("features", "feat_customers__satisfaction"),
        ("features", "feat_customers__support"),
        ("features", "feat_customers__consent"),
        ("features", "feat_customers__demographics"),
        ("features", "feat_customers__geography"),
        ("features", "int_purchases__customer_days"),
        ("features", "int_purchases__customer_category_days"),
        ("features", "int_products__category_base"),
        ("outcomes", "outcome_customers__purchases"),
        ("outcomes", "outcome_customers__categories"),
        ("outcomes", "outcome_campaigns__responses"),
    ],
    tables={
        "ml_customers__predictions": "What every customer who had ordered by an evaluated date is expected to do next: "
        "chances, orders, value and the next order's date, each from a model that knew nothing later.",
        "ml_customers__category_propensities": "The three categories from which a customer is likeliest to order next.",
        "ml_customers__response_propensities": "How likely a customer responds when contacted.",
        "ml_models__metrics": "How good each model was beside its baselines on the newest complete window, and what "
        "was decided.",
        "ml_models__calibration": "What each model foretold against what happened, by tenths of the customers.",
    },
)
_CODE = ("ml", "orchestration/prediction")


def prediction_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of predictions; it is there when they are off, too, and leaves its tables empty then."""

    @_PREDICTIONS.asset(partitions)
    def predictions(
        context: dg.AssetExecutionContext,
        config: LearnAnew,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> Iterator[dg.MaterializeResult]:
        def make(connection: "duckdb.DuckDBPyConnection", tonight: dt.date) -> Made:
            # Imported here because scikit-learn costs seconds that definitions should not pay for.
            from orchestration.prediction.night import Night, foretell

            night = Night(
                connection=connection,
                tonight=tonight,
                run_id=context.run_id,
                code=prediction_code(deployment),
                refit_months=deployment.settings.predictions.refit_months,
                models=ModelStore(deployment.home.models),
                is_on=deployment.settings.predictions.enabled,
                refit=config.refit,
            )
            return _made(foretell(night), connection)

        yield from _PREDICTIONS.materialize(deployment, context, warehouse, make)

    return [predictions]


def _made(found: "Foretold", connection: "duckdb.DuckDBPyConnection") -> Made:
    rows = {
        table: connection.execute(f"select count(*) from ml.{table}").fetchall()[0][0] for table in _PREDICTIONS.tables
    }
    told = {
        "model": found.fingerprint,
        "dates computed": len(found.computed),
        **({"why there is no model": found.why_not} if found.why_not else {}),
    }
    return Made(rows=rows, detail=found.fingerprint, checks=_checks(found), told=dict.fromkeys(rows, told))


def prediction_code(deployment: Deployment) -> str:
    """Return a digest of what decides predictions besides the data: our code, the features' SQL, the settings."""
    digest = hashlib.sha256(str(deployment.dbt_vars["history_code"]).encode())
    digest.update(deployment.settings.predictions.model_dump_json().encode())
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _checks(found: "Foretold") -> dict[str, tuple[Status, str]]:
    if found.models is None:
        # Too little data is no fault; what is switched off even less.
        nothing: tuple[Status, str] = ("not_available", f"no predictions tonight: {found.why_not}")
        return dict.fromkeys(MODEL_CHECKS, nothing)
    judged = found.models.returns
    published = {
        "promoted": "tonight's model is published",
        "serving": "the model of an earlier origin is published",
        "baseline": "the baseline is published",
    }[judged.decision]
    return {
        RETURN_PROMOTED: ("pass" if judged.decision == "promoted" else "warn", f"{published}: {judged.reason}"),
        **{
            name: ("pass" if moved.result == "ok" else "warn", moved.detail)
            for name, moved in (
                (RETURN_FEATURES_MOVED, found.models.features),
                (RETURN_CHANCES_MOVED, found.models.predictions),
                (RETURN_OUTCOMES_MOVED, found.models.return_outcomes),
                (VALUE_OUTCOMES_MOVED, found.models.margin_outcomes),
            )
        },
    }
