"""One night at a time in one home, whatever happens to the one that holds the lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.night_lock import night_lock
from orchestration.repository import ROOT

HOLDER = """
import sys
from pathlib import Path
from orchestration.night_lock import night_lock

with night_lock(Path(sys.argv[1]), owner="Dagster run 12ab"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_a_second_run_is_refused_and_told_who_holds_the_home(tmp_path: Path) -> None:
    path = tmp_path / "home" / "night.lock"
    with held_by_another_process(path) as holder:
        with pytest.raises(TesseraError, match="another run is working in") as caught, night_lock(path, owner="me"):
            pytest.fail("two runs hold one lock")
        assert str(path.parent) in caught.value.what
        assert caught.value.found == f"process {holder.pid}, Dagster run 12ab"
        assert "--home" in caught.value.fix
        # The refused one has not wiped out who holds it.
        assert path.read_text(encoding="utf-8") == caught.value.found


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    path = tmp_path / "night.lock"
    with held_by_another_process(path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with night_lock(path, owner="me"):
            assert path.read_text(encoding="utf-8") == f"process {os.getpid()}, me"


def test_the_lock_is_free_when_the_run_ends_well_or_badly(tmp_path: Path) -> None:
    path = tmp_path / "night.lock"
    with night_lock(path, owner="first"):
        pass
    assert path.read_text(encoding="utf-8") == ""
    with pytest.raises(RuntimeError), night_lock(path, owner="second, which fails"):
        raise RuntimeError
    with night_lock(path, owner="third"):
        assert path.read_text(encoding="utf-8") == f"process {os.getpid()}, third"


def test_two_homes_work_at_once(tmp_path: Path) -> None:
    with (
        held_by_another_process(tmp_path / "one" / "night.lock"),
        night_lock(tmp_path / "two" / "night.lock", owner=""),
    ):
        pass
