"""One night's demand: the tables that it leaves and what is told of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from orchestration.configuration.thresholds import default_thresholds
from orchestration.demand.night import Demand, foresee_demand, is_unbiased, service_factor
from orchestration.demand.tables import TABLES, write_tables

SEASON = (70, 70, 90, 100, 110, 100, 80, 80, 100, 110, 160, 130)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(
            """
            create schema features;
            create table features.int_purchases__category_months (
                category_code varchar, unit_count decimal(18, 4), first_sale_date date, month_date date
            )
            """
        )
        yield opened


def sell(connection: duckdb.DuckDBPyConnection, code: str, first: str, amounts: list[float]) -> None:
    months = pd.date_range(first, periods=len(amounts), freq="MS")
    for month, amount in zip(months, amounts, strict=True):
        connection.execute(
            "insert into features.int_purchases__category_months values (?, ?, ?, ?)",
            [code, amount, month.date(), month.date()],
        )


def foresee(connection: duckdb.DuckDBPyConnection, tonight: str, **thresholds: float) -> Demand:
    night = dt.date.fromisoformat(tonight)
    return foresee_demand(connection, tonight=night, thresholds={**default_thresholds(), **thresholds})


def rows(found: Demand, table: str) -> pd.DataFrame:
    return found.tables[table].to_pandas()


def two_years(connection: duckdb.DuckDBPyConnection) -> None:
    for number, code in enumerate(("cup", "tea"), 1):
        sell(connection, code, "2024-01-01", [n * number * (1.0 + 0.02 * place) for place, n in enumerate(SEASON * 2)])


def test_at_a_months_end_the_horizon_begins_with_the_next_month(connection: duckdb.DuckDBPyConnection) -> None:
    two_years(connection)
    found = rows(foresee(connection, "2025-12-31"), "ml_demand__forecasts")
    tea = found[found["category_code"] == "tea"]
    assert tea["months_ahead"].tolist() == [1, 2, 3, 4, 5, 6]
    assert tea["month_date"].astype(str).tolist()[::5] == ["2026-01-01", "2026-06-01"]
    assert tea["is_next_month"].tolist() == [True, False, False, False, False, False]
    assert set(found["method"]) == {"seasonal_growth"}
    assert tea["spread_units_count"].is_monotonic_increasing


def test_within_a_month_it_is_forecast_and_never_less_than_was_sold(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    two_years(connection)
    sell(connection, "tea", "2026-01-01", [5000.0])
    found = rows(foresee(connection, "2026-01-20"), "ml_demand__forecasts")
    tea, cup = (found[found["category_code"] == code] for code in ("tea", "cup"))
    assert tea["month_date"].astype(str).tolist()[:2] == ["2026-01-01", "2026-02-01"]
    assert len(tea) == 7
    assert tea["is_next_month"].tolist() == [False, True, False, False, False, False, False]
    # A month that is not over teaches nothing: the rest is what it would be without it.
    assert tea["expected_units_count"].tolist()[0] == 5000
    assert tea["expected_units_count"].tolist()[1:] == pytest.approx(cup["expected_units_count"].to_numpy()[1:] * 2)


def test_errors_say_from_which_month_and_of_which(connection: duckdb.DuckDBPyConnection) -> None:
    two_years(connection)
    errors = rows(foresee(connection, "2025-12-31"), "ml_demand__errors")
    assert set(errors["method"]) == {"seasonal_growth"}
    newest = errors[errors["month_date"].astype(str) == "2025-12-01"].query("category_code == 'cup'")
    assert newest["origin_date"].astype(str).tolist() == ["2025-06-01"]
    assert newest["actual_units_count"].tolist() == pytest.approx([SEASON[11] * 1.46])


def test_seasons_are_those_of_calendar_months(connection: duckdb.DuckDBPyConnection) -> None:
    sell(connection, "tea", "2023-07-01", [float(amount) for amount in (*SEASON[6:], *SEASON, *SEASON[:6])] * 2)
    seasons = rows(foresee(connection, "2027-06-30"), "ml_demand__seasons").set_index("calendar_month")
    assert seasons["seasonal_index"].idxmax() == 11
    assert seasons["seasonal_index"].loc[11] == pytest.approx(1.6, abs=0.01)


def test_without_any_sale_every_table_is_there_and_empty(connection: duckdb.DuckDBPyConnection) -> None:
    found = foresee(connection, "2025-12-31")
    assert found.status == "not_available"
    write_tables(connection, found.tables)
    for name, schema in TABLES.items():
        written = connection.sql(f"from ml.{name}").to_arrow_table()
        assert (written.num_rows, written.schema.names) == (0, schema.names)


def test_the_same_sales_in_another_order_give_the_same_bytes(connection: duckdb.DuckDBPyConnection) -> None:
    two_years(connection)
    first = foresee(connection, "2025-12-31").tables
    connection.execute(
        "create or replace table features.int_purchases__category_months as "
        "from features.int_purchases__category_months order by month_date desc, category_code desc"
    )
    second = foresee(connection, "2025-12-31").tables
    assert all(first[name].equals(second[name]) for name in TABLES)
    assert isinstance(first["ml_demand__errors"], pa.Table)


def test_a_chance_of_95_of_100_is_164_hundredths_of_the_spread() -> None:
    assert service_factor(0.95) == pytest.approx(1.6449, abs=1e-4)
    assert service_factor(0.5) == service_factor(0.1) == 0


@pytest.mark.parametrize(
    ("bias", "status", "told"),
    [(0.05, "pass", "5.0% too much"), (-0.19, "pass", "19.0% too little"), (-0.3, "warn", "30.0% too little")],
)
def test_forecasts_that_are_off_in_one_direction_are_told(bias: float, status: str, told: str) -> None:
    metrics = pd.DataFrame(
        {
            "level": ["judged", "judged", "too_short"],
            "series": "all categories",
            "method": ["theta", "seasonal_naive", "recent_mean"],
            "metric": "bias_share",
            "value": [bias, 0.9, 0.9],
            "n": 36,
            "is_published": [True, False, True],
        }
    )
    found, detail = is_unbiased(metrics, most=0.2)
    assert found == status
    assert told in detail
    assert "up to 20%" in detail
