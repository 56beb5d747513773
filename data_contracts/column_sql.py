"""How one incoming value is read as its contract's type, in SQL.

Belongs here: for a column and the family of its source type, the typed value, a cheap test that it is good,
and the reason code when it is not. Does not belong here: whole rows and keys (quarantine_sql.py), files.

A value is good only when nothing about it changes by being read: a cast that would round, guess a date
order or turn NaN into something is a fault. ``x`` below is the prepared source value and ``v`` the typed
one, both given as SQL names, because DuckDB then computes each once per row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data_contracts import sql_quoting as sql
from data_contracts.contract import Column
from data_contracts.notation import PLAIN, Notation, days_with_skipped_hours
from data_contracts.physical_types import Family, PhysicalType
from data_contracts.time_formats import has_offset

_SCIENTIFIC = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_WHOLE = r"[+-]?[0-9]+(\.0*)?"
# Excel and pandas always write the plus sign; '1E10' may be an honest article number.
_SCIENTIFIC_ID = r"[+-]?[0-9](\.[0-9]+)?[eE]\+[0-9]+"
_ISO_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?%s)?"
_OFFSET = r"(Z| ?[+-][0-9]{2}(:?[0-9]{2})?)?"
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
_TIMES: tuple[Family, ...] = ("date", "timestamp", "timestamptz")
_NUMBERS: tuple[Family, ...] = ("integer", "decimal", "float")

# Which source families can carry which contract family at all; anything else refuses the file.
READABLE: dict[Family, tuple[Family, ...]] = {
    "text": ("text", "integer", "decimal", "float", "boolean", *_TIMES),
    "integer": ("text", *_NUMBERS),
    "decimal": ("text", *_NUMBERS),
    "float": ("text", *_NUMBERS),
    "boolean": ("text", "boolean", "integer"),
    "date": ("text", *_TIMES),
    "timestamp": ("text", "date", "timestamp"),
    "timestamptz": ("text", *_TIMES),
}


@dataclass(frozen=True)
class ColumnSql:
    """SQL expressions for one column.

    Attributes:
        prepared: From the source column to ``x``.
        value: From ``x`` to the typed ``v``; null when it cannot be read.
        good: From ``x`` and ``v``: true or false, never null; cheap for ordinary values.
        reason: From ``x`` and ``v``: the reason code, null for a good value.
        shown: From ``x``: the value to show beside the reason.
    """

    prepared: str
    value: str
    good: str
    reason: str
    shown: str


def column_sql(
    column: Column,
    family: Family,
    *,
    source: str,
    x: str,
    v: str,
    notation: Notation = PLAIN,
    latest: str | None = None,
    empty_is_null: bool = False,
) -> ColumnSql:
    """Build the expressions for a column.

    Args:
        column: The contract's column.
        family: Family of the type the source delivers.
        notation: How the source writes numbers and times.
        source: SQL of the source value.
        x: SQL name the prepared value will have.
        v: SQL name the typed value will have.
        latest: SQL of the latest moment a value may have; a later one has not happened yet.
        empty_is_null: Whether the source gives null for an empty text.
    """
    trimmed = _casts_trim(column, family, notation)
    prepared = source if trimmed else _prepared(column, family, source, empty_is_null=empty_is_null)
    value, shortcut, faults = _reading(column, family, x, v, notation)
    shown = x
    if trimmed:
        # Blanks around a value are rare, and taking them off costs as much as a cast: only doubtful values pay.
        shown = _trimmed(x)
        faults = _reading(column, family, shown, v, notation)[2]
    if column.is_identifier and column.type.family == "text" and family == "text":
        signed = f"contains(lower({x}), 'e+')"
        shortcut = f"(not contains({x}, '+') or not {signed})"
        faults = [(f"{signed} and {_matches(x, _SCIENTIFIC_ID)}", "scientific_notation_id")]
    rules = _rules(column, v)
    if latest is not None:
        rules.append((f"{as_moment(column.type, v)} > {latest}", "in_the_future"))
    missing = "'missing_value'" if column.required else "null"
    reason = _cases([(f"{shown} is null", missing), *((test, sql.text(code)) for test, code in faults + rules)])
    kept = " and ".join(f"not ({test})" for test, _ in rules) or "true"
    if_null = "false" if column.required else "true"
    full = f"({reason}) is null"
    if not faults:
        good = f"case when {x} is null then {if_null} else {kept} end"
    elif shortcut:
        good = f"case when {x} is null then {if_null} when {shortcut} then {kept} else {full} end"
    else:
        good = full
    return ColumnSql(prepared=prepared, value=value, good=good, reason=reason, shown=shown)


def as_moment(target: PhysicalType, v: str) -> str:
    """SQL of the moment that a value stands for: whole numbers are unix seconds, or milliseconds from 10^11 on."""
    if target.family == "integer":
        return f"to_timestamp(case when {v} >= 100000000000 then {v} / 1000.0 else {v} end)"
    return f"cast({v} as timestamptz)"


def _cases(branches: list[tuple[str, str]]) -> str:
    return "case " + " ".join(f"when {test} then {result}" for test, result in branches) + " end"


def _matches(x: str, pattern: str) -> str:
    return f"regexp_full_match({x}, {sql.text(pattern)})"


def _casts_trim(column: Column, family: Family, notation: Notation) -> bool:
    """Whether the value's cast passes over blanks around the text by itself, so that plain texts need no trimming."""
    if family != "text":
        return False
    if column.type.family in _NUMBERS:
        return notation.is_plain
    declared = notation.date_format if column.type.family == "date" else notation.timestamp_format
    return column.type.family in _TIMES and not (column.time_format or declared)


