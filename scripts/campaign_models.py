"""The models of campaigns outside dbt, by the project's own SQL, on customers of whom the truth is known.

Belongs here: building them in a database. Does not belong here: whose customers they are, and what is true of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import pandas as pd

from data_contracts.quick_yaml import read_quick_yaml
from orchestration.repository import DBT_PROJECT
from scripts.dbt_model_sql import model_sql, project_macros

SCHEME = "rfm"
_MODELS = {
    "int_campaigns__kept_sums": "campaigns",
    "int_campaigns__sums": "campaigns",
    "int_campaigns__lift": "campaigns",
    "int_campaigns__checks": "campaigns",
    "experiment_lift": "marts",
    "campaigns": "marts",
}
_AMOUNTS = ("net_revenue_amount", "margin_amount", "net_revenue_before_amount", "margin_before_amount", "cost_amount")


def build_campaigns(
    con: duckdb.DuckDBPyConnection,
    customers: pd.DataFrame,
    segments: pd.Series,
    *,
    planned: Sequence[Mapping[str, Any]] = (),
    last: str = "campaigns",
) -> None:
    """Build everything from the sums of campaigns to the marts.

    Args:
        con: An empty database.
        customers: Rows of int_campaigns__customers.
        segments: Segment codes by customer_id, as of the date from which they are taken.
        planned: The dbt variable ``campaigns``.
        last: The last model that is built.
    """
    rows, members = customers, segments.rename("segment_code").rename_axis("customer_id").reset_index()  # noqa: F841
    amounts = ", ".join(f"cast({name} as decimal(18, 4)) as {name}" for name in _AMOUNTS)
    con.execute(f"create table int_campaigns__customers as select * replace ({amounts}) from rows")
    con.execute(
        f"""
        create table int_segmentations__assignments as
        select members.*, '{SCHEME}' as scheme, customers.features_as_of_date as as_of_date
        from members
        inner join (select distinct customer_id, features_as_of_date from int_campaigns__customers) as customers
            on members.customer_id = customers.customer_id;
        create table int_segmentations__catalog as
        select distinct scheme, segment_code, upper(segment_code) as segment_name from int_segmentations__assignments;
        create table as_of_dates as select date '2026-06-30' as as_of_date, true as is_tonight
        """
    )
    for name, sql in _texts(tuple(tuple(campaign.items()) for campaign in planned)).items():
        con.execute(f"create table {name} as {sql}")
        if name == last:
            break


@cache
def _texts(planned: tuple[tuple[tuple[str, Any], ...], ...]) -> dict[str, str]:
    defaults = read_quick_yaml((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    variables = {
        **defaults,
        "schemes": [SCHEME],
        "campaigns": [dict(campaign) for campaign in planned],
        "base_currency": "EUR",
    }
    macros = project_macros()
    return {
        name: model_sql(
            (DBT_PROJECT / "models" / folder / f"{name}.sql").read_text(encoding="utf-8"),
            name=name,
            variables=variables,
            macros=macros,
        ).text
        for name, folder in _MODELS.items()
    }
