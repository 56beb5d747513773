"""A model serves only when it has shown that it may."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import expit

from ml.errors import ModelInputError
from ml.evaluation.promotion import PromotionDecision, PromotionRule, decide_promotion

N = 3000
RNG = np.random.default_rng(0)
SCORE = RNG.normal(-0.5, 1.2, N)
TRUE = expit(SCORE)
Y = (RNG.random(N) < TRUE).astype(float)
IDS = np.array([f"cust_{i}" for i in range(N)])
BASELINE = np.where(SCORE > -0.5, Y[SCORE > -0.5].mean(), Y[SCORE <= -0.5].mean())
PROBABILITY, VALUE = PromotionRule(kind="probability"), PromotionRule(kind="value")


def decide(candidate: np.ndarray, *, serving: np.ndarray | None = None) -> PromotionDecision:
    return decide_promotion(Y, candidate, {"rfm_cells": BASELINE}, IDS, rule=PROBABILITY, serving=serving)


def test_the_true_probabilities_are_promoted() -> None:
    verdict = decide(TRUE)
    assert verdict.is_promoted
    assert all(reason.startswith("Met: ") for reason in verdict.reasons)
    assert verdict.gains["rfm_cells:log_loss"].lower > 0


def test_the_baseline_does_not_beat_itself() -> None:
    assert not decide(BASELINE).is_promoted


def test_a_model_of_shuffled_outcomes_loses() -> None:
    verdict = decide(np.random.default_rng(1).permutation(TRUE))
    assert not verdict.is_promoted
    assert "log loss over rfm cells" in verdict.reasons[0]


def test_good_order_with_dishonest_probabilities_is_refused_for_its_slope() -> None:
    verdict = decide(expit(1.35 * SCORE))
    assert not verdict.is_promoted
    assert [r for r in verdict.reasons if r.startswith("Not met")] == [
        reason for reason in verdict.reasons if "calibration slope" in reason
    ]


def test_a_clearly_worse_candidate_does_not_replace_the_serving_model() -> None:
    worse = expit(SCORE + np.random.default_rng(5).normal(0, 0.4, N))
    assert decide(worse, serving=None).gains["rfm_cells:log_loss"].lower > 0
    verdict = decide(worse, serving=TRUE)
    assert not verdict.is_promoted
    assert any("over serving" in reason for reason in verdict.reasons if reason.startswith("Not met"))


def test_an_equal_candidate_may_replace_the_serving_model() -> None:
    assert decide(TRUE, serving=TRUE).is_promoted


def test_amounts_must_win_by_error_and_by_order_and_add_up() -> None:
    rng = np.random.default_rng(2)
    expected = rng.gamma(2, 50, N)
    spend = expected * rng.gamma(20, 1 / 20, N)
    flat = np.full(N, spend.mean())
    assert decide_promotion(spend, expected, {"mean": flat}, IDS, rule=VALUE).is_promoted
    verdict = decide_promotion(spend, expected * 1.2, {"mean": flat}, IDS, rule=VALUE)
    assert [r for r in verdict.reasons if r.startswith("Not met")] == [
        reason for reason in verdict.reasons if "predicted total" in reason
    ]
    assert not decide_promotion(spend, rng.permutation(expected), {"mean": flat}, IDS, rule=VALUE).is_promoted


def test_a_verdict_is_plain_json_even_where_a_metric_is_not_defined() -> None:
    verdict = decide_promotion(
        np.ones(50), np.full(50, 0.9), {"rfm_cells": np.full(50, 0.8)}, IDS[:50], rule=PROBABILITY
    )
    assert not verdict.is_promoted
    assert json.loads(json.dumps(verdict.to_parameters(), allow_nan=False))["is_promoted"] is False


def test_missing_outcomes_cannot_be_judged() -> None:
    with pytest.raises(ModelInputError, match="complete"):
        decide_promotion(np.where(Y > 0, np.nan, Y), TRUE, {"rfm_cells": BASELINE}, IDS, rule=PROBABILITY)


def test_every_baseline_must_be_beaten_and_there_must_be_one() -> None:
    both = {"rfm_cells": BASELINE, "the_truth_itself": TRUE}
    verdict = decide_promotion(Y, TRUE, both, IDS, rule=PROBABILITY)
    assert not verdict.is_promoted
    assert "over the truth itself" in verdict.reasons[0]
    with pytest.raises(ModelInputError, match="no baseline to beat"):
        decide_promotion(Y, TRUE, {}, IDS, rule=PROBABILITY)


def test_of_very_many_customers_some_are_judged_the_same_ones_in_any_order() -> None:
    rule = PromotionRule(kind="probability", max_rows=2000)
    verdict = decide_promotion(Y, TRUE, {"rfm_cells": BASELINE}, IDS, rule=rule)
    assert verdict.scorecards["candidate"]["rows"] == 2000
    order = np.random.default_rng(3).permutation(N)
    again = decide_promotion(Y[order], TRUE[order], {"rfm_cells": BASELINE[order]}, IDS[order], rule=rule)
    assert again.gains == verdict.gains
    assert verdict.is_promoted
