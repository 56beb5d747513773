"""Nights of matching that keep their state in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.profiles import Nights


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path / "identity")
