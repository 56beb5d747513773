"""What can be wrong with a database is told, without the secret, and nothing is committed."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import psycopg
import pytest

from orchestration.errors import TesseraError
from orchestration.extraction import postgres as module
from orchestration.extraction.errors import ExtractionError, TemporaryExtractionError
from orchestration.ingestion.lake import Lake
from tests.support.extraction import Shop
from tests.support.postgres_server import DSN_PASSWORD, PASSWORD, Postgres

ROW = "insert into shop.orders (order_id, line, updated_at) values ('a', 1, '2024-01-01')"


def entry(**more: Any) -> dict[str, Any]:
    return {"postgres": {"connection": "SHOP_DSN", "table": "shop.orders", "cursor": "updated_at", **more}}


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITS", (0.01, 0.01))


def refusal(shop: Shop, source: dict[str, Any], kind: type[TesseraError] = ExtractionError) -> TesseraError:
    with pytest.raises(kind) as caught:
        shop.extract(source)
    assert shop.batches() == []
    assert not shop.folder.joinpath("landing").exists() or not list(shop.folder.joinpath("landing").iterdir())
    return caught.value


def test_a_variable_that_is_not_set_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_DSN", raising=False)
    assert "the environment variable SHOP_DSN is not set" in refusal(shop, entry(), TesseraError).what


@pytest.mark.parametrize(
    "dsn",
    ["hunter2 is my password", "postgresql://u:hunter2@x y/z", "host=hunter2 port", "postgresql://u:hun%ter2@h/d"],
)
def test_what_is_no_connection_string_is_refused_and_not_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, dsn: str
) -> None:
    monkeypatch.setenv("SHOP_DSN", dsn)
    error = refusal(shop, entry())
    assert "SHOP_DSN is not a connection string" in error.what
    told = "".join(traceback.format_exception(error))
    assert "hunter2" not in told
    assert "hun%ter2" not in told


def test_a_server_that_is_not_there_is_tried_again_and_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DSN", "host=127.0.0.1 port=1 user=me password=hunter2")
    tries: list[float] = []
    monkeypatch.setattr(module.time, "sleep", tries.append)
    error = refusal(shop, entry(), TemporaryExtractionError)
    assert "no connection to PostgreSQL" in error.what
    assert "refused" in error.found
    assert tries == [0.01, 0.01]


@pytest.mark.parametrize(
    ("user", "password", "database", "found"),
    [
        ("reader", "wrong", "postgres", "password authentication failed"),
        ("nobody", "", "postgres", 'role "nobody" does not exist'),
        ("postgres", "", "nowhere", 'database "nowhere" does not exist'),
    ],
)
def test_a_wrong_login_is_told_at_once(
    postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch, user: str, password: str, database: str, found: str
) -> None:
    monkeypatch.setenv("SHOP_DSN", postgres.dsn(user, password, database))
    monkeypatch.setattr(module.time, "sleep", lambda _: pytest.fail("it was tried again"))
    assert found in refusal(shop, entry()).found


def test_a_missing_table_is_named(postgres: Postgres, shop: Shop) -> None:
    error = refusal(shop, entry(table="shop.Orders"))
    assert "there is no table shop.Orders" in error.what
    assert "none in database postgres" in error.found


def test_a_missing_required_column_is_named_with_those_there_are(postgres: Postgres, shop: Shop) -> None:
    postgres.execute('alter table shop.orders rename order_id to "Order_ID"')
    error = refusal(shop, entry())
    assert "required column 'order_id' is missing" in error.what
    assert "Order_ID, line, amount" in error.found
    assert "there is order_id" in error.fix


def test_a_missing_cursor_column_is_named(postgres: Postgres, shop: Shop) -> None:
    error = refusal(shop, entry(cursor="update_at"))
    assert "the cursor column 'update_at' is missing" in error.what
    assert "there is updated_at" in error.fix


@pytest.mark.parametrize("column", ["amount", "Gift note", "extra", "tags", "ratio"])
def test_a_column_that_cannot_be_a_cursor_is_refused(postgres: Postgres, shop: Shop, column: str) -> None:
    source = entry(cursor=column) if " " not in column else None
    if source is None:
        postgres.execute('alter table shop.orders rename "Gift note" to gift_note')
        source = entry(cursor="gift_note")
    assert "cannot be a cursor" in refusal(shop, source).what


@pytest.mark.parametrize("value", ["null", "'infinity'", "'-infinity'"])
def test_rows_without_a_usable_cursor_are_told_rather_than_never_read(
    postgres: Postgres, shop: Shop, value: str
) -> None:
    postgres.execute(
        "alter table shop.orders alter updated_at drop not null",
        ROW,
        f"insert into shop.orders (order_id, line, updated_at) values ('b', 1, {value}), ('c', 1, {value})",
    )
    error = refusal(shop, entry())
    assert "without a usable value in the cursor column 'updated_at'" in error.what
    assert error.found.startswith("2 rows where")


def test_a_role_without_the_right_to_read_is_told_what_to_grant(
    postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DSN", postgres.dsn("reader", DSN_PASSWORD))
    for grant in ("select 1", "grant usage on schema shop to reader"):
        postgres.execute(grant)
        error = refusal(shop, entry())
        assert "the role may not read it" in error.what
        assert "permission denied" in error.found
    postgres.execute("grant select on shop.orders to reader", ROW)
    assert len(shop.added(entry())) == 1


def test_a_statement_that_takes_too_long_is_ended(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(
        ROW, "create view shop.slow as select o.* from shop.orders o, lateral (select pg_sleep(3 + 0 * o.line)) s"
    )
    error = refusal(shop, entry(table="shop.slow", timeout_minutes=0.003))
    assert "a statement took too long" in error.what


def test_the_transaction_can_only_read(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(
        ROW,
        "create table shop.written (a int)",
        "create function shop.write() returns int language sql volatile as "
        "'insert into shop.written values (1) returning a'",
        "create view shop.sly as select o.*, shop.write() as seen from shop.orders o",
    )
    error = refusal(shop, entry(table="shop.sly", cursor="seen"))
    assert "read-only transaction" in error.found


def test_a_connection_that_breaks_is_made_again_and_goes_on_behind_the_last_chunk(
    postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.execute(
        "insert into shop.orders (order_id, line, updated_at) "
        "select 'A' || n, 1, timestamptz '2024-01-01' + n * interval '1 hour' from generate_series(1, 30) n"
    )
    commit = Lake.commit

    def and_cut(*args: Any) -> Any:
        done = commit(*args)
        if len(shop.batches()) in (1, 2):
            postgres.execute(
                "select pg_terminate_backend(pid, 2000) from pg_stat_activity where application_name = 'tessera'"
            )
        return done

    monkeypatch.setattr(Lake, "commit", and_cut)
    reports = shop.added({**entry(chunk_rows=10)})
    # The first rows of the second and the third try are the boundary rows again.
    assert [report.records for report in reports] == [10, 10, 10, 2]
    assert len(shop.newest()) == 30


class TestSecrets:
    """Whatever happens, neither the connection string nor its password is written anywhere."""

    @pytest.mark.parametrize("case", ["right", "wrong password", "no table", "no right", "no server"])
    def test_no_secret_is_written_anywhere(
        self,
        postgres: Postgres,
        shop: Shop,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        case: str,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        postgres.execute(ROW, "grant usage on schema shop to reader")
        if case != "no right":
            postgres.execute("grant select on shop.orders to reader")
        wrong = "wr0ng%2Fpass%20word"
        used = wrong if case == "wrong password" else DSN_PASSWORD
        dsn = postgres.dsn("reader", used)
        if case == "no server":
            dsn = dsn.replace(postgres.host, "/nowhere")
        monkeypatch.setenv("SHOP_DSN", dsn)
        told = ""
        try:
            reports = shop.extract(entry(**({"table": "shop.gone"} if case == "no table" else {})))
            told += repr(reports)
            assert case == "right"
        except ExtractionError as error:
            assert case != "right"
            told += "".join(traceback.format_exception(error)) + repr(vars(error))
        captured = capfd.readouterr()
        told += captured.out + captured.err + caplog.text
        told += "".join(f"{path}{path.read_bytes()!r}" for path in shop.folder.rglob("*") if path.is_file())
        assert "SHOP_DSN" in told
        for secret in (dsn, PASSWORD, DSN_PASSWORD, wrong, "wr0ng/pass word"):
            assert secret not in told

    def test_a_driver_that_quotes_the_password_is_not_repeated(
        self, postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHOP_DSN", postgres.dsn("reader", DSN_PASSWORD))

        def quoting(conninfo: str) -> Any:
            message = f"could not connect with {conninfo} and {PASSWORD}"
            raise psycopg.OperationalError(message)

        monkeypatch.setattr("orchestration.extraction.postgres_session.psycopg.connect", quoting)
        error = refusal(shop, entry())
        assert PASSWORD not in "".join(traceback.format_exception(error))
        assert "***" in error.found
