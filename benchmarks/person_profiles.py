"""Profiles of made-up people as the sources of a company would give them, at any size, with the truth.

Belongs here: drawing profiles in the columns that matching reads. Does not belong here: timing (matching.py). People
and addresses are those of the simulated company; its files would take longer to write than matching takes.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.identity.profiles import PROFILE_COLUMNS
from orchestration.samples.company.businesses import draw_businesses
from orchestration.samples.company.contact_points import draw_contact_points
from orchestration.samples.company.people import draw_people
from orchestration.samples.company.places import CITIES
from orchestration.samples.company.slips import misspelt, mistyped
from orchestration.samples.company.text import folded, join, numbers, only, pick, when
from orchestration.samples.company.world import COUNTRIES

# Of 100 people, how many have each kind of profile: a CRM record, an order's details, those of another order with
# another address, another spelling or after a move, and a newsletter that knows the address alone.
_KINDS = {"record": 0.9, "order": 0.85, "later order": 0.3, "newsletter": 0.35}


def write_profiles(file: Path, profiles: int, *, seed: int) -> None:
    """Write some profiles as Parquet: the columns of ``PROFILE_COLUMNS`` and ``person``."""
    people_count = round(profiles / sum(_KINDS.values()) * 1.02)
    people = draw_people(people_count, seed)
    businesses = draw_businesses(people, seed)
    points = draw_contact_points(people, businesses, seed)
    draw = np.random.default_rng(seed)
    code = pick([country.calling_code for country in COUNTRIES], people.country)
    phone = join("+", code, points.phone)
    birth = pa.array(people.birth_day.astype(np.int32), pa.int32()).cast(pa.date32())
    tables = []
    for kind, share in _KINDS.items():
        rows = np.flatnonzero(draw.random(people_count) < share)
        size = len(rows)
        where = (points.after if kind == "later order" else points.before).take(rows)
        email = points.email.take(rows)
        if kind == "later order":
            other = pc.coalesce(points.second_email.take(rows), email)
            email = when(draw.random(size) < 0.05, mistyped(email), when(draw.random(size) < 0.6, other, email))
        first, last = people.first.take(rows), people.last.take(rows)
        named = np.full(size, kind != "newsletter")
        last = when(draw.random(size) < 0.012, misspelt(draw, last), last)
        addressed = named & (draw.random(size) < (0.86 if kind == "record" else 0.98))
        house = pc.extract_regex(where.street, "(?P<n>[0-9]+[a-c]?)").field("n")
        tables.append(
            pa.table(
                {
                    "person": rows,
                    "customer_ref": only(np.full(size, kind == "record"), join("crm:", numbers(rows))),
                    "email": only((draw.random(size) < 0.97) | ~named, email),
                    "phone": only(named & (draw.random(size) < 0.6), phone.take(rows)),
                    "first_name": only(named, _spaced(first)),
                    "last_name": only(named, _spaced(last)),
                    "street": only(
                        addressed & (kind != "record"), pc.replace_substring_regex(where.street, "[0-9]+[a-c]?", "")
                    ),
                    "house_number": only(addressed & (kind != "record"), house),
                    "postal_code": only(addressed, where.postal_code),
                    "city": only(addressed, pick([city.name.lower() for city in CITIES], where.city)),
                    "birth_date": pc.if_else(
                        pa.array((kind == "record") & (draw.random(size) < 0.32)),
                        birth.take(rows),
                        pa.scalar(None, birth.type),
                    ),
                }
            )
        )
    drawn = pa.concat_tables(tables)
    given = [name for name in PROFILE_COLUMNS if name in drawn.column_names]
    with duckdb.connect() as connection:
        connection.register("drawn", drawn)
        types = ", ".join(
            f"cast({name if name in given else 'null'} as {kind}) as {name}"
            for name, kind in PROFILE_COLUMNS.items()
            if name not in ("profile_id", "ref_source_name", "records_count", "first_seen_at", "last_seen_at")
        )
        rows = connection.sql(
            f"""
            select
                person, 'p_' || left(md5(concat_ws('|', person, row_number() over ())), 20) as profile_id, {types},
                case when customer_ref is not null then 'crm' end as ref_source_name,
                cast(1 as bigint) as records_count,
                timestamptz '2025-01-01 00:00:00+00' as first_seen_at,
                timestamptz '2026-01-01 00:00:00+00' as last_seen_at
            from drawn
            limit {profiles}
            """
        ).to_arrow_table()
    pq.write_table(rows, file)


def _spaced(name: object) -> object:
    """Names as dbt's macro folds them: plain small letters, double names in two words."""
    return pc.replace_substring(folded(name), "-", " ")
