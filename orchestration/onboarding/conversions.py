"""A column of the contract as a column of an entity, in SQL.

Belongs here: the expression for one column and what a reader should know about it. Does not belong here: expressions of
several columns (order_line_draft.py), which columns belong together (mapping.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts import sql_quoting as sql
from orchestration.onboarding.mapping import SENTIMENT_WORDS, in_cents
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.words import words

DECIMAL = "decimal(18, 4)"
# What sources write for a customer whom they do not know.
NOBODY = words(
    "0 00 000 0000 -1 99999 999999 9999999 guest gast invite unknown anonymous n/a none laufkunde laufkundschaft cash "
    "barverkauf - . walk-in"
)


@dataclass(frozen=True)
class Expression:
    """SQL of one output column and the comments above it."""

    name: str
    sql: str
    comments: tuple[str, ...] = ()


def converted(column: ColumnProfile, target: str, *, name: str) -> Expression:
    """A column as another type.

    Args:
        column: The column; its SQL name is its name.
        target: The DuckDB type wanted.
        name: The name of the result.
    """
    reads_as = column.type.reads_as
    if reads_as is not None and target != "varchar" and reads_as != "time":
        return Expression(name, _cast_if_needed(column.type.conversion.format(name=column.name), reads_as, target))
    if target == "timestamptz":
        return _moment(column, name)
    if target == "boolean":
        return Expression(name, _truth(column))
    if target == "date" and column.type.physical != "date":
        return Expression(name, f"cast({_moment(column, name).sql} as date)")
    if name == "sentiment" and column.listed:
        return Expression(name, _sentiment(column), ("Words as numbers from -1 to 1.",))
    written = _cast_if_needed(column.name, column.type.physical, target)
    if target.startswith("decimal") and in_cents(column):
        whole = f"cast({column.name} / 100.0 as {DECIMAL})"
        return Expression(name, whole, ("In the smallest unit of the currency, by its name.",))
    return Expression(name, written)


def without_nobody(column: ColumnProfile, name: str, nobody: str | None) -> Expression:
    """A customer's reference, null where the source writes something for customers it does not know.

    Args:
        column: The reference.
        name: The name of the result.
        nobody: What stands for an unknown customer, or None.
    """
    plain = _cast_if_needed(column.name, column.type.physical, "varchar")
    if nobody is None:
        return Expression(name, plain)
    return Expression(name, f"nullif({plain}, {sql.text(nobody)})", (f"{nobody!r} stands for nobody in particular.",))


def _moment(column: ColumnProfile, name: str) -> Expression:
    if column.type.unit is not None:
        value = column.name if column.type.unit == "s" else f"{column.name} / 1000.0"
        return Expression(name, f"to_timestamp({value})")
    if (column.type.reads_as or column.type.physical) == "date":
        return Expression(
            name, f"cast({column.name} as timestamptz)", ("A day without a time: midnight in the company's time zone.",)
        )
    return Expression(name, column.name)


def _truth(column: ColumnProfile) -> str:
    if column.type.physical == "boolean":
        return column.name
    return f"{column.name} = 1"


def _sentiment(column: ColumnProfile) -> str:
    branches = " ".join(
        f"when {sql.text(word)} then {number}"
        for word, number in SENTIMENT_WORDS.items()
        if word in {value.lower() for value, _ in column.listed}
    )
    return f"case lower({column.name}) {branches} end"


def _cast_if_needed(written: str, physical: str, target: str) -> str:
    if physical.replace(" ", "") == target.replace(" ", ""):
        return written
    if target == "varchar":
        return f"cast({written} as varchar)"
    shown = DECIMAL if target.startswith("decimal") else target
    is_text = physical == "varchar" and "(" not in written
    return f"{'try_cast' if is_text else 'cast'}({written} as {shown})"
