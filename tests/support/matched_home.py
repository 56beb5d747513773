"""A home with a warehouse in which a handful of made-up people have been matched, for tests that ask about it.

Matching is the real one; what dbt would build around it is written by SQL with the models' columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.gate.expectations import IDENTITY_BUILD
from orchestration.gate.ledger import Ledger, Result
from orchestration.identity.overrides import Override, add_override
from orchestration.identity.profiles import PROFILE_COLUMNS
from orchestration.identity.state import State, StateStore
from orchestration.matching_night import run_matching
from orchestration.publishing.manifest import MANIFEST_NAME, Manifest, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.support.deployments import write_config

FIRST, SECOND = dt.date(2026, 6, 1), dt.date(2026, 6, 2)
HOME_OF_MUSTERS = {"street": "gartenstrasse", "house_number": "5", "postal_code": "10115", "city": "berlin"}
# Written by people who decide between the two nights.
MERGED = Override(
    decision="must_link",
    left_record="shop:3",
    right_record="hubspot:3",
    reason="she rang",
    decided_by="ada",
    decided_on="2026-06-01",
)
SEPARATED = Override(
    decision="cannot_link",
    left_record="hubspot:1",
    right_record="p_maria_order",
    reason="mother and daughter",
    decided_by="ada",
    decided_on="2026-06-01",
)
FIRST_SYLLABLES, LAST_SYLLABLES = (
    ("an", "ber", "cla", "dor", "em", "fran", "gus"),
    ("na", "ta", "ido", "ulf", "ke", "zo"),
)


def people() -> list[dict[str, Any]]:
    """Profiles: a household that shares an address, somebody with two accounts, an onlooker, and strangers."""
    musters = [
        # One person by name, birth date and home, with another address in the shop.
        {"profile_id": "p_maria", "customer_ref": "hubspot:1", "ref_source_name": "hubspot__contacts",
         "first_name": "maria", "last_name": "muster", "email": "familie@muster.example", "phone": "+493012345",
         "birth_date": dt.date(1980, 1, 31), "records_count": 3},
        {"profile_id": "p_maria_order", "first_name": "maria", "last_name": "muster", "email": "mm@shop.example",
         "birth_date": dt.date(1980, 1, 31), "records_count": 2},
        # Her husband, who uses her mailbox.
        {"profile_id": "p_jonas", "customer_ref": "hubspot:2", "ref_source_name": "hubspot__contacts",
         "first_name": "jonas", "last_name": "muster", "email": "familie@muster.example"},
    ]  # fmt: skip
    others = [
        # Whoever answered a survey from the shared mailbox.
        {"profile_id": "p_answer", "email": "familie@muster.example"},
        # One woman with an account in each system, which nothing but she herself can tell.
        {"profile_id": "p_erika", "customer_ref": "hubspot:3", "ref_source_name": "hubspot__contacts",
         "first_name": "erika", "last_name": "sommer", "email": "erika@sommer.example"},
        {"profile_id": "p_winter", "customer_ref": "shop:3", "ref_source_name": "crm__customers",
         "first_name": "e", "last_name": "winter", "email": "office@winter.example"},
        {"profile_id": "p_onlooker", "handle": "x:onlooker"},
    ]  # fmt: skip
    names = [first + last for first in FIRST_SYLLABLES for last in LAST_SYLLABLES]
    strangers = [
        {"profile_id": f"p_{name}_{number}", "first_name": name, "last_name": f"{name[::-1]}mann",
         "email": f"{name}@mailbox.example", "birth_date": dt.date(1950 + place, 1 + place % 12, 1 + place % 28),
         "street": f"{name}weg", "house_number": str(place), "postal_code": f"{20 + place}{place:03d}",
         "city": f"{name}stadt"}
        for place, name in enumerate(names) for number in (1, 2)
    ]  # fmt: skip
    seen = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    known = {"records_count": 1, "first_seen_at": seen, "last_seen_at": seen}
    return [{**known, **HOME_OF_MUSTERS, **row} for row in musters] + [
        {**known, **row} for row in [*others, *strangers]
    ]


@dataclass(frozen=True)
class MatchedHome:
    """A deployment whose warehouse holds a night of matching."""

    deployment: Deployment

    @property
    def overrides(self) -> Path:
        return self.deployment.config_path.parent / "identity_overrides.csv"

    def state(self) -> State:
        name = Ledger(self.deployment.home.ledger).results()[IDENTITY_BUILD].detail
        return StateStore(self.deployment.home.identity).load(name)

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.deployment.home.warehouse), read_only=True)

    def customer_of(self, profile_id: str) -> str:
        with self.warehouse() as con:
            ((customer_id,),) = con.execute(
                "select customer_id from matching.customer_map where profile_id = ?", [profile_id]
            ).fetchall()
        return str(customer_id)


def matched_home(folder: Path, *, nights: int = 1) -> MatchedHome:
    """Match the people for one night, or for two with two decisions in between."""
    deployment = load_deployment(write_config(folder, more="identity:\n  review_from: 0.01\n"), folder / "home")
    deployment.home.create()
    home = MatchedHome(deployment)
    with duckdb.connect(str(deployment.home.warehouse)) as con:
        con.execute("set TimeZone = 'Europe/Berlin'")
        _write_profiles(con)
        for night in (FIRST, SECOND)[:nights]:
            if night == SECOND:
                add_override(home.overrides, MERGED)
                add_override(home.overrides, SEPARATED)
            outcome = run_matching(deployment, con, night=night)
            _record(deployment, night, outcome.state)
        _write_models(con)
    return home


def _write_profiles(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in PROFILE_COLUMNS.items())
    con.execute(f"create schema identity; create table identity.int_identity__profiles ({columns})")
    con.executemany(
        f"insert into identity.int_identity__profiles values ({', '.join('?' for _ in PROFILE_COLUMNS)})",
        [[row.get(name) for name in PROFILE_COLUMNS] for row in people()],
    )
    con.execute(
        """
        create table identity.int_identity__company_records (
            company_ref varchar, name_key varchar, domain_key varchar, registry_key varchar, postal_key varchar,
            city_key varchar, country_code varchar, parent_company_ref varchar, created_at timestamptz
        );
        create schema seeds;
        create table seeds.mail_providers (domain varchar);
        create table identity.int_identity__contact_profiles (contact_ref varchar, profile_id varchar);
        create table identity.int_identity__sightings as
        select
            profile_id, customer_ref, email, phone, loyalty_number, handle, upper(first_name) as first_name,
            upper(last_name) as last_name, birth_date, nullif(concat_ws(' ', street, house_number), '') as street,
            postal_code, city, country_code as country, records_count, first_seen_at, last_seen_at
        from identity.int_identity__profiles
        """
    )


def _write_models(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        create table identity.int_identity__customer_map as
        select profile_id, customer_id from matching.customer_map where profile_id <> 'p_onlooker';
        create view identity.int_identity__golden_values as
        select
            customer_map.customer_id,
            'email' as attribute,
            sightings.email as attribute_value,
            'hubspot__contacts' as source_name,
            sightings.customer_ref as record_id,
            date '2026-05-01' as said_date
        from identity.int_identity__customer_map as customer_map
        inner join identity.int_identity__sightings as sightings on customer_map.profile_id = sightings.profile_id
        where starts_with(sightings.customer_ref, 'hubspot:')
        """
    )


def _record(deployment: Deployment, night: dt.date, state: str) -> None:
    """Write what a night's ledger and its published version say of the state."""
    now = dt.datetime(night.year, night.month, night.day, 3, tzinfo=dt.UTC)
    Ledger(deployment.home.ledger).record(
        [
            Result(
                name=IDENTITY_BUILD,
                kind="build",
                subject=IDENTITY_BUILD,
                severity="error",
                status="pass",
                as_of_date=night,
                run_id="run",
                started_at=now,
                completed_at=now,
                detail=state,
            )
        ]
    )
    store = VersionStore(deployment.home.published)
    with store.build() as draft:
        manifest = Manifest(
            version=draft.name,
            as_of_date=night,
            published_at=now,
            run_id="run",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={},
            models={"identity": state},
        )
        (draft.folder / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)
