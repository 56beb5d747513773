"""What the end of a night means, and where its output goes meanwhile."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.console.night import UNEXPECTED, _output_to, _told
from orchestration.console.summary import show_versions
from orchestration.errors import NightRefusedError, TesseraError
from orchestration.failures import told_plainly
from orchestration.gate.ledger import Ledger, Result
from orchestration.publishing.version_store import Version
from tests.support.deployments import write_config

PARTS = {"expected": "a file", "found": "none", "fix": "deliver it"}


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return load_deployment(write_config(tmp_path), tmp_path / "home")


@pytest.fixture
def failure_of(deployment: Deployment) -> Callable[..., tuple[int, str]]:
    """The exit code and words of a step that fails with an error, from Dagster's own event."""

    def fail(error: Exception, *, plainly: bool = True) -> tuple[int, str]:
        @dg.op
        def step() -> None:
            if plainly:
                with told_plainly():
                    raise error
            raise error

        @dg.job(executor_def=dg.in_process_executor)
        def one_step() -> None:
            step()

        result = one_step.execute_in_process(raise_on_error=False)
        (event,) = [event for event in result.all_events if event.is_step_failure]
        return _told(event, deployment, result.run_id)

    return fail


def test_a_wrong_input_ends_with_2_and_a_refusal_with_1_each_in_its_own_words(failure_of) -> None:
    mend, refused = TesseraError("orders.csv is empty", **PARTS), NightRefusedError("too few customers", **PARTS)
    assert failure_of(mend) == (2, str(mend))
    assert failure_of(refused) == (1, str(refused))


def test_a_failure_of_dagsters_own_kind_is_a_refusal(failure_of) -> None:
    assert failure_of(dg.Failure("dbt says no")) == (1, "dbt says no")


def test_an_error_nobody_foresaw_ends_with_3_and_names_the_step_and_its_cause(failure_of) -> None:
    code, told = failure_of(ZeroDivisionError("division by zero"), plainly=False)
    assert code == UNEXPECTED
    assert told.startswith("step: ")
    assert "division by zero" in told


def test_a_check_that_blocks_is_a_refusal_in_the_words_of_the_ledger(deployment: Deployment) -> None:
    now = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    Ledger(deployment.home.ledger).record(
        [
            Result(
                "contract__orders",
                "contract",
                "raw.orders",
                "error",
                "fail",
                now.date(),
                "r",
                now,
                now,
                detail="2 rows",
            ),
            Result("raw.orders", "build", "raw.orders", "error", "pass", now.date(), "r", now, now),
        ]
    )

    @dg.asset
    def orders() -> None: ...

    @dg.asset_check(asset=orders, blocking=True)
    def contract__orders() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    definitions = dg.Definitions([orders], asset_checks=[contract__orders], jobs=[dg.define_asset_job("all_of_it")])
    result = definitions.resolve_job_def("all_of_it").execute_in_process(raise_on_error=False)
    (event,) = [event for event in result.all_events if event.is_step_failure]
    assert _told(event, deployment, "r") == (1, "contract__orders (raw.orders): 2 rows")


def test_output_of_this_process_and_its_children_goes_to_the_log_and_comes_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "new" / "night.log"

    def talk_and_fail() -> None:
        with _output_to(log):
            os.write(1, b"own output\n")
            os.write(2, b"own error\n")
            subprocess.run([sys.executable, "-c", "print('of a child')"], check=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        talk_and_fail()
    os.write(1, b"back again\n")
    assert capfd.readouterr().out == "back again\n"
    assert log.read_text(encoding="utf-8").splitlines() == ["own output", "own error", "of a child"]


def test_a_second_night_is_added_to_the_log(tmp_path: Path) -> None:
    for night in (b"first\n", b"second\n"):
        with _output_to(tmp_path / "night.log"):
            os.write(1, night)
    assert (tmp_path / "night.log").read_text(encoding="utf-8") == "first\nsecond\n"


def test_versions_are_shown_newest_first_with_the_served_one_marked() -> None:
    versions = [
        Version(
            number=number,
            name=f"v{number:06d}",
            path=Path("published"),
            as_of_date=dt.date(2024, 5, number),
            published_at=dt.datetime(2024, 5, number + 1, 2, 30, tzinfo=dt.UTC),
            run_id="r",
            rows={"customers": 1000 * number} if number > 1 else {},
            is_current=number == 2,
        )
        for number in (1, 2, 10)
    ]
    shown = io.StringIO()
    show_versions(Console(file=shown, width=120), versions)
    # The last cell is empty where a version is not served.
    rows = [line.strip("│┃ ").split("│") for line in shown.getvalue().splitlines() if "v0" in line]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["v000010", "2024-05-10", "2024-05-11 02:30 UTC", "10,000"],
        ["v000002", "2024-05-02", "2024-05-03 02:30 UTC", "2,000", "current"],
        ["v000001", "2024-05-01", "2024-05-02 02:30 UTC", "0"],
    ]
