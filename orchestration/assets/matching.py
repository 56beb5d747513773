"""The matching asset: which records are one customer, one company.

Belongs here: calling the night of matching and telling Dagster and the gate what came of it. Does not belong here: how
it is done (``matching_night``, ``identity``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import IDENTITY_BUILD, IDENTITY_PRECISE, IDENTITY_STABLE
from orchestration.gate.ledger import Ledger, Result, Status
from orchestration.learning_anew import MATCHING_STEP, LearnAnew
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb

    from orchestration.matching_night import Outcome

# What each is made from, and what it holds.
_TABLES = {
    "customer_map": (
        "int_identity__profiles",
        "Which profile is which customer, by identifiers and a model of names, dates and addresses. Ids stay.",
    ),
    "customer_ids": (
        "int_identity__profiles",
        "Every customer id that was ever given, since when, and into whom it was merged.",
    ),
    "ledger": (
        "int_identity__profiles",
        "Every merge, split and move of customers, with its reason and the evidence.",
    ),
    "company_map": (
        "int_identity__company_records",
        "Which company record is which company: by registry number, domain, or name and place.",
    ),
}
# Below this estimated precision (0-1) a person should look.
PRECISE_ENOUGH = 0.98


def matching_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset that matches records; none where the deployment trusts one key."""
    return [_matching(deployment, partitions)] if deployment.settings.identity.matching else []


def _matching(deployment: Deployment, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=MATCHING_STEP,
        group_name=MATCHING_STEP,
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                ["matching", table],
                deps=[dg.AssetKey(["identity", read])],
                owners=[OWNERS["matching"]],
                kinds={"duckdb"},
                description=description,
            )
            for table, (read, description) in _TABLES.items()
        ],
    )
    def matching(
        context: dg.AssetExecutionContext,
        config: LearnAnew,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> Iterator[dg.MaterializeResult]:
        # Imported here because Splink costs seconds that definitions should not pay for.
        from orchestration.matching_night import prune_states, run_matching

        ledger = Ledger(deployment.home.ledger)
        ledger.forget([IDENTITY_BUILD, IDENTITY_STABLE, IDENTITY_PRECISE])
        started_at = dt.datetime.now(tz=dt.UTC)
        night = dt.date.fromisoformat(context.partition_key)
        with told_plainly(), warehouse.connect() as connection:
            prune_states(deployment)
            outcome = run_matching(deployment, connection, night=night, refit=config.refit)
            rows = {table: _rows(connection, table) for table in _TABLES}
        ledger.record(_results(deployment, outcome, context, started_at=started_at))
        told = _told(outcome)
        for table in _TABLES:
            yield dg.MaterializeResult(
                asset_key=["matching", table],
                metadata={**measures(rows[table], started_at=started_at), **told[table]},
            )

    return matching


def _results(
    deployment: Deployment, outcome: "Outcome", context: dg.AssetExecutionContext, *, started_at: dt.datetime
) -> list[Result]:
    common: dict[str, Any] = {
        "as_of_date": dt.date.fromisoformat(context.partition_key),
        "run_id": context.run_id,
        "started_at": started_at,
        "completed_at": dt.datetime.now(tz=dt.UTC),
        "subject": IDENTITY_BUILD,
    }
    judged = {**common, "started_at": common["completed_at"]}
    most = deployment.settings.identity.max_changed_share
    changed = outcome.changed_profiles / outcome.known_profiles if outcome.known_profiles else 0.0
    stable: Status = "pass" if changed <= most else "fail"
    precise, told = _precision(outcome)
    return [
        Result(name=IDENTITY_BUILD, kind="build", severity="error", status="pass", detail=outcome.state, **common),
        Result(
            name=IDENTITY_STABLE,
            kind="model",
            severity="error",
            status=stable,
            failures=int(stable != "pass"),
            detail=f"{outcome.changed_profiles:,} of {outcome.known_profiles:,} known profiles changed their customer "
            f"({changed:.1%}; identity.max_changed_share allows {most:.0%})",
            **judged,
        ),
        Result(
            name=IDENTITY_PRECISE,
            kind="model",
            severity="warn",
            status=precise,
            failures=int(precise != "pass"),
            detail=told,
            **judged,
        ),
    ]


def _precision(outcome: "Outcome") -> tuple[Status, str]:
    figures = outcome.about["estimates"]
    precision, recall = figures.get("precision"), figures.get("recall")
    told = [
        "precision of the model's links "
        + (f"estimated at {precision:.4f}" if precision is not None else "not estimated, there are too few"),
        f"recall {recall:.3f}" if recall is not None else "recall not estimated, too few pairs to compare with",
        f"{outcome.doubtful_pairs:,} doubtful pairs to review: tessera identity review",
    ]
    if outcome.against_truth is not None:
        truth = outcome.against_truth
        told.append(f"against the truth: precision {truth.precision:.4f}, recall {truth.recall:.4f}")
    status: Status = "pass" if precision is None or precision >= PRECISE_ENOUGH else "warn"
    return status, "; ".join(told)


def _rows(connection: "duckdb.DuckDBPyConnection", table: str) -> int:
    ((rows,),) = connection.execute(f'select count(*) from matching."{table}"').fetchall()
    return int(rows)


def _told(outcome: "Outcome") -> dict[str, dict[str, Any]]:
    """What each table's materialization tells of the night, beside its rows."""
    persons = outcome.persons
    return {
        "customer_map": _metadata(outcome),
        "customer_ids": {"customers": persons.customers},
        "ledger": {"merges": persons.merges, "splits": persons.splits, "moves": persons.moves},
        "company_map": {"companies": outcome.companies},
    }


def _metadata(outcome: "Outcome") -> dict[str, Any]:
    from orchestration.identity.charts import match_weight_chart

    persons = outcome.persons
    metadata: dict[str, Any] = {
        "customers": persons.customers,
        "run": f"{'full' if persons.is_full else 'increment'}: {persons.why}",
        "pairs compared": persons.candidates,
        "pairs linked by the model": persons.linked,
        "doubtful pairs": outcome.doubtful_pairs,
        "merges, splits, moves": f"{persons.merges}, {persons.splits}, {persons.moves}",
        "values that link nobody": persons.blocked_values,
        "values shared by several people": persons.contested_values,
        "refused links": persons.refused_links,
        "different given names": _veto(outcome),
        "state": outcome.state,
        "model estimated on": outcome.about["model_night"],
        "match weights": dg.MetadataValue.md(match_weight_chart(outcome.model)),
        "seconds by step": dg.MetadataValue.json(persons.seconds),
    }
    for name, value in outcome.about["estimates"].items():
        if value is not None:
            metadata[f"estimated {name.replace('_', ' ')}"] = round(value, 4)
    if persons.shifts:
        metadata["shift since the model was estimated"] = dg.MetadataValue.json(persons.shifts)
    if outcome.against_truth is not None:
        metadata["precision against the truth"] = round(outcome.against_truth.precision, 4)
        metadata["recall against the truth"] = round(outcome.against_truth.recall, 4)
    return metadata


def _veto(outcome: "Outcome") -> str:
    veto = outcome.persons.veto
    seen = f"{veto.same_birth} of {veto.pairs} pairs at one address have the same birth date"
    return f"{'keep people apart' if veto.holds else 'may be a slip'}: {seen}"
