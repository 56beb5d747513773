"""Profiles made by hand, a made-up population around them, and nights of matching that keep their state.

Belongs here: what tests of identity need to run matching without a warehouse. Does not belong here: who is to be whom
(the tests say so), how records become profiles (dbt).
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.configuration.identity_settings import Identity
from orchestration.identity.matching import Matched, match_persons
from orchestration.identity.name_rules import create_name_rules
from orchestration.identity.overrides import Override
from orchestration.identity.profiles import PROFILE_COLUMNS, count_names, take_profiles
from orchestration.identity.review import find_doubtful
from orchestration.identity.state import State, StateStore

Profile = dict[str, Any]

_ARROW = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "bigint": pa.int64(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in PROFILE_COLUMNS.items()])

GIVEN = (
    "anna", "bernd", "carla", "dieter", "elke", "frank", "gerda", "horst", "ines", "jonas", "karin", "lukas",
    "monika", "norbert", "olga", "peter", "renate", "stefan", "tanja", "udo", "vera", "werner", "yvonne", "zita",
)  # fmt: skip
FAMILY = (
    "albrecht", "brandt", "conrad", "dietz", "ebert", "franke", "graf", "haas", "jung", "keller", "lorenz", "maurer",
    "neumann", "otto", "pfeiffer", "roth", "seidel", "thomas", "ulrich", "vogel", "winkler", "ziegler",
)  # fmt: skip
STREETS = (
    "lindenstrasse", "bahnhofstrasse", "gartenweg", "schulstrasse", "rosenweg", "bergstrasse", "kirchplatz",
    "am muehlbach", "waldstrasse", "ringstrasse", "talweg", "marktplatz", "birkenallee", "hauptstrasse",
)  # fmt: skip
PLACES = (
    ("10115", "berlin"), ("20095", "hamburg"), ("50667", "koeln"), ("60311", "frankfurt"), ("70173", "stuttgart"),
    ("80331", "muenchen"), ("90402", "nuernberg"), ("04109", "leipzig"), ("01067", "dresden"), ("28195", "bremen"),
)  # fmt: skip


def profile(profile_id: str, /, **columns: Any) -> Profile:
    """A profile with some columns; the others are unknown.

    Args:
        profile_id: The profile.
        **columns: Of ``PROFILE_COLUMNS``; dates may be written as texts.
    """
    unknown = set(columns) - set(PROFILE_COLUMNS)
    if unknown:
        raise KeyError(f"no columns of a profile: {sorted(unknown)}")
    return {**dict.fromkeys(PROFILE_COLUMNS), "profile_id": profile_id, "records_count": 1, **columns}


def table(profiles: Sequence[Profile]) -> pa.Table:
    """The profiles as a table with the columns of the model int_identity__profiles."""
    return pa.Table.from_pylist(
        [{name: _typed(name, row[name]) for name in PROFILE_COLUMNS} for row in profiles], SCHEMA
    )


def _typed(name: str, value: Any) -> Any:
    kind = PROFILE_COLUMNS[name]
    if kind == "date" and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if kind == "timestamptz" and value is not None and not isinstance(value, dt.datetime):
        return dt.datetime.combine(dt.date.fromisoformat(str(value)), dt.time(12), dt.UTC)
    return value


def population(people: int = 300, *, seed: int = 11) -> list[Profile]:
    """Made-up people, two profiles each, the same for the same seed: a record, and an order of the same person.

    Of the orders some have a slip in the name, another address, no telephone or a birth date, so that there is
    something to learn.
    """
    draw = random.Random(seed)
    profiles = []
    for number in range(people):
        given, family = draw.choice(GIVEN), draw.choice(FAMILY)
        said = {
            "email": f"{given}.{family}{number}@people.example",
            "phone": f"+4915550{number:06d}",
            "first_name": given,
            "last_name": family,
            "country_code": "DE",
        }
        address = _address(draw)
        seen = dt.date(2025, 1, 1) + dt.timedelta(days=draw.randint(0, 300))
        born = dt.date(1950, 1, 1) + dt.timedelta(days=draw.randint(0, 18_000))
        record = profile(
            f"p_people_{number}_record",
            **said,
            **address,
            customer_ref=f"people:{number}",
            ref_source_name="people",
            birth_date=born,
            first_seen_at=seen,
            last_seen_at=seen,
        )
        later = seen + dt.timedelta(days=30)
        order = profile(f"p_people_{number}_order", **said, **address, first_seen_at=seen, last_seen_at=later)
        if draw.random() < 0.1:
            order["last_name"] = family[:-2] + family[-1] + family[-2]
        if draw.random() < 0.2:
            order["phone"] = None
        if draw.random() < 0.2:
            order |= _address(draw)
        if draw.random() < 0.4:
            order["birth_date"] = born
        profiles += [record, order]
    return profiles


def _address(draw: random.Random) -> dict[str, str]:
    postal_code, city = draw.choice(PLACES)
    return {
        "street": draw.choice(STREETS),
        "house_number": str(draw.randint(1, 90)),
        "postal_code": postal_code,
        "city": city,
    }


@dataclass(frozen=True)
class Morning:
    """What a night left: its connection, and what it says of itself."""

    connection: duckdb.DuckDBPyConnection
    matched: Matched
    about: dict[str, Any]
    doubtful: int
    state: State

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def customers(self) -> dict[str, str]:
        """The customer of every profile tonight."""
        return dict(self.rows("select profile_id, customer_id from members where valid_to is null"))


@dataclass
class Nights:
    """Nights of matching one after another, each with the state that the one before has left."""

    folder: Path
    rules: Identity = field(default_factory=Identity)
    state: State | None = None

    def run(
        self,
        profiles: Sequence[Profile] | pa.Table,
        *,
        night: dt.date,
        overrides: Sequence[Override] = (),
        rules: Identity | None = None,
        refit: bool = False,
    ) -> Morning:
        """Match, and keep the state."""
        store = StateStore(self.folder)
        connection = duckdb.connect()
        connection.execute("set threads = 1")
        store.open(connection, self.state)
        rows = profiles if isinstance(profiles, pa.Table) else table(profiles)
        connection.register("given_profiles", rows)
        rules = rules or self.rules
        matched, about = match_persons(
            connection,
            "given_profiles",
            rules=rules,
            overrides=overrides,
            night=night,
            about=self.state.about if self.state else None,
            refit=refit,
        )
        doubtful = find_doubtful(connection, threshold=rules.threshold)
        for name in ("members", "customers"):
            connection.execute(f"create or replace table state_company_{name} as from previous_company_{name}")
        self.state = store.load(store.keep(connection, about))
        return Morning(connection, matched, about, doubtful, self.state)


def decision(kind: str, left: str, right: str) -> Override:
    """A decision of a person about two records."""
    return Override(
        decision=kind,  # type: ignore[arg-type]
        left_record=left,
        right_record=right,
        reason="made up",
        decided_by="tester",
        decided_on="2026-01-01",
    )


def groups(customers: Mapping[str, str]) -> set[frozenset[str]]:
    """Who is together, whatever the ids are."""
    found: dict[str, set[str]] = {}
    for profile_id, customer_id in customers.items():
        found.setdefault(customer_id, set()).add(profile_id)
    return {frozenset(members) for members in found.values()}


def taken(profiles: Sequence[Profile]) -> duckdb.DuckDBPyConnection:
    """A connection with profiles, counts of names and the name rules, as the steps of matching find it."""
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.register("given_profiles", table(profiles))
    count_names(connection, "given_profiles")
    take_profiles(connection, "given_profiles")
    create_name_rules(connection)
    return connection


def number_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The number that every profile got."""
    return dict(connection.execute("select profile_id, n from profiles").fetchall())
