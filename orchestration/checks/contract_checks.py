"""Contracts as Dagster asset checks: one factory for inbound tables and outbound marts.

Belongs here: fetching what a contract speaks of, having it validated, telling Dagster and the ledger. Does not belong
here: turning a contract into expectations (``data_contracts.expectation_suite``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from typing import TYPE_CHECKING

import dagster as dg

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.expectation_suite import expectation_columns, validate_frame
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import contract_name
from orchestration.gate.ledger import Ledger, Result
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from data_contracts.expectation_suite import SuiteResult


def contract_check(
    deployment: Deployment, contract: Contract, *, schema: str, partitions: dg.PartitionsDefinition
) -> dg.AssetChecksDefinition:
    """Return the check that a table keeps its contract.

    It blocks what comes after, so that the gate runs when every contract has its answer.
    """
    name = contract_name(contract.name)

    @dg.asset_check(
        asset=dg.AssetKey([schema, contract.name]),
        name=name,
        blocking=True,
        description=f"Does {contract.name} keep its contract (version {contract.version})?",
        partitions_def=partitions,
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.AssetCheckResult:
        ledger = Ledger(deployment.home.ledger)
        ledger.forget([name])
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect(read_only=True) as connection:
            suite = validate_frame(_frame(connection, contract, schema), contract)
        ledger.record([_result(suite, contract, schema, context, started_at)])
        return dg.AssetCheckResult(
            passed=suite.success,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "expectations": dg.MetadataValue.int(len(suite.outcomes)),
                "answers": dg.MetadataValue.md(_markdown(suite)),
            },
        )

    return check


def _frame(connection: "duckdb.DuckDBPyConnection", contract: Contract, schema: str) -> "pd.DataFrame":
    columns = ", ".join(sql.identifier(name) for name in expectation_columns(contract))
    return connection.execute(
        f"select {columns} from {sql.identifier(schema)}.{sql.identifier(contract.name)}"  # noqa: S608 (quoted)
    ).fetchdf()


def _result(
    suite: "SuiteResult",
    contract: Contract,
    schema: str,
    context: dg.AssetCheckExecutionContext,
    started_at: dt.datetime,
) -> Result:
    failed = [outcome for outcome in suite.outcomes if not outcome.success]
    return Result(
        name=contract_name(contract.name),
        kind="contract",
        subject=f"{schema}.{contract.name}",
        severity="error",
        status="pass" if suite.success and not failed else "fail" if not suite.success else "warn",
        as_of_date=dt.date.fromisoformat(context.partition_key),
        run_id=context.run.run_id,
        started_at=started_at,
        completed_at=dt.datetime.now(tz=dt.UTC),
        failures=len(failed),
        detail="; ".join(f"{outcome.question} No: {outcome.unexpected_count} rows" for outcome in failed),
    )


def _markdown(suite: "SuiteResult") -> str:
    rows = [
        f"| {outcome.question} | {'yes' if outcome.success else 'no'} | {outcome.unexpected_count} |"
        for outcome in suite.outcomes
    ]
    return "\n".join(["| question | answer | rows against |", "|---|---|---|", *rows])
