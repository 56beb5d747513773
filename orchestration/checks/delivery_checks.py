"""How the deliveries of each raw table arrived, as a Dagster asset check.

Belongs here: counting records and asking the rules of ``gate.deliveries``. Does not belong here: the rules; whether the
records themselves are good (the loader, ``contract_checks``).
"""

# No postponed annotations here: Dagster reads the types of a check's arguments when it is defined.
import datetime as dt
from typing import TYPE_CHECKING

import dagster as dg

from data_contracts import sql_quoting as sql
from data_contracts.column_sql import as_moment
from data_contracts.contract import Contract
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.freshness import latency_of
from orchestration.gate.deliveries import (
    WEEKS_COMPARED,
    Answer,
    has_its_columns,
    is_fresh,
    is_usual_volume,
    who_came_late,
    worst,
)
from orchestration.gate.expectations import delivery_name
from orchestration.gate.ledger import Ledger, Result
from orchestration.gate.questions import delivery_question
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.schema_drift import SchemaDrift
from orchestration.night_of_run import night_of_run
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb


def delivery_check(deployment: Deployment, contract: Contract) -> dg.AssetChecksDefinition:
    """Return the check that a raw table's deliveries are fresh, of the usual size and shape."""
    name = delivery_name(contract.name)
    latency_days = latency_of(contract, deployment.sources_on[contract.name])
    refuses = contract.rules.late_deliveries == "refuse"

    @dg.asset_check(
        asset=dg.AssetKey(["raw", contract.name]),
        name=name,
        description=delivery_question(contract.name),
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.AssetCheckResult:
        ledger = Ledger(deployment.home.ledger)
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect(read_only=True) as connection:
            night = night_of_run(context, ledger)
            ledger.forget([name])
            answers = answers_on(
                connection, contract, Lake(deployment.home.lake), night=night, latency_days=latency_days
            )
        result = Result(
            name=name,
            kind="delivery",
            subject=f"raw.{contract.name}",
            severity="error" if refuses else "warn",
            status="fail" if refuses and answers[0].status == "warn" else worst(answers),
            as_of_date=night,
            run_id=context.run.run_id,
            started_at=started_at,
            completed_at=dt.datetime.now(tz=dt.UTC),
            failures=sum(answer.status != "pass" for answer in answers),
            detail="; ".join(answer.detail for answer in answers if answer.status != "pass")
            or "; ".join(answer.detail for answer in answers if answer.detail),
        )
        ledger.record([result])
        return dg.AssetCheckResult(
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.ERROR if result.status == "fail" else dg.AssetCheckSeverity.WARN,
            description=result.detail,
            metadata={"answers": dg.MetadataValue.table(records=[_record(answer) for answer in answers])},
        )

    return check


def answers_on(
    connection: "duckdb.DuckDBPyConnection",
    contract: Contract,
    lake: Lake,
    *,
    night: dt.date,
    latency_days: float | None,
) -> list[Answer]:
    """Ask the questions of a raw table: freshness first.

    Args:
        connection: The warehouse, in the company's time zone.
        contract: The table's; without an ``eventTime`` only its columns can be judged.
        lake: Its batches.
        night: The as-of date.
        latency_days: How old the newest event may be, or None for no promise.
    """
    # A repair is no delivery: it says nothing about what the source sends.
    batches = [batch for batch in lake.live_batches(contract.name) if not batch.repairs]
    drift = SchemaDrift.from_json(batches[-1].drift) if batches else SchemaDrift()
    columns = has_its_columns(new=drift.new, changes=drift.since_last_delivery)
    if contract.rules.event_time is None:
        return [Answer("Is it up to date?", "pass", "its records carry no time to judge by"), columns]
    table = f"raw.{sql.identifier(contract.name)}"
    event_type = contract.column(contract.rules.event_time).type
    day = f"cast({as_moment(event_type, sql.identifier(contract.rules.event_time))} as date)"
    newest, oldest = connection.execute(
        f"select max({day}), min({day}) from {table} where {day} <= ?", [night]
    ).fetchone() or (None, None)
    counted = dict(
        connection.execute(
            f"select (? - {day}) // 7 as weeks_ago, count(*) from {table} where {day} between ? and ? group by all",
            [night, night - dt.timedelta(days=7 * (WEEKS_COMPARED + 1) - 1), night],
        ).fetchall()
    )
    weeks = min(WEEKS_COMPARED, (night - oldest).days // 7) if oldest else 0
    return [
        is_fresh(newest=newest, night=night, latency_days=latency_days),
        is_usual_volume(last_week=counted.get(0, 0), weeks_before=[counted.get(n, 0) for n in range(1, weeks + 1)]),
        columns,
        _late_or_again(connection, contract, batches, table, day, latency_days=latency_days),
    ]


def _late_or_again(
    connection: "duckdb.DuckDBPyConnection",
    contract: Contract,
    batches: list[Batch],
    table: str,
    day: str,
    *,
    latency_days: float | None,
) -> Answer:
    """Compare the deliveries of the newest load with those before it."""
    latest = [batch.sequence for batch in batches if batch.loaded_at == batches[-1].loaded_at]
    if not contract.primary_key or len(latest) == len(batches):
        return who_came_late(late=0, resent=0, oldest=None)
    key = ", ".join(sql.identifier(name) for name in contract.primary_key)
    arrived = ", ".join(str(sequence) for sequence in latest)
    late, resent, oldest = connection.execute(
        f"""
        with before as (
            select {key}, {day} as event_day from {table} where _batch_sequence < {min(latest)}
        ), arrived as (
            select {key}, {day} as event_day from {table} where _batch_sequence in ({arrived})
        ), judged as (
            select
                arrived.event_day,
                ({key}) in (select ({key}) from before) as is_known,
                arrived.event_day < (select max(event_day) from before) - ? as is_late
            from arrived
        )
        select
            count(*) filter (where is_late and not is_known),
            count(*) filter (where is_known),
            min(event_day) filter (where is_late and not is_known)
        from judged
        """,
        [int(latency_days or 0)],
    ).fetchone() or (0, 0, None)
    return who_came_late(late=late, resent=resent, oldest=oldest)


def _record(answer: Answer) -> dg.TableRecord:
    return dg.TableRecord({"question": answer.question, "answer": answer.status, "found": answer.detail})
