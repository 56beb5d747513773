"""A process that has imported all that a load needs, and forks one for every load that is to be killed.

Reads one JSON request a line: the lake's folder, files, after how many seconds to kill (null to let it end) and before
which step to die by itself. Answers each with one JSON line. It never opens a database itself, so that a fork is safe.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pandas as pd  # noqa: F401 - the database and Arrow import it at the first load; no fork shall have to
import pyarrow.pandas_compat  # noqa: F401

from data_contracts.contract import Contract, load_contract
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import load_file
from orchestration.ingestion.quarantine import Quarantine

LONGEST = 60.0


def load(contract: Contract, request: dict[str, Any]) -> NoReturn:
    """Load the files, one after the other, and end."""
    if request["die"] == "before commit":
        Lake.commit = lambda *_: os._exit(9)  # type: ignore[assignment,method-assign]
    if request["die"] == "before rename":
        Path.rename = lambda *_: os._exit(9)  # type: ignore[assignment,method-assign]
    root = Path(request["root"])
    try:
        with duckdb.connect(config={"threads": 2}) as con:
            for file in request["files"]:
                load_file(
                    con,
                    contract,
                    Path(file),
                    lake=Lake(root / "lake"),
                    quarantine=Quarantine(root / "quarantine"),
                    loaded_at=datetime(2024, 6, 1, 3, 0, tzinfo=UTC),
                )
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    contract = load_contract(Path(sys.argv[1]))
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        child = os.fork()
        if not child:
            load(contract, request)
        # A load that nobody kills ends by itself within a second; one that hangs shall fail its test and not stop it.
        time.sleep(request["kill_after"] or 0)
        deadline = time.monotonic() + (LONGEST if request["kill_after"] is None else 0)
        waited, status = os.waitpid(child, os.WNOHANG)
        while not waited and time.monotonic() < deadline:
            time.sleep(0.005)
            waited, status = os.waitpid(child, os.WNOHANG)
        if not waited:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        print(json.dumps({"ended": ended, "seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
