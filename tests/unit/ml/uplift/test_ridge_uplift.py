"""The difference of two linear models: it finds a change that is there, and only stores numbers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, ParameterFormatError
from ml.uplift.ridge_uplift import RidgeUplift

NAMES = ("orders", "days_silent")


def customers(count: int, *, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Features, outcome, arm and true change: contacting moves those who were silent long, and nobody else."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"orders": draw.poisson(3, count), "days_silent": draw.integers(0, 400, count).astype(float)})
    change = np.where(frame["days_silent"] > 200, 0.3, 0.0)
    treated = draw.random(count) < 0.75
    outcome = (draw.random(count) < 0.1 + 0.02 * frame["orders"] + change * treated).astype(float)
    frame.loc[draw.random(count) < 0.05, "days_silent"] = np.nan
    return frame, outcome, treated, change


def test_customers_are_ranked_by_what_contacting_changes_and_not_by_what_they_do() -> None:
    frame, outcome, treated, change = customers(8000, seed=1)
    model = RidgeUplift(feature_names=NAMES).fit(frame, outcome, treated)
    expected = model.predict(frame)
    assert np.corrcoef(expected, change)[0, 1] > 0.6
    assert abs(np.corrcoef(expected, frame["orders"])[0, 1]) < 0.3
    assert expected.mean() == pytest.approx(change.mean(), abs=0.04)


def test_both_arms_are_learnt_with_the_same_penalty_a_customer() -> None:
    frame, outcome, treated, _ = customers(400, seed=2)
    twice = pd.concat([frame, frame], ignore_index=True)
    model = RidgeUplift(feature_names=NAMES)
    once = model.fit(frame, outcome, treated).coefficients_.copy()
    again = model.__class__(feature_names=NAMES).fit(twice, np.tile(outcome, 2), np.tile(treated, 2)).coefficients_
    assert again == pytest.approx(once)


def test_an_endless_penalty_leaves_the_difference_of_the_means() -> None:
    frame, outcome, treated, _ = customers(500, seed=3)
    model = RidgeUplift(feature_names=NAMES, penalty=1e12).fit(frame, outcome, treated)
    assert model.predict(frame) == pytest.approx(np.full(500, outcome[treated].mean() - outcome[~treated].mean()))


def test_what_was_learnt_is_plain_json_and_comes_back_the_same() -> None:
    frame, outcome, treated, _ = customers(300, seed=4)
    model = RidgeUplift(feature_names=NAMES).fit(frame, outcome, treated)
    rebuilt = RidgeUplift.from_parameters(json.loads(json.dumps(model.to_parameters())))
    assert np.array_equal(rebuilt.predict(frame), model.predict(frame))
    with pytest.raises(ParameterFormatError, match=r"tessera\.ridge_uplift version 1"):
        RidgeUplift.from_parameters({**model.to_parameters(), "format_version": 2})


def test_what_cannot_be_learnt_from_is_refused_in_words() -> None:
    frame, outcome, treated, _ = customers(50, seed=5)
    with pytest.raises(ModelInputError, match="50 contacted, 0 held out"):
        RidgeUplift(feature_names=NAMES).fit(frame, outcome, np.ones(50, bool))
    with pytest.raises(ModelInputError, match="1 without outcome"):
        RidgeUplift(feature_names=NAMES).fit(frame, np.r_[np.nan, outcome[1:]], treated)
    with pytest.raises(ModelInputError, match="column 'age' is not in the frame"):
        RidgeUplift(feature_names=("age",)).fit(frame, outcome, treated)


def test_a_feature_that_is_always_missing_or_never_varies_changes_nothing() -> None:
    frame, outcome, treated, _ = customers(300, seed=6)
    more = frame.assign(nothing=np.nan, constant=7.0)
    plain = RidgeUplift(feature_names=NAMES).fit(frame, outcome, treated).predict(frame)
    wider = RidgeUplift(feature_names=(*NAMES, "nothing", "constant")).fit(more, outcome, treated).predict(more)
    assert wider == pytest.approx(plain)
