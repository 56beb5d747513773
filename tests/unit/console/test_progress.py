"""Progress lines from the events of real Dagster runs."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Sequence

import dagster as dg
import pytest
from rich.console import Console

from orchestration.console.progress import NightProgress, _label


def run(assets: Sequence, checks: Sequence = ()) -> tuple[list[str], bool]:
    """Run assets in this process and return the lines that were shown, and whether the run succeeded."""
    definitions = dg.Definitions(
        assets=list(assets), asset_checks=list(checks), jobs=[dg.define_asset_job("all_of_it")]
    )
    job = definitions.resolve_job_def("all_of_it")
    shown = io.StringIO()
    run_id = str(uuid.uuid4())
    with (
        dg.DagsterInstance.ephemeral() as instance,
        NightProgress(Console(file=shown, width=120), steps=len(job.nodes)) as progress,
    ):
        instance.add_event_listener(run_id, progress)
        result = job.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)
    lines = [line.rstrip() for line in shown.getvalue().splitlines() if " s  " in line]
    return lines, result.success


def asset(key: list[str], *, rows: int | None = None, deps: Sequence[list[str]] = (), fails: bool = False):
    @dg.asset(key=key, deps=[dg.AssetKey(dep) for dep in deps])
    def body():
        if fails:
            raise dg.Failure("no")
        return dg.MaterializeResult(metadata={} if rows is None else {"dagster/row_count": rows})

    return body


@dg.multi_asset(name="dbt_features", specs=[dg.AssetSpec(["features", "one"]), dg.AssetSpec(["features", "two"])])
def dbt_features():
    for name, rows in (("one", 1_000), ("two", 234)):
        yield dg.MaterializeResult(asset_key=["features", name], metadata={"dagster/row_count": rows})


@dg.asset_check(asset=["raw", "orders"], name="contract__orders")
def contract_of_orders() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def words(line: str) -> list[str]:
    """The parts of a line that are apart by two spaces or more."""
    return re.split(r"\s{2,}", line.strip())


def test_each_finished_step_is_one_line_with_its_rows_and_seconds() -> None:
    lines, succeeded = run([asset(["raw", "orders"], rows=1_234_567), dbt_features], [contract_of_orders])
    assert succeeded
    found = {words(line)[0]: line for line in lines}
    assert set(found) == {"load orders", "contract of orders", "dbt features"}
    assert re.search(r" 1,234,567 rows +\d+\.\d s  ok$", found["load orders"])
    # Rows of every table that the step made.
    assert re.search(r" 1,234 rows +\d+\.\d s  ok$", found["dbt features"])
    assert "rows" not in found["contract of orders"]


def test_a_failed_step_is_marked_and_steps_that_never_ran_have_no_line() -> None:
    after = asset(["marts", "data_quality"], deps=[["raw", "orders"]])
    lines, succeeded = run([asset(["raw", "orders"], fails=True), asset(["raw", "products"], rows=3), after])
    assert not succeeded
    marks = {words(line)[0]: line.split()[-1] for line in lines}
    assert marks == {"load orders": "failed", "load products": "ok"}


def test_columns_stand_under_one_another() -> None:
    lines, _ = run([asset(["raw", "a"], rows=5), asset(["raw", "a_much_longer_name_of_a_table"]), dbt_features])
    assert len({line.index(" s  ok") for line in lines}) == 1


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("raw__crm__customers", "load crm__customers"),
        ("raw__crm__customers_contract__crm__customers", "contract of crm__customers"),
        ("marts__customers_contract__customers", "contract of customers"),
        ("dbt_features", "dbt features"),
        ("clusters", "clusters"),
        ("marts__data_quality", "gate"),
        ("publish__published_version", "publish"),
        ("something_new", "something_new"),
    ],
)
def test_a_step_is_called_by_what_it_does(step: str, label: str) -> None:
    assert _label(step) == label
