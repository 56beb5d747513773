"""A scheme is one SQL file and its catalogue rows; a source is one contract and one staging model. Nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support import small_company
from tests.support.checkouts import copy_project, python

SCHEME = """\
-- One row per customer and as_of_date: whether the customer ever spent more than a hundred.
with spine as (

    select * from {{ ref('int_customers__as_of') }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

segmented as (

    select
        spine.customer_id,
        'spending' as scheme,
        case when purchases.net_revenue_amount > 100 then 'big' else 'small' end as segment_code,
        case when purchases.net_revenue_amount > 100 then 'big' else 'small' end as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        [{{ reason('net_revenue_amount', 'purchases.net_revenue_amount', '1') }}] as reasons,
        spine.as_of_date
    from spine
    inner join purchases
        on spine.customer_id = purchases.customer_id and spine.as_of_date = purchases.as_of_date

)

select * from segmented
"""
CATALOGUE = """\
spending,big,Big spenders,Ever spent more than a hundred,1,#0b6e4f,marketing
spending,small,Small spenders,Never spent more than a hundred,2,#ced4da,marketing
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
    """A copy of the project with a scheme and a source added, and the generated files rendered anew."""
    copy = copy_project(tmp_path_factory.mktemp("checkout"))
    (copy / "dbt_project/models/segmentations/seg_customers__spending.sql").write_text(SCHEME)
    with (copy / "dbt_project/seeds/segment_catalog.csv").open("a") as catalogue:
        catalogue.write(CATALOGUE)
    (copy / "data_contracts/inbound/till__receipts.odcs.yaml").write_text(CONTRACT)
    (copy / "dbt_project/models/staging/till").mkdir()
    (copy / "dbt_project/models/staging/till/stg_till__receipts.sql").write_text(STAGING)
    python(copy, "-m", "data_contracts.render")
    return copy


def test_a_scheme_and_a_source_need_no_other_edit(checkout: Path, tmp_path: Path) -> None:
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
    assert "Big spenders" in shown
    with duckdb.connect(str(tmp_path / "home/published/current/marts.duckdb"), read_only=True) as marts:
        sizes = dict(marts.execute("select spending_segment_code, count(*) from customers group by 1").fetchall())
        assert set(sizes) == {"big", "small"}
        assert sum(sizes.values()) == small_company.CUSTOMERS + 12 + 1
        (moved,) = marts.execute("select count(*) from segment_transitions where scheme = 'spending'").fetchone()
        assert moved > 0
