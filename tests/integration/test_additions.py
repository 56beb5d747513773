"""Features are one SQL file, a scheme one and its catalogue rows, a source a contract and a staging model: no more."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support import small_company
from tests.support.checkouts import copy_project, python

FAMILY = """\
-- One row per customer and as_of_date: on which days of the week the customer buys.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

to_date as (

    select
        customer_days.customer_id,
        count(*) filter (where isodow(customer_days.activity_date) = 1) as monday_count,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates on customer_days.activity_date <= as_of_dates.as_of_date
    where customer_days.is_order_day
    group by customer_days.customer_id, as_of_dates.as_of_date

),

weekdays as (

    select
        spine.customer_id,
        coalesce(to_date.monday_count, 0) as order_days_on_monday_count,
        spine.as_of_date
    from spine
    left join to_date on spine.customer_id = to_date.customer_id and spine.as_of_date = to_date.as_of_date

)

select * from weekdays
"""
SCHEME = """\
-- One row per customer and as_of_date: whether the customer ever bought on a Monday.
{{ config(materialized='as_of_history', enabled='mondays' in var('schemes')) }}

with weekdays as (

    select * from {{ ref('feat_customers__weekdays') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

segmented as (

    select
        weekdays.customer_id,
        'mondays' as scheme,
        case when weekdays.order_days_on_monday_count > 0 then 'monday' else 'never' end as segment_code,
        case when weekdays.order_days_on_monday_count > 0 then 'monday' else 'never' end
            as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when as_of_dates.is_tonight
                then [{{ reason('order_days_on_monday_count', 'weekdays.order_days_on_monday_count', '1') }}]
        end as reasons,
        weekdays.as_of_date
    from weekdays
    inner join as_of_dates on weekdays.as_of_date = as_of_dates.as_of_date

)

select * from segmented
"""
SCHEMES = """\
mondays,Mondays,Do they buy on Mondays?,rule,fixed,order_lines,order lines,House rule,marketing
"""
CATALOGUE = """\
mondays,monday,Monday buyers,Bought on a Monday,one order day on a Monday or more,1,#0b6e4f,marketing
mondays,never,Never on Mondays,Never bought on a Monday,no order day on a Monday,2,#ced4da,marketing
mondays,unknown,Unknown,Transactions do not say,never given,3,#e9ecef,marketing
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: till__receipts
name: Receipts of the till
version: 1.0.0
status: active
description:
  purpose: Sales over the counter.
  usage: Joined to the other order lines.
  limitations: None.
schema:
  - name: receipts
    logicalType: object
    physicalType: table
    description: One row per receipt.
    properties:
      - {name: receipt, description: Its number., logicalType: string, physicalType: varchar, required: true,
         primaryKey: true, primaryKeyPosition: 1}
      - {name: card, description: Loyalty card., logicalType: string, physicalType: varchar}
      - {name: paid, description: Paid., logicalType: number, physicalType: "decimal(18,4)", required: true}
      - {name: paid_at, description: When., logicalType: timestamp, physicalType: timestamptz, required: true}
customProperties:
  - {property: canonicalEntity, value: order_lines}
"""
STAGING = """\
-- One row per receipt, in the shape of the canonical order line.
{{ config(enabled=source_is_on('till', 'receipts')) }}

with receipts as (

    {{ latest_rows(source('till', 'receipts'), ['receipt']) }}

),

renamed as (

    select
        receipt as order_id,
        '1' as line_number,
        card as customer_ref,
        'EUR' as currency_code,
        'sale' as line_kind,
        1 as quantity,
        paid as gross_amount,
        0 as discount_amount,
        paid as net_amount,
        paid_at as ordered_at
    from receipts

)

select * from renamed
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with features, a scheme and a source added, and the generated files rendered anew."""
    copy = copy_project(tmp_path_factory.mktemp("checkout"))
    (copy / "dbt_project/models/features/feat_customers__weekdays.sql").write_text(FAMILY)
    (copy / "dbt_project/models/segmentations/seg_customers__mondays.sql").write_text(SCHEME)
    for catalogue, rows in (("scheme_catalog", SCHEMES), ("segment_catalog", CATALOGUE)):
        with (copy / f"dbt_project/seeds/{catalogue}.csv").open("a") as file:
            file.write(rows)
    (copy / "data_contracts/inbound/till__receipts.odcs.yaml").write_text(CONTRACT)
    (copy / "dbt_project/models/staging/till").mkdir()
    (copy / "dbt_project/models/staging/till/stg_till__receipts.sql").write_text(STAGING)
    python(copy, "-m", "data_contracts.render")
    return copy


@pytest.mark.slow
def test_features_a_scheme_and_a_source_need_no_other_edit(checkout: Path, tmp_path: Path) -> None:
    config = small_company.write_company(tmp_path)
    receipts = (
        "receipt,card,paid,paid_at\nr1,k000,250.00,2024-12-30 12:00:00\nr2,nobody-before,9.50,2024-12-30 13:00:00\n"
    )
    (tmp_path / "receipts.csv").write_text(receipts, encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("sources:\n", "sources:\n  - {contract: till__receipts, files: [receipts.csv]}\n"),
        encoding="utf-8",
    )
    shown = python(
        checkout, "-m", "orchestration.cli", "run", "--config", str(config), "--home", str(tmp_path / "home")
    )
    assert "Monday buyers" in shown
    with duckdb.connect(str(tmp_path / "home/published/current/marts.duckdb"), read_only=True) as marts:
        sizes = dict(marts.execute("select mondays_segment_code, count(*) from customers group by 1").fetchall())
        assert set(sizes) == {"monday", "never"}
        assert sum(sizes.values()) == small_company.CUSTOMERS + 12 + 1
        (moved,) = marts.execute("select count(*) from segment_transitions where scheme = 'mondays'").fetchone()
        assert moved > 0
