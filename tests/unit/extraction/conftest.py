"""One PostgreSQL server for all tests of a process; a fresh schema, API and lake for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api_server import Api, running_api
from tests.support.extraction import CREATE, Shop, open_shop
from tests.support.postgres_server import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture
def postgres(postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    postgres_server.execute("drop schema if exists shop cascade", "create schema shop", CREATE)
    monkeypatch.setenv("SHOP_DSN", postgres_server.dsn())
    return postgres_server


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = open_shop(tmp_path)
    yield opened
    opened.con.close()


@pytest.fixture
def api() -> Iterator[Api]:
    with running_api() as running:
        yield running
