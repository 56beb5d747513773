"""Nights that several tests look at; each runs once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.samples.sample import put_sample
from tests.support import nights, small_company


@pytest.fixture(scope="session")
def small_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_company.write_company(tmp_path_factory.mktemp("small_company"))


@pytest.fixture(scope="session")
def small_night(small_config: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    night = nights.run(small_config, tmp_path_factory.mktemp("small_home"))
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="session")
def company(company_folder: Path) -> nights.Night:
    """The night on the simulated company, small enough for a test."""
    config = put_sample("company", company_folder / "data", truth=company_folder / "truth", customers=700, seed=11)
    # What is true is out of reach while the night runs.
    shutil.move(company_folder / "truth", company_folder / "hidden")
    night = nights.run(config, company_folder / "home")
    shutil.move(company_folder / "hidden", company_folder / "truth")
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


@pytest.fixture(scope="session")
def truth(company: nights.Night, company_folder: Path) -> Path:
    """What is true of the simulated company."""
    return company_folder / "truth"
