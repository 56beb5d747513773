"""Nights that several tests look at; each runs once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import nights, small_company


@pytest.fixture(scope="session")
def small_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_company.write_company(tmp_path_factory.mktemp("small_company"))


@pytest.fixture(scope="session")
def small_night(small_config: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    night = nights.run(small_config, tmp_path_factory.mktemp("small_home"))
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night
