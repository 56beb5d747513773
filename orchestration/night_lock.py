"""One night at a time in one home.

Belongs here: the lock that keeps two runs (the console's and the UI's, say) off one warehouse. Does not belong here:
the lock between publishers, which belongs to the version store.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TesseraError


@contextmanager
def night_lock(path: Path, *, owner: str) -> Iterator[None]:
    """Hold the home's lock; the operating system drops it if the process dies.

    Args:
        path: The lock file; made if it does not exist.
        owner: Who holds it, for the message another run gets.

    Raises:
        TesseraError: Another run holds the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise TesseraError(
                f"another run is working in {path.parent}",
                expected="one run at a time in one home",
                found=lock.read().strip() or "a held lock",
                fix="wait for it to end, or give this run another --home",
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {owner}")
        lock.flush()
        yield
        lock.truncate(0)
