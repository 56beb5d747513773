"""Needs: classes of what customers want, where enough of them answered; else each one's own strongest need.

Belongs here: which of the two forms a night has. Does not belong here: the rule of the strongest need
(``dbt_project``), the steps (``likert_classes``, ``stated``).
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

_STATED = "segmentations.int_needs__stated"


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
    refit: bool = False,
) -> Found:
    from orchestration.found_segments.classes_of_all import classes_of_all
    from orchestration.found_segments.likert_classes import WITHOUT_CLASSES, learn_classes
    from orchestration.found_segments.stated import inferred_beyond_stated
    from orchestration.found_segments.statements import read_battery

    previous = names_alone(previous) if refit else previous
    battery = read_battery(
        connection, "needs", tonight=tonight, straight_liner_items=thresholds["needs_straight_liner_items"]
    )
    maximum_age = thresholds["needs_maximum_age_days"]
    minimum_responses = thresholds["needs_minimum_responses"]
    minimum_probability = thresholds["needs_minimum_probability"]
    try:
        classes = learn_classes(
            battery,
            tonight=tonight,
            maximum_age_days=maximum_age,
            minimum_responses=minimum_responses,
            code_prefix="n",
            previous=previous,
        )
    except WITHOUT_CLASSES as error:
        return inferred_beyond_stated(
            connection,
            _STATED,
            nobody_in=("no_clear_need",),
            tonight=tonight,
            minimum_probability=minimum_probability,
            minimum_responses=minimum_responses,
            previous=previous,
            before=f"no classes, so each customer's strongest need counts: {error.what}, found {error.found}",
        )
    return classes_of_all(
        connection,
        battery,
        classes,
        tonight=tonight,
        maximum_age_days=maximum_age,
        minimum_probability=minimum_probability,
        previous=previous,
    )


NEEDS = FoundScheme(
    name="needs",
    customers_are="The class of needs of every customer who answered statements on them by the as-of date, and of "
    "those for whom it can be inferred; on a night without classes the strongest need where it can be inferred.",
    segments_are="Tonight's classes of needs: code (stable over nights), name and description; none on a night on "
    "which each customer's own strongest need is the segment.",
    asks="are_others_inferred",
    reads=("features.int_surveys__statements", _STATED, *TYPING_TABLES),
    features=lambda: TYPING_FEATURES,
    find=_find,
)
