"""Conditions as SQL.

Belongs here: expressions that are true for whom conditions fit. Does not belong here: the SQL of a single condition
(condition.py), whole queries.

Nothing that a person has written reaches SQL but through ``data_contracts.sql_quoting``.
"""

from __future__ import annotations

from orchestration.configuration.conditions.condition import Condition
from orchestration.configuration.conditions.when import Conditions, When, Whens

# Where nothing else is said, the date stands in the row of the customer.
OWN_DATE = '"as_of_date"'


def when_sql(whens: Whens, when: When, *, as_of_date: str = OWN_DATE) -> str:
    """SQL that is true for whom it fits and false or null for all others.

    Args:
        whens: All that stand together, of which ``when`` is one: they say which dates are counted in days.
        when: The one to write.
        as_of_date: SQL of the date that days are counted back from.
    """
    parts = [_conditions_sql(whens, when.always, as_of_date)] if when.always else []
    if when.alternatives:
        either = " or ".join(
            f"({_conditions_sql(whens, alternative, as_of_date)})" for alternative in when.alternatives
        )
        parts.append(f"({either})")
    return " and ".join(parts)


def _conditions_sql(whens: Whens, conditions: Conditions, as_of_date: str) -> str:
    return " and ".join(_condition_sql(whens, name, condition, as_of_date) for name, condition in conditions.items())


def _condition_sql(whens: Whens, name: str, condition: Condition, as_of_date: str) -> str:
    column = whens.columns[name].sql
    expression = f"({as_of_date} - {column})" if name in whens.in_days else column
    return f"({condition.as_sql(expression)})"
