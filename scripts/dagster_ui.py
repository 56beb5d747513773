"""Dagster's user interface of a home, started and looked at in a browser, as a person would.

Belongs here: starting and stopping it with all its processes, waiting until pages stand still. Does not belong here:
what is done on its pages.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TesseraError

# Definitions are loaded twice, by the server and by the daemon; on a busy machine that takes its time.
_STARTS_WITHIN = 240.0
_ENDS_WITHIN = 30.0


@contextmanager
def dagster_ui(config: Path, home: Path, *, checkout: Path, port: int | None = None) -> Iterator[str]:
    """``tessera ui`` of a checkout; every process that it starts is gone at the end.

    Args:
        config: The ``tessera.yml``.
        home: The state folder.
        checkout: Whose code runs.
        port: On loopback; a free one by default.

    Yields:
        The address.

    Raises:
        TesseraError: It did not come up.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "orchestration.cli", "ui", "--config", str(config), "--home", str(home)]
    log = home / "ui.log"
    with log.open("w", encoding="utf-8") as output:
        # A session of its own, so that the daemon and the code server end with it, and nobody else's do.
        process = subprocess.Popen(  # noqa: S603
            [*command, "--port", str(port)],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield address
    finally:
        _stop(process)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise TesseraError(
        "Dagster's user interface did not come up",
        expected=f"an answer from {address} within {_STARTS_WITHIN:.0f} seconds",
        found=log.read_text(encoding="utf-8", errors="replace")[-2000:],
        fix="read what it printed",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if not _is_alive(process.pid):
            return
        _signal(process.pid, sign)
        until = time.monotonic() + _ENDS_WITHIN / 3
        while _is_alive(process.pid) and time.monotonic() < until:
            process.poll()
            time.sleep(0.2)


def _signal(group: int, sign: int) -> None:
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
