"""What a night of matching leaves in the warehouse, for whoever asks about it afterwards.

Belongs here: making sure that it is there, reading rows of it, and finding records in it by their names. Does not
belong here: the questions (explain.py, doubtful_pairs.py, standing.py), writing it (matching_night.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import duckdb

from orchestration.errors import TesseraError

_TABLES = (
    "identity.int_identity__customer_map",
    "identity.int_identity__golden_values",
    "identity.int_identity__profiles",
    "identity.int_identity__sightings",
    "matching.customer_ids",
    "matching.customer_map",
    "matching.ledger",
    "matching.links",
    "matching.profile_history",
    "matching.refused_links",
    "matching.review_pairs",
    "matching.shared_values",
)
# Names further from what was asked than so many slips are no help.
_MOST_SLIPS = 4
_NEAR_ONES = 3


def check_complete(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make sure that a night has got as far as the golden record.

    Raises:
        TesseraError: Tables are missing; names them.
    """
    there = {
        f"{row['table_schema']}.{row['table_name']}"
        for row in rows(warehouse, "select table_schema, table_name from information_schema.tables")
    }
    missing = [table for table in _TABLES if table not in there]
    if missing:
        raise TesseraError(
            "the warehouse does not hold a night's customers",
            expected="the tables of identity and matching, as a night leaves them",
            found=f"no {', '.join(missing)}",
            fix="run a night: tessera run",
        )


def rows(warehouse: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    """The rows of a query, each by its columns' names."""
    result = warehouse.execute(query, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def customers_of_records(warehouse: duckdb.DuckDBPyConnection, records: Iterable[str]) -> dict[str, set[str]]:
    """The customers of every record that is there: one, unless a person has separated what one reference says.

    Args:
        warehouse: The warehouse.
        records: References (hubspot:123), records of contact details (shopify:#1001) or ids of profiles (p_...).
    """
    found = rows(
        warehouse,
        """
        with named as (
            select customer_ref as record, profile_id from identity.int_identity__profiles
            union all
            select profile_id as record, profile_id from identity.int_identity__profiles
            union all
            select contact_ref as record, profile_id from identity.int_identity__contact_profiles
        )
        select named.record, list(distinct customer_map.customer_id) as customers
        from named
        inner join matching.customer_map as customer_map on named.profile_id = customer_map.profile_id
        where named.record in (select unnest(?))
        group by named.record
        """,
        [list(records)],
    )
    return {row["record"]: set(row["customers"]) for row in found}


def names_like(warehouse: duckdb.DuckDBPyConnection, asked: str, *, columns: Sequence[str]) -> list[str]:
    """A few values of some columns of the profiles that a slip of the fingers may have meant, the nearest first."""
    names = " union ".join(f"select {column} as name from identity.int_identity__profiles" for column in columns)
    found = rows(
        warehouse,
        f"""
        select name
        from ({names})
        where abs(length(name) - length($1)) <= {_MOST_SLIPS} and damerau_levenshtein(name, $1) <= {_MOST_SLIPS}
        order by damerau_levenshtein(name, $1), name
        limit {_NEAR_ONES}
        """,
        [asked],
    )
    return [row["name"] for row in found]


def require_records(warehouse: duckdb.DuckDBPyConnection, records: Collection[str]) -> dict[str, set[str]]:
    """The customers of every record.

    Raises:
        TesseraError: One is not there; names some that are like it.
    """
    found = customers_of_records(warehouse, records)
    for record in records:
        if record in found:
            continue
        if rows(warehouse, "select 1 from matching.customer_ids where customer_id = ?", [record]):
            raise TesseraError(
                f"{record} is a customer, not a record",
                expected="a reference such as hubspot:123, or a profile such as p_0123456789",
                found="a customer, who is made of records",
                fix=f"choose one of its records: tessera identity explain {record}",
            )
        near = names_like(warehouse, record, columns=["customer_ref", "profile_id"])
        raise TesseraError(
            f"there is no record {record}",
            expected="a reference such as hubspot:123, or a profile such as p_0123456789",
            found=f"none of that name{'; there is ' + ', '.join(near) if near else ''}",
            fix="correct the name; tessera identity review and tessera identity explain tell the names of records",
        )
    return found
