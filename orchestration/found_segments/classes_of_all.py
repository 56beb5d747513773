"""From classes of respondents to segments of all customers on every date.

Belongs here: respondents get their class from the day of the answer on, others the inferred one; what is told and kept.
Does not belong here: learning classes (``likert_classes``, ``best_worst_classes``), the typing model (``inference``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from ml.errors import ModelInputError
from orchestration.found_segments.found import SEGMENTS, DateByDate, Found, segments_table
from orchestration.found_segments.inference import (
    SAID_SO,
    basis,
    customers_table,
    evaluated_dates,
    infer,
    kept_typing,
    learn_typing,
)
from orchestration.found_segments.respondent_classes import RespondentClasses


def no_classes(error: ModelInputError, previous: Mapping[str, Any] | None) -> Found:
    """Return a night without classes: nobody has one, and it is said why.

    The classes of the served version rest, so that their codes are not dealt anew when there are classes again.

    Args:
        error: Why there are none.
        previous: Parameters of the served version, on which classes were in force or at rest.
    """
    return Found(
        customers=(),
        segments=SEGMENTS.empty_table(),
        parameters={"classes": previous["classes"]} if previous and "classes" in previous else None,
        status="warn",
        detail=f"no classes tonight: {error.what}; found {error.found}, expected {error.expected}",
    )


def classes_of_all(
    connection: duckdb.DuckDBPyConnection,
    classes: RespondentClasses,
    *,
    tonight: dt.date,
    maximum_age_days: int,
    minimum_probability: float,
    previous: Mapping[str, Any] | None,
) -> Found:
    """Return the class of every customer on every evaluated date.

    Args:
        connection: The warehouse.
        classes: Tonight's classes.
        tonight: The date that has reasons.
        maximum_age_days: Days for which a response counts.
        minimum_probability: Probability from which a class is inferred for somebody who was not asked, 0-1.
        previous: Parameters of the served version.
    """
    tonights = classes.counting_on(tonight, maximum_age_days=maximum_age_days)
    typing = learn_typing(
        connection,
        tonights["segment_code"],
        tonight=tonight,
        minimum_probability=minimum_probability,
        minimum_responses=classes.minimum_responses,
        kept=kept_typing(previous, classes.learnt_from),
    )

    def classes_on(date: dt.date) -> pa.Table:
        counting = classes.counting_on(date, maximum_age_days=maximum_age_days)
        reasons = None
        if date == tonight:
            reasons = [[basis(SAID_SO), *row] for row in classes.reasons_of(counting["response"])]
        said = customers_table(counting["segment_code"], counting["confidence"], reasons, date=date)
        inferred = infer(connection, typing, date=date, said=counting.index, explain=date == tonight)
        return pa.concat_tables([said, inferred])

    return Found(
        customers=DateByDate(dates=evaluated_dates(connection), on=classes_on),
        segments=segments_table(classes.segments, rule=classes.rule),
        parameters={"learnt_from": classes.learnt_from, **classes.parameters, "typing": typing.to_parameters()},
        status="warn" if classes.note else "pass",
        detail="; ".join(filter(None, [classes.told, typing.detail, classes.note])),
        tables={**classes.tables, "inference, out of fold": typing.report()},
    )
