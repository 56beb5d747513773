"""What is on the page, read from its text without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.contract import load_contracts
from orchestration.errors import TesseraError
from orchestration.explorer.page import EXPLORER_NAME, explorer_html, write_explorer
from orchestration.explorer.slices import FORBIDDEN_COLUMNS, SLICES
from orchestration.repository import OUTBOUND_CONTRACTS
from tests.support import explored

CONTRACTS = load_contracts(OUTBOUND_CONTRACTS, repeated={"scheme": ["rfm"]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return explored.write(tmp_path_factory.mktemp("explored"))


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return explorer_html(folder, explored.ABOUT)


def content_of(html: str) -> Any:
    found = re.search(r'<script type="application/json" id="content">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def column(content: Any, table: str, name: str) -> list[Any]:
    packed = content["tables"][table]["columns"][name]
    if isinstance(packed, dict):
        return [None if place is None else packed["words"][place] for place in packed["at"]]
    return list(packed)


def test_every_mart_that_is_there_is_on_the_page(html: str) -> None:
    content = content_of(html)
    assert content["absent"] == {}
    assert {part.mart for part in SLICES} <= set(content["tables"])


def test_the_same_marts_give_the_same_page(folder: Path, html: str) -> None:
    assert explorer_html(folder, explored.ABOUT) == html


def test_rows_in_another_order_give_the_same_page(tmp_path: Path, html: str) -> None:
    explored.write(tmp_path, change=lambda _, rows: rows[::-1])
    assert explorer_html(tmp_path, explored.ABOUT) == html


def test_nobody_is_on_the_page(html: str) -> None:
    content = content_of(html)
    for table in content["tables"].values():
        assert not FORBIDDEN_COLUMNS & set(table["columns"])
    assert "customer-00" not in html


def test_totals_are_those_of_the_customers(folder: Path, html: str) -> None:
    totals = {name: total["value"] for name, total in content_of(html)["totals"].items()}
    n, active, revenue = (
        duckdb.execute(
            "select count(*), count(*) filter (where order_365d_count > 0), sum(net_revenue_365d_amount)::double "
            f"from '{folder}/customers.parquet'"
        ).fetchone()
        or ()
    )
    assert (totals["customers"], totals["active_customers"]) == (n, active)
    assert totals["net_revenue_365d"] == pytest.approx(revenue)
    answers = [n % 11 for n in range(1, 366, 2)]
    share = sum(answer >= 9 for answer in answers) / len(answers), sum(answer <= 6 for answer in answers) / len(answers)
    assert totals["nps_answers"] == len(answers)
    assert totals["nps"] == pytest.approx(100 * (share[0] - share[1]), rel=1e-6)
    assert totals["nps_low"] < totals["nps"] < totals["nps_high"]


def test_an_nps_of_few_answers_is_not_told(tmp_path: Path) -> None:
    explored.write(tmp_path, change=lambda name, rows: rows[:50] if name == "customers" else rows)
    assert content_of(explorer_html(tmp_path, explored.ABOUT))["totals"]["nps"]["value"] is None


def test_options_of_too_few_customers_are_not_told(tmp_path: Path) -> None:
    def few(name: str, rows: explored.Rows) -> explored.Rows:
        if name != "treatments":
            return rows
        # Nine customers, all of them champions: one fewer than may be told apart.
        champions = [row for n, row in enumerate(rows) if n % 5 < 2][:9]
        return [{**row, "offer_code": "secret"} if row in champions else row for row in rows]

    explored.write(tmp_path, change=few)
    content = content_of(explorer_html(tmp_path, explored.ABOUT))
    assert "secret" not in column(content, "treatment_mix", "treatment")
    assert "bundle" in column(content, "treatment_mix", "treatment")


def test_a_version_without_what_may_be_missing_says_of_each_that_it_is(tmp_path: Path) -> None:
    required = {part.mart for part in SLICES if part.is_required}
    explored.write(tmp_path, change=lambda name, rows: rows if name in required else None)
    content = content_of(explorer_html(tmp_path, explored.ABOUT))
    assert set(content["absent"]) == {part.mart for part in SLICES} - required
    assert set(content["tables"]) == required
    assert content["totals"]["customers"]["value"] is None


def test_a_mart_of_another_shape_is_named_with_its_column(tmp_path: Path) -> None:
    def without(name: str, rows: explored.Rows) -> explored.Rows:
        return [{"campaign": "spring"}] if name == "campaigns" else rows

    explored.write(tmp_path, change=without)
    absent = content_of(explorer_html(tmp_path, explored.ABOUT))["absent"]
    assert absent == {"campaigns": "it has no column campaign_id, campaign_name in this version"}


def test_without_profiles_there_is_no_page_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    explored.write(tmp_path, change=lambda name, rows: None if name == "segment_profiles" else rows)
    with pytest.raises(TesseraError, match="segment_profiles") as error:
        explorer_html(tmp_path, explored.ABOUT)
    assert "tessera run" in error.value.fix


def test_without_marts_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="no marts to explore"):
        write_explorer(tmp_path, explored.ABOUT)


def test_a_damaged_mart_is_named(tmp_path: Path) -> None:
    explored.write(tmp_path)
    (tmp_path / "campaigns.parquet").write_bytes(b"no parquet")
    with pytest.raises(TesseraError, match=r"campaigns\.parquet"):
        explorer_html(tmp_path, explored.ABOUT)


def test_hostile_names_stay_inside_their_script(tmp_path: Path, html: str) -> None:
    explored.write(tmp_path, change=explored.with_hostile_names)
    page = write_explorer(tmp_path, explored.ABOUT)
    assert page == tmp_path / EXPLORER_NAME
    text = page.read_text(encoding="utf-8")
    assert text.count("</script>") == html.count("</script>")
    assert "<img src=x" not in text
    assert explored.HOSTILE in column(content_of(text), "segment_profiles", "segment_name")


def test_only_the_pages_own_scripts_may_run(html: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "default-src 'none'" in policy[1]
    scripts = re.search(r"script-src ([^;]*);", policy[1])
    assert scripts
    assert [source[:8] for source in scripts[1].split()] == ["'sha256-", "'sha256-"]


@pytest.mark.parametrize("part", [part for part in SLICES if part.mart in CONTRACTS], ids=lambda part: part.mart)
def test_what_the_page_asks_of_a_mart_its_contract_promises(part: Any) -> None:
    promised = {column.name for column in CONTRACTS[part.mart].columns}
    assert {*part.keys, *part.needs, *part.only, *part.leave_out} <= promised
