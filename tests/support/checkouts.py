"""Copies of the project that a test may add to, and Python that runs inside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.repository import ROOT
from tests.support import nights


def copy_project(folder: Path) -> Path:
    """Copy what a night needs of the project into a folder, and return the folder."""
    for name in ("data_contracts", "dbt_project", "ml", "orchestration"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    return folder


def python(checkout: Path, *arguments: str) -> str:
    """Run this Python in a copy, on the copy's own code; return what it printed."""
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=nights.environment(PYTHONPATH=str(checkout)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
