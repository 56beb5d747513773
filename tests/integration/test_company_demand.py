"""Demand on the shared night of the simulated company: what was sold adds up, forecasts add up, the proof is told."""

from __future__ import annotations

import pytest

from tests.support import nights


def test_units_of_everybody_are_those_of_the_order_lines(company: nights.Night) -> None:
    sold = company.warehouse(
        """
        with orders as (
            select source_name, order_id, sum(quantity) as units, sum(net_amount) as worth
            from identity.int_identity__order_lines
            where line_kind = 'sale'
            group by source_name, order_id
        )

        select sum(units) as units from orders where worth > 0
        """
    )
    told = company.mart("select sum(units_count) as units from category_demand where scheme = 'all'")
    assert float(told["units"][0]) == float(sold["units"][0]) > 0


def test_segments_add_up_to_everybody(company: nights.Night) -> None:
    found = company.mart(
        """
        select scheme, category_code, month_date, sum(expected_units_count) as expected, count(*) as segments
        from category_demand
        where is_forecast
        group by all
        """
    )
    everybody = found[found["scheme"] == "all"].set_index(["category_code", "month_date"])["expected"]
    assert set(found["scheme"]) == {"all", "value_tier", "product_preference"}
    for _, rows in found.groupby("scheme"):
        summed = rows.set_index(["category_code", "month_date"])["expected"]
        assert summed.to_dict() == pytest.approx(everybody.to_dict())
    assert found[found["scheme"] != "all"]["segments"].min() > 1


def test_what_is_to_be_held_is_told_of_the_next_month_alone(company: nights.Night) -> None:
    found = company.mart(
        """
        select month_date, count(units_to_hold_count) as held, min(safety_stock_units_count) as least,
            bool_and(expected_units_count between expected_units_low and expected_units_high) as is_within
        from category_demand
        where is_forecast
        group by month_date
        order by month_date
        """
    )
    assert len(found) >= 6
    assert (found["held"] > 0).sum() == 1
    assert found["least"].min() >= 0
    assert found["is_within"].all()


def test_the_best_method_is_published_and_beats_last_years_month(company: nights.Night) -> None:
    found = company.mart(
        """
        select method, metric_value, is_published, origins_count, reason
        from demand_backtest
        where level = 'category' and category_code = 'all categories' and metric = 'mean_absolute_scaled_error'
        """
    ).set_index("method")
    published = found[found["is_published"]]
    assert published.index.tolist() == [found["metric_value"].idxmin()]
    assert published["metric_value"].iloc[0] < found["metric_value"]["seasonal_naive"]
    assert (found["origins_count"] >= 3).all()
    assert "has the least mean absolute scaled error" in published["reason"].iloc[0]


def test_the_night_says_whether_forecasts_are_right_on_average(company: nights.Night) -> None:
    told = company.mart(
        "select status, detail from data_quality where is_current and check_name = 'model__demand__is_it_unbiased'"
    )
    assert told["status"].tolist()[0] in {"pass", "warn"}
    assert "forecasts of months that are over" in told["detail"][0]
