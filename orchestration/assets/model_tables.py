"""The frame of an asset whose models fill tables: one step, some tables of the schema ``ml``, results for the gate.

Belongs here: what all such assets do alike, from the gap in the ledger to the figures of each table. Does not belong
here: what a step reads, learns and writes (the asset of its name).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.ledger import Kind, Ledger, Result, Severity, Status
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.resources import WarehouseResource

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a step has made of one night.

    Attributes:
        rows: Rows of each table as it is now.
        detail: What the ledger says of the build.
        checks: The answer to each check, and in words.
        told: What else Dagster shows of each table.
    """

    rows: Mapping[str, int]
    detail: str
    checks: Mapping[str, tuple[Status, str]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ModelTables:
    """A step that fills tables.

    Attributes:
        name: Name of the step.
        build: Its name in the ledger.
        checks: Names of its checks there.
        reads: Schema and name of what it reads.
        tables: What is in each of its tables.
        kind: The library that learns.
    """

    name: str
    build: str
    checks: Sequence[str] = ()
    reads: Sequence[Sequence[str]]
    tables: Mapping[str, str]
    kind: str = "scikitlearn"

    def asset(self, partitions: dg.PartitionsDefinition) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
        """The decorator that makes an asset of a function; its tables are there whatever it finds."""
        return dg.multi_asset(
            name=self.name,
            group_name="ml",
            partitions_def=partitions,
            backfill_policy=ONE_NIGHT_A_RUN,
            specs=[
                dg.AssetSpec(
                    ["ml", table],
                    deps=[dg.AssetKey(list(key)) for key in self.reads],
                    owners=[OWNERS["ml"]],
                    kinds={self.kind},
                    description=description,
                )
                for table, description in self.tables.items()
            ],
        )

    def materialize(
        self,
        deployment: Deployment,
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        make: Callable[[duckdb.DuckDBPyConnection, dt.date], Made],
    ) -> Iterator[dg.MaterializeResult]:
        """Have a night's tables made, record how it went and tell Dagster.

        Args:
            deployment: Whose night.
            context: The run, and its night.
            warehouse: Where the tables lie.
            make: Reads and writes the warehouse for a night.
        """
        ledger = Ledger(deployment.home.ledger)
        ledger.forget([self.build, *self.checks])
        started_at = dt.datetime.now(tz=dt.UTC)
        night = dt.date.fromisoformat(context.partition_key)
        with told_plainly(), warehouse.connect() as connection:
            made = make(connection, night)
        ledger.record(self._results(made, night, context.run_id, started_at=started_at))
        for table, count in made.rows.items():
            yield dg.MaterializeResult(
                asset_key=["ml", table],
                metadata={**measures(count, started_at=started_at), **made.told.get(table, {})},
            )

    def _results(self, made: Made, night: dt.date, run_id: str, *, started_at: dt.datetime) -> list[Result]:
        completed_at = dt.datetime.now(tz=dt.UTC)

        def result(name: str, kind: Kind, severity: Severity, status: Status, detail: str) -> Result:
            # What is checked was built before: the gate takes a check that began earlier for one of another night.
            return Result(
                name=name,
                kind=kind,
                subject=self.build,
                severity=severity,
                status=status,
                as_of_date=night,
                run_id=run_id,
                started_at=started_at if kind == "build" else completed_at,
                completed_at=completed_at,
                failures=int(status == "warn"),
                detail=detail,
            )

        return [
            result(self.build, "build", "error", "pass", made.detail),
            *(result(name, "model", "warn", status, detail) for name, (status, detail) in made.checks.items()),
        ]
