"""Every benchmark still runs to its last line, at a size that says nothing about costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from orchestration.repository import ROOT
from tests.support import nights

pytestmark = pytest.mark.slow

# The last words tell that nothing was left out. The fits beside their peers are not here: environments are built first.
BENCHMARKS = {
    "night": ([], ""),
    "loading": (["--rows", "20000", "--runs", "1"], ""),
    "matching": (["--records", "20000"], ""),
    "features": (["--lines", "2000"], "measured in"),
    "predictions": (["--customers", "20000"], "KEPT"),
    "demand": ([], ""),
}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_to_its_last_line(name: str) -> None:
    arguments, last = BENCHMARKS[name]
    ended = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", *arguments],
        cwd=ROOT,
        env=nights.environment(),
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert last in ended.stdout.splitlines()[-1]


def test_no_benchmark_is_forgotten() -> None:
    called = {
        line.split("benchmarks/")[1] for line in (ROOT / "Makefile").read_text().splitlines() if "benchmarks/" in line
    }
    assert called == {f"{name}.py" for name in [*BENCHMARKS, "lifetime_value"]}
