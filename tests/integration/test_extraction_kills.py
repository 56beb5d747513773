"""An extraction that is killed at any instant neither loses nor doubles a row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.api_server import Answer, Request, running_api
from tests.support.extraction import CREATE, TABLE, Shop, open_shop
from tests.support.killed_runs import KillableRuns, killable_runs
from tests.support.postgres_server import Postgres, running_postgres

# Minutes of kills: `make test-slow`.
pytestmark = pytest.mark.slow

# Of each kind; runs that end before their kill do not count.
KILLS, MOST_RUNS = 25, 80


@pytest.fixture(scope="module")
def runs() -> Iterator[KillableRuns]:
    with killable_runs() as running:
        yield running


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        running.execute("create schema shop", CREATE)
        yield running


def change(postgres: Postgres, night: int) -> None:
    """What a day brings: new orders, many of them at the same moment, and corrections of old ones."""
    moment = f"timestamptz '2024-01-01 00:00+00' + {night} * interval '1 day'"
    postgres.execute(
        "insert into shop.orders (order_id, line, amount, updated_at) "
        f"select 'N{night}-' || n, 1, n, {moment} + n / 20 * interval '1 minute' from generate_series(1, 60) n",
        f"update shop.orders set amount = {night} * 1000, updated_at = {moment} "
        f"where order_id = 'N{night - 1}-7' or order_id like 'N{night // 2}-9%'",
    )


def check(shop: Shop, expected: list[tuple[Any, ...]], folder: Path) -> None:
    assert shop.newest("order_id, line, cast(amount as integer)") == expected
    assert shop.rejected() == []
    assert not list((folder / "lake" / ".tmp").iterdir())
    assert not list((folder / "landing").iterdir())


class TestPostgres:
    def test_increments_survive_kills(self, runs: KillableRuns, postgres: Postgres, tmp_path: Path) -> None:
        entry = {
            "postgres": {
                "connection": "SHOP_DSN",
                "table": "shop.orders",
                "cursor": "updated_at",
                "chunk_rows": 45,
                "overlap_minutes": 1,
            }
        }
        secret = ("SHOP_DSN", postgres.dsn())
        postgres.execute("truncate shop.orders")
        for night in range(3):
            change(postgres, night)
        code, whole = runs.run(tmp_path / "measured", entry, secret)
        assert code == 0
        self.survive(runs, postgres, tmp_path / "killed", entry, secret, whole)

    def test_snapshots_survive_kills(self, runs: KillableRuns, postgres: Postgres, tmp_path: Path) -> None:
        entry = {"postgres": {"connection": "SHOP_DSN", "table": "shop.orders"}}
        secret = ("SHOP_DSN", postgres.dsn())
        postgres.execute("truncate shop.orders")
        change(postgres, 0)
        code, whole = runs.run(tmp_path / "measured", entry, secret)
        assert code == 0
        self.survive(runs, postgres, tmp_path / "killed", entry, secret, whole)
        assert len(open_shop(tmp_path / "killed").lake.live_batches(TABLE)) == 1

    @staticmethod
    def survive(
        runs: KillableRuns, postgres: Postgres, folder: Path, entry: Any, secret: tuple[str, str], whole: float
    ) -> None:
        draw, killed = random.Random(2024), 0
        for number in range(MOST_RUNS):
            # Every third run finds news, the others go on with what the kills before left.
            if number % 3 == 0:
                change(postgres, 10 + number)
            code, _ = runs.run(folder, entry, secret, draw.uniform(0, whole))
            killed += code == -9
            if killed == KILLS:
                break
        assert killed == KILLS
        code, _ = runs.run(folder, entry, secret)
        assert code == 0
        shop = open_shop(folder)
        expected = postgres.execute(
            'select order_id, line, amount::int from shop.orders order by order_id collate "C", line'
        )
        check(shop, expected, folder)
        batches = len(shop.batches())
        assert runs.run(folder, entry, secret)[0] == 0
        assert len(shop.batches()) == batches
        shop.con.close()


def test_an_api_survives_kills(runs: KillableRuns, tmp_path: Path) -> None:
    records: dict[str, dict[str, Any]] = {}

    def grow(night: int) -> None:
        begin = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=night)
        for n in range(100):
            moment = (begin + timedelta(minutes=n // 10)).isoformat().replace("+00:00", "Z")
            records[f"N{night}-{n}"] = {"order_id": f"N{night}-{n}", "line": 1, "amount": n, "updated_at": moment}
        for key in (f"N{night - 1}-3", f"N{night // 2}-5"):
            if key in records:
                records[key] |= {"amount": night * 1000, "updated_at": begin.isoformat().replace("+00:00", "Z")}

    def answer(request: Request) -> Answer:
        found = [r for r in records.values() if r["updated_at"] >= request.query.get("since", "")]
        begin = int(request.query.get("after", "0"))
        following = str(begin + 100) if begin + 100 < len(found) else None
        return Answer({"items": found[begin : begin + 100], "next": following})

    with running_api() as api:
        api.answer = answer
        entry = {
            "rest": {
                "url": api.url,
                "secret": "API_KEY",
                "records": "items",
                "paging": {"kind": "cursor", "parameter": "after", "path": "next"},
                "cursor": {"field": "updated_at", "parameter": "since"},
                "overlap_minutes": 2,
            }
        }
        secret = ("API_KEY", "any-key-does")
        for night in range(5):
            grow(night)
        code, whole = runs.run(tmp_path / "measured", entry, secret)
        assert code == 0
        folder, draw, killed = tmp_path / "killed", random.Random(2024), 0
        for number in range(MOST_RUNS):
            if number % 3 == 0:
                grow(10 + number)
            code, _ = runs.run(folder, entry, secret, draw.uniform(0, whole))
            killed += code == -9
            if killed == KILLS:
                break
        assert killed == KILLS
        assert runs.run(folder, entry, secret)[0] == 0
        shop = open_shop(folder)
        check(shop, sorted((r["order_id"], 1, r["amount"]) for r in records.values()), folder)
        batches = len(shop.batches())
        assert runs.run(folder, entry, secret)[0] == 0
        assert len(shop.batches()) == batches
        shop.con.close()
