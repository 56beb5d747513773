"""Writes that survive a power cut.

Belongs here: fsync of files and folders. Does not belong here: what is written, or when it becomes visible.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync_path(path: Path) -> None:
    """Flush one file, or the entries of one folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Flush every file below ``folder``, then every folder, the deepest first."""
    folders = [folder]
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            folders.append(path)
        else:
            sync_path(path)
    for path in reversed(folders):
        sync_path(path)


def write_text_durably(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in one step: a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.writing")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_path(path.parent)
