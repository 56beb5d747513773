"""The picture of the scorecard."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import duckdb

from orchestration.pictures.frame import as_markdown
from orchestration.scorecard.plot import scorecard_svg
from orchestration.scorecard.scores import read_scorecard
from tests.unit.scorecard import cards

SVG = "{http://www.w3.org/2000/svg}"


def picture(folder: Path, **rows: str) -> str:
    with duckdb.connect(str(cards.write_marts(folder / "marts.duckdb", **rows)), read_only=True) as marts:
        return scorecard_svg(read_scorecard(marts))


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_scheme_has_its_name_its_dot_and_its_interval_in_both_panels(tmp_path: Path) -> None:
    svg = picture(tmp_path)
    told = words(svg)
    assert {"RFM", "Lifecycle", "Market <tier>", "Needs", "31 %", "-30 %"} <= set(told)
    root = ElementTree.fromstring(svg)
    assert len([line for line in root.iter(f"{SVG}line") if line.get("stroke-width")]) == 8
    # Needs foresees worse than the picture goes down: an arrow at its edge instead of a dot.
    assert (len(list(root.iter(f"{SVG}circle"))), len(list(root.iter(f"{SVG}path")))) == (7, 1)


def test_a_greater_share_is_further_to_the_right_and_inside_its_interval(tmp_path: Path) -> None:
    root = ElementTree.fromstring(picture(tmp_path))
    dots = [float(dot.get("cx")) for dot in root.iter(f"{SVG}circle")]
    # RFM, lifecycle and market tier in the first panel.
    assert dots[0] > dots[1] > dots[2]
    lines = [line for line in root.iter(f"{SVG}line") if line.get("stroke-width")]
    for dot, line in zip(dots[:3], lines, strict=False):
        assert float(line.get("x1")) < dot < float(line.get("x2"))


def test_those_that_may_be_the_best_stand_out_in_each_panel(tmp_path: Path) -> None:
    root = ElementTree.fromstring(picture(tmp_path))
    kinds = [dot.get("class") for dot in root.iter(f"{SVG}circle")]
    assert kinds == ["best", "best", "rest", "best", "best", "rest", "rest"]


def test_who_does_not_see_it_is_told_the_same(tmp_path: Path) -> None:
    svg = picture(tmp_path)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert set(root.get("aria-labelledby", "").split()) == set(named)
    assert named["title"] == "Which segmentation should we use?"
    assert "RFM: 31 % (28 to 34) of spending, 28 % (26 to 30) of who orders again." in named["desc"]
    assert "Market <tier> x RFM explains 4 points more" in named["desc"]


def test_it_has_colours_for_light_and_for_dark_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    svg = picture(tmp_path)
    assert "prefers-color-scheme: dark" in svg
    assert re.findall(r'https?://[^"\s]+', svg) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in svg


def test_where_nothing_is_judged_it_says_why(tmp_path: Path) -> None:
    told = words(picture(tmp_path, schemes=cards.UNTOLD, pairs=cards.NO_PAIRS))
    assert told[-1] == "It is not known yet what the schemes are worth: there is no earlier date."


def test_in_markdown_it_is_an_image_that_can_be_read_back(tmp_path: Path) -> None:
    svg = picture(tmp_path)
    coded = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([^)]+)\)", as_markdown("Which segmentation?", svg))
    assert coded
    assert base64.b64decode(coded[1]).decode("utf-8") == svg
