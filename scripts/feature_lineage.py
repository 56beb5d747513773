"""Which columns of the feature families an SQL statement really uses.

Belongs here: following columns through CTEs, stars and unions down to a family. Does not belong here: writing a model's
SQL out, what the columns mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

Families = Mapping[str, Collection[str]]


def features_used(sql: str, families: Families) -> set[tuple[str, str]]:
    """Return family and column of every feature that is used.

    A family's import (``select *``) uses nothing; what a later step names does, however many stars are between.

    Args:
        sql: A statement in DuckDB's dialect.
        families: The columns of every family that could be read.
    """
    return {
        found
        for scope in traverse_scope(sqlglot.parse_one(sql, dialect="duckdb"))
        for column in scope.columns
        if not isinstance(column.this, exp.Star)
        for found in _origins(scope, column.name, column.table, families)
    }


def _origins(scope: Scope, column: str, relation: str, families: Families) -> Iterator[tuple[str, str]]:
    """Where a column comes from that a step reads from one of its relations, or from any of them."""
    for name, (_, source) in scope.selected_sources.items():
        if relation and name != relation:
            continue
        if isinstance(source, exp.Table):
            if column in families.get(source.name, ()):
                yield source.name, column
        else:
            yield from _passed_on(source, column, families)


def _passed_on(scope: Scope, column: str, families: Families) -> Iterator[tuple[str, str]]:
    """Where a column of a step's result comes from, if the step only hands it on by a star.

    A column that the step makes or names has been found where it does so.
    """
    if scope.set_operation_scopes:
        for part in scope.set_operation_scopes:
            yield from _passed_on(part, column, families)
        return
    # A list of values or an unnested list hands nothing on.
    selected = scope.expression.selects if isinstance(scope.expression, exp.Query) else []
    if any(not expression.is_star and expression.alias_or_name == column for expression in selected):
        return
    for expression in selected:
        if expression.is_star:
            relation = expression.table if isinstance(expression, exp.Column) else ""
            yield from _origins(scope, column, relation, families)
