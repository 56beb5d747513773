"""Rejected records are taken out for repair as their source wrote them."""

from __future__ import annotations

import json
import os
import stat
from typing import Any

import pytest

from orchestration.ingestion.repair_export import export
from tests.unit.ingestion.repair_desk import CONTENT, HEADER, Desk, refused


@pytest.fixture
def desk(shop: Any) -> Desk:
    return Desk(shop)


class TestExport:
    def test_the_records_come_with_their_place_and_reasons_in_the_sources_notation(self, desk: Desk) -> None:
        report = desk.load(
            b"order_id;line;amount;note;beyond\nA;1;1,5;x;y\nB;1;1.5;\xe4, b;z\nC;1\n",
            delimiter=";",
            decimal=",",
            encoding="cp1252",
        )
        path = desk.export()
        assert path.read_bytes().decode().split("\r\n") == [
            "_batch,_record,_line,_reasons,order_id,line,amount,note,beyond,_raw",
            f'{report.batch_id},2,3,amount: not_a_number,B,1,1.5,"\u00e4, b",z,',
            f"{report.batch_id},3,4,too_few_fields,,,,,,C;1",
            "",
        ]
        done = desk.resubmit(desk.mend(path, ("1.5", '"2,5"')))
        assert (done.load.good, done.load.rejected, done.left_out) == (1, 0, 1)
        assert desk.orders() == [("A", 1.5), ("B", 2.5)]

    def test_only_the_owner_may_read_the_file(self, desk: Desk) -> None:
        desk.load(CONTENT)
        before = os.umask(0)
        try:
            path = desk.export()
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_file_that_exists_is_never_overwritten(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.shop.folder / "mine.csv"
        path.write_text("hours of work")
        told = refused(lambda: export(desk.shop.con, desk.shop.contract, desk.rejections(), path))
        assert "may hold somebody's repairs" in told
        assert path.read_text() == "hours of work"

    def test_values_that_look_like_formulas_are_not_altered(self, desk: Desk) -> None:
        desk.load(HEADER.strip() + b",note\nA,1,x,=1+2\nB,1,x,'+49\n")
        written = [line.rsplit(",", 1)[1] for line in desk.export().read_text().splitlines()[1:]]
        assert written == ["=1+2", "'+49"]

    def test_json_records_keep_their_text_and_numbers(self, desk: Desk) -> None:
        lines = [
            {"order_id": "A", "line": 1, "amount": 1},
            {"order_id": "B", "line": 1, "amount": "x", "weight": 1.5, "note": "ü"},
        ]
        content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + '\n{"order_id": "C", "line": 1,\n'
        report = desk.load(content.encode(), "orders.jsonl")
        path = desk.export()
        first, second = path.read_text(encoding="utf-8").splitlines()
        told = f'{{"_batch": "{report.batch_id}", "_record": 2, "_line": 2, "_reasons": "amount: not_a_number", '
        assert first == told + '"order_id": "B", "line": 1, "amount": "x", "weight": 1.5, "note": "ü"}'
        assert json.loads(second)["_raw"] == '{"order_id": "C", "line": 1,'
        mended = {key: value for key, value in json.loads(second).items() if key != "_raw"}
        path.write_text(
            first.replace('"x"', "100000000000.12")
            + "\n"
            + json.dumps(mended | {"order_id": "C", "line": 1, "amount": 3})
            + "\n",
            encoding="utf-8",
        )
        assert desk.resubmit(path).load.good == 2
        assert desk.shop.rows("order_id, cast(amount as varchar), note") == [
            ("A", "1.00", None),
            ("B", "100000000000.12", "ü"),
            ("C", "3.00", None),
        ]

    def test_typed_values_of_a_parquet_file_come_back_as_what_they_were(self, desk: Desk) -> None:
        path = desk.shop.folder / "orders.parquet"
        desk.shop.con.execute(f"""
            copy (
                select 17.0::double as order_id, 1.0::double as line, 3.3200000000000003::double as amount,
                    timestamp '2024-03-01 00:00:00' as sold_on, timestamp '2024-03-01 10:00:00' as sold_at,
                    0.1::double + 0.2 as weight, true as is_gift, 'bad' as kind
            ) to '{path}' (format parquet)
        """)
        desk.shop.load(path, time_zone="Europe/Berlin", max_rejected_share=1)
        desk.resubmit(desk.mend(desk.export(), ("bad", "sale")))
        assert desk.shop.rows("order_id, line, amount::varchar, sold_on::varchar, epoch(sold_at), weight, is_gift") == [
            ("17", 1, "3.32", "2024-03-01", 1709283600.0, 0.30000000000000004, True)
        ]

    def test_records_that_are_read_differently_do_not_share_a_file(self, desk: Desk) -> None:
        first = desk.load(CONTENT)
        desk.load(HEADER.replace(b",", b";") + b"B;1;x\n", "other.csv", delimiter=";", decimal=",")
        told = refused(desk.export)
        assert "read differently" in told
        assert "decimal ','" in told
        assert len(desk.export(batches=[first.batch_id]).read_text().splitlines()) == 4

    def test_a_choice_by_reason_and_column(self, desk: Desk) -> None:
        desk.load(CONTENT)
        assert len(desk.export(reason="not_a_number").read_text().splitlines()) == 3
        assert len(desk.export(reason="not_a_number", column="amount").read_text().splitlines()) == 3
        assert "nothing to repair" in refused(lambda: desk.export(reason="not_a_number", column="line"))