def _trimmed(source: str) -> str:
    return f"nullif(trim({source}), '')"


def _prepared(column: Column, family: Family, source: str, *, empty_is_null: bool) -> str:
    if family != "text":
        return source
    if column.type.family != "text":
        return _trimmed(source)
    return source if empty_is_null else f"nullif({source}, '')"


def _reading(
    column: Column, family: Family, x: str, v: str, notation: Notation
) -> tuple[str, str, list[tuple[str, str]]]:
    """The typed value, a shortcut test for plainly good values, and faults as (test, reason code)."""
    target = column.type
    if target.family == "nested":
        raise ValueError(f"nested type {target.text} cannot be read from a source")
    if family == "text":
        return _from_text(column, x, v, notation)
    cast = f"try_cast({x} as {target.text})"
    if target.family == "text":
        return _to_text(family, x)
    if target.family in _NUMBERS:
        return cast, "", _number_faults(target, family, x, v)
    if target.family == "boolean" and family == "integer":
        return cast, "", [(f"{x} not in (0, 1)", "not_a_boolean")]
    code = f"not_a_{target.family.removesuffix('tz')}"
    faults = [(f"{v} is null", code)]
    if family in _TIMES:
        faults.insert(0, (f"not isfinite({x})", code))
    if target.family == "date" and family != "date":
        faults.insert(1, (f"date_trunc('day', {x}) <> {x}", code))
    if target.family == "timestamptz" and family in ("date", "timestamp"):
        faults.append((_skipped_hour(f"cast({x} as timestamp)", v, notation), "nonexistent_local_time"))
    return cast, "", faults


def _to_text(family: Family, x: str) -> tuple[str, str, list[tuple[str, str]]]:
    if family != "float":
        return (x if family == "text" else f"cast({x} as varchar)"), "", []
    # Ids that pandas made floats (a column with gaps) are whole numbers and come back as they were; beyond
    # 2^53 a float no longer tells neighbours apart.
    whole = f"{x} = trunc({x}) and abs({x}) < 9007199254740992"
    faults = [(f"not isfinite({x})", "not_a_number"), (f"abs({x}) >= 9007199254740992", "out_of_range")]
    return (
        f"case when {whole} then cast(try_cast({x} as bigint) as varchar) else cast({x} as varchar) end",
        "",
        faults,
    )


def _number_faults(target: PhysicalType, family: Family, x: str, v: str) -> list[tuple[str, str]]:
    faults = [(f"not isfinite({x})", "not_a_number")] if family == "float" else []
    if target.family == "integer" and family in ("decimal", "float"):
        faults.append((f"{x} <> trunc({x})", "not_an_integer"))
    faults.append((f"{v} is null", "out_of_range"))
    if target.family == "decimal" and family == "float":
        # A double carries 15 to 17 digits: 3.3200000000000003 is how 3.32 is stored, and 4.4e-16 what is
        # left of a difference that is zero (27 lines of the Complete Journey sample); neither is a further
        # decimal.
        faults.append((f"abs({x} - cast({v} as double)) > greatest(abs({x}) * 1e-13, 1e-12)", "too_many_decimals"))
    if target.family == "decimal" and family == "decimal":
        faults.append((f"{v} <> {x}", "too_many_decimals"))
    if target.family == "float":
        faults.append((f"not isfinite({v})", "out_of_range"))
    return faults


