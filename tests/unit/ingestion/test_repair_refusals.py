"""Repair files that are not taken, and what a person is told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion.file_errors import RejectedShareError
from orchestration.ingestion.rejections import find_rejections
from orchestration.ingestion.repair_export import export
from tests.unit.ingestion.conftest import LOADED_AT, contract_from
from tests.unit.ingestion.repair_desk import CONTENT, HEADER, Desk, refused


@pytest.fixture
def desk(shop: Any) -> Desk:
    return Desk(shop)


class TestRefusals:
    def test_unknown_batches_and_records(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        path = desk.export()
        text = path.read_text()

        def with_record(number: int) -> Path:
            path.write_text(text.replace(f"{report.batch_id},2,", f"{report.batch_id},{number},"))
            return path

        assert "a record that was loaded" in refused(lambda: desk.resubmit(with_record(1)))
        assert "a file of 5 records" in refused(lambda: desk.resubmit(with_record(77)))
        assert "is in it twice" in refused(lambda: desk.resubmit(with_record(5)))
        path.write_text(text.replace(f"{report.batch_id},2,", f"{'0' * 32},2,"))
        assert "names a batch that does not exist" in refused(lambda: desk.resubmit(path))
        path.write_text(text.replace(f"{report.batch_id},2,", f"{report.batch_id},two,"))
        assert "does not tell which record it is" in refused(lambda: desk.resubmit(path))
        assert len(desk.shop.lake.batches(desk.name)) == 1

    def test_records_of_another_contract(self, desk: Desk, tmp_path: Path, orders_text: str) -> None:
        text = orders_text.replace("id: shop__orders", "id: web__orders")
        other = contract_from(tmp_path / "web", text, "web__orders")
        desk.shop.load(desk.shop.write("web.csv", CONTENT), other, max_rejected_share=1)
        desk.load(CONTENT)
        rejections = find_rejections(desk.shop.con, desk.shop.lake, desk.shop.quarantine, "web__orders")
        path = desk.shop.folder / "web_repairs.csv"
        export(desk.shop.con, other, rejections, path)
        told = refused(lambda: desk.resubmit(path))
        assert "another contract" in told
        assert "web__orders" in told

    @pytest.mark.parametrize("lost", ["_batch", "_record", "amount"])
    def test_a_column_that_is_missing(self, desk: Desk, lost: str) -> None:
        desk.load(CONTENT)
        path = desk.export()
        rows = [line.split(",") for line in path.read_text().splitlines() if "D,1" not in line]
        place = rows[0].index(lost)
        path.write_text("\n".join(",".join(row[:place] + row[place + 1 :]) for row in rows) + "\n")
        assert f"{lost}" in refused(lambda: desk.resubmit(path)).splitlines()[0]

    def test_files_that_a_spreadsheet_has_saved_otherwise(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.mend(desk.export(reason="not_a_number"), ("B,1,x", "B,1,2"))
        text = path.read_text()
        path.write_text(text.replace(",", ";"))
        assert "the delimiter is not a comma but ';'" in refused(lambda: desk.resubmit(path))
        path.write_bytes(text.replace("E,1,y", "E,1,\u00e4").encode("cp1252"))
        assert "it is not UTF-8" in refused(lambda: desk.resubmit(path))
        path.write_text(text.replace("B,1,2", "B,1,2,5"))
        assert "not as many fields" in refused(lambda: desk.resubmit(path))
        path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b",,,,,,\r\n\r\n")
        assert desk.resubmit(path).load.good == 1

    def test_json_for_a_source_of_rows_and_broken_json(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        path = desk.shop.folder / "mended.jsonl"
        line = json.dumps({"_batch": report.batch_id, "_record": 2, "order_id": "B", "line": 1, "amount": 2})
        path.write_text(line)
        assert "it is JSON lines" in refused(lambda: desk.resubmit(path))
        path.write_text(line + "\n{")
        assert "line 2 cannot be read" in refused(lambda: desk.resubmit(path))
        path.write_text('{"order_id": "B"}')
        assert "does not tell which record it is" in refused(lambda: desk.resubmit(path))
        path.write_text(line[:-1] + ', "line": 2}')
        assert "occurs more than once" in refused(lambda: desk.resubmit(path))

    def test_records_of_a_file_refused_as_a_whole(self, desk: Desk) -> None:
        path = desk.shop.write("bad.csv", HEADER + b"A,1,x\nB,1,y\nC,1,1\n")
        with pytest.raises(RejectedShareError):
            desk.shop.load(path)
        assert desk.states() == {"refused": 2}
        assert "nothing to repair" in refused(desk.export)
        (refusal,) = desk.rejections().refusals
        mended = desk.shop.folder / "mended.csv"
        mended.write_text(f"_batch,_record,order_id,line,amount\n{refusal.batch_id},1,A,1,1\n")
        assert "refused as a whole" in refused(lambda: desk.resubmit(mended))

    def test_a_file_refused_as_a_whole_is_listed_until_one_of_its_name_is_loaded(self, desk: Desk) -> None:
        with pytest.raises(RejectedShareError):
            desk.shop.load(desk.shop.write("bad.csv", HEADER + b"A,1,x\n"))
        desk.load(HEADER + b"A,1,1\n", "other.csv")
        assert [item.file for item in desk.rejections().refusals] == ["bad.csv"]
        (file,) = (path for path in desk.shop.quarantine.files(desk.name))
        os.utime(file, (LOADED_AT.timestamp() - 60, LOADED_AT.timestamp() - 60))
        desk.load(HEADER + b"A,1,2\n", "bad.csv")
        assert desk.rejections().refusals == []
