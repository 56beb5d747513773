"""Everything that says why some records are one customer, and others are not.

Belongs here: finding a customer by whatever name, and gathering what is known of the matching of its records. Does not
belong here: showing it (console), taking weights apart (evidence.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from orchestration.errors import TesseraError
from orchestration.identity.evidence import Weighing, weigh
from orchestration.identity.identifiers import IDENTIFIERS
from orchestration.identity.left_by_night import customers_of_records, names_like, rows
from orchestration.identity.overrides import Override
from orchestration.identity.state import State

Row = dict[str, Any]


@dataclass(frozen=True)
class Customer:
    """A customer that was found.

    Attributes:
        customer_id: The id that is in use.
        asked_id: The id that was asked for, where it is another one: it was merged into this one.
        merged_on: When that was.
    """

    customer_id: str
    asked_id: str | None = None
    merged_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a customer's records are one customer. Rows are as in the tables they come from.

    Attributes:
        customer: Whom it is about.
        created_on, founder: When the id was given, and after which record it is named.
        is_customer: False for accounts on a platform that nobody has told to be a customer's: an audience.
        golden: Values of the golden record with source, record and date.
        profiles: Ways in which its records say who it is, as they write it.
        links: What holds the profiles together, the strongest first; matches with their weighing.
        refused: Links to other customers' profiles that were refused, and why.
        shared: Identifiers of its profiles that several people share or that link nobody.
        events: What the ledger tells of it and of the ids that were merged into it.
        ids: The ids that its profiles have had.
        doubtful: Pairs with other customers that a person may decide.
        decisions: What people have decided about its records.
    """

    customer: Customer
    created_on: str
    founder: str
    is_customer: bool
    golden: list[Row]
    profiles: list[Row]
    links: list[Row]
    refused: list[Row]
    shared: list[Row]
    events: list[Row]
    ids: list[Row]
    doubtful: list[Row]
    decisions: list[Row]


def find_customer(warehouse: duckdb.DuckDBPyConnection, asked: str) -> Customer:
    """Find a customer by id (also a retired one), by a record's reference or profile, or by e-mail address.

    Raises:
        TesseraError: There is none, its records are gone, or there are several.
    """
    known = rows(warehouse, "select * from matching.customer_ids where customer_id = ?", [asked])
    if known:
        return _survivor(warehouse, known[0])
    found = customers_called(warehouse, asked)
    if not found:
        near = names_like(warehouse, asked, columns=["email"] if "@" in asked else ["customer_ref", "profile_id"])
        raise TesseraError(
            f"there is no customer {asked}",
            expected="a customer_id, a reference such as hubspot:123, a profile such as p_0123456789, or an e-mail "
            "address",
            found=f"nobody of that name{'; there is ' + ', '.join(near) if near else ''}",
            fix="correct the name; a source's own references begin with its name, such as shopify:123",
        )
    if len(found) > 1:
        raise TesseraError(
            f"{asked} is said of {len(found)} customers",
            expected="what one customer alone is called",
            found=", ".join(sorted(found)),
            fix="choose one of them by its customer_id",
        )
    return Customer(*found)


def customers_called(warehouse: duckdb.DuckDBPyConnection, asked: str) -> set[str]:
    """The customers of a record, by its reference or profile, or of an e-mail address."""
    return customers_of_records(warehouse, [asked]).get(asked) or _customers_of_address(warehouse, asked)