def _from_text(column: Column, x: str, v: str, notation: Notation) -> tuple[str, str, list[tuple[str, str]]]:
    target = column.type
    cast = f"try_cast({x} as {target.text})"
    if target.family == "text":
        return x, "", []
    if target.family == "boolean":
        known = f"lower({x}) in ({', '.join(sql.text(word) for word in _TRUE)})"
        value = _cases([(known, "true"), (f"lower({x}) in ({', '.join(sql.text(word) for word in _FALSE)})", "false")])
        return value, "", [(f"{v} is null", "not_a_boolean")]
    if target.family in _TIMES:
        declared = notation.date_format if target.family == "date" else notation.timestamp_format
        if time_format := column.time_format or declared:
            return _time_in_format(target, x, v, time_format, notation)
    if target.family == "date":
        # Only YYYY-MM-DD survives the way there and back: 03/04/24 would be read as the year 3.
        same = f"{v} is not null and cast({v} as varchar) = {x} and isfinite({v})"
        return cast, same, [(f"not coalesce({same}, false)", "not_a_date")]
    if target.family in ("timestamp", "timestamptz"):
        return _timestamp_from_text(target, x, v, notation)
    if notation.is_plain:
        return _number_from_text(target, x, v)
    plain = _plain_number(x, notation)
    value, shortcut, faults = _number_from_text(target, plain, v)
    code = "not_an_integer" if target.family == "integer" else "not_a_number"
    return value, f"{plain} is not null and {shortcut}", [(f"{plain} is null", code), *faults]


def _plain_number(x: str, notation: Notation) -> str:
    """The number as SQL writes it; null when it is not written in the declared notation.

    A dot in a column of decimal commas is no decimal sign: 1.234 is refused, or a thousand where dots group digits.
    """
    decimal, group = re.escape(notation.decimal), re.escape(notation.thousands)
    whole = rf"([0-9]+|[0-9]{{1,3}}({group}[0-9]{{3}})+)" if group else "[0-9]+"
    pattern = rf"[+-]?({whole}({decimal}[0-9]*)?|{decimal}[0-9]+)([eE][+-]?[0-9]+)?"
    ungrouped = f"replace({x}, {sql.text(notation.thousands)}, '')" if group else x
    return f"(case when {_matches(x, pattern)} then replace({ungrouped}, {sql.text(notation.decimal)}, '.') end)"


def _time_in_format(
    target: PhysicalType, x: str, v: str, time_format: str, notation: Notation
) -> tuple[str, str, list[tuple[str, str]]]:
    """A date or time in a declared format; it must come out of the format as it went in."""
    code = f"not_a_{target.family.removesuffix('tz')}"
    read = f"try_strptime({x}, {sql.text(time_format)})"
    value = f"cast({read} as {target.text})"
    if has_offset(time_format):
        # The offset it was written with is not kept, so it cannot be written again.
        return value, "", [(f"{v} is null", code)]
    unpadded = re.sub(r"%([dmHI])", r"%-\1", time_format)
    written = " or ".join(
        f"lower(strftime({read}, {sql.text(shape)})) = lower({x})" for shape in dict.fromkeys((time_format, unpadded))
    )
    faults = [(f"{v} is null or not ({written})", code)]
    if target.family == "timestamptz":
        faults.append((_skipped_hour(read, v, notation), "nonexistent_local_time"))
    return value, "", faults


def _skipped_hour(local: str, v: str, notation: Notation) -> str:
    """True for a local time that the zone's clocks jumped over; the day is looked up first, since that is cheap."""
    days = days_with_skipped_hours(notation.time_zone)
    if not days:
        return "false"
    listed = ", ".join(f"date '{day}'" for day in days)
    return f"(cast({local} as date) in ({listed}) and cast({v} as timestamp) <> {local})"


