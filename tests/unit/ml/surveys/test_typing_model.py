"""The typing model types whom it can, says how well, and refuses otherwise."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys.typing_model import TypingModel


def customers(n: int, *, seed: int = 0, strength: float = 1.0) -> tuple[pd.DataFrame, pd.Series]:
    """Return customers whose orders, country and gaps go with one of three classes, and the class of each."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    shift = strength * np.array([0.0, 1.0, -1.0])[kind]
    orders = np.exp(shift + rng.normal(0, 0.5, n))
    share = 1 / (1 + np.exp(-(2 * shift + rng.normal(0, 1, n))))
    share[rng.random(n) < np.where(kind == 2, 0.4 * strength, 0.1)] = np.nan
    usual = rng.random(n) < 0.5 + 0.4 * strength * (kind == 1)
    frame = pd.DataFrame(
        {
            "order_365d_count": np.round(10 * orders),
            "discount_365d_share": share,
            "country": np.where(usual, "DE", "FR").astype(object),
            "has_app": rng.random(n) < 0.3,
            "always_one": 1.0,
        },
        index=pd.Index([f"cust_{i:05d}" for i in range(n)], name="customer_id"),
    )
    frame.loc[frame.index[::17], "country"] = None
    return frame, pd.Series(np.array(["s01", "s02", "s03"])[kind], index=frame.index)


@pytest.fixture(scope="module")
def everybody() -> tuple[pd.DataFrame, pd.Series]:
    return customers(3000)


@pytest.fixture(scope="module")
def fitted(everybody: tuple[pd.DataFrame, pd.Series]) -> TypingModel:
    return TypingModel().fit(everybody[0], everybody[1].head(1000))


def document(model: TypingModel) -> str:
    return json.dumps(model.to_parameters(), allow_nan=False)


def test_customers_who_were_not_asked_are_typed_as_well_as_reported(
    fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]
) -> None:
    frame, truth = everybody[0].iloc[1000:], everybody[1].iloc[1000:]
    assert fitted.refusal_ is None
    predicted = fitted.predict(frame)
    typed = predicted != "unknown"
    assert typed.mean() == pytest.approx(fitted.report_["typed_share"], abs=0.05)
    assert (predicted == truth)[typed].mean() == pytest.approx(fitted.report_["typed_accuracy"], abs=0.05)
    best = fitted.posterior(frame).idxmax(axis=1)
    assert (best == truth).mean() == pytest.approx(fitted.report_["accuracy"], abs=0.05)


def test_probabilities_are_calibrated(fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = everybody[0].iloc[1000:], everybody[1].iloc[1000:]
    chances = fitted.posterior(frame)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    for code in chances:
        assert chances[code].mean() == pytest.approx((truth == code).mean(), abs=0.03)
        likely = chances[code] > 0.7
        assert (truth == code)[likely].mean() == pytest.approx(float(chances[code][likely].mean()), abs=0.06)


def test_nobody_below_the_limit_is_typed(fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    predicted, sure = fitted.predict(everybody[0]), fitted.confidence(everybody[0])
    assert ((predicted == "unknown") == (sure < 0.6)).all()
    assert (predicted == "unknown").any()


def test_features_that_say_nothing_make_the_model_refuse() -> None:
    frame, truth = customers(800, seed=1, strength=0.0)
    model = TypingModel().fit(frame, truth)
    assert model.refusal_ is not None
    assert "calling everybody 's01'" in model.refusal_
    assert model.report_["gain_low"] <= 0
    assert set(model.predict(frame)) == {"unknown"}
    assert model.posterior(frame).isna().all(axis=None)
    assert model.explain(frame.head(2)) == [[], []]
    back = TypingModel.from_parameters(json.loads(document(model)))
    assert set(back.predict(frame)) == {"unknown"}


def test_the_interval_of_the_gain_is_paired(fitted: TypingModel) -> None:
    report = fitted.report_
    assert report["gain"] == pytest.approx(report["accuracy"] - report["majority_accuracy"])
    assert report["gain_low"] < report["gain"] < report["gain_high"]
    # Half a width of 1.96 standard deviations of a difference that is -1, 0 or 1, over the root of 1,000.
    assert report["gain_high"] - report["gain"] < 1.96 / np.sqrt(1000)


def test_the_same_customers_in_another_order_give_the_same_bytes(
    fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]
) -> None:
    frame, truth = everybody
    mixed = frame.sample(frac=1, random_state=2)[frame.columns[::-1]]
    again = TypingModel().fit(mixed, truth.head(1000).sample(frac=1, random_state=3))
    assert document(again) == document(fitted)
    labels = pd.Series(again.predict(mixed), index=mixed.index).loc[frame.index]
    assert labels.tolist() == fitted.predict(frame).tolist()
    alone = np.concatenate([fitted.confidence(frame.iloc[[row]]) for row in range(5)])
    assert alone.tolist() == fitted.confidence(frame).tolist()[:5]


def test_plain_parameters_bring_the_model_back(fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    back = TypingModel.from_parameters(json.loads(document(fitted)))
    assert document(back) == document(fitted)
    pd.testing.assert_frame_equal(back.posterior(everybody[0]), fitted.posterior(everybody[0]))
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        TypingModel.from_parameters({"format": "other"})
    with pytest.raises(ParameterFormatError, match="damaged"):
        TypingModel.from_parameters(fitted.to_parameters() | {"coefficients": [[1.0]]})


def test_reasons_name_what_the_class_goes_with(fitted: TypingModel, everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    reasons = fitted.explain(everybody[0])
    strongest = pd.Series([row[0]["feature"] for row in reasons]).value_counts()
    assert strongest.index[0] in ("order_365d_count", "discount_365d_share")
    told = {reason["feature"] for row in reasons for reason in row}
    assert "country=DE" in told
    assert "always_one" not in told
    assert all(sum(abs(reason["effect"]) for reason in row) <= 1 + 1e-9 for row in reasons)


def test_two_classes_are_as_good_as_three(everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = everybody
    two = truth[truth != "s03"].head(800)
    model = TypingModel().fit(frame, two)
    right = model.posterior(frame.loc[two.index]).idxmax(axis=1) == two
    assert right.mean() == pytest.approx(model.report_["accuracy"], abs=0.05)
    assert model.report_["accuracy"] > model.report_["majority_accuracy"]


def test_too_few_respondents_or_classes_are_refused(everybody: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = everybody
    with pytest.raises(NotEnoughAnswersError, match="199 respondents"):
        TypingModel().fit(frame, truth.head(199))
    with pytest.raises(NotEnoughAnswersError, match="of 1 such classes"):
        TypingModel().fit(frame, truth[truth == "s01"])
    with pytest.raises(ModelInputError, match="more than once"):
        TypingModel().fit(frame, pd.concat([truth, truth.head(1)]))
    with pytest.raises(ModelInputError, match="no feature tells"):
        TypingModel(feature_names=["always_one"]).fit(frame, truth)
