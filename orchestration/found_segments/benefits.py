"""Benefits: what customers say to buy for, and the same inferred for those who did not say.

Belongs here: what is learnt from. Does not belong here: the rule of the latest choice (``dbt_project``), the steps
(``stated``).
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

_STATED = "segmentations.int_benefits__stated"


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
    refit: bool = False,
) -> Found:
    from orchestration.found_segments.stated import inferred_beyond_stated

    previous = names_alone(previous) if refit else previous
    return inferred_beyond_stated(
        connection,
        _STATED,
        tonight=tonight,
        minimum_probability=thresholds["benefits_minimum_probability"],
        minimum_responses=thresholds["benefits_minimum_responses"],
        previous=previous,
    )


BENEFITS = FoundScheme(
    name="benefits",
    customers_are="The benefit of every customer who did not choose one by the as-of date, where it can be inferred.",
    segments_are="Empty: the choices that customers were offered are the segments.",
    asks="are_others_inferred",
    reads=(_STATED, *TYPING_TABLES),
    features=lambda: TYPING_FEATURES,
    find=_find,
)
