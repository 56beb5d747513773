"""Who may import whom: the contracts of import-linter in ``pyproject.toml``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orchestration.repository import ROOT


def test_every_import_contract_is_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_definitions_and_the_command_can_be_imported_without_a_deployment(tmp_path: Path) -> None:
    # In an empty folder, with a configuration variable that would fail if anything looked at it.
    code = "import orchestration.definitions, orchestration.cli"
    environment = {"TESSERA_CONFIG": "/nowhere", "TESSERA_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
