"""Running needs nothing that only the development lock has."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from orchestration.repository import ROOT

OURS = ("orchestration", "ml", "data_contracts")
RUNNING, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (name.split(".")[0] for name in names)


@pytest.mark.parametrize("package", OURS)
def test_what_a_package_imports_is_locked_for_running(package: str) -> None:
    locked, distributions = pins(RUNNING), packages_distributions()
    modules = {name for path in (ROOT / package).rglob("*.py") for name in imported_by(path)}
    foreign = modules - set(sys.stdlib_module_names) - set(OURS)
    missing = {
        module
        for module in foreign
        if not any(re.sub(r"[-_.]+", "-", name).lower() in locked for name in distributions.get(module, ()))
    }
    assert foreign
    assert not missing


def test_both_locks_pin_the_same_versions() -> None:
    running, development = pins(RUNNING), pins(DEVELOPMENT)
    assert running.items() <= development.items()
    assert len(running) < len(development)