def _timestamp_from_text(
    target: PhysicalType, x: str, v: str, notation: Notation
) -> tuple[str, str, list[tuple[str, str]]]:
    pattern = _ISO_TIMESTAMP % (_OFFSET if target.family == "timestamptz" else "")
    finer = r".*\.[0-9]{6}[0-9]*[1-9].*"
    faults = [
        (f"{v} is null", "not_a_timestamp"),
        (f"{_matches(x, finer)} and not {_matches(x, pattern)}", "too_many_decimals"),
        (f"not {_matches(x, pattern)}", "not_a_timestamp"),
    ]
    # The cast does not pass over a blank after a date alone.
    rarely = [f"try_cast(trim({x}) as {target.text})"]
    if target.family == "timestamptz":
        # A blank before the offset is how Ruby writes times.
        rarely.append(f"try_strptime(trim({x}), '%Y-%m-%d %H:%M:%S %z')")
    # Only behind a case does the database not trim every value beforehand, because it occurs twice.
    doubtful_value = f"case when {x} is not null then coalesce({', '.join(rarely)}) end"
    value = f"coalesce(try_cast({x} as {target.text}), {doubtful_value})"
    shortcut = f"{v} is not null and {_matches(x, pattern)}"
    if target.family != "timestamptz":
        return value, shortcut, faults
    days = ", ".join(sql.text(day) for day in days_with_skipped_hours(notation.time_zone))
    if not days:
        return value, shortcut, faults
    doubtful = f"left({x}, 10) in ({days})"
    local = f"{_matches(x, _ISO_TIMESTAMP % '')} and cast({v} as timestamp) <> try_cast({x} as timestamp)"
    faults.append((f"{doubtful} and {local}", "nonexistent_local_time"))
    return value, f"{shortcut} and not {doubtful}", faults


def _number_from_text(target: PhysicalType, x: str, v: str) -> tuple[str, str, list[tuple[str, str]]]:
    cast = f"try_cast({x} as {target.text})"
    if target.family == "float":
        shape = _matches(x, f"({_NUMBER}|{_SCIENTIFIC})")
        beyond = f"{v} is null or not isfinite({v})"
        return (
            cast,
            f"{shape} and not ({beyond})",
            [(f"not {shape}", "not_a_number"), (beyond, "out_of_range")],
        )
    limit = target.precision - target.scale if target.family == "decimal" else 19
    too_large = f"{_matches(x, _SCIENTIFIC)} and abs(try_cast({x} as double)) >= 1e{limit}"
    faults = [
        (too_large, "out_of_range"),
        # 1.2E+05 has lost digits on its way, and nobody can tell whether they were zeros.
        (_matches(x, _SCIENTIFIC), "scientific_notation"),
    ]
    if target.family == "integer":
        faults += [
            (f"not {_matches(x, _NUMBER)}", "not_an_integer"),
            (f"not {_matches(x, _WHOLE)}", "not_an_integer"),
            (f"{v} is null", "out_of_range"),
        ]
        return cast, f"{v} is not null and {_matches(x, _WHOLE)}", faults
    kept = rf"[+-]?([0-9]+(\.[0-9]{{0,{target.scale}}}0*)?|\.[0-9]{{1,{max(target.scale, 1)}}}0*)"
    faults += [
        (f"not {_matches(x, _NUMBER)}", "not_a_number"),
        (f"not {_matches(x, kept)}", "too_many_decimals"),
        (f"{v} is null", "out_of_range"),
    ]
    # One pattern decides for a good value: 0.15 CPU s per 2 million, where comparing texts took 0.5.
    return cast, f"{v} is not null and {_matches(x, kept)}", faults


def _rules(column: Column, v: str) -> list[tuple[str, str]]:
    """Faults of a value that could be read: limits, list, pattern, length."""
    limits = (
        (column.minimum, "<"),
        (column.exclusive_minimum, "<="),
        (column.maximum, ">"),
        (column.exclusive_maximum, ">="),
    )
    rules = [
        (f"{v} {sign} {_limit(column.type, limit)}", "out_of_range") for limit, sign in limits if limit is not None
    ]
    if column.min_length is not None:
        rules.append((f"length({v}) < {column.min_length:d}", "too_short"))
    if column.max_length is not None:
        rules.append((f"length({v}) > {column.max_length:d}", "too_long"))
    if column.valid_values:
        listed = ", ".join(sql.text(value) for value in column.valid_values)
        rules.append((f"{v} not in ({listed})", "not_in_list"))
    if column.pattern:
        rules.append((f"not regexp_full_match({v}, {sql.text(column.pattern)})", "pattern_mismatch"))
    return rules


def _limit(target: PhysicalType, limit: int | float | str) -> str:
    if not isinstance(limit, str):
        return sql.number(limit) if target.family == "float" else str(limit)
    if target.family == "timestamptz" and not re.search(r"(Z|[+-]\d{2}(:?\d{2})?)$", limit[10:]):
        limit += "+00" if len(limit) > 10 else " 00:00:00+00"
    return f"cast({sql.text(limit)} as {target.text})"
