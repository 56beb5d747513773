"""Who is kept, which answer counts, and what a value of the matrix means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import ModelInputError, NotEnoughAnswersError
from ml.surveys.answer_matrix import SPEEDER, STRAIGHT_LINER, TOO_FEW_ANSWERS, AnswerMatrix, answer_matrix

ITEMS = [f"q{number}" for number in range(8)]
QUESTIONS = pd.DataFrame(
    {
        "question_id": [*ITEMS, "score"],
        "kind": [*["likert"] * 8, "nps"],
        "text": [*[f"Statement {item}." for item in ITEMS], None],
        "scale_min": [1.0] * 8 + [0.0],
        "scale_max": [5.0] * 8 + [10.0],
        "reversed": [False] * 7 + [True, None],
        "construct": ["calm"] * 4 + ["order"] * 4 + [None],
    }
)


def long(rows: dict[str, list[float | None]]) -> pd.DataFrame:
    """Return answers of customers to ITEMS, None where skipped."""
    return pd.DataFrame(
        [
            {"customer_id": customer, "question_id": item, "answer_number": answer}
            for customer, answers in rows.items()
            for item, answer in zip(ITEMS, answers, strict=True)
            if answer is not None
        ]
    )


def read(rows: dict[str, list[float | None]], **options: object) -> AnswerMatrix:
    return answer_matrix(long(rows), QUESTIONS, min_complete=1, **options)  # type: ignore[arg-type]


USUAL: list[float | None] = [1, 2, 3, 4, 5, 4, 3, 2]


def test_values_are_shares_of_the_scale_in_the_direction_of_what_is_measured() -> None:
    values = read({"a": USUAL}).answers
    assert values.loc["a", "q0"] == 0
    assert values.loc["a", "q4"] == 1
    assert values.loc["a", "q7"] == pytest.approx(0.75)  # a 2 on a reversed item is a 4


def test_a_straight_line_is_one_as_ticked_and_not_as_turned() -> None:
    as_turned: list[float | None] = [4, 4, 4, 4, 4, 4, 4, 2]
    read_matrix = read({"a": [4] * 8, "b": as_turned, "c": USUAL})
    assert read_matrix.excluded.to_dict() == {"a": STRAIGHT_LINER}
    assert list(read_matrix.answers.index) == ["b", "c"]


def test_respondents_who_skipped_more_than_allowed_are_counted_out() -> None:
    rows: dict[str, list[float | None]] = {
        "a": [*USUAL[:6], None, None],
        "b": [*USUAL[:5], None, None, None],
        "c": USUAL,
    }
    matrix = read(rows, max_missing_share=0.25)
    assert matrix.exclusions == {TOO_FEW_ANSWERS: 1, STRAIGHT_LINER: 0, SPEEDER: 0}
    assert matrix.excluded.to_dict() == {"b": TOO_FEW_ANSWERS}
    assert matrix.answers.loc["a"].isna().sum() == 2
    assert matrix.complete_count == 1


def test_speeders_need_less_than_half_the_median_time() -> None:
    rows = dict.fromkeys("abcde", USUAL)
    seconds = pd.Series({"a": 100.0, "b": 51.0, "c": 49.0, "d": 120.0})
    matrix = read(rows, seconds=seconds)  # the median of those known is 75.5
    assert matrix.exclusions[SPEEDER] == 0
    assert read(rows, seconds=seconds, min_speed_share=0.66).excluded.to_dict() == {"c": SPEEDER}


def test_centred_rows_sum_to_zero_over_the_items_answered() -> None:
    matrix = read({"a": USUAL, "b": [5, None, 5, 4, 5, 5, 5, 1]}, ipsatised=True)
    assert matrix.ipsatised
    np.testing.assert_allclose(matrix.answers.sum(axis=1), 0, atol=1e-12)
    assert np.isnan(matrix.answers.loc["b", "q1"])


def test_agreeing_with_everything_makes_no_difference_once_centred() -> None:
    matrix = read({"a": [1, 2, 1, 2, 1, 2, 1, 5], "b": [4, 5, 4, 5, 4, 5, 4, 2]}, ipsatised=True)
    np.testing.assert_allclose(matrix.answers.loc["a"], matrix.answers.loc["b"], atol=1e-12)


def test_the_latest_answer_counts_and_two_at_once_are_refused() -> None:
    answers = long({"a": USUAL})
    later = answers.head(1).assign(answer_number=5.0)
    both = pd.concat([answers.assign(answered_at=1), later.assign(answered_at=2)])
    assert answer_matrix(both, QUESTIONS, min_complete=1).answers.loc["a", "q0"] == 1
    with pytest.raises(ModelInputError, match="more than once"):
        answer_matrix(pd.concat([answers, later]), QUESTIONS, min_complete=1)


def test_answers_off_the_scale_count_as_not_given() -> None:
    matrix = read({"a": [9, *USUAL[1:]], "b": USUAL})
    assert np.isnan(matrix.answers.loc["a", "q0"])
    assert matrix.off_scale_count == 1


def test_fewer_complete_responses_than_asked_are_refused_with_the_reasons() -> None:
    rows = {f"c{number}": USUAL for number in range(5)} | {"line": [3.0] * 8}
    with pytest.raises(NotEnoughAnswersError, match=r"5 of 6 respondents.*1 straight_liner") as caught:
        answer_matrix(long(rows), QUESTIONS)
    assert "at least 200" in caught.value.expected


def test_other_kinds_of_questions_are_no_items_unless_asked_for() -> None:
    answers = pd.concat(
        [long({"a": USUAL}), pd.DataFrame([{"customer_id": "a", "question_id": "score", "answer_number": 9.0}])]
    )
    assert list(answer_matrix(answers, QUESTIONS, min_complete=1).answers) == ITEMS
    assert "score" in answer_matrix(answers, QUESTIONS, kinds=("likert", "nps"), min_complete=1).answers


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        (QUESTIONS.drop(columns="scale_max"), "scale_max"),
        (pd.concat([QUESTIONS, QUESTIONS.head(1)]), "'q0'"),
        (QUESTIONS.assign(scale_max=1.0), "scale_min below scale_max"),
        (QUESTIONS.assign(kind="text"), "no item"),
    ],
)
def test_questions_that_cannot_be_read_are_named(questions: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        answer_matrix(long({"a": USUAL}), questions, min_complete=1)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 5).map(float)), min_size=8, max_size=8), min_size=1, max_size=12
    ),
    seed=st.integers(0, 99),
)
def test_everybody_is_kept_or_left_out_for_a_reason_whatever_the_order(
    rows: list[list[float | None]], seed: int
) -> None:
    answers = long({"usual": USUAL} | {f"c{number:02d}": row for number, row in enumerate(rows)})
    matrix = answer_matrix(answers, QUESTIONS, min_complete=1)
    assert len(matrix.answers) + len(matrix.excluded) == answers["customer_id"].nunique()
    assert sum(matrix.exclusions.values()) == len(matrix.excluded)
    known = matrix.answers.to_numpy()
    assert ((known >= 0) & (known <= 1) | np.isnan(known)).all()
    mixed = answer_matrix(
        answers.sample(frac=1, random_state=seed), QUESTIONS.sample(frac=1, random_state=seed), min_complete=1
    )
    pd.testing.assert_frame_equal(mixed.answers, matrix.answers)
    pd.testing.assert_series_equal(mixed.excluded, matrix.excluded)