def explain_customer(
    warehouse: duckdb.DuckDBPyConnection, customer: Customer, *, state: State, overrides: Sequence[Override]
) -> Explanation:
    """Gather what is known of the matching of a customer's records.

    Args:
        warehouse: The warehouse.
        customer: Whom it is about.
        state: What the night left that the warehouse holds.
        overrides: What people have decided.
    """
    customer_id = customer.customer_id
    profiles = _profiles(warehouse, customer_id)
    members = [row["profile_id"] for row in profiles]
    links = _links(warehouse, members)
    refused = _refused(warehouse, members)
    doubtful = _doubtful(warehouse, members)
    _weigh(warehouse, state, links, refused, doubtful)
    ((about),) = rows(
        warehouse,
        """
        select
            cast(created_on as varchar) as created_on,
            founder,
            customer_id in (select customer_id from identity.int_identity__customer_map) as is_customer
        from matching.customer_ids
        where customer_id = ?
        """,
        [customer_id],
    )
    names = {*members, *(row["customer_ref"] for row in profiles if row["customer_ref"])}
    return Explanation(
        customer=customer,
        created_on=about["created_on"],
        founder=about["founder"],
        is_customer=about["is_customer"],
        golden=_golden(warehouse, customer_id),
        profiles=profiles,
        links=links,
        refused=refused,
        shared=_shared(warehouse, members),
        events=_events(warehouse, customer_id),
        ids=_ids(warehouse, members),
        doubtful=doubtful,
        decisions=[asdict(each) for each in overrides if names & {each.left_record, each.right_record}],
    )


def _survivor(warehouse: duckdb.DuckDBPyConnection, asked: Row) -> Customer:
    one = asked
    while one["merged_into"] is not None:
        (one,) = rows(warehouse, "select * from matching.customer_ids where customer_id = ?", [one["merged_into"]])
    customer_id = one["customer_id"]
    if not rows(warehouse, "select 1 from matching.customer_map where customer_id = ? limit 1", [customer_id]):
        raise TesseraError(
            f"customer {asked['customer_id']} has no records any more",
            expected="a customer of whom a source still delivers a record",
            found=f"an id of {one['created_on']}, given after {one['founder']}, whose records are gone"
            + ("" if one is asked else f"; the id was merged into {customer_id}"),
            fix="look for the person by a reference or an e-mail address",
        )
    if one is asked:
        return Customer(customer_id)
    return Customer(customer_id, asked["customer_id"], str(asked["merged_on"]))


def _customers_of_address(warehouse: duckdb.DuckDBPyConnection, asked: str) -> set[str]:
    """Customers with an e-mail address, as it was written or as the mailbox that it reaches."""
    found = rows(
        warehouse,
        """
        select distinct customer_map.customer_id
        from identity.int_identity__profiles as profiles
        inner join identity.int_identity__sightings as sightings on profiles.profile_id = sightings.profile_id
        inner join matching.customer_map as customer_map on profiles.profile_id = customer_map.profile_id
        where lower(trim($1)) in (profiles.email, sightings.email)
        """,
        [asked],
    )
    return {row["customer_id"] for row in found}


def _golden(warehouse: duckdb.DuckDBPyConnection, customer_id: str) -> list[Row]:
    return rows(
        warehouse,
        """
        select attribute, attribute_value, source_name, record_id, cast(said_date as varchar) as said_date
        from identity.int_identity__golden_values
        where customer_id = ?
        order by attribute
        """,
        [customer_id],
    )


def _profiles(warehouse: duckdb.DuckDBPyConnection, customer_id: str) -> list[Row]:
    return rows(
        warehouse,
        """
        select
            sightings.* exclude (birth_date, first_seen_at, last_seen_at),
            cast(sightings.birth_date as varchar) as birth_date,
            cast(cast(sightings.first_seen_at as date) as varchar) as first_seen,
            cast(cast(sightings.last_seen_at as date) as varchar) as last_seen
        from matching.customer_map as customer_map
        inner join identity.int_identity__sightings as sightings on customer_map.profile_id = sightings.profile_id
        where customer_map.customer_id = ?
        order by
            (sightings.customer_ref is null) asc,
            sightings.first_seen_at asc nulls last,
            sightings.customer_ref asc,
            sightings.profile_id asc
        """,
        [customer_id],
    )


def _links(warehouse: duckdb.DuckDBPyConnection, members: list[str]) -> list[Row]:
    # The table has the refused links too; those have an end with somebody else.
    return rows(
        warehouse,
        """
        select left_id, right_id, kind, strength, value
        from matching.links
        where left_id in (select unnest($1)) and right_id in (select unnest($1))
        order by strength desc, left_id asc, right_id asc, value asc
        """,
        [members],
    )


