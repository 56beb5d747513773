"""Needs: classes of what customers want, by what enough of them chose or said; else each one's own strongest need.

Belongs here: which form a night has, and what is kept of the other ones. Does not belong here: the rule of the
strongest need (``dbt_project``), the steps (``best_worst_classes``, ``likert_classes``, ``stated``).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.found_segments.found_scheme import FoundScheme, names_alone
from orchestration.found_segments.typing_features import TYPING_FEATURES, TYPING_TABLES

if TYPE_CHECKING:
    import duckdb

    from orchestration.found_segments.found import Found
    from orchestration.found_segments.respondent_classes import RespondentClasses

_STATED = "segmentations.int_needs__stated"
# The forms, the preferred first; classes of each have codes of their own, so that none ever means two things.
BEST_WORST, STATEMENTS, STRONGEST = "best_worst", "statements", "strongest"
CODE_PREFIXES = {BEST_WORST: "m", STATEMENTS: "n"}


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
    refit: bool = False,
) -> Found:
    from orchestration.found_segments.classes_of_all import classes_of_all
    from orchestration.found_segments.respondent_classes import WITHOUT_CLASSES
    from orchestration.found_segments.stated import inferred_beyond_stated

    def _kept(form: str) -> Mapping[str, Any] | None:
        kept = kept_of_form(previous, form)
        return names_alone(kept) if refit else kept

    why_not = []
    for form in (BEST_WORST, STATEMENTS):
        kept = _kept(form)
        try:
            classes = _learnt(form, connection, tonight=tonight, previous=kept, thresholds=thresholds)
        except WITHOUT_CLASSES as error:
            why_not.append(f"{error.what}, found {error.found}")
            continue
        found = classes_of_all(
            connection,
            classes,
            tonight=tonight,
            maximum_age_days=thresholds["needs_maximum_age_days"],
            minimum_probability=thresholds["needs_minimum_probability"],
            previous=kept,
        )
        return _with_form(found, form, previous, why_not="; ".join(why_not))
    found = inferred_beyond_stated(
        connection,
        _STATED,
        nobody_in=("no_clear_need",),
        tonight=tonight,
        minimum_probability=thresholds["needs_minimum_probability"],
        minimum_responses=thresholds["needs_minimum_responses"],
        previous=_kept(STRONGEST),
        before=f"no classes, so each customer's strongest need counts: {'; '.join(why_not)}",
    )
    return _with_form(found, STRONGEST, previous)


def _learnt(
    form: str,
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
) -> RespondentClasses:
    from orchestration.found_segments.best_worst_classes import learn_choice_classes
    from orchestration.found_segments.best_worst_tasks import read_tasks
    from orchestration.found_segments.likert_classes import learn_classes
    from orchestration.found_segments.statements import read_battery

    maximum_age = thresholds["needs_maximum_age_days"]
    minimum_responses = thresholds["needs_minimum_responses"]
    if form == BEST_WORST:
        return learn_choice_classes(
            read_tasks(
                connection,
                tonight=tonight,
                maximum_age_days=maximum_age,
                minimum_tasks=thresholds["needs_minimum_tasks"],
            ),
            tonight=tonight,
            maximum_age_days=maximum_age,
            minimum_responses=minimum_responses,
            code_prefix=CODE_PREFIXES[form],
            previous=previous,
        )
    return learn_classes(
        read_battery(
            connection, "needs", tonight=tonight, straight_liner_items=thresholds["needs_straight_liner_items"]
        ),
        tonight=tonight,
        maximum_age_days=maximum_age,
        minimum_responses=minimum_responses,
        code_prefix=CODE_PREFIXES[form],
        previous=previous,
    )


def kept_of_form(previous: Mapping[str, Any] | None, form: str) -> Mapping[str, Any] | None:
    """Return what the served version keeps of a form, whether it was in force or at rest.

    Args:
        previous: Parameters of the served version.
        form: The form.
    """
    if previous is None:
        return None
    if previous.get("form") == form:
        return previous
    kept: Mapping[str, Any] | None = previous.get("resting", {}).get(form)
    return kept


def _with_form(found: Found, form: str, previous: Mapping[str, Any] | None, *, why_not: str = "") -> Found:
    """Return what was found with its form, and with the classes of the other forms.

    A night without classes, or of the other form, must not give codes to other classes afterwards.
    """
    resting = {}
    for other in CODE_PREFIXES:
        kept = kept_of_form(previous, other)
        if other != form and kept is not None:
            resting[other] = {"classes": kept["classes"]}
    parameters = {**(found.parameters or {}), "form": form, "resting": resting}
    detail = f"{found.detail}; not of choices: {why_not}" if why_not else found.detail
    return dataclasses.replace(found, parameters=parameters, detail=detail)


NEEDS = FoundScheme(
    name="needs",
    customers_are="The class of needs of every customer who answered best-worst tasks, or else statements, on them by "
    "the as-of date, and of those for whom it can be inferred; on a night without classes the strongest need where it "
    "can be inferred.",
    segments_are="Tonight's classes of needs: code (stable over nights), name and description; none on a night on "
    "which each customer's own strongest need is the segment.",
    asks="are_others_inferred",
    reads=("features.int_surveys__best_worst", "features.int_surveys__statements", _STATED, *TYPING_TABLES),
    features=lambda: TYPING_FEATURES,
    find=_find,
)
