"""What the simulated company's customers think is found in what they answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.surveys.answer_matrix import STRAIGHT_LINER, AnswerMatrix, answer_matrix
from ml.surveys.class_naming import item_statements
from ml.surveys.construct_scores import construct_scores
from ml.surveys.factor_analysis import LikertFactors
from ml.surveys.latent_classes import LatentClassSegmenter
from ml.surveys.typing_model import TypingModel
from orchestration.samples.company.attitudes import ATTITUDE_ITEMS, draw_attitudes
from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.people import draw_people


def survey(customers: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return answers, questions and truth (attitude_class, kind, is_straight_liner) of a survey of everybody."""
    people = draw_people(customers, 42)
    attitudes = draw_attitudes(people, 42)
    index = pd.Index([f"c{number:05d}" for number in range(customers)], name="customer_id")
    ticks = pd.DataFrame(attitudes.answers, index=index, columns=[item.code for item in ATTITUDE_ITEMS])
    skipped = np.random.default_rng(0).random(ticks.shape) < 0.03
    answers = ticks.astype(float).mask(skipped & ~attitudes.straight_liner[:, None])
    questions = pd.DataFrame(
        {
            "question_id": [item.code for item in ATTITUDE_ITEMS],
            "kind": "likert",
            "text": [item.text for item in ATTITUDE_ITEMS],
            "construct": [item.construct.removeprefix("attitude_") for item in ATTITUDE_ITEMS],
            "scale_min": 1.0,
            "scale_max": 5.0,
            "reversed": [item.reversed for item in ATTITUDE_ITEMS],
        }
    )
    truth = pd.DataFrame(
        {
            "attitude_class": attitudes.attitude_class,
            "kind": np.array([kind.name for kind in KINDS])[people.kind],
            "is_straight_liner": attitudes.straight_liner,
        },
        index=index,
    )
    long = answers.melt(ignore_index=False, var_name="question_id", value_name="answer_number").reset_index()
    return long, questions, truth


@pytest.fixture(scope="module")
def asked() -> tuple[AnswerMatrix, pd.DataFrame]:
    answers, questions, truth = survey(1500)
    return answer_matrix(answers, questions, ipsatised=True), truth


def found_classes(matrix: AnswerMatrix, truth: pd.DataFrame, **options: int) -> tuple[LatentClassSegmenter, float]:
    model = LatentClassSegmenter(statements=item_statements(matrix.items), **options).fit(matrix.answers)
    labels = model.predict(matrix.answers)
    return model, adjusted_rand_score(truth.loc[matrix.answers.index, "attitude_class"], labels)


def test_straight_liners_are_found_as_they_are(asked: tuple[AnswerMatrix, pd.DataFrame]) -> None:
    matrix, truth = asked
    found = matrix.excluded.index[matrix.excluded == STRAIGHT_LINER]
    assert set(found) == set(truth.index[truth["is_straight_liner"]])
    assert len(found) == matrix.exclusions[STRAIGHT_LINER] > 30


def test_classes_of_attitudes_are_recovered(asked: tuple[AnswerMatrix, pd.DataFrame]) -> None:
    model, agreement = found_classes(*asked, starts=2, bootstraps=2)
    assert agreement >= 0.6
    assert model.segments_["share"].min() >= 0.05
    assert model.segments_["name"].is_unique


def test_classes_of_construct_scores_are_as_many_as_there_truly_are_by_icl() -> None:
    answers, questions, truth = survey(1500)
    scores = construct_scores(answer_matrix(answers, questions))
    model = LatentClassSegmenter(criterion="icl", starts=2, bootstraps=2).fit(scores)
    assert len(model.segments_) == 4
    assert adjusted_rand_score(truth.loc[scores.index, "attitude_class"], model.predict(scores)) >= 0.8


@pytest.mark.slow
def test_classes_of_attitudes_are_recovered_among_three_thousand_respondents() -> None:
    answers, questions, truth = survey(3000)
    model, agreement = found_classes(answer_matrix(answers, questions, ipsatised=True), truth)
    assert agreement >= 0.6
    assert model.k_selection_.loc[model.k_selection_["chosen"].astype(bool), "stability"].iloc[0] >= 0.8


def test_attitudes_of_the_survey_are_factors(asked: tuple[AnswerMatrix, pd.DataFrame]) -> None:
    answers, questions, _ = survey(1500)
    matrix = answer_matrix(answers, questions)
    model = LikertFactors(n_factors=5, statements=item_statements(matrix.items)).fit(matrix.answers)
    told = " ".join(model.factors_["name"]).casefold()
    assert sum(attitude in told for attitude in ("pride", "thrift", "nature", "ease", "company")) >= 4


def test_who_was_not_asked_is_typed_from_the_kind(asked: tuple[AnswerMatrix, pd.DataFrame]) -> None:
    matrix, truth = asked
    names = truth["attitude_class"].map(dict(enumerate(("stage", "plan", "nature", "comfort"))))
    model = TypingModel().fit(truth[["kind"]], names.loc[matrix.answers.index].head(700))
    assert model.refusal_ is None
    # A kind has one class for at most 62 % of its people, so most cannot be typed with 60 % certainty.
    assert 0 < model.report_["typed_share"] < 0.5
