"""Answers to best-worst (MaxDiff) tasks: which of them count, of which surveys and items.

Belongs here: reading tasks, surveys that stand together, items that were shown to enough people. Does not belong here:
which answers tell no choice (``dbt_project``), classes of respondents (``best_worst_classes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd
import pyarrow.compute as pc

from ml.errors import ModelInputError
from ml.surveys.choice_tasks import NOT_ASKED, ChoiceCodes, ChoiceTasks, choice_tasks_of_codes

TASKS = "features.int_surveys__best_worst"
# Share of a survey's respondents who were shown an item, below which it is no item of the survey: a slip of the pen.
FEWEST_SHOWN = 0.05
# Share of its items that a survey has in common with the largest one where both ask the same.
IN_COMMON = 0.5
# Surveys of more are no survey of needs, and their classes would take all memory.
MOST_ITEMS = 100


@dataclass(frozen=True, kw_only=True)
class TaskBattery:
    """The usable answers to best-worst tasks, of all surveys that ask about the same items.

    Attributes:
        tasks: The choices; a response stands where the model expects a customer, since one may answer twice.
        responses: One row per response, sorted by it: customer_id, answered_date, answered_at.
        surveys: How many surveys stand together.
        exclusions: Reason to number of answers that were left out.
    """

    tasks: ChoiceTasks | None
    responses: pd.DataFrame
    surveys: int
    exclusions: dict[str, int]


def read_tasks(
    connection: duckdb.DuckDBPyConnection, *, tonight: dt.date, maximum_age_days: int, minimum_tasks: int
) -> TaskBattery:
    """Read every task that had been answered by tonight.

    Surveys stand together where they show the same items, by their texts: with the survey that most people answered
    all those that have half of their items in common with it.

    Args:
        connection: The warehouse.
        tonight: Later answers are not looked at.
        maximum_age_days: Days for which a response counts; older ones do not say which items are asked about.
        minimum_tasks: Fewest tasks of a response that counts.

    Raises:
        ModelInputError: More items than anybody could compare.
    """
    known: dict[str, Any] = {"tonight": tonight}
    items_of = _items_of_surveys(connection, {**known, "maximum_age_days": maximum_age_days})
    surveys = _standing_together(items_of)
    items = sorted(set().union(*(items_of[survey][1] for survey in surveys)))
    if len(items) > MOST_ITEMS:
        raise ModelInputError(
            "best-worst tasks show too many different items",
            expected=f"at most {MOST_ITEMS} items, the same texts for everybody",
            found=f"{len(items)}, such as {items[0]!r}",
            fix="write every item in the same words for everybody, and no respondent's own words",
        )
    connection.execute(
        f"""
        create or replace temporary table tasks_asked as
        with judged as (
            select
                * exclude (unusable_reason),
                case
                    when unusable_reason is not null then unusable_reason
                    when is_straight_liner then 'straight_liner'
                    when not list_contains(cast($surveys as varchar[]), survey_key) then 'of_another_survey'
                    when not list_has_all(cast($items as varchar[]), shown) then 'with_an_item_hardly_anybody_saw'
                end as reason
            from {TASKS}
            where answered_date <= $tonight
        )

        select
            * exclude (reason),
            case
                when reason is null
                    and count(*) filter (where reason is null) over (partition by response_key) < $minimum_tasks
                    then 'of_a_response_with_too_few'
                else reason
            end as reason
        from judged
        """,
        {**known, "surveys": surveys, "items": items, "minimum_tasks": minimum_tasks},
    )
    exclusions = connection.execute(
        "select reason, count(*) from tasks_asked where reason is not null group by all order by all"
    ).fetchall()
    responses = connection.execute(
        "select response_key as response, any_value(customer_id) as customer_id, max(answered_date) as answered_date, "
        "max(answered_at) as answered_at from tasks_asked where reason is null group by all order by response"
    ).fetchdf()
    codes = _codes(connection, items)
    connection.execute("drop table tasks_asked")
    return TaskBattery(
        tasks=choice_tasks_of_codes(codes, customers=responses["response"].to_list(), items=tuple(items))
        if len(responses)
        else None,
        responses=responses.set_index("response"),
        surveys=len(surveys),
        exclusions=dict(exclusions),
    )


def _codes(connection: duckdb.DuckDBPyConnection, items: list[str]) -> ChoiceCodes:
    """Return the usable choices as numbers, which DuckDB makes: as texts of Python those of many would fill the memory.

    Responses are numbered in the order of their keys, and an item that is none of the survey's is out of all numbers.
    """
    choices = connection.sql(
        """
        select
            dense_rank() over (order by response_key) - 1 as respondent,
            dense_rank() over (order by question_id) - 1 as task,
            list_transform(shown, lambda item: coalesce(list_position($items, item), 0) - 1) as shown,
            coalesce(list_position($items, best_item), 0) - 1 as best,
            case when worst_item is null then $not_asked else coalesce(list_position($items, worst_item), -1) - 1 end
                as worst
        from tasks_asked
        where reason is null
        """,
        params={"items": items, "not_asked": NOT_ASKED},
    ).to_arrow_table()
    numbers = {name: choices[name].to_numpy() for name in ("respondent", "task", "best", "worst")}
    return ChoiceCodes(
        **numbers,
        lengths=pc.list_value_length(choices["shown"]).to_numpy(),
        offered=pc.list_flatten(choices["shown"]).to_numpy(),
    )


def _items_of_surveys(
    connection: duckdb.DuckDBPyConnection, known: Mapping[str, Any]
) -> dict[str, tuple[int, frozenset[str]]]:
    """Return for each survey how many answered it, and the items that it asks about."""
    rows = connection.execute(
        f"""
        with usable as (
            select survey_key, response_key, shown
            from {TASKS}
            where
                unusable_reason is null
                and not is_straight_liner
                and answered_date <= $tonight
                and date_diff('day', answered_date, $tonight) < $maximum_age_days
        ),

        surveys as (
            select survey_key, count(distinct response_key) as responses
            from usable
            group by survey_key
        ),

        seen as (
            select survey_key, item, count(distinct response_key) as responses
            from (select survey_key, response_key, unnest(shown) as item from usable)
            group by survey_key, item
        )

        select surveys.survey_key, surveys.responses, seen.item
        from surveys
        inner join seen on surveys.survey_key = seen.survey_key
        where seen.responses >= {FEWEST_SHOWN} * surveys.responses
        order by surveys.responses desc, surveys.survey_key, seen.item
        """,
        dict(known),
    ).fetchall()
    items: dict[str, tuple[int, set[str]]] = {}
    for survey, responses, item in rows:
        items.setdefault(survey, (responses, set()))[1].add(item)
    return {survey: (responses, frozenset(named)) for survey, (responses, named) in items.items()}


def _standing_together(items_of: Mapping[str, tuple[int, frozenset[str]]]) -> list[str]:
    """Return the survey that most answered and those that ask about the same; ``items_of`` has it first."""
    if not items_of:
        return []
    _, largest = next(iter(items_of.values()))
    return [survey for survey, (_, items) in items_of.items() if len(items & largest) >= IN_COMMON * len(items)]
