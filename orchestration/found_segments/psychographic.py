"""Psychographic segments: what people think, as they say when asked, and inferred for everybody else.

Belongs here: which answers count, the classes of respondents on every date, the typing of others. Does not belong here:
the steps themselves (``statements``, ``likert_classes``, ``inference``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.found_segments.found_scheme import FoundScheme, names_alone
from orchestration.found_segments.typing_features import TYPING_FEATURES, TYPING_TABLES

if TYPE_CHECKING:
    import duckdb

    from orchestration.found_segments.found import Found


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
    refit: bool = False,
) -> Found:
    from orchestration.found_segments.classes_of_all import classes_of_all, no_classes
    from orchestration.found_segments.likert_classes import learn_classes
    from orchestration.found_segments.respondent_classes import WITHOUT_CLASSES
    from orchestration.found_segments.statements import read_battery

    previous = names_alone(previous) if refit else previous
    battery = read_battery(
        connection,
        "attitudes",
        tonight=tonight,
        straight_liner_items=thresholds["psychographic_straight_liner_items"],
    )
    maximum_age = thresholds["psychographic_maximum_age_days"]
    try:
        classes = learn_classes(
            battery,
            tonight=tonight,
            maximum_age_days=maximum_age,
            minimum_responses=thresholds["psychographic_minimum_responses"],
            code_prefix="p",
            construct_prefix="attitude_",
            previous=previous,
        )
    except WITHOUT_CLASSES as error:
        return no_classes(error, previous)
    return classes_of_all(
        connection,
        classes,
        tonight=tonight,
        maximum_age_days=maximum_age,
        minimum_probability=thresholds["psychographic_minimum_probability"],
        previous=previous,
    )


PSYCHOGRAPHIC = FoundScheme(
    name="psychographic",
    customers_are="The class of attitudes of every customer who answered statements on them by the as-of date, and of "
    "those for whom it can be inferred. Tonight's model labels every evaluated date.",
    segments_are="Tonight's classes of attitudes: code (stable over nights), name and description derived from what "
    "each agrees with.",
    asks="are_there_classes",
    reads=("features.int_surveys__statements", *TYPING_TABLES),
    features=lambda: TYPING_FEATURES,
    find=_find,
)
