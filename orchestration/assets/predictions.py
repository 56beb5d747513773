"""The asset of predictions: features and outcomes in, tables of what customers will do next out.

Belongs here: the asset, its results for the gate. Does not belong here: which rows, models and dates
(``orchestration.prediction``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import (
    MODEL_CHECKS,
    PREDICTIONS_BUILD,
    RETURN_CHANCES_MOVED,
    RETURN_FEATURES_MOVED,
    RETURN_OUTCOMES_MOVED,
    RETURN_PROMOTED,
    VALUE_OUTCOMES_MOVED,
)
from orchestration.gate.ledger import Ledger, Result, Status
from orchestration.learning_anew import PREDICTIONS, LearnAnew
from orchestration.model_store import ModelStore
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.repository import ROOT
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    from orchestration.prediction.night import Foretold

_READ = (
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
)
_TABLES = {
    "ml_customers__predictions": "What every customer who had ordered by an evaluated date is expected to do next: "
    "chances, orders, value and the next order's date, each from a model that knew nothing later.",
    "ml_customers__category_propensities": "The three categories from which a customer is likeliest to order next.",
    "ml_customers__response_propensities": "How likely a customer responds when contacted.",
    "ml_models__metrics": "How good each model was beside its baselines on the newest complete window, and what was "
    "decided.",
    "ml_models__calibration": "What each model foretold against what happened, by tenths of the customers.",
}
_CODE = ("ml", "orchestration/prediction")


def prediction_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of predictions; it is there when they are off, too, and leaves its tables empty then."""

    @dg.multi_asset(
        name=PREDICTIONS,
        group_name="ml",
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                ["ml", table],
                deps=[dg.AssetKey(list(key)) for key in _READ],
                owners=[OWNERS["ml"]],
                kinds={"scikitlearn"},
                description=description,
            )
            for table, description in _TABLES.items()
        ],
    )
    def predictions(
        context: dg.AssetExecutionContext,
        config: LearnAnew,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> Iterator[dg.MaterializeResult]:
        # Imported here because scikit-learn costs seconds that definitions should not pay for.
        from orchestration.prediction.night import Night, foretell

        ledger = Ledger(deployment.home.ledger)
        ledger.forget([PREDICTIONS_BUILD, *MODEL_CHECKS])
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect() as connection:
            found = foretell(
                Night(
                    connection=connection,
                    tonight=dt.date.fromisoformat(context.partition_key),
                    run_id=context.run_id,
                    code=prediction_code(deployment),
                    refit_months=deployment.settings.predictions.refit_months,
                    models=ModelStore(deployment.home.models),
                    is_on=deployment.settings.predictions.enabled,
                    refit=config.refit,
                )
            )
            counts = {
                table: connection.execute(f"select count(*) from ml.{table}").fetchall()[0][0] for table in _TABLES
            }
        ledger.record(_results(found, context, started_at=started_at))
        for table, count in counts.items():
            yield dg.MaterializeResult(
                asset_key=["ml", table],
                metadata={
                    **measures(count, started_at=started_at),
                    "model": found.fingerprint,
                    "dates computed": len(found.computed),
                    **({"why there is no model": found.why_not} if found.why_not else {}),
                },
            )

    return [predictions]


def prediction_code(deployment: Deployment) -> str:
    """Return a digest of what decides predictions besides the data: our code, the features' SQL, the settings."""
    digest = hashlib.sha256(str(deployment.dbt_vars["history_code"]).encode())
    digest.update(deployment.settings.predictions.model_dump_json().encode())
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _results(found: "Foretold", context: dg.AssetExecutionContext, *, started_at: dt.datetime) -> list[Result]:
    completed_at = dt.datetime.now(tz=dt.UTC)
    common: dict[str, Any] = {
        "subject": PREDICTIONS_BUILD,
        "as_of_date": dt.date.fromisoformat(context.partition_key),
        "run_id": context.run_id,
        "completed_at": completed_at,
    }
    built = Result(
        name=PREDICTIONS_BUILD,
        kind="build",
        severity="error",
        status="pass",
        detail=found.fingerprint,
        started_at=started_at,
        **common,
    )
    checks = [
        Result(
            name=name,
            kind="model",
            severity="warn",
            status=status,
            failures=int(status == "warn"),
            detail=detail,
            started_at=completed_at,
            **common,
        )
        for name, (status, detail) in _checks(found).items()
    ]
    return [built, *checks]


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
