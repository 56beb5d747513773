"""What a command takes: CPU seconds, wall time and peak memory of its whole process tree.

Belongs here: running and watching one command. Does not belong here: which command, and what its figures are held
against.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one command took; CPU and wall in seconds, ``memory`` in bytes."""

    cpu: float
    wall: float
    memory: int


def tree_memory(pid: int) -> int:
    """Resident bytes of a process and all its descendants."""
    total = 0
    waiting = [pid]
    while waiting:
        process = waiting.pop()
        try:
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            total += pages * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def watched(command: list[str], environment: dict[str, str] | None = None) -> tuple[str, Cost]:
    """Run a command; return what it printed and what it took. One at a time, since CPU is read from all children."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    done.set()
    watcher.join()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{output[-3000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return output, Cost(cpu, wall, peak)
