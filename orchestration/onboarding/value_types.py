"""The type of a column, judged as the loader will judge its values.

Belongs here: which types are tried, and counting the values that each would accept with the very SQL of the contracts.
Does not belong here: what a column means (meaning.py), notations of a whole file (number_notation.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.column_sql import column_sql
from data_contracts.contract import Column
from data_contracts.notation import Notation
from data_contracts.physical_types import parse_physical_type
from data_contracts.time_formats import strptime_format
from orchestration.onboarding.number_notation import has_currency_sign
from orchestration.onboarding.sample import TABLE, RawColumn
from orchestration.onboarding.time_notation import is_date_only, is_time_of_day, other_order, time_formats
from orchestration.onboarding.words import words

# So many of a column's values must fit a type; the others go to quarantine and are told. Fewer where the name says
# what the values should be and there are so few that one mistake is a large share of them.
FITTING, FITTING_AS_NAMED = 0.98, 0.8
FEW = 100
MONEY = "decimal(18,4)"
_LADDER = (MONEY, "decimal(18,6)", "decimal(18,8)", "decimal(24,12)")
NO_VALUE = words(
    "null none nil nan na n/a #n/a #na #nv n.a. n.v. k.a. - -- --- . ? (null) (none) (empty) (leer) \\n unknown "
    "unbekannt inconnu"
)
WORDS_YES = ("true", "t", "yes", "y", "1", "ja", "j", "oui", "o", "si", "x", "on", "wahr", "vrai")
WORDS_NO = ("false", "f", "no", "n", "0", "nein", "non", "off", "falsch", "faux")
_READ_AS_BOOLEAN = words("true t yes y 1 false f no n 0")
_SECONDS = (631_152_000, 4_102_444_800)
_LOGICAL = {
    "varchar": "string",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "timestamp",
    "double": "number",
    "integer": "integer",
    "bigint": "integer",
}


@dataclass(frozen=True, kw_only=True)
class ValueType:
    """What a column becomes.

    Attributes:
        physical: DuckDB type in the contract.
        time_format: Letters of Java's DateTimeFormatter, where texts are not ISO 8601.
        unit: ``s`` or ``ms`` of a whole number that is Unix time.
        bad: Values of the sample that do not fit.
        reads_as: Of a text column: the type that its values have for people, ``time`` for a time of day.
        conversion: SQL from the column's name (``{name}``) to ``reads_as``; null where a text is no value.
        told: What a person should look at.
    """

    physical: str
    time_format: str | None = None
    unit: str | None = None
    bad: int = 0
    reads_as: str | None = None
    conversion: str = ""
    told: tuple[str, ...] = ()

    @property
    def logical(self) -> str:
        """The logical type of the contract standard."""
        return _LOGICAL.get(self.physical, "number")

    @property
    def is_number(self) -> bool:
        """Whether it is a number in the contract, or a text that reads as one."""
        return (self.reads_as or self.physical).startswith(("decimal", "double", "integer", "bigint"))

    @property
    def is_time(self) -> bool:
        """Whether it tells a day or a moment."""
        return self.unit is not None or (self.reads_as or self.physical) in ("date", "timestamptz")


TEXT = ValueType(physical="varchar")


def choose_type(
    con: duckdb.DuckDBPyConnection,
    column: RawColumn,
    values: Sequence[str],
    *,
    filled: int,
    notation: Notation,
    hints: frozenset[str],
) -> ValueType:
    """The type of a column of the sampled rows.

    Args:
        con: Has the table of sampled rows.
        column: The column.
        values: Some of its different values, as texts.
        filled: How many of the sampled rows have a value.
        notation: How the file writes numbers.
        hints: What the name says: any of the hints of name_hints.py.
    """
    if not filled:
        return ValueType(physical="varchar", told=("it is empty in every record that was looked at: kept as text",))
    if "identifier" in hints:
        return TEXT
    judge = _Judge(con, column, notation, filled, is_named=bool(hints & {"time", "number", "flag"}))
    empty = [value for value in values if value.strip().lower() in NO_VALUE]
    real = [value for value in values if value.strip().lower() not in NO_VALUE]
    if not real:
        return TEXT
    if column.family in ("boolean",):
        return ValueType(physical="boolean")
    return (
        _as_boolean(judge, values, hints)
        or _as_time(judge, real, hints, empty)
        or _as_number(judge, real, hints, empty)
        or TEXT
    )


class _Judge:
    """Counts the values of one column that a type would accept."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, column: RawColumn, notation: Notation, filled: int, *, is_named: bool
    ) -> None:
        self.con = con
        self.column = column
        self.notation = notation
        self.most_bad = filled * (1 - (FITTING_AS_NAMED if is_named and filled <= FEW else FITTING))

    def bad(self, physical: str, time_format: str | None = None, *, besides: Sequence[str] = ()) -> int:
        """Values that the loader would not read as this type; those ``besides`` are not asked about."""
        candidate = Column(
            "candidate",
            "-",
            "string",
            parse_physical_type(physical),
            time_format=strptime_format(time_format) if time_format else None,
        )
        part = column_sql(
            candidate, self.column.family, source=self.column.expression, x="x", v="v", notation=self.notation
        )
        asked = "x is not null"
        if besides:
            asked += f" and trim(cast(x as varchar)) not in ({', '.join(sql.text(value.strip()) for value in besides)})"
        row = self.con.execute(f"""
            select count(*) from (
                select *, {part.value} as v from (select {part.prepared} as x from {TABLE}) as prepared
            ) as typed where {asked} and not ({part.good})
        """).fetchone()
        return int(row[0]) if row else 0

    def fits(self, bad: float) -> bool:
        """Whether so few values are wrong that the type is right."""
        return bad <= self.most_bad

    def number(self, expression: str) -> float:
        """An aggregate of the column's values as numbers."""
        plain = self.column.expression
        if self.column.family == "text":
            plain = f"replace(replace({plain}, {sql.text(self.notation.thousands or 'no sign')}, ''), "
            plain = f"try_cast({plain}{sql.text(self.notation.decimal)}, '.') as double)"
        row = self.con.execute(f"select {expression.format(x=plain)} from {TABLE}").fetchone()
        return float(row[0]) if row and row[0] is not None else 0.0


