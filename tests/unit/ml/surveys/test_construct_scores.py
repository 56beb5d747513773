"""Scores of constructs: means of statements against the person's own mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import ModelInputError
from ml.surveys.answer_matrix import AnswerMatrix, answer_matrix
from ml.surveys.construct_scores import construct_scores, construct_statements

ITEMS = (("p1", "price", False), ("p2", "price", True), ("s1", "style", False), ("n1", "nature", False))


def matrix(ticks: dict[str, list[float | None]], *, ipsatised: bool = False, items=ITEMS) -> AnswerMatrix:
    answers = pd.DataFrame(
        [
            {"customer_id": customer, "question_id": item[0], "answer_number": tick}
            for customer, row in ticks.items()
            for item, tick in zip(items, row, strict=True)
        ]
    )
    questions = pd.DataFrame(items, columns=["question_id", "construct", "reversed"])
    questions = questions.assign(kind="likert", scale_min=1.0, scale_max=5.0)
    return answer_matrix(answers, questions, ipsatised=ipsatised, max_missing_share=0.8, min_complete=0)


def test_a_construct_is_the_mean_of_its_turned_statements_less_the_mean_of_the_constructs() -> None:
    scores = construct_scores(matrix({"ann": [5, 2, 4, 1]}))
    # Price is (1 + .75) / 2, style .75, nature 0; their mean is .541666...
    assert scores.columns.tolist() == ["nature", "price", "style"]
    np.testing.assert_allclose(scores.loc["ann"], [-0.5416667, 0.3333333, 0.2083333], atol=1e-6)


def test_a_skipped_statement_leaves_its_construct_to_the_others_and_a_skipped_construct_has_no_score() -> None:
    scores = construct_scores(matrix({"ann": [5, None, 3, 3], "bob": [None, None, 5, 1]}))
    assert scores.loc["ann", "price"] == pytest.approx(1 - 2 / 3)
    assert np.isnan(scores.loc["bob", "price"])
    assert scores.loc["bob", "style"] == pytest.approx(0.5)


@settings(max_examples=50, deadline=None)
@given(
    ticks=st.lists(st.lists(st.integers(1, 4), min_size=4, max_size=4), min_size=1, max_size=8),
)
def test_whoever_agrees_more_with_everything_has_the_same_scores(ticks: list[list[int]]) -> None:
    plain = tuple((item, construct, False) for item, construct, _ in ITEMS)
    people = {f"c{number}": [float(tick) for tick in row] for number, row in enumerate(ticks)}
    lenient = {person: [tick + 1 for tick in row] for person, row in people.items()}
    scores = construct_scores(matrix(people, items=plain))
    np.testing.assert_allclose(scores, construct_scores(matrix(lenient, items=plain)), atol=1e-12)
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-12)


def test_centred_answers_and_fewer_than_three_constructs_are_refused() -> None:
    with pytest.raises(ModelInputError, match="no scores of constructs"):
        construct_scores(matrix({"ann": [5, 2, 4, 1]}, ipsatised=True))
    two = (("p1", "price", False), ("p2", "price", True), ("s1", "style", False), ("s2", "style", False))
    with pytest.raises(ModelInputError, match="statements on 3 constructs"):
        construct_scores(matrix({"ann": [5, 2, 4, 1]}, items=two))


def test_words_leave_out_the_beginning_that_says_what_kind_of_construct_it_is() -> None:
    told = construct_statements(["attitude_pride", "attitude_slow_living"], prefix="attitude_")
    assert told["attitude_slow_living"].aspect == "slow living"
    assert told["attitude_pride"].high == "agree with statements on pride"
