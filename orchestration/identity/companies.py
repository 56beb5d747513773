"""Companies: which company records are one company.

Belongs here: the links between company records and what forbids them. Does not belong here: which person belongs to
which company (dbt_project/models/identity/int_identity__customers.sql).

Companies are far fewer than persons and say more of themselves, so that rules suffice and nothing has to be learnt: one
registry number, one domain, or one name (or nearly one) at one place is one company. Records with different registry
numbers are never one company, and neither are a parent and its subsidiary, though they share name and domain.
"""

from __future__ import annotations

import datetime as dt

import duckdb

from data_contracts.sql_quoting import text_list
from orchestration.identity.clusters import put_together
from orchestration.identity.customer_ids import give_ids

# Mail providers: their domain is nobody's.
MAIL_PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.de",
    "yahoo.fr", "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de",
    "t-online.de", "freenet.de", "mail.com", "mail.ru", "yandex.ru", "qq.com", "163.com", "orange.fr", "wanadoo.fr",
    "free.fr", "laposte.net", "sfr.fr", "libero.it", "virgilio.it", "bluewin.ch", "proton.me", "protonmail.com",
    "btinternet.com", "sky.com", "ziggo.nl", "kpnmail.nl", "telenet.be", "skynet.be", "seznam.cz", "wp.pl", "onet.pl",
)  # fmt: skip
# A domain or name that more records have is a group's or a franchise's, and joins nobody.
MAX_RECORDS = 6
SIMILAR_NAMES = 0.93


def match_companies(connection: duckdb.DuckDBPyConnection, relation: str, *, night: dt.date) -> int:
    """Match the company records of a relation.

    Args:
        connection: A connection of its own, with ``previous_members`` and ``previous_customers`` of companies.
        relation: Rows of the model int_identity__company_records.
        night: The date that new ids begin on.

    Returns:
        The number of companies. Leaves ``members`` and ``customers``, whose customer_id is the company's.
    """
    connection.execute(
        f"""
        create or replace table profiles as
        select
            cast(row_number() over (order by company_ref) - 1 as integer) as n,
            company_ref as profile_id,
            company_ref as customer_ref,
            cast(1 as bigint) as records_count,
            created_at as first_seen_at,
            name_key,
            domain_key,
            registry_key,
            postal_key,
            city_key,
            country_code,
            parent_company_ref
        from {relation}
        order by n
        """
    )
    connection.execute(
        f"""
        create or replace table links as
        with pairs as (
            select l.n as l, r.n as r, 'registry number' as kind
            from profiles as l
            inner join profiles as r on l.registry_key = r.registry_key and l.n < r.n
            where coalesce(l.country_code = r.country_code, true)
            union all
            select l.n, r.n, 'domain'
            from profiles as l
            inner join profiles as r on l.domain_key = r.domain_key and l.n < r.n
            where
                not list_contains({text_list(MAIL_PROVIDERS)}, l.domain_key)
                and l.domain_key in (select domain_key from profiles group by all having count(*) <= {MAX_RECORDS})
                and jaro_winkler_similarity(coalesce(l.name_key, ''), coalesce(r.name_key, '')) >= 0.8
            union all
            select l.n, r.n, 'name and place'
            from profiles as l
            inner join profiles as r on l.name_key = r.name_key and l.n < r.n
            where
                (l.postal_key = r.postal_key or l.city_key = r.city_key)
                and coalesce(l.country_code = r.country_code, true)
                and l.name_key in (select name_key from profiles group by all having count(*) <= {MAX_RECORDS})
            union all
            select l.n, r.n, 'like name and place'
            from profiles as l
            inner join profiles as r on l.postal_key = r.postal_key and l.n < r.n and l.name_key <> r.name_key
            where
                coalesce(l.country_code = r.country_code, true)
                and jaro_winkler_similarity(l.name_key, r.name_key) >= {SIMILAR_NAMES}
        )
        select pairs.l, pairs.r, min(pairs.kind) as kind
        from pairs
        inner join profiles as l on pairs.l = l.n
        inner join profiles as r on pairs.r = r.n
        where
            coalesce(l.registry_key = r.registry_key or l.country_code <> r.country_code, true)
            and coalesce(l.parent_company_ref <> r.customer_ref, true)
            and coalesce(r.parent_company_ref <> l.customer_ref, true)
        group by pairs.l, pairs.r
        """
    )
    put_together(connection, "links")
    give_ids(connection, prefix="o_", night=night.isoformat())
    ((companies,),) = connection.execute(
        "select count(distinct customer_id) from members where valid_to is null"
    ).fetchall()
    return int(companies)
