"""Which tables of the warehouse have a picture, and what is on it.

Belongs here: reading what a picture shows, and its title. Does not belong here: drawing (bars.py, lines.py, the
scorecard), Dagster.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import groupby

import duckdb

from data_contracts import sql_quoting as sql
from orchestration.pictures.bars import bars_svg
from orchestration.pictures.lines import Line, lines_svg
from orchestration.scorecard.plot import scorecard_svg
from orchestration.scorecard.scores import read_scorecard

# Months before the forecast that its picture shows.
_MONTHS = 24


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of a relation.

    Attributes:
        title: What it is called in metadata.
        draw: Reads the warehouse and returns SVG; None where there is nothing to see.
        reads: Relations that must have been built, as ``schema.table``.
    """

    title: str
    draw: Callable[[duckdb.DuckDBPyConnection], str | None]
    reads: Collection[str]


def demand_svg(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return what is sold of all categories together by month, and what is expected."""
    rows = connection.execute(
        f"""
        with company as (
            select month_date, is_forecast, units_count, expected_units_count, expected_units_low, expected_units_high
            from marts.category_demand
            where scheme = 'all' and (is_forecast or is_month_over)
        ), months as (
            select
                month_date,
                is_forecast,
                sum(coalesce(expected_units_count, units_count)) as units,
                -- Errors of categories are taken as independent, as the least that can be said without their history.
                sqrt(sum(pow(coalesce(expected_units_high - expected_units_count, 0), 2))) as above,
                sqrt(sum(pow(coalesce(expected_units_count - expected_units_low, 0), 2))) as below
            from company
            group by month_date, is_forecast
        )
        select month_date, is_forecast, units, above, below
        from months
        where month_date > (select max(month_date) from months where not is_forecast) - interval {_MONTHS} month
        order by month_date, is_forecast
        """
    ).fetchall()
    sold = [(month, float(units)) for month, is_forecast, units, _, _ in rows if not is_forecast]
    ahead = [(month, *map(float, told)) for month, is_forecast, *told in rows if is_forecast]
    if not sold:
        return None
    months = sorted({month for month, *_ in rows})
    places = {month: place for place, month in enumerate(months)}
    lines = [Line(points=[(places[month], units) for month, units in sold], has_dots=True)]
    if ahead:
        last = sold[-1]
        joined = [last, *((month, units) for month, units, _, _ in ahead)]
        lines.insert(
            0,
            Line(
                points=[(places[month], units) for month, units in joined],
                upper=[last[1], *(units + above for _, units, above, _ in ahead)],
                lower=[last[1], *(units - below for _, units, _, below in ahead)],
                is_dashed=True,
            ),
        )
    told = f"{sold[-1][1]:,.0f} units in {_month(sold[-1][0])}"
    if ahead:
        told += "; expected: " + ", ".join(f"{units:,.0f} in {_month(month)}" for month, units, _, _ in ahead)
    return lines_svg(
        "How many units are sold, and how many are expected?",
        [_month(month) for month in months],
        lines,
        told=f"{told}.",
        note="All categories together. Dashed: expected, with an interval of 95 % if categories err independently.",
    )


def calibration_svg(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return what models foretold against what happened, a line for each model, the ideal between."""
    rows = connection.execute(
        """
        select model, predicted_share, observed_share
        from marts.model_calibration
        order by model, predicted_share
        """
    ).fetchall()
    if not rows:
        return None
    # Shares from 0 to 1 stand on ten places.
    labels = [f"{tenth * 10} %" for tenth in range(11)]
    lines = [Line(points=[(0, 0.0), (10, 1.0)], is_quiet=True, is_dashed=True)]
    told = []
    for model, group in groupby(rows, key=lambda row: row[0]):
        points = [(10 * float(predicted), float(observed)) for _, predicted, observed in group]
        lines.append(Line(points=points, has_dots=True, name=str(model).replace("_", " ")))
        worst = max(abs(place / 10 - observed) for place, observed in points)
        told.append(f"{model}: at most {100 * worst:.0f} points off in a tenth of the customers")
    return lines_svg(
        "Does what models foretell happen as often as they say?",
        labels,
        lines,
        told="; ".join(told) + ".",
        note="Across: foretold. Up: happened. A point is a tenth of the customers; on the dashed line it is exact.",
        is_share=True,
    )


def audiences_svg(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return how many each campaign would contact tonight."""
    rows = connection.execute(
        """
        select campaign_name, contacted_count, held_out_count
        from marts.audience_sizes
        order by launches_on_date desc nulls first, campaign_id
        """
    ).fetchall()
    if not rows:
        return None
    bars = [
        (words, count)
        for name, contacted, held_out in rows
        for words, count in ((name, contacted), (f"{name}: held out", held_out))
    ]
    return bars_svg("How many does each campaign contact, and hold out?", bars, unit="customers", with_shares=False)


def segments_svg(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Return tonight's customers by segment of a scheme's table in schema ``segmentations``."""
    rows = segment_sizes(connection, table)
    return bars_svg("How many customers are in each segment tonight?", rows, unit="customers") if rows else None


def segment_sizes(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, int]]:
    """Return segments and tonight's customers, the largest first."""
    relation = f"segmentations.{sql.identifier(table)}"
    return connection.execute(
        f"""
        select segment_code, count(*) as customers
        from {relation}
        where as_of_date = (select max(as_of_date) from {relation})
        group by segment_code
        order by customers desc, segment_code
        """
    ).fetchall()


def _scorecard_svg(connection: duckdb.DuckDBPyConnection) -> str:
    return scorecard_svg(read_scorecard(connection, schema="marts"))


def _month(date: dt.date) -> str:
    return f"{date:%b %Y}"


PICTURES = {
    "marts.scheme_scorecard": Picture(
        title="which segmentation to use",
        draw=_scorecard_svg,
        reads=("marts.scheme_scorecard", "marts.scheme_pairs"),
    ),
    "marts.category_demand": Picture(title="sold and expected", draw=demand_svg, reads=("marts.category_demand",)),
    "marts.model_calibration": Picture(
        title="foretold and happened", draw=calibration_svg, reads=("marts.model_calibration",)
    ),
    "marts.audience_sizes": Picture(title="contacted by campaign", draw=audiences_svg, reads=("marts.audience_sizes",)),
}
