"""Order lines as a shop system exports them, with faults in known places.

Belongs here: writing the landing file and the list of what is wrong in it. Does not belong here: loading it.

Everything follows from the line's number by hashing, so a file is the same on every machine and in every run.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql

COLUMNS = (
    "order_id",
    "line_number",
    "customer_ref",
    "ordered_at",
    "sku",
    "quantity",
    "unit_price",
    "discount_amount",
    "currency",
    "kind",
    "sales_channel",
    "device",
    "delivery_method",
    "country",
    "postal_code",
)
# New texts of columns. A fault of quoting costs one physical line, so that no value of such a record may go over two. A
# repeated key repeats the line above it, which is line 1 of the same order.
_FAULTS = {
    "missing_value": {"sku": "''"},
    "not_a_number": {"quantity": "'two'"},
    "too_many_decimals": {"unit_price": "'19.99999'"},
    "out_of_range": {"discount_amount": "'-3.50'"},
    "pattern_mismatch": {"currency": "'eur'"},
    "not_in_list": {"kind": "'gift'"},
    "not_a_timestamp": {"ordered_at": "'05.01.2024 10:00'"},
    "not_an_integer": {"line_number": "'1.5'"},
    "scientific_notation_id": {"customer_ref": "'1.23E+05'"},
    "too_long": {"postal_code": "repeat('9', 21)"},
    "too_few_fields": {"country": "null", "postal_code": "null"},
    "too_many_fields": {"postal_code": "'12345,6'"},
    "invalid_quoting": {"device": "'\"mobile\"app'", "delivery_method": "'parcel'"},
    "duplicate_key": {"line_number": "'1'"},
}
_STRUCTURE = ("too_few_fields", "too_many_fields", "invalid_quoting")


# h, g and f are independent hashes of the line, o of its order of three lines.
_NUMBERED = """
    select range as n, cast(hash(range, 1) >> 1 as bigint) as h, cast(hash(range, 2) >> 1 as bigint) as g,
        cast(hash(range, 3) >> 1 as bigint) as f, cast(hash(range // 3) >> 1 as bigint) as o
    from range({rows:d})
"""


def _one_of(words: list[str], number: str) -> str:
    return f"([{', '.join(sql.text(word) for word in words)}])[1 + {number} % {len(words)}]"


def _values(note: str) -> dict[str, str]:
    """SQL of each column's text; ``note`` is a delivery method that a CSV file must quote."""
    ordered = "strftime(timestamp '2022-01-01 06:00:00' + to_seconds(n // 3 * 7 % 63072000), '%Y-%m-%dT%H:%M:%S')"
    # Whole seconds and milliseconds, as systems write that leave out a fraction of zero.
    fraction = "case when o % 2 = 0 then '' else '.' || lpad(cast(o // 2 % 1000 as varchar), 3, '0') end"
    price = "cast(cast((99 + g % 25000) / 100.0 as decimal(18, 2)) as varchar)"
    discount = "cast(cast((g // 64 % 2000) / 100.0 as decimal(18, 2)) as varchar)"
    ways = _one_of(["parcel", "express", "pick-up", "locker"], "g // 1048576")
    return {
        "order_id": "'SO-' || lpad(cast(n // 3 as varchar), 9, '0')",
        "line_number": "cast(n % 3 + 1 as varchar)",
        "customer_ref": "case when o % 10 = 0 then '' else cast(100000 + o // 16 % 900000 as varchar) end",
        "ordered_at": f"{ordered} || {fraction} || 'Z'",
        "sku": "'ART-' || lpad(cast(h // 16 % 40000 as varchar), 5, '0')",
        "quantity": "cast(1 + h // 64 % 5 * (h // 512 % 3 // 2) as varchar)",
        "unit_price": price,
        "discount_amount": f"case when g // 8 % 4 > 0 then '0.00' else {discount} end",
        "currency": _one_of(["EUR", "EUR", "EUR", "USD", "GBP"], "h // 1024"),
        "kind": "case when h // 4096 % 40 = 0 then 'refund' when g // 4096 % 3 = 0 then '' else 'sale' end",
        "sales_channel": _one_of(["web", "app", "store", "marketplace"], "o // 65536"),
        "device": _one_of(["mobile", "desktop", "tablet", ""], "o // 262144"),
        "delivery_method": f"case when h // 1048576 % 50 = 0 then {note} else {ways} end",
        "country": _one_of(["DE", "FR", "NL", "United Kingdom", "AT", "PL"], "o // 8"),
        "postal_code": "lpad(cast(o // 1024 % 100000 as varchar), 5, '0')",
    }


def write_order_lines(path: Path, *, rows: int, newlines: bool = False) -> Path:
    """Write a landing file and what is wrong in it; one record in about a thousand is bad.

    Args:
        path: The file; JSON lines (without faults of structure) when its name ends in .jsonl, else CSV.
        rows: Number of records.
        newlines: Put line breaks into the quoted values of a CSV file.

    Returns:
        A Parquet file of ``record_number`` and ``reason``, beside the file.
    """
    as_json = path.suffix == ".jsonl"
    kinds = [kind for kind in _FAULTS if not (as_json and kind in _STRUCTURE)]
    if as_json:
        note = "'Locker, \"north\" side'"
    else:
        note = '\'"Locker, ""north"" side\' || chr(10) || \'ring"\'' if newlines else '\'"Locker, ""north"" side"\''
    cells = {}
    for name, value in _values(note).items():
        changes = [f"when {sql.text(kind)} then {_FAULTS[kind][name]}" for kind in kinds if name in _FAULTS[kind]]
        cells[name] = f"case fault {' '.join(changes)} else {value} end" if changes else value
    packed = ", ".join(f"{name} := {cell}" for name, cell in cells.items())
    line = f"to_json(struct_pack({packed}))" if as_json else f"concat_ws(',', {', '.join(cells.values())})"
    header = "" if as_json else f"select {sql.text(','.join(cells))} as line union all "
    faulty = (
        f"select *, case when n % 3 = 1 and f % 333 = 0 then {_one_of(kinds, 'f // 333')} else '' end as fault "
        f"from ({_NUMBERED.format(rows=rows)}) as numbered"
    )
    planted = path.with_suffix(".planted.parquet")
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as con:
        con.execute("set enable_progress_bar = false")
        con.execute(
            f"copy ({header}select {line} as line from ({faulty}) as lines) to {sql.path(path)} "
            "(format csv, header false, delimiter '\x1f', quote '', escape '')"
        )
        con.execute(
            f"copy (select n + 1 as record_number, fault as reason from ({faulty}) as lines where fault <> '') "
            f"to {sql.path(planted)} (format parquet)"
        )
    return planted
