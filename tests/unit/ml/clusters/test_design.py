"""Numbers and levels become one table that is the same on every date."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.clusters.design import Design, carried_over
from ml.clusters.preparation import unusable_levels
from ml.errors import ModelInputError
from ml.evaluation.drift import MISSING, OTHER
from ml.frames import level_frame


def words(*levels: str | None) -> pd.DataFrame:
    return pd.DataFrame({"channel": pd.Series(levels, dtype=object)})


def numbers(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"gap": values})


def test_frequent_levels_have_columns_and_rare_unseen_and_missing_ones_share_theirs() -> None:
    seen = words(*["web"] * 60, *["app"] * 35, *["phone"] * 2, *[None] * 3)
    design = Design.learn(numbers(*range(100)), seen)
    assert design.levels == (("channel", ("web", "app", OTHER, MISSING)),)
    table = design.table(numbers(1, 2, 3, 4, 5), words("app", "phone", "kiosk", None, "web"))
    assert table[:, 1:].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]]


def test_a_number_that_is_often_missing_has_a_flag_beside_it() -> None:
    half = numbers(*[np.nan, 1.0] * 50).assign(rarely=[np.nan, *range(99)])
    design = Design.learn(half, words(*["web"] * 100))
    assert design.flagged == ("gap",)
    assert [tuple(column) for column in design.columns[:3]] == [("gap", None), ("rarely", None), ("gap", MISSING)]
    assert design.table(half.head(2), words("web", "web"))[:, 2].tolist() == [1, 0]


def test_the_order_of_the_rows_does_not_decide_the_order_of_equally_frequent_levels() -> None:
    levels = ["b", "a"] * 20
    assert Design.learn(numbers(*range(40)), words(*levels)) == Design.learn(numbers(*range(40)), words(*levels[::-1]))


def test_a_design_survives_its_parameters() -> None:
    design = Design.learn(numbers(*[np.nan, 1.0] * 20), words(*["web", None] * 20))
    assert Design.from_parameters(design.to_parameters()) == design


def test_centroids_of_an_earlier_design_are_read_in_the_new_one() -> None:
    before = Design(numeric=("gap",), flagged=(), levels=(("channel", ("web", "phone", OTHER, MISSING)),))
    now = Design(numeric=("gap", "spend"), flagged=(), levels=(("channel", ("web", "app", OTHER, MISSING)),))
    center = np.array([[30.0, 0.5, 0.2, 0.1, 0.2]])
    typical = np.array([10.0, 99.0, 0.4, 0.4, 0.1, 0.1])
    # The phone's share is now among the others, nobody was known to use the app, and spend was not known.
    assert carried_over(center, before, now, typical)[0] == pytest.approx([30, 99, 0.5, 0, 0.3, 0.2])


def test_a_level_that_nearly_all_have_tells_nobody_apart() -> None:
    frame = words(*["web"] * 99, "app").assign(empty=None, varied=["x", "y"] * 50, absent=[None] * 99 + ["x"])
    reasons = unusable_levels(frame, tail=0.02)
    assert list(reasons) == ["channel", "empty", "absent"]
    assert reasons["channel"].startswith("web for more than 98%")
    assert "missing" in reasons["absent"]


def test_levels_may_be_text_categories_whole_numbers_or_booleans() -> None:
    frame = pd.DataFrame(
        {"a": ["x", None], "b": pd.Categorical(["x", None]), "c": [1, 2], "d": pd.array([True, None], dtype="boolean")}
    )
    found = level_frame(frame, ["a", "b", "c", "d"], owner="Test")
    assert found.to_numpy().tolist() == [["x", "x", "1", "True"], [None, None, "2", None]]


def test_numbers_with_a_fraction_are_no_levels() -> None:
    with pytest.raises(ModelInputError, match="categorical feature 'a' holds numbers"):
        level_frame(pd.DataFrame({"a": [0.5, 1.5]}), ["a"], owner="Test")
