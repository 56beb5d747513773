"""A page says what a scheme is, also where its segments come from the data or it stands on predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.errors import TesseraError
from scripts.pages.catalogue import Scheme, Segment
from scripts.pages.dbt_yml import Column, DbtYml, Model
from scripts.pages.scheme_index import scheme_index
from scripts.pages.scheme_inputs import SchemeInputs
from scripts.pages.scheme_page import scheme_page
from scripts.pages.threshold_texts import Threshold

SCHEME = Scheme(
    code="spending",
    name="Spending",
    question="How much?",
    method="rule",
    kind="fixed",
    requires=(("order_lines",), ("products", "companies")),
    inputs="order lines",
    source="Somebody (1999)",
    owner="finance",
    segments=(
        Segment("big", "Big", "Much", "above {spending_limit_amount}", 1),
        Segment("unknown", "Unknown", "Nothing", "no order", 2),
    ),
)
THRESHOLDS = {
    name: Threshold(name, default, "The limits of money.")
    for name, default in (("spending_limit_amount", 100), ("spending_least_amount", 5))
}
FAMILY = Model("feat_customers__purchases", "", {}, (Column("net_amount", "Money.", "double"),))
MODEL = Model("seg_customers__spending", "Who spends. One row per customer.", {"rule": "R.", "unknown": "U."}, ())
SOURCE = Model("int_segments__spending", "One segment a price. One row per segment.", {}, ())
TEST: dict[str, Any] = {"description": "Ann.", "given": [], "expect": {"rows": [{"segment_code": "big"}]}}
DESCRIBED = DbtYml(
    {model.name: model for model in (FAMILY, MODEL, SOURCE)}, {"test_seg_customers__spending__worked_example": TEST}
)
INPUTS = SchemeInputs(((FAMILY, FAMILY.columns[0]),), (), tuple(THRESHOLDS.values()))


def test_a_scheme_with_fixed_segments() -> None:
    text = scheme_page(SCHEME, INPUTS, DESCRIBED, THRESHOLDS)
    assert "| Big | `big` | Much | above 100 |" in text
    assert "| `spending_limit_amount`<br>`spending_least_amount` | 100<br>5 | The limits of money. |" in text
    assert "  spending_limit_amount: 100\n" in text
    assert "| needs | order lines and products or companies |" in text
    assert "| `net_amount` | Money. | [Purchases](../features.md#purchases) |" in text
    assert "**Unknown** means: U." in text
    assert "\n\nWho spends.\n\n## The rule\n\nR.\n" in text
    assert "| `segment_code` | Big (`big`) |" in text


def test_segments_that_the_data_give_are_not_listed() -> None:
    text = scheme_page(replace(SCHEME, kind="derived"), INPUTS, DESCRIBED, THRESHOLDS)
    assert "Most segments follow from the company's own data. One segment a price. The mart" in text


def test_segments_that_a_model_finds_need_no_example() -> None:
    found = replace(SCHEME, kind="found", method="model")
    text = scheme_page(found, INPUTS, replace(DESCRIBED, unit_tests={}), THRESHOLDS)
    assert "A model finds the segments" in text
    assert "worked example" not in text


def test_a_scheme_on_predictions_says_what_they_are_made_of() -> None:
    predictive = replace(SCHEME, requires=(("predictions",), ("products", "companies")))
    text = scheme_page(predictive, INPUTS, DESCRIBED, THRESHOLDS)
    assert "| needs | predictions, made of order lines and products or companies |" in text
    assert "| predictions, made of order lines and products or companies |" in scheme_index([predictive])


def test_a_rule_that_is_not_told_is_an_error() -> None:
    models = {**DESCRIBED.models, MODEL.name: replace(MODEL, meta={"unknown": "U."})}
    with pytest.raises(TesseraError, match="spending does not tell its rule"):
        scheme_page(SCHEME, INPUTS, replace(DESCRIBED, models=models), THRESHOLDS)


def test_a_case_that_is_not_told_is_an_error() -> None:
    with pytest.raises(TesseraError, match="spending has no worked example"):
        scheme_page(SCHEME, INPUTS, replace(DESCRIBED, unit_tests={}), THRESHOLDS)
