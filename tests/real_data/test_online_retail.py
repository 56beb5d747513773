"""The whole night on UCI Online Retail through the generic contract, with its published facts.

The file is not part of the repository: ``TESSERA_REAL_DATA`` names the folder that holds ``online_retail/``.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.combined_pair import NO_PAIR
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


def test_the_schemes_are_those_that_order_lines_alone_allow_and_the_others_say_what_they_lack(
    retail: nights.Night,
) -> None:
    found = retail.mart("select scheme, status, status_reason from segmentation_schemes").set_index("scheme")
    assert set(found.index[found["status"] == "available"]) == {
        "behavioural",
        "clusters",
        "geographic",
        "lifecycle",
        "predictive",
        "rfm",
        "value_tier",
    }
    lacking = found[found["status"] != "available"]
    assert set(lacking["status"]) == {"not_available"}
    unknown = "the sources say too little to place anybody: it looks at "
    assert lacking["status_reason"].to_dict() == {
        "benefits": "no source of survey questions and of survey answers is connected",
        "channel_preference": unknown + "sales channel of order lines",
        "combined": NO_PAIR,
        "delivery_need": unknown + "delivery method, units and promised and real delivery days of order lines",
        "demographic": "no source of customers is connected",
        "digital_adoption": unknown + "sales channel of order lines",
        "engagement": "no source of interactions is connected",
        "firmographic": "no source of customers and of companies is connected",
        "needs": "no source of survey questions and of survey answers is connected",
        "psychographic": "no source of survey questions and of survey answers is connected",
        "product_preference": "no source of products is connected",
        "satisfaction": "no source of survey answers or social interactions is connected",
    }


def test_the_core_market_is_the_united_kingdom(retail: nights.Night) -> None:
    found = retail.mart(
        "select geographic_segment_code as market, list(distinct country) as countries, count(*) as n "
        "from customers group by 1"
    ).set_index("market")
    assert list(found.loc["core_market", "countries"]) == ["GB"]
    assert "GB" not in found.loc["other_market", "countries"]
    # Nine in ten customers live there; whose country is not named has none of the markets.
    assert 0.88 < found.loc["core_market", "n"] / found["n"].sum() < 0.92


def test_value_tiers_are_shares_of_the_buyers_of_a_year(retail: nights.Night) -> None:
    tiers = retail.mart("select value_tier_segment_code as tier, order_365d_count > 0 as has_bought from customers")
    assert ((tiers["tier"] != "no_purchase") == tiers["has_bought"]).all()
    counts = tiers.loc[tiers["has_bought"], "tier"].value_counts(normalize=True)
    shares = [counts[f"tier_{number}"] for number in range(1, 7)]
    assert shares == pytest.approx([0.01, 0.04, 0.05, 0.15, 0.25, 0.5], abs=0.02)


def test_another_kind_of_margin_is_a_boundary_that_moved_and_has_limits_of_its_own(retail: nights.Night) -> None:
    kinds = retail.warehouse(
        "select margin_kind, set_date from segmentations.int_value_tier__limits order by as_of_date desc limit 2"
    )
    # At the end of November a model expected margins best; on the last night none was better than the last window.
    assert kinds["margin_kind"].tolist() == ["past_margin", "buying_model"]
    assert set(kinds["set_date"].astype(str)) == {"2011-11-30"}
    in_force = retail.mart("select boundary_name from segment_boundaries where scheme = 'value_tier' and is_in_force")
    assert set(in_force["boundary_name"]) == {"margin_amount"}
    moved = retail.mart(
        "select sum(customer_changed_count) as changed, sum(boundary_moved_count) as moved from segment_transitions "
        "where scheme = 'value_tier' and as_of_date = date '2011-12-09' and from_segment_code != 'entered'"
    )
    # Nine days change few customers.
    assert moved["changed"][0] < moved["moved"][0]


def test_most_customers_are_retailers_who_buy_by_the_dozen(retail: nights.Night) -> None:
    found = retail.mart("select behavioural_segment_code as pattern from customers")["pattern"]
    assert 0.6 < found.str.endswith("bulk_buyer").mean() < 0.85
    # The export has no discounts.
    assert not found.str.endswith("deal_seeker").any()