def _as_boolean(judge: _Judge, values: Sequence[str], hints: frozenset[str]) -> ValueType | None:
    if judge.column.family != "text":
        return None
    words = {value.strip().lower() for value in values}
    if words <= {"0", "1"} and "flag" not in hints:
        return None
    if words <= _READ_AS_BOOLEAN and (len(words) > 1 or words <= {"true", "false"} or "flag" in hints):
        return ValueType(physical="boolean")
    if words & {"true", "false"} and judge.fits(bad := judge.bad("boolean")):
        return ValueType(physical="boolean", bad=bad)
    if words - NO_VALUE and words - NO_VALUE <= {*WORDS_YES, *WORDS_NO} and (len(words) > 1 or "flag" in hints):
        return ValueType(
            physical="varchar",
            reads_as="boolean",
            conversion=_truth_sql(words),
            told=(f"kept as text, since the loader reads only yes/no, true/false, 1/0: {', '.join(sorted(words))}",),
        )
    return None


def _truth_sql(seen: set[str]) -> str:
    """SQL of words of some language as true or false; null for any other than those that were seen."""
    branches = [
        f"when lower({{name}}) in ({', '.join(sql.text(word) for word in sorted(seen & {*words}))}) then {truth}"
        for words, truth in ((WORDS_YES, "true"), (WORDS_NO, "false"))
        if seen & {*words}
    ]
    return f"case {' '.join(branches)} end"


def _as_time(judge: _Judge, values: Sequence[str], hints: frozenset[str], empty: Sequence[str]) -> ValueType | None:
    family = judge.column.family
    if family == "date":
        return ValueType(physical="date")
    if family in ("timestamp", "timestamptz"):
        return ValueType(physical="date" if family == "timestamp" and not judge.bad("date") else "timestamptz")
    if family != "text":
        return _as_unix_time(judge, hints) if family == "integer" else None
    if sum(re.fullmatch(r"\d{8,13}", value.strip()) is not None for value in values) > 0.8 * len(values):
        return _as_unix_time(judge, hints)
    if is_time_of_day(values):
        return ValueType(physical="varchar", reads_as="time", conversion="cast({name} as time)")
    formats = [shape for shape in time_formats(values) if shape != "yyyyMMdd" or "time" in hints]
    # Texts without a time beside such with one are timestamps.
    best: tuple[int, str, str] | None = None
    for shape in formats[:12]:
        physical = (
            "date" if (is_date_only(shape) if shape else all(len(value.strip()) == 10 for value in values)) else ""
        )
        physical = physical or "timestamptz"
        bad = judge.bad(physical, shape or None, besides=empty)
        # Of formats that read as much the one with two letters: it takes days without a zero before them as well.
        if judge.fits(bad) and (best is None or (bad, -len(shape)) < (best[0], -len(best[1]))):
            best = bad, shape, physical
    if best is None:
        return None
    bad, shape, physical = best
    shape, doubt = _settled_order(judge, shape, physical, bad, empty)
    if empty:
        form = strptime_format(shape) if shape else ""
        read = f"try_strptime({{name}}, {sql.text(form)})" if shape else "{name}"
        told = (*doubt, _kept_for(empty))
        conversion = f"try_cast({read} as {physical})"
        return ValueType(physical="varchar", reads_as=physical, conversion=conversion, told=told)
    return ValueType(physical=physical, time_format=shape or None, bad=bad, told=doubt)