def _refused(warehouse: duckdb.DuckDBPyConnection, members: list[str]) -> list[Row]:
    return rows(
        warehouse,
        """
        with refused as (
            select left_id as profile_id, right_id as other_id, kind, strength, reason from matching.refused_links
            union all
            select right_id as profile_id, left_id as other_id, kind, strength, reason from matching.refused_links
        )
        select refused.*, customer_map.customer_id as other_customer_id
        from refused
        inner join matching.customer_map as customer_map on refused.other_id = customer_map.profile_id
        where refused.profile_id in (select unnest($1)) and refused.other_id not in (select unnest($1))
        order by refused.strength desc, refused.profile_id asc, refused.other_id asc, refused.kind asc
        """,
        [members],
    )


def _shared(warehouse: duckdb.DuckDBPyConnection, members: list[str]) -> list[Row]:
    values = " union ".join(
        f"select '{kind}' as kind, {column} as value from members" for kind, column in IDENTIFIERS.items()
    )
    return rows(
        warehouse,
        f"""
        with members as (
            select * from identity.int_identity__profiles where profile_id in (select unnest($1))
        )
        select kind, value, shared_values.profiles, shared_values.status, shared_values.reason
        from matching.shared_values as shared_values
        inner join ({values}) as of_members using (kind, value)
        order by kind, value
        """,
        [members],
    )


def _events(warehouse: duckdb.DuckDBPyConnection, customer_id: str) -> list[Row]:
    return rows(
        warehouse,
        """
        with recursive ids as (
            select cast($1 as varchar) as customer_id
            union
            select merged.customer_id
            from matching.customer_ids as merged
            inner join ids on merged.merged_into = ids.customer_id
        )
        select cast(night as varchar) as night, event, customer_id, other_id, profiles, records, reason, evidence
        from matching.ledger
        where customer_id in (select ids.customer_id from ids) or other_id in (select ids.customer_id from ids)
        order by all
        """,
        [customer_id],
    )


def _ids(warehouse: duckdb.DuckDBPyConnection, members: list[str]) -> list[Row]:
    return rows(
        warehouse,
        """
        select
            profile_id, customer_id, cast(valid_from as varchar) as valid_from, cast(valid_to as varchar) as valid_to
        from matching.profile_history
        where profile_id in (select unnest(?))
        order by profile_id, valid_from
        """,
        [members],
    )


def _doubtful(warehouse: duckdb.DuckDBPyConnection, members: list[str]) -> list[Row]:
    return rows(
        warehouse,
        """
        select
            review_pairs.*,
            customer_map.customer_id as other_customer_id
        from matching.review_pairs as review_pairs
        inner join matching.customer_map as customer_map
            on customer_map.profile_id = case
                when review_pairs.left_id in (select unnest($1)) then review_pairs.right_id else review_pairs.left_id
            end
        where review_pairs.left_id in (select unnest($1)) or review_pairs.right_id in (select unnest($1))
        order by review_pairs.position
        """,
        [members],
    )


def _weigh(
    warehouse: duckdb.DuckDBPyConnection, state: State, links: list[Row], refused: list[Row], doubtful: list[Row]
) -> None:
    """Add its weighing to every row that is a match, or would be one."""
    matches = {
        **{(row["left_id"], row["right_id"]): row for row in links if row["kind"] == "match"},
        **{(row["profile_id"], row["other_id"]): row for row in refused if row["kind"] == "match"},
        # A pair without a probability is in the queue because its link was refused.
        **{(row["left_id"], row["right_id"]): row for row in doubtful if row["probability"] is not None},
    }
    for pair, weighing in weigh(warehouse, state, matches).items():
        matches[pair]["weighing"] = _as_row(weighing)


def _as_row(weighing: Weighing) -> Row:
    return {**asdict(weighing), "total": weighing.total}
