"""Extractions that are killed: each in a process of its own, forked from one that has everything imported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.repository import ROOT

# The parent does not collect the child before it has been killed, so the number cannot be another process's by then.
_SERVER = """
import json, os, signal, sys, time
import pandas, psycopg, pyarrow.compute, orchestration.extraction.postgres, orchestration.extraction.rest
from tests.support.extraction import contract_of, run
contract_of()
print("ready", flush=True)
for line in sys.stdin:
    arguments, delay = json.loads(line)
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run(*arguments)
            code = 0
        finally:
            os._exit(code)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - begun]), flush=True)
"""


@dataclass(frozen=True)
class KillableRuns:
    """Runs extractions into a folder's lake."""

    process: subprocess.Popen[str]

    def run(self, folder: Path, entry: Mapping[str, Any], secret: tuple[str, str], delay: float | None = None) -> Any:
        """Run, and kill after ``delay`` seconds; gives the exit code (-9 when killed) and the seconds it took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        arguments = [str(folder), json.dumps(entry), *secret]
        self.process.stdin.write(json.dumps([arguments, delay]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def killable_runs() -> Iterator[KillableRuns]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield KillableRuns(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)
