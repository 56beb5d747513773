"""The whole night on UCI Online Retail through the generic contract, with its published facts.

The file is not part of the repository: ``TESSERA_REAL_DATA`` names the folder that holds ``online_retail/``.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from tests.support import nights

FOLDER = Path(os.environ.get("TESSERA_REAL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FILE = FOLDER / "online_retail" / "online_retail.csv.gz"

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason=f"no {FILE.name} in {FOLDER}: set TESSERA_REAL_DATA to the folder of online_retail/"
)

CONFIG = """\
company: {name: Online Retail, time_zone: Europe/London, currency: GBP}
nights: {first: 2011-11-30, last: 2011-12-09}
sources:
  - contract: transactions__order_lines
    files: [order_lines.csv]
"""


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    folder = tmp_path_factory.mktemp("online_retail")
    # Only names change, and what the export does not say is added: the line's number and that C means refund.
    duckdb.execute(
        f"""
        copy (
            select
                InvoiceNo as order_id,
                row_number() over () as line_number,
                CustomerID as customer_ref,
                StockCode as sku,
                Quantity as quantity,
                InvoiceDate as ordered_at,
                UnitPrice as unit_price,
                Country as country,
                'GBP' as currency,
                case when InvoiceNo like 'C%' then 'refund' else 'sale' end as kind
            from read_csv('{FILE}', all_varchar = true)
        ) to '{folder / "order_lines.csv"}' (header true)
        """
    )
    (folder / "tessera.yml").write_text(CONFIG, encoding="utf-8")
    night = nights.run(folder / "tessera.yml", folder / "home")
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


def one(night: nights.Night, query: str) -> object:
    return night.warehouse(query).iloc[0, 0]


def test_every_record_is_good_or_in_quarantine(retail: nights.Night) -> None:
    loads = retail.mart("select records_count, rejected_count from data_quality where records_count is not null")
    # Two lines adjust bad debt by a negative price; they belong to no customer.
    assert loads.to_numpy().tolist() == [[541_909, 2]]
    assert one(retail, "select count(*) from identity.int_identity__order_lines") == 541_907


def test_the_published_facts_hold_in_the_warehouse(retail: nights.Night) -> None:
    lines = "identity.int_identity__order_lines"
    assert one(retail, f"select count(distinct customer_id) from {lines}") == 4_372
    assert one(retail, f"select count(*) from {lines} where customer_id is null") == 135_080 - 2
    assert one(retail, f"select count(*) from {lines} where line_kind = 'refund'") == 9_288
    bought = f"from {lines} where customer_id is not null and line_kind = 'sale' and quantity > 0 and net_amount > 0"
    assert one(retail, f"select count(*) {bought}") == 397_884
    assert one(retail, f"select count(distinct customer_id) {bought}") == 4_338
    assert one(retail, f"select cast(sum(net_amount) as varchar) {bought}").startswith("8911407.90")


def test_lines_that_are_the_same_but_for_their_number_are_all_kept(retail: nights.Night) -> None:
    repeated = one(
        retail,
        "select count(*) - count(distinct (order_id, sku, quantity, net_amount, order_date, customer_id)) "
        "from identity.int_identity__order_lines",
    )
    # At least the 5,268 exact duplicates: here without description and country, so a few more coincide.
    assert repeated >= 5_268


def test_refunds_lower_the_revenue_of_their_customers(retail: nights.Night) -> None:
    refunds = one(
        retail,
        "select sum(net_amount) from identity.int_identity__order_lines "
        "where line_kind = 'refund' and customer_id is not null",
    )
    found = retail.mart("select cast(sum(net_revenue_amount) as double) as revenue from customers")["revenue"][0]
    assert refunds < 0
    assert found == pytest.approx(8_911_407.90 + float(refunds), abs=0.01 * 4_372)


def test_customers_who_only_ever_returned_goods_are_leads(retail: nights.Night) -> None:
    found = retail.mart(
        "select lifecycle_segment_code as stage, count(*) as n from customers where order_count = 0 group by 1"
    )
    assert found.to_numpy().tolist() == [["lead", 4_372 - 4_338]]


def test_every_scheme_is_there(retail: nights.Night) -> None:
    found = retail.mart("select distinct scheme from segment_profiles where is_current order by 1")
    assert found["scheme"].tolist() == ["clusters", "lifecycle", "rfm"]
