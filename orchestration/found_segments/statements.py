"""Answers to agree-or-disagree statements as scores of their constructs, and who said what by a date.

Belongs here: reading a battery of statements, scoring every response, the response that counts on a date. Does not
belong here: classes of respondents (``likert_classes``), how scores are made (``ml.surveys``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pandas as pd

from ml.errors import ModelInputError
from ml.surveys.answer_matrix import AnswerMatrix, answer_matrix
from ml.surveys.construct_scores import construct_scores
from orchestration.found_segments.respondent_classes import counting_on

STATEMENTS = "features.int_surveys__statements"


@dataclass(frozen=True, kw_only=True)
class Battery:
    """The usable responses to a battery of statements, of all surveys that ask it.

    Attributes:
        scores: One row per usable response, one column per construct.
        responses: The same rows: customer_id, answered_date, answered_at.
        exclusions: Reason to number of responses that were left out.
        matrices: The answers of each survey, the one with most responses first.
    """

    scores: pd.DataFrame
    responses: pd.DataFrame
    exclusions: dict[str, int]
    matrices: tuple[AnswerMatrix, ...]

    def counting_on(self, date: dt.date, *, maximum_age_days: int) -> pd.DataFrame:
        """Return the response of each customer that counts on a date; see ``respondent_classes.counting_on``."""
        return counting_on(self.responses, date, maximum_age_days=maximum_age_days)


def read_battery(
    connection: duckdb.DuckDBPyConnection, name: str, *, tonight: dt.date, straight_liner_items: int
) -> Battery:
    """Read and score every response to a battery that had been given by tonight.

    Args:
        connection: The warehouse.
        name: ``attitudes`` or ``needs``.
        tonight: Later answers are not looked at.
        straight_liner_items: Statements from which a response ticked at one place throughout is left out.
    """
    rows = connection.execute(
        f"select * from {STATEMENTS} where battery = ? and answered_date <= ? order by response_key, question_id",
        [name, tonight],
    ).fetchdf()
    matrices, scores = [], []
    exclusions: dict[str, int] = {}
    for _, asked in rows.groupby("survey_key", sort=True):
        matrix = _matrix(asked, straight_liner_items=straight_liner_items)
        try:
            scores.append(construct_scores(matrix))
        except ModelInputError:  # Too few constructs to set one against the others.
            continue
        matrices.append(matrix)
        for reason, count in matrix.exclusions.items():
            exclusions[reason] = exclusions.get(reason, 0) + count
    scored = pd.concat(scores).sort_index() if scores else pd.DataFrame()
    responses = rows.groupby("response_key")[["customer_id", "answered_date", "answered_at"]].max()
    return Battery(
        scores=scored.reindex(columns=sorted(scored.columns)),
        responses=responses.loc[scored.index],
        exclusions=exclusions,
        matrices=tuple(sorted(matrices, key=lambda matrix: -len(matrix.answers))),
    )


def _matrix(rows: pd.DataFrame, *, straight_liner_items: int) -> AnswerMatrix:
    """One survey's answers; a response stands where the model expects a customer, since one may answer twice."""
    questions = rows.drop_duplicates("question_id").assign(kind="likert")
    return answer_matrix(
        rows[["response_key", "question_id", "answer_number"]].rename(columns={"response_key": "customer_id"}),
        questions.rename(columns={"question_text": "text", "is_reversed": "reversed"})[
            ["question_id", "kind", "text", "construct", "scale_min", "scale_max", "reversed"]
        ],
        min_straight_line_items=straight_liner_items,
        min_complete=0,
    )
