"""What is known of the columns of a file.

Belongs here: putting names, types, counts and meanings of the sampled rows together. Does not belong here: each of the
guesses (they have modules of their own), what is drafted out of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.notation import Notation
from orchestration.onboarding.column_names import unique_names
from orchestration.onboarding.name_hints import name_hints
from orchestration.onboarding.number_notation import NumberNotation, guess_notation
from orchestration.onboarding.personal_data import NOT_OF_PERSONS, PersonalKind, is_given_name, personal_kind
from orchestration.onboarding.sample import TABLE, RawColumn, Sample
from orchestration.onboarding.value_types import NO_VALUE, TEXT, ValueType, choose_type

# So many different values of a column are looked at one by one.
LOOKED_AT = 1000
# More values than these are no list.
LONGEST_LIST = 20
# What stands on fewer records may be about somebody, and stays in the file.
COMMON = 3
# Digits beyond these are a number of something, not an amount of it.
_LONG_RUN = 12


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """One column.

    Attributes:
        source_name: Its name in the file.
        name: Its name in the lake.
        expression: Its SQL name in the table of sampled rows.
        type: What it becomes.
        filled: Sampled records with a value.
        distinct: Different values among them.
        longest: Characters of the longest text.
        smallest: Least value, as text; None where it would name a person or means nothing.
        largest: Greatest value, likewise.
        listed: The values of a short list with their counts, most frequent first; empty for all other columns.
        is_identifier: Whether it names something.
        has_leading_zeros: Whether digits with a zero before them were seen.
        personal: Which personal data it holds, or None.
        is_negative: Whether a number below zero was seen.
    """

    source_name: str
    name: str
    expression: str
    type: ValueType
    filled: int
    distinct: int
    longest: int
    smallest: str | None = None
    largest: str | None = None
    listed: tuple[tuple[str, int], ...] = ()
    is_identifier: bool = False
    has_leading_zeros: bool = False
    personal: PersonalKind | None = None
    is_negative: bool = False

    @property
    def common_values(self) -> tuple[str, ...]:
        """The values of a short list that are codes: frequent, of one word, and no given name."""
        return tuple(
            value
            for value, count in self.listed
            if count >= COMMON and not re.search(r"\s|@", value) and not is_given_name(value)
        )


@dataclass(frozen=True)
class FileProfile:
    """The columns of a file, how it writes numbers, and what of it was looked at."""

    columns: tuple[ColumnProfile, ...]
    notation: NumberNotation
    sample: Sample

    @property
    def rows(self) -> int:
        """Records that were looked at."""
        return self.sample.rows

    def about_things(self) -> FileProfile:
        """The same of a table of companies or articles: their names and addresses are no personal data."""
        columns = (replace(c, personal=None) if c.personal in NOT_OF_PERSONS else c for c in self.columns)
        return replace(self, columns=tuple(columns))

    def is_always_filled(self, column: ColumnProfile) -> bool:
        """Whether no record was seen without it."""
        return column.filled == self.rows


def profile_sample(con: duckdb.DuckDBPyConnection, sample: Sample) -> FileProfile:
    """Look at every column of the sampled rows.

    Args:
        con: Has the table of sampled rows.
        sample: What it holds.
    """
    names = unique_names(column.source_name for column in sample.columns)
    values = {column.source_name: _values(con, column) for column in sample.columns}
    numeric = {
        column.source_name: [value for value in values[column.source_name] if value.lower() not in NO_VALUE]
        for column in sample.columns
        if column.family == "text" and "identifier" not in name_hints(names[column.source_name])
    }
    notation = guess_notation(numeric)
    columns = tuple(
        _profile(con, column, names[column.source_name], values[column.source_name], notation)
        for column in sample.columns
    )
    return FileProfile(columns, notation, sample)


def _profile(
    con: duckdb.DuckDBPyConnection,
    column: RawColumn,
    name: str,
    values: list[str],
    notation: NumberNotation,
) -> ColumnProfile:
    text = _text(column)
    filled, distinct, longest, zeros, runs = con.execute(f"""
        select count({text}), count(distinct {text}), coalesce(max(length({text})), 0),
            count(*) filter (regexp_full_match({text}, '0[0-9]+')),
            count(*) filter (regexp_full_match({text}, '[0-9]{{{_LONG_RUN},}}'))
        from {TABLE}
    """).fetchone() or (0, 0, 0, 0, 0)
    hints = name_hints(name)
    personal = personal_kind(name, values)
    is_digits_of_something = column.family == "text" and bool(zeros or (runs and "time" not in hints))
    is_identifier = "identifier" in hints or is_digits_of_something or personal in ("phone", "bank")
    chosen = _type(con, column, values, filled, notation, hints, is_identifier=is_identifier, personal=personal)
    is_identifier &= chosen.physical == "varchar"
    profile = ColumnProfile(
        source_name=column.source_name,
        name=name,
        expression=column.expression,
        type=chosen,
        filled=filled,
        distinct=distinct,
        longest=longest,
        is_identifier=is_identifier,
        has_leading_zeros=bool(zeros),
        personal=personal,
    )
    return _with_values(con, profile, column, notation)


def _type(
    con: duckdb.DuckDBPyConnection,
    column: RawColumn,
    values: list[str],
    filled: int,
    notation: NumberNotation,
    hints: frozenset[str],
    *,
    is_identifier: bool,
    personal: PersonalKind | None,
) -> ValueType:
    if filled and (is_identifier or personal not in (None, "birth_date", "other")):
        return TEXT
    reading = Notation(decimal=notation.decimal, thousands=notation.thousands)
    return choose_type(con, column, values, filled=filled, notation=reading, hints=hints)


def _with_values(
    con: duckdb.DuckDBPyConnection, profile: ColumnProfile, column: RawColumn, notation: NumberNotation
) -> ColumnProfile:
    """The profile with its limits, or with its list where it is one."""
    if profile.personal or profile.is_identifier or not profile.filled:
        return profile
    text = _text(column)
    if profile.type.physical == "varchar" and profile.type.reads_as in (None, "boolean"):
        if profile.distinct <= LONGEST_LIST and profile.distinct * 3 <= profile.filled and profile.longest <= 60:
            rows = con.execute(
                f"select {text} as value, count(*) from {TABLE} where {text} is not null "
                "group by value order by 2 desc, 1"
            ).fetchall()
            return replace(profile, listed=tuple((str(value), int(count)) for value, count in rows))
        return profile
    if not (profile.type.is_number or profile.type.physical in ("date", "timestamptz")) or profile.type.time_format:
        return profile
    value = column.expression
    if column.family == "text":
        value = f"trim({value})"
        if profile.type.is_number:
            plain = f"replace({value}, {sql.text(notation.thousands)}, '')" if notation.thousands else value
            value = f"try_cast(replace({plain}, {sql.text(notation.decimal)}, '.') as double)"
    low, high = con.execute(f"select min({value}), max({value}) from {TABLE}").fetchone() or (None, None)
    if low is None:
        return profile
    is_negative = profile.type.is_number and float(low) < 0
    return replace(profile, smallest=_short(low), largest=_short(high), is_negative=is_negative)


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return re.sub(r"(\.\d+?)0+$", r"\1", str(value))


def _text(column: RawColumn) -> str:
    return (
        f"nullif(trim({column.expression}), '')" if column.family == "text" else f"cast({column.expression} as varchar)"
    )


def _values(con: duckdb.DuckDBPyConnection, column: RawColumn) -> list[str]:
    """Different values, chosen by their hash: the same ones on every run, and from all over the sample."""
    text = _text(column)
    rows = con.execute(
        f"select distinct {text} as value from {TABLE} where {text} is not null order by hash(value) limit {LOOKED_AT}"
    ).fetchall()
    return [str(value) for (value,) in rows]
