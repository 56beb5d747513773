"""Nights that several tests look at, each of which runs once, and the places that versions are published to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.samples.sample import put_sample
from tests.support import every_family, nights, small_company

if TYPE_CHECKING:
    from tests.support.postgres_server import Postgres


@pytest.fixture(scope="session")
def small_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_company.write_company(tmp_path_factory.mktemp("small_company"))


@pytest.fixture(scope="session")
def small_night(small_config: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    night = nights.run(small_config, tmp_path_factory.mktemp("small_home"))
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    """A night that had no other before it, on all four families of sources, the late order among them."""
    folder = tmp_path_factory.mktemp("rebuilt")
    return every_family.run(folder, every_family.SECOND_NIGHT, every_family.order_lines(late=True))


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


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where versions are published."""
    return tmp_path / "published"


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[Postgres]:
    # Imported here because most files need no server.
    from tests.support.postgres_server import running_postgres

    with running_postgres() as running:
        yield running


@pytest.fixture
def postgres(postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    """A server without a published version, at the connection that ``published_postgres`` serves to."""
    from tests.support.postgres_worker import CONNECTION

    postgres_server.execute("drop schema if exists tessera cascade", "drop schema if exists tessera_data cascade")
    monkeypatch.setenv(CONNECTION, postgres_server.dsn())
    return postgres_server
