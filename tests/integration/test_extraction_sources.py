"""Sources of every kind beside each other, as a night loads them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets.raw import raw_assets
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.errors import TesseraError
from orchestration.ingestion.delivery import SnapshotShrunkError
from orchestration.ingestion.lake import Lake
from orchestration.partitions import nightly_partitions
from orchestration.resources import NightLockResource, WarehouseResource
from orchestration.source_loading import load_sources
from tests.support.api_server import Answer, Api, running_api
from tests.support.deployments import CONFIG, write_config
from tests.support.postgres_server import DSN_PASSWORD, PASSWORD, Postgres, running_postgres

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
LINES = "transactions__order_lines"
SOURCES = CONFIG[CONFIG.index("sources:") :]
HEADER = "order_id,line_number,ordered_at,sku,quantity,unit_price,currency\n"
TABLE = """
    create table order_lines (
        order_id text, line_number text, ordered_at timestamptz, sku text, quantity numeric, unit_price numeric,
        currency text, updated_at timestamptz not null default now(), primary key (order_id, line_number)
    )
"""
ADD = "insert into order_lines values (%s, '1', '2024-05-01 10:00+02', 's1', 1, 9.99, 'EUR')"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        running.execute(TABLE, "grant select on order_lines to reader")
        yield running


@pytest.fixture
def api() -> Iterator[Api]:
    with running_api() as running:
        yield running


def deployment_of(folder: Path, entries: str) -> Deployment:
    return load_deployment(write_config(folder, replace=[(SOURCES, f"sources:\n{entries}")]), folder / "home")


def load(deployment: Deployment) -> list[str]:
    """Load the order lines as a night does; gives the live order numbers."""
    contract = deployment.inbound[LINES]
    load_sources(deployment, contract, deployment.sources_on[LINES], loaded_at=NOW)
    with duckdb.connect() as con:
        Lake(deployment.home.lake).create_raw_view(con, contract)
        return [order for (order,) in con.execute(f"select distinct order_id from raw.{LINES} order by 1").fetchall()]


def lines(*orders: str) -> str:
    return HEADER + "".join(f"{order},1,2024-05-01 10:00:00,s1,1,9.99,EUR\n" for order in orders)


def test_files_a_database_and_an_api_feed_one_table(
    postgres: Postgres, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.execute("truncate order_lines")
    postgres.execute(ADD, params=("database",))
    api.answer = lambda _: Answer(
        [
            {
                "order_id": "api", "line_number": 1, "ordered_at": "2024-05-01T10:00:00Z", "sku": "s1",
                "quantity": 1, "unit_price": 9.99, "currency": "EUR",
            }
        ]
    )  # fmt: skip
    (tmp_path / "lines.csv").write_text(lines("file"))
    monkeypatch.setenv("SHOP_DSN", postgres.dsn())
    deployment = deployment_of(
        tmp_path,
        f"  - contract: {LINES}\n    files: [lines.csv]\n"
        f"  - contract: {LINES}\n    postgres: {{connection: SHOP_DSN, table: order_lines, cursor: updated_at}}\n"
        f"  - contract: {LINES}\n    rest: {{url: '{api.url}'}}\n",
    )
    assert load(deployment) == ["api", "database", "file"]
    assert load(deployment) == ["api", "database", "file"]
    batches = Lake(deployment.home.lake).batches(LINES)
    assert [(batch.origin or "").split()[0] for batch in batches] == ["files", "postgres", "rest"]


def test_what_fails_is_told_with_the_others_and_keeps_no_other_from_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lines.csv").write_text(lines("file"))
    monkeypatch.delenv("SHOP_DSN", raising=False)
    monkeypatch.delenv("OTHER_DSN", raising=False)
    deployment = deployment_of(
        tmp_path,
        f"  - contract: {LINES}\n    postgres: {{connection: SHOP_DSN, table: order_lines}}\n"
        f"  - contract: {LINES}\n    postgres: {{connection: OTHER_DSN, table: order_lines}}\n"
        f"  - contract: {LINES}\n    files: [lines.csv]\n",
    )
    with pytest.raises(TesseraError, match="2 deliveries of transactions__order_lines were turned away") as caught:
        load(deployment)
    assert "SHOP_DSN is not set" in caught.value.found
    assert "OTHER_DSN is not set" in caught.value.found
    assert len(Lake(deployment.home.lake).batches(LINES)) == 1


class TestSnapshotFiles:
    ENTRY = f"  - contract: {LINES}\n    files: [day_*.csv]\n    delivery: snapshot\n"

    def test_the_newest_file_replaces_the_others_and_deleted_rows_go(self, tmp_path: Path) -> None:
        deployment = deployment_of(tmp_path, self.ENTRY)
        (tmp_path / "day_1.csv").write_text(lines("a", "b", "c"))
        assert load(deployment) == ["a", "b", "c"]
        (tmp_path / "day_2.csv").write_text(lines("b", "c", "d"))
        assert load(deployment) == ["b", "c", "d"]
        assert load(deployment) == ["b", "c", "d"]
        assert len(Lake(deployment.home.lake).batches(LINES)) == 2

    def test_a_content_that_comes_back_counts_again(self, tmp_path: Path) -> None:
        deployment = deployment_of(tmp_path, self.ENTRY)
        for day, orders in enumerate((("a", "b"), ("b", "c"), ("a", "b"))):
            (tmp_path / f"day_{day}.csv").write_text(lines(*orders))
            assert load(deployment) == sorted(orders)

    def test_files_that_were_increments_are_replaced_even_when_the_last_is_loaded_already(self, tmp_path: Path) -> None:
        for day, orders in enumerate((("a", "b"), ("b", "c"))):
            (tmp_path / f"day_{day}.csv").write_text(lines(*orders))
        increments = deployment_of(tmp_path, self.ENTRY.replace("snapshot", "increment"))
        assert load(increments) == ["a", "b", "c"]
        assert load(deployment_of(tmp_path, self.ENTRY)) == ["b", "c"]

    def test_a_cut_off_export_deletes_nobody(self, tmp_path: Path) -> None:
        deployment = deployment_of(tmp_path, self.ENTRY)
        (tmp_path / "day_1.csv").write_text(lines("a", "b", "c"))
        load(deployment)
        (tmp_path / "day_2.csv").write_text(lines("a"))
        with pytest.raises(SnapshotShrunkError, match=r"66\.7% fewer rows"):
            load(deployment)
        (tmp_path / "day_2.csv").unlink()
        assert load(deployment) == ["a", "b", "c"]

    def test_a_snapshot_replaces_nothing_of_another_source(self, tmp_path: Path) -> None:
        (tmp_path / "other.csv").write_text(lines("x"))
        other = f"  - contract: {LINES}\n    files: [other.csv]\n    delivery: snapshot\n"
        deployment = deployment_of(tmp_path, self.ENTRY + other)
        (tmp_path / "day_1.csv").write_text(lines("a", "b"))
        assert load(deployment) == ["a", "b", "x"]
        (tmp_path / "day_2.csv").write_text(lines("a", "c"))
        assert load(deployment) == ["a", "c", "x"]

    def test_two_shops_with_the_same_list_keep_their_own(self, tmp_path: Path) -> None:
        other = f"  - contract: {LINES}\n    files: [other.csv]\n    delivery: snapshot\n"
        deployment = deployment_of(tmp_path, other + self.ENTRY)
        for name in ("other.csv", "day_1.csv"):
            (tmp_path / name).write_text(lines("a", "b"))
        load(deployment)
        (tmp_path / "day_2.csv").write_text(lines("b", "c"))
        assert load(deployment) == ["a", "b", "c"]


@pytest.mark.parametrize("password", [DSN_PASSWORD, "wr0ng%2Fpassword"])
def test_the_asset_and_its_metadata_hold_no_secret(
    postgres: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    password: str,
) -> None:
    postgres.execute("truncate order_lines")
    postgres.execute(ADD, params=("a",))
    monkeypatch.setenv("SHOP_DSN", postgres.dsn("reader", password))
    deployment = deployment_of(
        tmp_path,
        f"  - contract: {LINES}\n    postgres: {{connection: SHOP_DSN, table: order_lines, cursor: updated_at}}\n",
    )
    deployment.home.create()
    settings = deployment.settings
    assets = raw_assets(deployment, nightly_partitions(settings))
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        done = dg.materialize(
            assets,
            instance=instance,
            partition_key="2024-06-01",
            resources={
                "warehouse": WarehouseResource(
                    path=str(deployment.home.warehouse), time_zone="UTC", memory_limit="500MB"
                ),
                "night_lock": NightLockResource(path=str(deployment.home.night_lock)),
            },
            raise_on_error=False,
        )
        assert done.success is (password == DSN_PASSWORD)
        told = "".join(str(event) for event in instance.all_logs(done.run_id))
    captured = capfd.readouterr()
    told += captured.out + captured.err
    told += "".join(f"{path.read_bytes()!r}" for path in tmp_path.rglob("*") if path.is_file())
    assert "SHOP_DSN" in told
    for secret in (os.environ["SHOP_DSN"], PASSWORD, DSN_PASSWORD, "wr0ng%2Fpassword", "wr0ng/password"):
        assert secret not in told
