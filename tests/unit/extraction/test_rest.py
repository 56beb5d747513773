"""An API's records reach the lake unchanged, once, and again only when they changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.exact_json import read_json, write_json
from tests.support.api_server import Answer, Api, Request
from tests.support.extraction import Shop

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def record(number: int, **more: Any) -> dict[str, Any]:
    moment = (BEGIN + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    return {"order_id": f"A{number:04}", "line": 1, "amount": number, "updated_at": moment, **more}


def entry(api: Api, **more: Any) -> dict[str, Any]:
    delivery = {"delivery": more.pop("delivery")} if "delivery" in more else {}
    return {"rest": {"url": api.url, "attempts": 3, "max_wait_seconds": 0.05, **more}, **delivery}


def by_cursor(api: Api, **more: Any) -> dict[str, Any]:
    return entry(api, cursor={"field": "updated_at", "parameter": "since"}, **more)


def serving(records: list[dict[str, Any]], *, inclusive: bool = True) -> Callable[[Request], Answer]:
    """An API that answers everything since a time on one page."""

    def answer(request: Request) -> Answer:
        since = request.query.get("since", "")
        return Answer([r for r in records if r["updated_at"] > since or (inclusive and r["updated_at"] == since)])

    return answer


def ids(shop: Shop) -> list[str]:
    return [order for (order,) in shop.newest("order_id")]


class TestPaging:
    RECORDS = tuple(record(n) for n in range(10))

    def check(self, shop: Shop, source: dict[str, Any]) -> None:
        shop.extract(source)
        assert ids(shop) == [r["order_id"] for r in self.RECORDS]
        assert shop.rejected() == []

    def test_numbered_pages_end_with_an_empty_one(self, shop: Shop, api: Api) -> None:
        def answer(request: Request) -> Answer:
            page, size = int(request.query["page"]), int(request.query["per_page"])
            return Answer({"data": {"items": self.RECORDS[(page - 1) * size : page * size]}})

        api.answer = answer
        paging = {"kind": "page", "size": 3, "size_parameter": "per_page"}
        self.check(shop, entry(api, records="data.items", paging=paging, parameters={"state": "all"}))
        assert [request.query["page"] for request in api.requests] == ["1", "2", "3", "4", "5"]
        assert {request.query["state"] for request in api.requests} == {"all"}

    def test_numbered_pages_end_where_the_answer_says(self, shop: Shop, api: Api) -> None:
        api.answer = lambda r: Answer({"n": 2, "items": self.RECORDS[int(r.query["p"]) * 5 :][:5]})
        self.check(
            shop, entry(api, records="items", paging={"kind": "page", "parameter": "p", "first": 0, "pages": "n"})
        )
        assert len(api.requests) == 2

    def test_offsets_count_records(self, shop: Shop, api: Api) -> None:
        def answer(request: Request) -> Answer:
            begin, size = int(request.query["offset"]), int(request.query["limit"])
            return Answer({"items": self.RECORDS[begin : begin + size], "more": begin + size < 10})

        api.answer = answer
        self.check(shop, entry(api, records="items", paging={"kind": "offset", "size": 4, "more": "more"}))
        assert [request.query["offset"] for request in api.requests] == ["0", "3", "6"]

    def test_a_cursor_of_the_answer_is_sent_back(self, shop: Shop, api: Api) -> None:
        def answer(request: Request) -> Answer:
            begin = int(request.query.get("after", "0"))
            following = str(begin + 4) if begin + 4 < 10 else None
            return Answer({"items": self.RECORDS[begin : begin + 4], "meta": {"next": following}})

        api.answer = answer
        paging = {"kind": "cursor", "parameter": "after", "path": "meta.next"}
        self.check(shop, entry(api, records="items", paging=paging))
        assert len(api.requests) == 3

    def test_the_last_records_id_serves_as_cursor(self, shop: Shop, api: Api) -> None:
        def answer(request: Request) -> Answer:
            rest = [r for r in self.RECORDS if r["order_id"] > request.query.get("starting_after", "")]
            return Answer({"data": rest[:4], "has_more": len(rest) > 4})

        api.answer = answer
        paging = {"kind": "cursor", "parameter": "starting_after", "path": "data[-1].order_id", "more": "has_more"}
        self.check(shop, entry(api, records="data", paging=paging))
        assert len(api.requests) == 3

    @pytest.mark.parametrize("where", ["body", "relative", "header"])
    def test_next_links_are_followed(self, shop: Shop, api: Api, where: str) -> None:
        def answer(request: Request) -> Answer:
            begin = int(request.query.get("from", "0"))
            address = (
                f"{'' if where == 'relative' else api.url.removesuffix('/v1/records')}/v1/records?from={begin + 5}"
            )
            items, more = self.RECORDS[begin : begin + 5], begin + 5 < 10
            if where == "header":
                return Answer({"items": items}, headers={"Link": f'<{address}>; rel="next"'} if more else {})
            return Answer({"items": items, "next": address if more else None})

        api.answer = answer
        paging = {"kind": "next_link"} if where == "header" else {"kind": "next_link", "path": "next"}
        self.check(shop, entry(api, records="items", paging=paging))
        assert len(api.requests) == 2


class TestIncrements:
    def test_the_next_night_asks_from_the_last_cursor_minus_the_overlap(self, shop: Shop, api: Api) -> None:
        records = [record(n) for n in range(60)]
        api.answer = serving(records)
        shop.extract(by_cursor(api, overlap_minutes=5))
        assert "since" not in api.requests[0].query
        records.append(record(70))
        (report,) = shop.added(by_cursor(api, overlap_minutes=5))
        assert api.requests[1].query["since"] == "2024-01-01T00:54:00Z"
        assert report.records == 7
        assert len(ids(shop)) == 61
        assert shop.batches()[-1].cursor == "2024-01-01T01:10:00Z"

    @pytest.mark.parametrize("inclusive", [True, False])
    def test_a_night_without_news_adds_nothing(self, shop: Shop, api: Api, inclusive: bool) -> None:
        api.answer = serving([record(n) for n in range(60)], inclusive=inclusive)
        added = [len(shop.added(by_cursor(api, overlap_minutes=5))) for _ in range(4)]
        # An API that leaves out the moment it is asked for gives another set of rows once.
        assert added == ([1, 0, 0, 0] if inclusive else [1, 1, 0, 0])
        assert len(ids(shop)) == 60

    def test_an_answer_without_records_is_a_night_without_news(self, shop: Shop, api: Api) -> None:
        records = [record(1)]
        api.answer = serving(records)
        shop.extract(by_cursor(api))
        records.clear()
        assert shop.added(by_cursor(api)) == []
        assert len(ids(shop)) == 1

    def test_a_first_answer_without_records_is_refused(self, shop: Shop, api: Api) -> None:
        with pytest.raises(ExtractionError, match="the API has no records"):
            shop.extract(by_cursor(api))

    def test_an_api_that_ignores_the_parameter_adds_nothing_either(self, shop: Shop, api: Api) -> None:
        api.answer = lambda _: Answer([record(n) for n in range(60)])
        assert [len(shop.added(by_cursor(api, overlap_minutes=5))) for _ in range(3)] == [1, 0, 0]

    def test_a_changed_record_inside_the_overlap_is_seen(self, shop: Shop, api: Api) -> None:
        records = [record(n) for n in range(60)]
        api.answer = serving(records)
        shop.extract(by_cursor(api, overlap_minutes=5))
        records[-1]["amount"] = 7
        assert len(shop.added(by_cursor(api, overlap_minutes=5))) == 1
        assert dict(shop.newest("order_id, amount"))["A0059"] == 7

    def test_a_record_that_is_changed_back_is_news(self, shop: Shop, api: Api) -> None:
        records = [record(1)]
        api.answer = lambda _: Answer(records)
        for amount in (1, 2, 1):
            records[0]["amount"] = amount
            assert len(shop.added(entry(api))) == 1
            assert shop.newest("cast(amount as integer)") == [(amount,)]

    def test_a_date_in_the_future_does_not_hide_what_comes_before_it(self, shop: Shop, api: Api) -> None:
        records = [record(1), record(2, updated_at="2999-01-01T00:00:00Z")]
        api.answer = serving(records)
        shop.extract(by_cursor(api))
        assert shop.batches()[0].cursor < "2999"
        records.append(record(3, updated_at=datetime.now(tz=UTC).isoformat().replace("+00:00", "Z")))
        shop.extract(by_cursor(api))
        assert len(ids(shop)) == 3

    @pytest.mark.parametrize(
        ("kind", "values", "since"),
        [
            ("unix", (1_700_000_000, 1_700_000_100), "1699999980"),
            ("unix_ms", (1_700_000_000_000, 1_700_000_100_500), "1699999980000"),
            ("number", (5000, 5001), "4990"),
            ("iso", ("2024-01-01T10:00:00+0200", "2024-01-01T09:00:00Z"), "2024-01-01T07:59:40Z"),
            ("iso", ("2024-01-01 10:00:00", "2024-01-01T12:00:00"), "2024-01-01T08:59:40Z"),
        ],
    )
    def test_every_notation_of_the_cursor_goes_on_where_it_ended(
        self, shop: Shop, api: Api, kind: str, values: tuple[Any, Any], since: str
    ) -> None:
        cursor = {"field": "meta.seen", "parameter": "since", "kind": kind, "overlap_values": 10}
        source = entry(api, cursor=cursor, overlap_minutes=1 / 3)
        records = [{"order_id": "a", "line": 1, "meta": {"seen": values[0]}}]
        api.answer = lambda _: Answer(records)
        shop.extract(source, time_zone="Europe/Berlin")
        records.append({"order_id": "b", "line": 1, "meta": {"seen": values[1]}})
        shop.extract(source, time_zone="Europe/Berlin")
        assert api.requests[1].query["since"] == since
        assert ids(shop) == ["a", "b"]

    @pytest.mark.parametrize("value", [None, "soon", True, {}, "missing"])
    def test_records_without_a_usable_cursor_are_told(self, shop: Shop, api: Api, value: Any) -> None:
        bad = record(2, updated_at=value)
        if value == "missing":
            del bad["updated_at"]
        api.answer = lambda _: Answer([record(1), bad])
        with pytest.raises(ExtractionError, match="records without a usable cursor") as caught:
            shop.extract(by_cursor(api))
        assert caught.value.found == "1 of 2 records without"
        assert shop.batches() == []


class TestRecordsThatChangeWhileTheyAreRead:
    PAGING = MappingProxyType({"kind": "offset", "size": 5, "total": "total"})

    def test_an_added_record_moves_others_to_the_next_page_and_none_is_doubled(self, shop: Shop, api: Api) -> None:
        records = [record(n) for n in range(12)]

        def answer(request: Request) -> Answer:
            begin = int(request.query["offset"])
            answered = Answer({"items": records[begin : begin + 5], "total": len(records)})
            if request.number == 1:
                records.insert(0, record(99))
            return answered

        api.answer = answer
        (report,) = shop.added(entry(api, records="items", paging=dict(self.PAGING)))
        # The new one came too late for the first page; the total tells, and the second reading has it.
        assert report.records == 13
        assert report.rejected == 0
        assert len(ids(shop)) == 13

    def test_deleted_records_make_others_slip_through_and_that_is_noticed(self, shop: Shop, api: Api) -> None:
        records = [record(n) for n in range(12)]

        def answer(request: Request) -> Answer:
            begin = int(request.query["offset"])
            answered = Answer({"items": records[begin : begin + 5], "total": len(records)})
            if request.number == 1:
                # Two leave and two join: the total stays, and record 5 is on no page.
                del records[:2]
                records.extend([record(98), record(99)])
            return answered

        api.answer = answer
        shop.extract(entry(api, records="items", paging=dict(self.PAGING)))
        assert {r["order_id"] for r in records} <= set(ids(shop))

    def test_an_api_that_gives_smaller_pages_than_declared_is_told_before_records_are_skipped(
        self, shop: Shop, api: Api
    ) -> None:
        api.answer = lambda r: Answer([record(n) for n in range(20)][int(r.query["offset"]) :][:3])
        with pytest.raises(ExtractionError, match="a page in the middle is not full") as caught:
            shop.extract(entry(api, paging={"kind": "offset", "size": 5}))
        assert "declare size: 3" in caught.value.fix

    def test_an_api_whose_records_never_rest_is_refused(self, shop: Shop, api: Api) -> None:
        api.answer = lambda r: Answer({"items": [record(r.number)] * (r.query["offset"] == "0"), "total": 2})
        with pytest.raises(ExtractionError, match="records are missing in its pages"):
            shop.extract(entry(api, records="items", paging=dict(self.PAGING)))
        assert shop.batches() == []

    def test_of_a_record_that_comes_twice_the_version_read_last_is_kept(self, shop: Shop, api: Api) -> None:
        pages = [[record(1), record(2, amount=1)], [record(2, amount=2), record(3)], []]
        api.answer = lambda r: Answer(pages[int(r.query["page"]) - 1])
        (report,) = shop.added(entry(api, paging={"kind": "page"}))
        assert (report.records, report.rejected) == (3, 0)
        assert dict(shop.newest("order_id, amount"))["A0002"] == 2


class TestSnapshots:
    def test_a_record_that_is_gone_is_deleted(self, shop: Shop, api: Api) -> None:
        records = [record(n) for n in range(4)]
        api.answer = lambda _: Answer(records)
        shop.extract(entry(api, delivery="snapshot"))
        assert shop.added(entry(api, delivery="snapshot")) == []
        del records[0]
        shop.extract(entry(api, delivery="snapshot"))
        assert ids(shop) == ["A0001", "A0002", "A0003"]

    def test_an_empty_snapshot_is_refused(self, shop: Shop, api: Api) -> None:
        records = [record(1)]
        api.answer = lambda _: Answer(records)
        shop.extract(entry(api, delivery="snapshot"))
        records.clear()
        with pytest.raises(ExtractionError, match="the API has no records"):
            shop.extract(entry(api, delivery="snapshot"))
        assert len(ids(shop)) == 1


class TestValues:
    def test_every_value_arrives_unchanged(self, shop: Shop, api: Api) -> None:
        body = (
            b'[{"order_id": "a", "line": 1, "amount": 1234567890123456789012345678.0123456789, "ratio": 0.1,'
            b' "is_gift": true, "Gift note": "two\\nlines, \\"quoted\\" \\u00fc\\ud83d\\ude00\\u2028",'
            b' "extra": {"a": [1, 2.50]},'
            b' "tags": ["x", "y"], "sold_at": "2024-03-31T02:30:00.123456+02:00", "sold_on": null}]'
        )
        api.answer = lambda _: Answer(body)
        shop.extract(entry(api))
        assert shop.rejected() == []
        ((amount, ratio, is_gift, note, tags, at, on),) = shop.newest(
            "amount, ratio, is_gift, note, tags, cast(sold_at as varchar), sold_on"
        )
        assert (amount, ratio, is_gift, on) == (Decimal("1234567890123456789012345678.0123456789"), 0.1, True, None)
        assert (note, at) == ('two\nlines, "quoted" ü😀\u2028', "2024-03-31 00:30:00.123456+00")
        assert read_json(tags) == ["x", "y"]

    @pytest.mark.parametrize(
        ("value", "reasons"),
        [
            (b'{"order_id": "b", "line": "x"}', [("line", "not_an_integer")]),
            (b"17", [(None, "not_a_json_object")]),
            (b'{"line": 1}', [("order_id", "missing_value")]),
            (b'{"order_id": "b", "line": 1, "amount": 1e40}', [("amount", "out_of_range")]),
            pytest.param(
                b'{"order_id": "b", "line": 1, "extra": "' + b'\\"' * 4_000_000 + b'"}',
                [(None, "record_too_long")],
                id="8 MB",
            ),
        ],
    )
    def test_what_the_contract_cannot_hold_is_quarantined_by_name(
        self, shop: Shop, api: Api, value: bytes, reasons: list[tuple[str | None, str]]
    ) -> None:
        api.answer = lambda _: Answer(b'[{"order_id": "a", "line": 1}, ' + value + b"]")
        shop.extract(entry(api))
        assert [found for _, found in shop.rejected()] == [reasons]
        assert ids(shop) == ["a"]

    @pytest.mark.parametrize("text", ["19.90", "1234567890123.4567", "-0.0", "1E5", "1e-7", "12345678901234567890123"])
    def test_a_number_is_written_as_it_was_read(self, text: str) -> None:
        assert (
            write_json(read_json(f'{{"a": [{text}, null], "b": "{text}"}}'))
            == f'{{"a": [{text}, null], "b": "{text}"}}'
        )

    @pytest.mark.parametrize("text", ["NaN", "[Infinity]", "[1,", "", "[" * 100_000])
    def test_what_is_no_json_is_not_read(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            read_json(text)

    def test_half_a_surrogate_pair_stays_an_escape(self) -> None:
        assert write_json(read_json('"\\ud83d"')) == '"\\ud83d"'


def test_nothing_is_told_to_the_makers_of_the_library(
    shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import socket

    from dlt.common.runtime import anon_tracker

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    connect, reached = socket.socket.connect, []

    def watched(self: socket.socket, address: Any) -> Any:
        reached.append(address)
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    api.answer = lambda _: Answer([record(1)])
    shop.extract(entry(api))
    assert {address[:2] for address in reached} == {("127.0.0.1", api.port)}
    assert anon_tracker._ANON_TRACKER_ENDPOINT is None
    assert os.environ["RUNTIME__DLTHUB_TELEMETRY"] == "false"
    assert list(home.iterdir()) == []
