"""What the end of a night means, and where its output goes meanwhile."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from orchestration.console.night import UNEXPECTED, _output_to, _told
from orchestration.console.summary import show_versions
from orchestration.errors import NightRefusedError, TesseraError
from orchestration.failures import told_plainly
from orchestration.publishing.version_store import Version

PARTS = {"expected": "a file", "found": "none", "fix": "deliver it"}


def failure_of(error: Exception, *, plainly: bool = True) -> tuple[int, str]:
    """The exit code and words of a step that fails with an error, from Dagster's own event."""

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
    return _told(event)


def test_a_wrong_input_ends_with_2_and_a_refusal_with_1_each_in_its_own_words() -> None:
    mend, refused = TesseraError("orders.csv is empty", **PARTS), NightRefusedError("too few customers", **PARTS)
    assert failure_of(mend) == (2, str(mend))
    assert failure_of(refused) == (1, str(refused))


def test_a_failure_of_dagsters_own_kind_is_a_refusal() -> None:
    assert failure_of(dg.Failure("dbt says no")) == (1, "dbt says no")


def test_an_error_nobody_foresaw_ends_with_3_and_names_the_step_and_its_cause() -> None:
    code, told = failure_of(ZeroDivisionError("division by zero"), plainly=False)
    assert code == UNEXPECTED
    assert told.startswith("step: ")
    assert "division by zero" in told


def test_output_of_this_process_and_its_children_goes_to_the_log_and_comes_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "new" / "night.log"
    with pytest.raises(RuntimeError), _output_to(log):
        os.write(1, b"own output\n")
        os.write(2, b"own error\n")
        subprocess.run([sys.executable, "-c", "print('of a child')"], check=True)
        raise RuntimeError
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
