"""From classes of respondents to segments of all customers on every date.

Belongs here: respondents get their class from the day of the answer on, others the inferred one; what is told and kept.
Does not belong here: learning classes (``likert_classes``), the typing model (``inference``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ml.errors import ModelInputError
from orchestration.found_segments.found import CUSTOMERS, SEGMENTS, Found, segments_table
from orchestration.found_segments.inference import (
    SAID_SO,
    basis,
    customers_table,
    evaluated_dates,
    infer,
    kept_typing,
    learn_typing,
)
from orchestration.found_segments.likert_classes import LikertClasses
from orchestration.found_segments.statements import Battery

_RULE = (
    "the likeliest class of the answers to statements; of customers who were not asked, the class inferred from how "
    "they buy, where it is certain enough"
)


def no_classes(error: ModelInputError) -> Found:
    """Return a night without classes: nobody has one, and it is said why."""
    return Found(
        customers=CUSTOMERS.empty_table(),
        segments=SEGMENTS.empty_table(),
        parameters=None,
        status="warn",
        detail=f"no classes tonight: {error.what}; found {error.found}, expected {error.expected}",
    )


def classes_of_all(
    connection: duckdb.DuckDBPyConnection,
    battery: Battery,
    classes: LikertClasses,
    *,
    tonight: dt.date,
    maximum_age_days: int,
    minimum_probability: float,
    previous: Mapping[str, Any] | None,
) -> Found:
    """Return the class of every customer on every evaluated date.

    Args:
        connection: The warehouse.
        battery: The responses.
        classes: Tonight's classes.
        tonight: The date that has reasons.
        maximum_age_days: Days for which a response counts.
        minimum_probability: Probability from which a class is inferred for somebody who was not asked, 0-1.
        previous: Parameters of the served version.
    """
    learnt_from = classes.model.learnt_from_
    typing = learn_typing(
        connection,
        classes.respondents["segment_code"],
        tonight=tonight,
        minimum_probability=minimum_probability,
        minimum_responses=classes.model.min_respondents,
        kept=kept_typing(previous, learnt_from),
    )
    parts, said = [], {}
    for date in evaluated_dates(connection):
        counting = battery.counting_on(date, maximum_age_days=maximum_age_days)
        labels = classes.labels.loc[counting["response"]].set_axis(counting.index)
        reasons = None
        if date == tonight:
            reasons = [
                [basis(SAID_SO), *({**r, "value": None if r["value"] is None else f"{r['value']:.2f}"} for r in row)]
                for row in classes.explain(battery, counting["response"])
            ]
        parts.append(customers_table(labels["segment_code"], labels["confidence"], reasons, date=date))
        said[date] = counting.index
    inferred = infer(connection, typing, said=said, tonight=tonight)
    return Found(
        customers=pa.concat_tables([*parts, inferred]),
        segments=segments_table(classes.model.segments_, rule=_RULE),
        parameters={"learnt_from": learnt_from, **classes.to_parameters(), "typing": typing.to_parameters()},
        status="warn" if classes.note else "pass",
        detail="; ".join(filter(None, [_told(battery, classes), typing.detail, classes.note])),
        tables={
            "segments": classes.model.segments_,
            "choice of the number of classes": classes.model.k_selection_,
            "factors": pd.DataFrame() if classes.factors is None else classes.factors.factors_.drop(columns="items"),
            "inference, out of fold": typing.report(),
        },
    )


def _told(battery: Battery, classes: LikertClasses) -> str:
    chosen = classes.model.k_selection_[classes.model.k_selection_["chosen"].astype(bool)].iloc[0]
    left_out = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in battery.exclusions.items() if count)
    factors = "" if classes.factors is None else f", {len(classes.factors.factors_)} factors by parallel analysis"
    return (
        f"{int(chosen['k'])} classes of {len(classes.respondents)} respondents, stability {chosen['stability']:.2f}"
        f"{factors}" + (f" (responses left out: {left_out})" if left_out else "")
    )
