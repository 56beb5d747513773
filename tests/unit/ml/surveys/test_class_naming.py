"""Names tell classes apart in words that a marketer reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.surveys.class_naming import item_statements, name_classes, scale_statement

ITEMS = pd.DataFrame(
    {
        "text": ["I compare prices.", "I wait for a sale.", "I browse for hours.", None],
        "construct": ["price_value", "price_value", "convenience", None],
        "reversed": [False, False, True, False],
    },
    index=["p1", "p2", "c1", "own_words"],
)
STATEMENTS = list(item_statements(ITEMS).values())


def test_items_of_one_construct_speak_together() -> None:
    effects = np.array([[0.9, 0.8, -0.1, 0.0], [-0.9, -0.8, 0.9, 0.0]])
    first, second = name_classes(effects, STATEMENTS, [0.6, 0.4], order=[0, 1])
    assert first.name == "Price value first"
    assert second.name == "Convenience first"
    assert first.description == (
        "More than the average they agree with \u201cI compare prices\u201d and "
        "agree with \u201cI wait for a sale\u201d. 60% of the respondents."
    )
    # Turned towards convenience, a high value of the reversed item is disagreement with its words.
    assert "disagree with \u201cI browse for hours\u201d" in second.description


def test_an_item_without_words_is_called_by_its_name() -> None:
    assert scale_statement(item="own_words", text=None, construct=None, is_reversed=False).aspect == "own words"


def test_a_class_like_everybody_says_so() -> None:
    (only,) = name_classes(np.zeros((1, 4)), STATEMENTS, [1.0], order=[0])
    assert only.name == "No strong leanings"
    assert "answer like the average" in only.description


@settings(max_examples=60, deadline=None)
@given(effects=arrays(np.float64, (6, 4), elements=st.floats(-2, 2)))
def test_no_two_names_are_equal_and_none_is_reserved(effects: np.ndarray) -> None:
    named = name_classes(effects, STATEMENTS, np.full(6, 1 / 6), order=range(6), reserved=["Price value first"])
    names = [each.name.casefold() for each in named]
    assert len(set(names)) == 6
    assert "price value first" not in names
