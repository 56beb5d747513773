"""A table's rows reach the lake unchanged, once, and again only when they changed."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extraction.errors import ExtractionError
from orchestration.ingestion.delivery import SnapshotShrunkError
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.lake import Lake
from tests.support.extraction import ORDERS, Shop, contract_of, open_shop
from tests.support.postgres_server import Postgres

MANY = """
    insert into shop.orders (order_id, line, amount, updated_at)
    select 'A' || n, 1, n, timestamptz '2024-01-01 00:00+00' + n / 10 * interval '1 minute'
    from generate_series(1, {count}) as n
"""


def entry(**more: Any) -> dict[str, Any]:
    return {"postgres": {"connection": "SHOP_DSN", "table": "shop.orders", "cursor": "updated_at", **more}}


def snapshot(**more: Any) -> dict[str, Any]:
    return {"postgres": {"connection": "SHOP_DSN", "table": "shop.orders"}, **more}


def ids(shop: Shop) -> list[str]:
    return [order for (order,) in shop.newest("order_id")]


class TestIncrements:
    def test_the_first_night_takes_everything_and_the_next_what_is_new(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=40))
        (first,) = shop.added(entry())
        assert (first.records, first.good, first.rejected) == (40, 40, 0)
        postgres.execute("insert into shop.orders values ('B', 1, 5, null, null, null, null, null, null, null, now())")
        (second,) = shop.added(entry(overlap_minutes=0))
        # The boundary row's companions come again with the new one, since the beginning is inclusive.
        assert second.records == 1 + 1
        assert len(ids(shop)) == 41

    def test_a_night_without_news_adds_nothing_though_the_boundary_is_read_again(
        self, postgres: Postgres, shop: Shop
    ) -> None:
        postgres.execute(MANY.format(count=40))
        assert len(shop.added(entry(overlap_minutes=2))) == 1
        reports = [shop.extract(entry(overlap_minutes=2)) for _ in range(3)]
        assert [[report.already_loaded for report in night] for night in reports] == [[True]] * 3
        assert len(shop.batches()) == 1

    def test_a_changed_row_is_corrected_and_not_sold_twice(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=20))
        shop.extract(entry())
        postgres.execute("update shop.orders set amount = 77, updated_at = now() where order_id = 'A3'")
        shop.extract(entry())
        assert dict(shop.newest("order_id, amount"))["A3"] == 77
        assert len(ids(shop)) == 20

    def test_a_row_that_was_committed_late_is_found_within_the_overlap(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=20))
        with psycopg.connect(postgres.dsn()) as slow:
            slow.execute(
                "insert into shop.orders (order_id, line, updated_at) values ('late', 1, '2024-01-01 00:01+00')"
            )
            shop.extract(entry())
            assert "late" not in ids(shop)
        shop.extract(entry(overlap_minutes=15))
        assert "late" in ids(shop)

    def test_a_row_that_appears_behind_a_chunk_already_read_is_found_the_next_night(
        self, postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        postgres.execute(MANY.format(count=99))
        commit = Lake.commit

        def and_a_late_row(*args: Any) -> Any:
            if not shop.batches():
                postgres.execute(
                    "insert into shop.orders (order_id, line, updated_at) values ('late', 1, '2024-01-01 00:01+00')"
                )
            return commit(*args)

        with monkeypatch.context() as patch:
            patch.setattr(Lake, "commit", and_a_late_row)
            shop.extract(entry(chunk_rows=25))
        assert "late" not in ids(shop)
        # The digest was taken of the state that was read, not of the one that had the late row by then.
        assert len(shop.added(entry(chunk_rows=25))) == 4
        assert "late" in ids(shop)
        assert shop.added(entry(chunk_rows=25)) == []

    @pytest.mark.parametrize("source", [entry(overlap_minutes=0), snapshot()])
    def test_a_row_that_is_changed_back_is_news_though_its_text_has_been_seen(
        self, postgres: Postgres, shop: Shop, source: dict[str, Any]
    ) -> None:
        postgres.execute(
            "insert into shop.orders (order_id, line, amount, updated_at) values ('a', 1, 1, '2024-01-01')"
        )
        shop.extract(source)
        for amount in (2, 1):
            postgres.execute(f"update shop.orders set amount = {amount}, updated_at = updated_at + interval '1 day'")
            assert len(shop.added(source)) == 1
            assert shop.newest("cast(amount as integer)") == [(amount,)]

    def test_a_run_that_is_stopped_while_reading_again_does_not_go_back(
        self, postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        postgres.execute(MANY.format(count=99))
        shop.extract(entry())
        reached = shop.batches()[-1].cursor
        postgres.execute("update shop.orders set amount = 0 where order_id = 'A1'")
        commit = Lake.commit

        def and_stop(*args: Any) -> Any:
            commit(*args)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Lake, "commit", and_stop)
            with pytest.raises(KeyboardInterrupt):
                shop.extract(entry(chunk_rows=5))
        assert shop.batches()[-1].records < 99
        assert shop.batches()[-1].cursor == reached

    def test_a_change_without_a_new_cursor_inside_the_overlap_is_seen(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=20))
        shop.extract(entry())
        postgres.execute("update shop.orders set amount = 77 where order_id = 'A20'")
        assert len(shop.added(entry())) == 1
        assert dict(shop.newest("order_id, amount"))["A20"] == 77

    def test_chunks_never_divide_equal_cursors_and_each_is_a_batch(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=99))
        reports = shop.added(entry(chunk_rows=25))
        # Ten rows share a minute, so a chunk that would end inside one takes all ten.
        assert [report.records for report in reports] == [29, 30, 30, 10]
        assert len(ids(shop)) == 99
        cursors = [batch.cursor for batch in shop.batches()]
        assert cursors == sorted(cursors)
        assert [batch.tail is None for batch in shop.batches()] == [True, True, True, False]

    def test_a_stopped_first_load_goes_on_behind_its_last_chunk(
        self, postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        postgres.execute(MANY.format(count=99))
        commit, committed = Lake.commit, []

        def stop_at_the_third(*args: Any) -> Any:
            if len(committed) == 2:
                raise KeyboardInterrupt
            committed.append(1)
            return commit(*args)

        with monkeypatch.context() as patch:
            patch.setattr(Lake, "commit", stop_at_the_third)
            with pytest.raises(KeyboardInterrupt):
                shop.extract(entry(chunk_rows=25, overlap_minutes=0))
        rest = shop.added(entry(chunk_rows=25, overlap_minutes=0))
        assert sum(report.records for report in rest) == 99 - 59 + 10
        assert len(ids(shop)) == 99

    def test_a_date_in_the_future_does_not_hide_what_comes_before_it(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(
            "insert into shop.orders (order_id, line, updated_at) "
            "values ('typo', 1, '2999-01-01'), ('a', 1, '2024-01-01')"
        )
        shop.extract(entry())
        assert ids(shop) == ["a", "typo"]
        assert shop.batches()[-1].cursor < "2999"
        assert shop.added(entry()) == []
        postgres.execute("insert into shop.orders (order_id, line, updated_at) values ('b', 1, now())")
        shop.extract(entry())
        assert ids(shop) == ["a", "b", "typo"]

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            ("timestamp", ("2024-01-01 10:00", "2024-01-01 10:00:00.000001")),
            ("date", ("2024-01-01", "2024-01-05")),
            ("bigint", ("-9223372036854775808", "9223372036854775807")),
            ("smallint", ("1", "2")),
        ],
    )
    def test_every_kind_of_cursor_goes_on_where_it_ended(
        self, postgres: Postgres, shop: Shop, kind: str, values: tuple[str, str]
    ) -> None:
        postgres.execute("alter table shop.orders alter updated_at drop not null, add column seen " + kind)
        add = "insert into shop.orders (order_id, line, updated_at, seen) values (%s, 1, now(), %s)"
        postgres.execute(add, params=("first", values[0]))
        source = entry(cursor="seen", overlap_minutes=0, overlap_values=0)
        assert len(shop.added(source, time_zone="Europe/Berlin")) == 1
        assert shop.added(source, time_zone="Europe/Berlin") == []
        postgres.execute(add, params=("second", values[1]))
        assert len(shop.added(source, time_zone="Europe/Berlin")) == 1
        assert ids(shop) == ["first", "second"]

    def test_the_repeated_hour_of_october_is_not_lost(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute("alter table shop.orders alter updated_at type timestamp")
        add = "insert into shop.orders (order_id, line, updated_at) values (%s, 1, %s)"
        postgres.execute(add, params=("before the clocks went back", "2023-10-29 02:59"))
        shop.extract(entry(overlap_minutes=1), time_zone="Europe/Berlin")
        postgres.execute(add, params=("ten minutes later", "2023-10-29 02:09"))
        shop.extract(entry(overlap_minutes=1), time_zone="Europe/Berlin")
        assert len(ids(shop)) == 2

    def test_a_changed_contract_reads_the_table_from_its_beginning(self, postgres: Postgres, shop: Shop) -> None:
        strict = contract_of(ORDERS.replace("name: amount,", "name: amount, logicalTypeOptions: {maximum: 5},"))
        postgres.execute(MANY.format(count=20))
        (first,) = shop.added(entry(), contract=strict)
        assert (first.good, first.rejected) == (5, 15)
        (again,) = shop.added(entry())
        assert (again.records, again.good) == (20, 20)
        assert len(ids(shop)) == 20

    def test_two_databases_with_the_same_rows_keep_their_own_cursors(
        self, postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        postgres.execute(MANY.format(count=20))
        monkeypatch.setenv("OTHER_DSN", postgres.dsn())
        assert len(shop.added(entry())) == 1
        assert len(shop.added(entry(connection="OTHER_DSN"))) == 1
        assert shop.added(entry()) == []
        assert shop.added(entry(connection="OTHER_DSN")) == []

    def test_rows_that_are_rejected_do_not_come_back_every_night(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute("insert into shop.orders (order_id, line, amount, updated_at) values ('a', 1, 'NaN', now())")
        assert len(shop.added(entry())) == 1
        assert shop.added(entry()) == []
        assert len(shop.rejected()) == 1


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    nights=st.lists(
        st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), max_size=8),
        min_size=1,
        max_size=4,
    ),
    chunk=st.integers(1, 5),
)
def test_after_any_nights_the_newest_rows_are_the_tables_rows(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, nights: list[list[tuple[int, int]]], chunk: int
) -> None:
    shop = open_shop(tmp_path_factory.mktemp("shop"))
    postgres.execute(
        "truncate shop.orders", "insert into shop.orders (order_id, line, updated_at) values ('o', 0, '2024-01-01')"
    )
    for night, changes in enumerate(nights):
        for order, minutes in changes:
            # Clocks only go forward from night to night, and many rows share a moment.
            postgres.execute(
                "insert into shop.orders (order_id, line, amount, updated_at) "
                "values (%s, 1, %s, timestamptz '2024-01-01 00:00+00' + %s * interval '1 minute') "
                "on conflict (order_id, line) do update set amount = excluded.amount, updated_at = excluded.updated_at",
                params=(str(order), night, night * 4 + minutes),
            )
        shop.extract(entry(chunk_rows=chunk, overlap_minutes=1))
        assert shop.added(entry(chunk_rows=chunk, overlap_minutes=1)) == []
        assert shop.newest("order_id, line, cast(amount as integer)") == postgres.execute(
            'select order_id, line, amount::int from shop.orders order by order_id collate "C", line'
        )
    shop.con.close()


class TestSnapshots:
    def test_a_table_without_a_cursor_is_replaced_and_deleted_rows_go(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=10))
        assert len(shop.added(snapshot())) == 1
        assert shop.added(snapshot()) == []
        postgres.execute("delete from shop.orders where order_id in ('A1', 'A2')", "update shop.orders set amount = 0")
        (second,) = shop.added(snapshot())
        assert len(second.supersedes) == 1
        assert len(ids(shop)) == 8
        assert {amount for (amount,) in shop.newest("amount")} == {0}

    def test_a_table_that_goes_back_to_an_earlier_state_is_followed(self, postgres: Postgres, shop: Shop) -> None:
        postgres.execute(MANY.format(count=4))
        shop.extract(snapshot())
        postgres.execute("delete from shop.orders where order_id = 'A1'")
        shop.extract(snapshot())
        postgres.execute(
            "insert into shop.orders (order_id, line, amount, updated_at) values ('A1', 1, 1, '2024-01-01')"
        )
        shop.extract(snapshot())
        assert ids(shop) == ["A1", "A2", "A3", "A4"]
        assert len(shop.lake.live_batches("shop__orders")) == 1

    def test_a_snapshot_that_lost_too_many_rows_is_refused_and_may_be_allowed(
        self, postgres: Postgres, shop: Shop
    ) -> None:
        postgres.execute(MANY.format(count=10))
        shop.extract(snapshot())
        postgres.execute("delete from shop.orders where amount > 4")
        with pytest.raises(SnapshotShrunkError, match=r"60\.0% fewer rows") as caught:
            shop.extract(snapshot())
        assert "max_snapshot_drop_share" in caught.value.fix
        assert caught.value.exit_code == 1
        assert len(ids(shop)) == 10
        shop.extract(snapshot(max_snapshot_drop_share=0.6))
        assert len(ids(shop)) == 4

    def test_an_empty_table_is_no_delivery(self, postgres: Postgres, shop: Shop) -> None:
        with pytest.raises(FileRejectedError, match="0 records"):
            shop.extract(snapshot())
        with pytest.raises(ExtractionError, match="the table is empty"):
            shop.extract(entry())
        assert shop.batches() == []


def test_what_is_written_beside_the_rows_tells_the_origin(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(MANY.format(count=3))
    shop.extract(entry())
    (batch,) = shop.batches()
    record = json.loads((shop.lake.rows_path(batch).parent / "batch.json").read_text())
    assert record["origin"] == "postgres SHOP_DSN shop.orders by updated_at"
    assert record["cursor"] == "2024-01-01 00:00:00+00"
    assert list((shop.folder / "landing").iterdir()) == []
