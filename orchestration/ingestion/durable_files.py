"""Writing that survives a power cut.

Belongs here: flushing files and folders to the disk, and replacing a file in one step. Does not belong here:
what is written.
"""

from __future__ import annotations

import os
from pathlib import Path


def flush_to_disk(path: Path) -> None:
    """Make the content of a file, or the entries of a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(temporary: Path, final: Path) -> None:
    """Put a finished temporary file in its place: durable first, then visible, in one rename."""
    flush_to_disk(temporary)
    temporary.replace(final)
    flush_to_disk(final.parent)
