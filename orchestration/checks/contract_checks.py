"""Contracts as Dagster asset checks: inbound batches and outbound marts, validated by one factory.

Belongs here: naming what a contract speaks of, having it validated, telling Dagster and the ledger. Does not belong
here: turning a contract into expectations (``data_contracts.expectation_suite``), fetching rows (table_validation.py).
"""

# No postponed annotations here: Dagster reads the types of a check's arguments when it is defined.
import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import dagster as dg

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.checks.table_validation import validate_table
from orchestration.checks.validated_batches import ValidatedBatches
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import contract_name
from orchestration.gate.ledger import Ledger, Result, Status
from orchestration.gate.questions import contract_question
from orchestration.ingestion.lake import Lake
from orchestration.night_of_run import night_of_run
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb

    from data_contracts.expectation_suite import SuiteResult

# Yields the name of what was validated and the answers.
Validate = Callable[["duckdb.DuckDBPyConnection"], Iterator[tuple[str, "SuiteResult"]]]


def inbound_contract_check(deployment: Deployment, contract: Contract) -> dg.AssetChecksDefinition:
    """Return the check that every batch of a raw table keeps the contract.

    Batches are validated one by one, since a later one may send a record again to correct it, and each once, since
    batches never change.
    """
    lake = Lake(deployment.home.lake)
    validated = ValidatedBatches(deployment.home.validated_batches)

    def validate(connection: "duckdb.DuckDBPyConnection") -> Iterator[tuple[str, "SuiteResult"]]:
        for batch in lake.live_batches(contract.name):
            if batch.batch_id not in validated:
                source = f"read_parquet({sql.text(str(lake.rows_path(batch)))})"
                suite = validate_table(connection, contract, source)
                yield f"{batch.file}, batch {batch.batch_id[:8]}", suite
                if suite.success:
                    validated.add(batch.batch_id)

    return _contract_check(deployment, contract, schema="raw", validate=validate)


def outbound_contract_check(deployment: Deployment, contract: Contract) -> dg.AssetChecksDefinition:
    """Return the check that a mart keeps what BI readers were promised."""

    def validate(connection: "duckdb.DuckDBPyConnection") -> Iterator[tuple[str, "SuiteResult"]]:
        yield contract.name, validate_table(connection, contract, f"marts.{sql.identifier(contract.name)}")

    return _contract_check(deployment, contract, schema="marts", validate=validate)


def _contract_check(
    deployment: Deployment, contract: Contract, *, schema: str, validate: Validate
) -> dg.AssetChecksDefinition:
    name = contract_name(contract.name)

    # It blocks what comes after, so that the gate runs when every contract has its answer.
    @dg.asset_check(
        asset=dg.AssetKey([schema, contract.name]),
        name=name,
        blocking=True,
        description=contract_question(contract.name, version=contract.version),
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.AssetCheckResult:
        ledger = Ledger(deployment.home.ledger)
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect(read_only=True) as connection:
            night = night_of_run(context, ledger)
            ledger.forget([name])
            suites = dict(validate(connection))
        result = Result(
            name=name,
            kind="contract",
            subject=f"{schema}.{contract.name}",
            severity="error",
            status=_status(suites),
            as_of_date=night,
            run_id=context.run.run_id,
            started_at=started_at,
            completed_at=dt.datetime.now(tz=dt.UTC),
            failures=sum(not outcome.success for suite in suites.values() for outcome in suite.outcomes),
            detail=_detail(suites),
        )
        ledger.record([result])
        return dg.AssetCheckResult(
            passed=result.status != "fail",
            severity=dg.AssetCheckSeverity.ERROR,
            description=result.detail,
            metadata={"answers": dg.MetadataValue.table(records=_answers(suites), schema=_ANSWERS)},
        )

    return check


_ANSWERS = dg.TableSchema(
    columns=[
        dg.TableColumn("question", "string"),
        dg.TableColumn("answer", "string"),
        dg.TableColumn("rows against", "int"),
        dg.TableColumn("where", "string"),
    ]
)


def _status(suites: dict[str, "SuiteResult"]) -> Status:
    if not all(suite.success for suite in suites.values()):
        return "fail"
    return "pass" if all(outcome.success for suite in suites.values() for outcome in suite.outcomes) else "warn"


def _detail(suites: dict[str, "SuiteResult"]) -> str:
    if not suites:
        return "nothing new; every batch was validated when it was loaded"
    failed = [
        f"{what}: {outcome.question} No: {outcome.unexpected_count} rows"
        for what, suite in suites.items()
        for outcome in suite.outcomes
        if not outcome.success
    ]
    return "; ".join(failed) or f"{sum(len(suite.outcomes) for suite in suites.values())} expectations hold"


def _answers(suites: dict[str, "SuiteResult"]) -> list[dg.TableRecord]:
    """One row per question, over everything that was validated; where it is not so is named."""
    against: dict[str, dict[str, int]] = {}
    for what, suite in suites.items():
        for outcome in suite.outcomes:
            failed = against.setdefault(outcome.question, {})
            if not outcome.success:
                failed[what] = outcome.unexpected_count
    return [
        dg.TableRecord(
            {
                "question": question,
                "answer": "no" if failed else "yes",
                "rows against": sum(failed.values()),
                "where": "; ".join(failed),
            }
        )
        for question, failed in against.items()
    ]
