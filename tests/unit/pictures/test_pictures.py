"""Bars and lines show the numbers that they are given, in documents that every reader can open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

import duckdb
import pytest

from orchestration.pictures.bars import bars_svg
from orchestration.pictures.frame import as_markdown
from orchestration.pictures.lines import Line, lines_svg
from orchestration.pictures.of_relations import calibration_svg, demand_svg
from orchestration.pictures.rejected import reasons_svg, trend_svg

SPACE = "{http://www.w3.org/2000/svg}"


def elements(svg: str, name: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(svg).findall(f"{SPACE}{name}")


def bars(svg: str) -> list[float]:
    return [float(one.attrib["width"]) for one in elements(svg, "rect") if one.attrib.get("class") == "bar"]


def test_bars_are_as_long_as_their_amounts() -> None:
    svg = bars_svg("How many?", [("a", 100), ("b", 50), ("none", 0)])
    longest, half, none = bars(svg)
    assert longest == pytest.approx(2 * half, abs=0.2)
    assert none == 0
    assert "100 (66.7%)" in svg


def test_what_does_not_fit_is_summed_and_nothing_is_lost() -> None:
    svg = bars_svg("How many?", [(f"name {number}", 1) for number in range(40)])
    assert len(bars(svg)) == 24
    assert "17 others" in svg
    assert "17 (42.5%)" in svg


def test_names_from_the_data_are_words_and_no_markup() -> None:
    svg = bars_svg("How many?", [("<script>alert(1)</script>", 3)])
    assert "<script" not in svg
    ElementTree.fromstring(svg)
    assert re.fullmatch(r"!\[title\]\(data:image/svg\+xml;base64,[A-Za-z0-9+/=]+\)", as_markdown("title", svg))


def test_a_line_goes_up_where_values_do_and_its_interval_lies_around_it() -> None:
    line = Line(points=[(0, 10.0), (1, 20.0)], lower=[10.0, 15.0], upper=[10.0, 25.0], is_dashed=True)
    svg = lines_svg("How many?", ["Jan", "Feb"], [line], told="20 in February.")
    (path,) = [one.attrib["points"] for one in elements(svg, "polyline")]
    (_, first), (_, second) = (map(float, point.split(",")) for point in path.split())
    assert second < first, "up is less in SVG"
    assert len(elements(svg, "polygon")) == 1
    assert "20 in February." in svg


def test_nothing_is_a_picture_too() -> None:
    ElementTree.fromstring(bars_svg("How many?", []))
    ElementTree.fromstring(lines_svg("How many?", [], [], told="nothing"))


@dataclass(frozen=True)
class Load:
    """What is read of a batch."""

    loaded_at: str
    records: int
    rejected: int
    repairs: dict = field(default_factory=dict)


def test_the_trend_counts_all_files_of_a_load_and_no_repairs() -> None:
    loads = [
        Load("2024-01-01T02:00:00+00:00", 90, 0),
        Load("2024-01-01T02:00:00+00:00", 10, 10),
        Load("2024-01-01T09:00:00+00:00", 5, 5, repairs={"b": [1]}),
        Load("2024-01-02T02:00:00+00:00", 100, 30),
    ]
    svg = trend_svg(loads)
    assert "30.0% of the newest load, 10.0% of the one before." in svg
    assert trend_svg(loads[:2]) is None
    assert trend_svg([Load("2024-01-01T02:00:00+00:00", 9, 0), Load("2024-01-02T02:00:00+00:00", 9, 0)]) is None


def test_reasons_are_ordered_by_how_many_they_turned_away() -> None:
    svg = reasons_svg({"rare": 1, "frequent": 9})
    assert svg.index("frequent") < svg.index("rare")
    assert reasons_svg({}) is None


@pytest.fixture
def marts() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema marts")
    return con


def test_demand_adds_categories_up_and_leaves_out_segments_and_the_month_under_way(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    marts.execute(
        """
        create table marts.category_demand as
        select * from (values
            ('all', date '2024-04-01', false, true, 100, null, null, null),
            ('all', date '2024-05-01', false, true, 60, null, null, null),
            ('all', date '2024-05-01', false, true, 40, null, null, null),
            ('rfm', date '2024-05-01', false, true, 60, null, null, null),
            ('all', date '2024-06-01', false, false, 7, null, null, null),
            ('all', date '2024-06-01', true, false, null, 70, 50, 90),
            ('all', date '2024-06-01', true, false, null, 40, 30, 50)
        ) as t (
            scheme, month_date, is_forecast, is_month_over, units_count,
            expected_units_count, expected_units_low, expected_units_high
        )
        """
    )
    svg = demand_svg(marts)
    assert "100 units in May 2024; expected: 110 in Jun 2024." in svg
    marts.execute("delete from marts.category_demand")
    assert demand_svg(marts) is None


def test_calibration_says_how_far_each_model_is_off(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute(
        """
        create table marts.model_calibration as
        select * from (values ('good', 0.1, 0.1), ('good', 0.9, 0.88), ('bad', 0.5, 0.1))
        as t (model, predicted_share, observed_share)
        """
    )
    svg = calibration_svg(marts)
    assert "bad: at most 40 points off" in svg
    assert "good: at most 2 points off" in svg
