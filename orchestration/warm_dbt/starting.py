"""Starting the server of dbt commands, once a process.

Belongs here: the server's start, address and end. Does not belong here: what it does.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
# What this Python is started with in dbt's place, before the arguments of dbt.
CLIENT_ARGUMENTS = ["-I", "-S", str(_HERE / "client.py"), str(Path(sys.executable).with_name("dbt"))]
_START_SECONDS = 60.0


@dataclass
class WarmDbt:
    """A server that lives as long as this process."""

    process: subprocess.Popen[bytes]
    folder: Path
    alive: int

    @classmethod
    def start(cls) -> WarmDbt:
        """Start a server; it is ready some seconds later."""
        folder = Path(tempfile.mkdtemp(prefix="tessera-dbt-"))
        watched, alive = os.pipe()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-u", str(_HERE / "server.py"), str(folder), str(watched)],
            pass_fds=[watched],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Commands write to what their clients hand over; if this one cannot start, dbt itself says why.
            stderr=subprocess.DEVNULL,
        )
        os.close(watched)
        return cls(process, folder, alive)

    def address(self) -> str:
        """Wait for the server and return where it listens; nothing listens there if it could not start."""
        socket = self.folder / "socket"
        until = time.monotonic() + _START_SECONDS
        while not socket.exists() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        return str(socket)

    def stop(self) -> None:
        """End the server and the command that it runs."""
        os.close(self.alive)
        self.process.wait()
        # It has done so itself, unless it was killed.
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def warm_dbt() -> WarmDbt:
    """Return this process's server; the first call starts it and does not wait for it."""
    server = WarmDbt.start()
    atexit.register(server.stop)
    return server
