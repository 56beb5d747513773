"""The choice of k can be seen."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from ml.clusters.selection_chart import selection_svg

SVG = "{http://www.w3.org/2000/svg}"


def table() -> pd.DataFrame:
    rows = [(3, 0.9, 0.3, 0.6, True, False), (4, 0.95, 0.35, 0.4, True, True), (5, 0.5, -0.1, 0.35, False, False)]
    return pd.DataFrame(rows, columns=["k", "stability", "separation", "within_share", "eligible", "chosen"])


def test_the_picture_is_well_formed_and_runs_nothing() -> None:
    root = ElementTree.fromstring(selection_svg(table()))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "rect", "line", "text", "polyline", "circle"}


def test_every_candidate_is_a_point_of_every_line() -> None:
    root = ElementTree.fromstring(selection_svg(table()))
    lines = root.findall(f"{SVG}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [3, 3, 3]
    assert len(root.findall(f"{SVG}circle")) == 9


def test_a_higher_value_stands_higher_and_nothing_leaves_the_picture() -> None:
    root = ElementTree.fromstring(selection_svg(table()))
    stability, separation, _ = (
        [float(point.split(",")[1]) for point in line.attrib["points"].split()]
        for line in root.findall(f"{SVG}polyline")
    )
    assert stability[1] < stability[0] < stability[2]
    assert max(separation) == separation[2] <= 220


def test_the_chosen_candidate_is_marked_in_both_panels_and_ineligible_ones_are_hollow() -> None:
    root = ElementTree.fromstring(selection_svg(table()))
    marks = [line for line in root.findall(f"{SVG}line") if line.attrib.get("class") == "chosen"]
    assert [mark.attrib["x1"] for mark in marks] == ["190.0", "550.0"]
    assert sum(circle.attrib["fill"] == "#ffffff" for circle in root.findall(f"{SVG}circle")) == 3


def test_one_candidate_alone_can_be_shown() -> None:
    assert "<polyline" in selection_svg(table().iloc[[1]])
