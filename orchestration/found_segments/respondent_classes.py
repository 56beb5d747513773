"""Classes of respondents, however they were asked: what the steps after learning need to know of them.

Belongs here: the response that counts on a date, the class of every response, what is told of them. Does not belong
here: reading and learning one kind of answers (``likert_classes``, ``best_worst_classes``), segments of all customers
(``classes_of_all``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml.errors import ModelInputError, NoEligibleClustersError, NotEnoughAnswersError

WITHOUT_CLASSES = (NotEnoughAnswersError, NoEligibleClustersError, ModelInputError)


@dataclass(frozen=True, kw_only=True)
class RespondentClasses:
    """Classes of tonight's respondents.

    Attributes:
        learnt_from: Digest of the answers and settings; the same ones need not be learnt from again.
        minimum_responses: Fewest respondents that classes were asked of.
        segments: One row per class, by code: segment_code, name, description.
        responses: One row per usable response: customer_id, answered_date, answered_at.
        labels: Class of every usable response: segment_code, confidence; indexed by response.
        reasons_of: Called with responses for the reasons of each, values in words.
        parameters: What was learnt as plain JSON types.
        rule: How customers come into a class, in words.
        told: What was learnt from how many, in words.
        note: What a person should look into, empty where nothing.
        tables: What the model says of itself, by title.
    """

    learnt_from: str
    minimum_responses: int
    segments: pd.DataFrame
    responses: pd.DataFrame
    labels: pd.DataFrame
    reasons_of: Callable[[pd.Series], list[list[dict[str, Any]]]]
    parameters: Mapping[str, Any]
    rule: str
    told: str
    note: str
    tables: Mapping[str, pd.DataFrame]

    def counting_on(self, date: dt.date, *, maximum_age_days: int) -> pd.DataFrame:
        """Return who is in which class on a date.

        Returns:
            Indexed by customer_id, sorted: response, segment_code, confidence.
        """
        counting = counting_on(self.responses, date, maximum_age_days=maximum_age_days)
        return counting.join(self.labels, on="response")


def counting_on(responses: pd.DataFrame, date: dt.date, *, maximum_age_days: int) -> pd.DataFrame:
    """Return the response of each customer that counts on a date: the latest one that is not too old.

    Args:
        responses: customer_id, answered_date, answered_at; indexed by response.
        date: The date.
        maximum_age_days: Days for which a response counts.

    Returns:
        Indexed by customer_id, sorted: response.
    """
    age = (pd.Timestamp(date) - responses["answered_date"]).dt.days
    known = responses[(age >= 0) & (age < maximum_age_days)].rename_axis("response").reset_index()
    latest = known.sort_values(["customer_id", "answered_at", "response"]).drop_duplicates("customer_id", keep="last")
    return latest.set_index("customer_id")[["response"]]


def left_out(exclusions: Mapping[str, int], what: str) -> str:
    """Return in words what was left out and why, in brackets; empty where nothing was."""
    reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in exclusions.items() if count)
    return f" ({what} left out: {reasons})" if reasons else ""
