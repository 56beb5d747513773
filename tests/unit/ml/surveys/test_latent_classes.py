"""Latent classes find who was simulated, say why, and stay the same."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from stepmix.stepmix import StepMix

from ml.errors import ModelInputError, NoEligibleClustersError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys.answer_matrix import AnswerMatrix
from ml.surveys.class_densities import CategoricalClasses, GaussianClasses, item_evidence, log_likelihood, log_posterior
from ml.surveys.class_fitting import continued
from ml.surveys.class_naming import item_statements
from ml.surveys.latent_classes import LatentClassSegmenter
from tests.unit.ml.surveys.conftest import likert_answers, likert_matrix

Likert = tuple[AnswerMatrix, pd.Series]
QUICK = {"starts": 2, "bootstraps": 2, "max_k": 5}


def document(model: LatentClassSegmenter) -> str:
    return json.dumps(model.to_parameters(), allow_nan=False)


@pytest.fixture(scope="module")
def fitted(likert: Likert) -> LatentClassSegmenter:
    return LatentClassSegmenter(statements=item_statements(likert[0].items), **QUICK).fit(likert[0].answers)


def test_the_simulated_classes_are_found(fitted: LatentClassSegmenter, likert: Likert) -> None:
    matrix, truth = likert
    assert fitted.k_selection_.set_index("k")["bic"].astype(float).idxmin() == 4
    assert len(fitted.segments_) == 4
    assert adjusted_rand_score(truth.loc[matrix.answers.index], fitted.predict(matrix.answers)) >= 0.85


def test_icl_is_bic_and_twice_the_entropy_of_the_posteriors(fitted: LatentClassSegmenter, likert: Likert) -> None:
    # Biernacki, Celeux & Govaert 2000; the fit saw every respondent, fewer than sample_size.
    chances = fitted.posterior(likert[0].answers).to_numpy()
    entropy = -(chances * np.log(np.maximum(chances, 1e-300))).sum()
    row = fitted.k_selection_.set_index("k").loc[4]
    assert row["icl"] == pytest.approx(row["bic"] + 2 * entropy)
    assert entropy > 0


def test_a_kept_model_gives_the_last_bit_of_the_fitted_one(fitted: LatentClassSegmenter, likert: Likert) -> None:
    back = LatentClassSegmenter.from_parameters(json.loads(document(fitted)))
    assert back.confidence(likert[0].answers).tolist() == fitted.confidence(likert[0].answers).tolist()


def test_names_say_what_each_class_agrees_with_most(fitted: LatentClassSegmenter) -> None:
    names = fitted.segments_["name"].tolist()
    assert len(set(names)) == 4
    for name, construct in zip(names, ("price", "style", "nature", "company"), strict=True):
        assert name.casefold().startswith(construct)
    # The reversed item speaks for its construct by being disagreed with.
    assert "disagree with \u201cprice matters to me, 2\u201d" in fitted.segments_["description"].iloc[0]


def test_probabilities_are_calibrated(fitted: LatentClassSegmenter, likert: Likert) -> None:
    matrix, truth = likert
    codes = truth.loc[matrix.answers.index].map(dict(enumerate(fitted.segments_["segment_code"])))
    chances = fitted.posterior(matrix.answers)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    right = (chances.idxmax(axis=1) == codes).mean()
    assert right == pytest.approx(float(fitted.confidence(matrix.answers).mean()), abs=0.03)


@pytest.mark.filterwarnings("ignore:Initializations did not converge")
def test_our_numbers_are_stepmix_s_numbers(likert: Likert) -> None:
    values = likert[0].answers.to_numpy()
    theirs = StepMix(3, measurement="gaussian_diag_nan", random_state=1, progress_bar=0, max_iter=30).fit(values)
    found = theirs.get_parameters()
    ours = GaussianClasses(
        weights=np.array(found["weights"]),
        means=np.array(found["measurement"]["means"]),
        variances=np.array(found["measurement"]["covariances"]),
    )
    assert log_likelihood(ours, values) / len(values) == pytest.approx(theirs.score(values), rel=1e-9)
    np.testing.assert_allclose(np.exp(log_posterior(ours, values)), theirs.predict_proba(values), atol=1e-9)


def test_continuing_from_a_fit_is_stepmix_s_em(fitted: LatentClassSegmenter, likert: Likert) -> None:
    values = likert[0].answers[list(fitted.features_)].to_numpy()
    once = continued(fitted.classes_, values)
    assert once is not None
    # From StepMix's optimum there is nothing left to gain, and from beside it the way leads back.
    np.testing.assert_allclose(once.profile(), fitted.classes_.profile(), atol=5e-3)
    beside = GaussianClasses(
        weights=np.full(4, 0.25), means=fitted.classes_.means + 0.05, variances=np.full((4, 12), 0.1)
    )
    back = continued(beside, values)
    assert back is not None
    assert log_likelihood(back, values) == pytest.approx(log_likelihood(once, values), abs=0.5)


def test_the_same_answers_in_another_order_give_the_same_bytes(fitted: LatentClassSegmenter, likert: Likert) -> None:
    matrix = likert[0]
    mixed = matrix.answers.sample(frac=1, random_state=3)[matrix.answers.columns[::-1]]
    again = LatentClassSegmenter(statements=item_statements(matrix.items), **QUICK).fit(mixed)
    assert document(again) == document(fitted)
    labels = pd.Series(again.predict(mixed), index=mixed.index).loc[matrix.answers.index]
    assert labels.tolist() == fitted.predict(matrix.answers).tolist()
    alone = matrix.answers.iloc[[7]]
    pd.testing.assert_frame_equal(fitted.posterior(alone), fitted.posterior(matrix.answers).iloc[[7]], check_exact=True)


def test_plain_parameters_bring_the_model_back(fitted: LatentClassSegmenter, likert: Likert) -> None:
    back = LatentClassSegmenter.from_parameters(json.loads(document(fitted)))
    assert document(back) == document(fitted)
    pd.testing.assert_frame_equal(back.posterior(likert[0].answers), fitted.posterior(likert[0].answers))
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        LatentClassSegmenter.from_parameters({"format": "other"})
    broken = fitted.to_parameters()
    broken["classes"] = broken["classes"] | {"variances": [[0.0] * 12] * 4}
    with pytest.raises(ParameterFormatError, match="damaged"):
        LatentClassSegmenter.from_parameters(broken)


def test_learning_the_same_answers_again_gives_the_previous_version_back(
    fitted: LatentClassSegmenter, likert: Likert
) -> None:
    again = LatentClassSegmenter(statements=item_statements(likert[0].items), **QUICK)
    assert document(again.fit(likert[0].answers, previous=fitted.to_parameters())) == document(fitted)


def test_codes_and_names_stay_with_their_classes(fitted: LatentClassSegmenter) -> None:
    # Fewer of the largest class: without matching, sizes would deal the codes anew.
    ticks, truth = likert_answers(700, seed=5)
    kept = np.ones(len(truth), dtype=bool)
    kept[np.flatnonzero(truth == 0)[60:]] = False
    later = likert_matrix(ticks[kept], ipsatised=True)
    model = LatentClassSegmenter(statements=item_statements(later.items), **QUICK)
    model.fit(later.answers, previous=fitted.to_parameters())
    assert model.segments_["segment_code"].tolist() == ["s01", "s02", "s03", "s04"]
    assert model.segments_["name"].tolist() == fitted.segments_["name"].tolist()
    assert model.segments_["customers"].idxmin() == 0


def test_who_answered_nothing_is_unknown(fitted: LatentClassSegmenter, likert: Likert) -> None:
    row = likert[0].answers.head(1).copy()
    row.iloc[0] = np.nan
    assert fitted.predict(row).tolist() == ["unknown"]
    assert fitted.confidence(row).tolist() == [0.0]
    assert fitted.explain(row) == [[]]
    assert fitted.posterior(row).isna().all(axis=None)


def test_a_skipped_answer_drops_out_of_the_likelihood() -> None:
    classes = GaussianClasses(
        weights=np.array([0.5, 0.5]), means=np.array([[0.0, 0.0], [1.0, 1.0]]), variances=np.full((2, 2), 0.25)
    )
    both, one = np.array([[1.0, 0.5]]), np.array([[1.0, np.nan]])
    # The second answer lies half way and says nothing, so that skipping it says the same.
    np.testing.assert_allclose(log_posterior(classes, both), log_posterior(classes, one))
    # log odds of the first answer: (1 - 0)^2 / (2 x 0.25) = 2
    assert log_posterior(classes, one)[0, 1] == pytest.approx(-np.log1p(np.exp(-2)))


def test_reasons_are_the_answers_that_tell_the_class_from_the_next(
    fitted: LatentClassSegmenter, likert: Likert
) -> None:
    values = likert[0].answers
    evidence = item_evidence(fitted.classes_, values.to_numpy())
    np.testing.assert_allclose(np.abs(evidence).sum(axis=1), 1)
    reasons = fitted.explain(values)
    assert all(len(row) == 3 for row in reasons)
    assert np.mean([row[0]["effect"] > 0 for row in reasons]) > 0.95
    assert reasons[0][0]["value"] == values.loc[values.index[0], reasons[0][0]["feature"]]


def test_noise_has_no_classes_that_come_out_the_same_again() -> None:
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=(400, 6)), columns=list("abcdef"), index=[f"c{i:03d}" for i in range(400)])
    with pytest.raises(NoEligibleClustersError, match="stability"):
        LatentClassSegmenter(starts=1, bootstraps=2, max_k=3).fit(noise)


def test_fewer_than_200_complete_answers_are_refused(likert: Likert) -> None:
    holes = likert[0].answers.head(300).copy()
    holes.iloc[150:, 0] = np.nan
    with pytest.raises(NotEnoughAnswersError, match="complete"):
        LatentClassSegmenter().fit(holes)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"q": 1.0}, "'q' has the same answer"), ({"q": "yes"}, "'q' is not numeric")],
)
def test_items_that_cannot_be_used_are_named(likert: Likert, change: dict[str, object], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        LatentClassSegmenter().fit(likert[0].answers.assign(**change))


def options_of_two_classes(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return choices from lists: two classes who differ in five questions, with an option that is rare."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.4).astype(int)
    chances = np.array([[0.7, 0.2, 0.09, 0.01], [0.1, 0.2, 0.69, 0.01]])
    listed = np.array(["a good price", "a present", "it suits me", "other"])
    columns = {f"choice_{number}": [listed[rng.choice(4, p=chances[kind])] for kind in truth] for number in range(5)}
    frame = pd.DataFrame(columns, index=pd.Index([f"c{i:04d}" for i in range(n)], name="customer_id")).astype(object)
    return frame.mask(rng.random((n, 5)) < 0.03), truth


def test_choices_from_lists_have_classes_too() -> None:
    frame, truth = options_of_two_classes(500, 1)
    model = LatentClassSegmenter(measurement="categorical", starts=2, bootstraps=2, max_k=3).fit(frame)
    assert len(model.segments_) == 2
    assert adjusted_rand_score(truth, model.predict(frame)) >= 0.7
    assert isinstance(model.classes_, CategoricalClasses)
    # An item's chances sum to 1 within a class, and the rare option is possible in both.
    np.testing.assert_allclose(model.classes_.probabilities.reshape(2, 5, 4).sum(axis=2), 1)
    assert model.classes_.probabilities.min() > 0
    back = LatentClassSegmenter.from_parameters(json.loads(document(model)))
    assert back.predict(frame).tolist() == model.predict(frame).tolist()
    reason = model.explain(frame.head(1))[0][0]
    assert reason["value"] is None
    assert reason["feature"].startswith("choice_")
    unseen = frame.head(1).assign(choice_0="never heard of")
    assert not model.posterior(unseen).isna().any(axis=None)