def _settled_order(
    judge: _Judge, shape: str, physical: str, bad: int, empty: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Day before month or after it: by what can be read; else by which makes the shorter span of days."""
    other = other_order(shape) if shape else None
    if other is None or judge.bad(physical, other, besides=empty) > bad:
        return shape, ()
    spans = {candidate: _span(judge, candidate) for candidate in (shape, other)}
    is_american = shape.endswith("a")
    first, second = sorted(spans, key=lambda c: (is_american and not c.startswith("M"), spans[c], c.startswith("M")))
    why = (
        "AM and PM are American"
        if is_american
        else f"it makes {spans[first]:,} days from first to last, {second} would make {spans[second]:,}"
    )
    if spans[first] == spans[second] and not is_american:
        why = "nothing in the file tells"
    return first, (f"no day is above 12, so it could also be {second}. Taken as {first}: {why}. Look at it",)


def _span(judge: _Judge, shape: str) -> int:
    read = f"try_strptime(trim({judge.column.expression}), {sql.text(strptime_format(shape))})"
    row = judge.con.execute(f"select date_diff('day', min({read}), max({read})) from {TABLE}").fetchone()
    return int(row[0] or 0) if row else 0


def _as_unix_time(judge: _Judge, hints: frozenset[str]) -> ValueType | None:
    """Whole numbers that count seconds or milliseconds since 1970, if the name says that they are times."""
    if "time" not in hints:
        return None
    for unit, factor, called in (("s", 1, "seconds"), ("ms", 1000, "milliseconds")):
        first, last = (limit * factor for limit in _SECONDS)
        bad = judge.bad("bigint")
        if judge.fits(bad) and judge.fits(judge.number(f"count(*) filter ({{x}} not between {first} and {last})")):
            told = (f"Unix time in {called}; staging makes a time of it",)
            return ValueType(physical="bigint", unit=unit, bad=bad, told=told)
    if judge.column.family == "text" and judge.fits(bad := judge.bad("date", "yyyyMMdd")):
        return ValueType(physical="date", time_format="yyyyMMdd", bad=bad)
    return None


def _as_number(judge: _Judge, values: Sequence[str], hints: frozenset[str], empty: Sequence[str]) -> ValueType | None:
    family = judge.column.family
    if family == "text":
        signed = [value for value in values if has_currency_sign(value)]
        if len(signed) * 2 > len(values):
            return _with_sign(judge)
        if not any(any(letter.isdigit() for letter in value) for value in values):
            return None
    # Fractions that are whole so far, such as discounts, need not stay so.
    may_be_whole = family not in ("decimal", "float") and not hints & {"money", "decimal"}
    if may_be_whole and judge.fits(bad := judge.bad("bigint", besides=empty)):
        size = max(abs(judge.number("min({x})")), abs(judge.number("max({x})")))
        return _number(judge, "bigint" if size > 100_000_000 else "integer", bad, empty)
    for physical in _LADDER:
        bad = judge.bad(physical, besides=empty)
        # All values, not most: a further decimal that is refused is a record that is lost.
        if not bad or (physical == _LADDER[-1] and judge.fits(bad)):
            return _number(judge, physical, bad, empty)
    bad = judge.bad("double", besides=empty)
    if not judge.fits(bad):
        return None
    fewest = next((physical for physical in _LADDER if judge.fits(judge.bad(physical, besides=empty))), None)
    if fewest is not None and judge.bad(fewest, besides=empty) <= bad:
        return _number(judge, fewest, bad, empty)
    return _number(judge, "double", bad, empty)


def _number(judge: _Judge, physical: str, bad: int, empty: Sequence[str]) -> ValueType:
    if not empty or judge.column.family != "text":
        return ValueType(physical=physical, bad=bad)
    told = (_kept_for(empty),)
    return ValueType(physical="varchar", reads_as=physical, conversion=_number_sql(judge, physical), told=told)


def _number_sql(judge: _Judge, physical: str, *, signs: bool = False) -> str:
    notation = judge.notation
    text = "regexp_replace({name}, '[^0-9.,+-]', '', 'g')" if signs else "trim({name})"
    if notation.thousands and not (signs and notation.thousands not in ".,"):
        text = f"replace({text}, {sql.text(notation.thousands)}, '')"
    if notation.decimal != ".":
        text = f"replace({text}, {sql.text(notation.decimal)}, '.')"
    return f"try_cast({text} as {physical.replace(',', ', ')})"


def _with_sign(judge: _Judge) -> ValueType | None:
    conversion = _number_sql(judge, MONEY, signs=True)
    read = conversion.format(name=judge.column.expression)
    row = judge.con.execute(
        f"select count(*) from {TABLE} where {judge.column.expression} is not null and {read} is null"
    ).fetchone()
    if not row or not judge.fits(int(row[0])):
        return None
    return ValueType(
        physical="varchar",
        reads_as=MONEY,
        conversion=conversion,
        told=("kept as text, since its numbers have currency or percent signs beside them; staging reads them",),
    )


def _kept_for(empty: Sequence[str]) -> str:
    shown = ", ".join(repr(value.strip()) for value in sorted(empty)[:4])
    return f"kept as text, since it has {shown} where it means nothing; staging reads the others"
