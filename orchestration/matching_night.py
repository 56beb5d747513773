"""Matching for a night: out of the warehouse, through ``identity``, and back.

Belongs here: the connection that matching works on, the state before and after, and the tables it leaves. Does not
belong here: matching itself (``identity``), Dagster (``assets.matching``).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from data_contracts.sql_quoting import text
from orchestration.configuration.deployment import Deployment
from orchestration.identity.companies import match_companies
from orchestration.identity.matching import Matched, match_persons
from orchestration.identity.measures import ClusteringFigures
from orchestration.identity.overrides import read_overrides
from orchestration.identity.state import State, StateStore
from orchestration.identity.truth import compare_with_truth
from orchestration.publishing.manifest import read_manifest
from orchestration.publishing.version_store import VersionStore

IDENTITY_MODEL = "identity"
# What the warehouse is given: table and the query that fills it.
_PERSON_TABLES = {
    "customer_map": """
        select profile_id, customer_id from members where valid_to is null order by profile_id
    """,
    "profile_history": "select * from members order by profile_id, valid_from",
    "customer_ids": "select * from customers order by customer_id",
    "ledger": "select * from ledger order by all",
    "links": "select * from state_links",
    "refused_links": "select * from state_refused_links",
    "shared_values": "select * from state_shared_values",
    "review_pairs": "select * from state_review_pairs order by position",
}
_COMPANY_TABLES = {
    "company_map": """
        select profile_id as company_ref, customer_id as company_id
        from members where valid_to is null order by company_ref
    """,
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a night of matching did, and the state it left."""

    state: str
    persons: Matched
    companies: int
    doubtful_pairs: int
    changed_profiles: int
    known_profiles: int
    model: dict[str, Any]
    about: dict[str, Any]
    against_truth: ClusteringFigures | None


def run_matching(
    deployment: Deployment, warehouse: duckdb.DuckDBPyConnection, *, night: dt.date, refit: bool = False
) -> Outcome:
    """Match the warehouse's profiles and companies, and write who is who into its schema ``matching``.

    Args:
        deployment: Whose warehouse.
        warehouse: With tonight's profiles.
        night: The date.
        refit: Whether the model is estimated anew although nothing has shifted.

    Raises:
        TesseraError: The state of the night before, or the file of decisions, cannot be read.
    """
    settings = deployment.settings.identity
    store = StateStore(deployment.home.identity)
    before = served_state(deployment, store)
    overrides = read_overrides(deployment.config_path.parent / settings.overrides)
    with _workspace(deployment) as persons, _workspace(deployment) as companies:
        store.open(persons, before)
        _take(warehouse, "identity.int_identity__profiles", persons)
        matched, about = match_persons(
            persons,
            "taken",
            rules=settings,
            overrides=overrides,
            night=night,
            about=before.about if before else None,
            refit=refit,
        )
        ((doubtful,),) = persons.execute("select count(*) from state_review_pairs").fetchall()
        # Companies have a connection of their own, as ids are given by tables of the same names.
        for name in ("members", "customers"):
            _copy(persons, f"from previous_company_{name}", companies, f"previous_{name}")
        _take(warehouse, "identity.int_identity__company_records", companies)
        _copy(warehouse, "from seeds.mail_providers", companies, "mail_providers")
        found = match_companies(companies, "taken", mail_providers="mail_providers", night=night)
        for name in ("members", "customers"):
            _copy(companies, f"from {name}", persons, f"state_company_{name}")
        state = store.keep(persons, about)
        warehouse.execute("create schema if not exists matching")
        for tables, connection in ((_PERSON_TABLES, persons), (_COMPANY_TABLES, companies)):
            for name, query in tables.items():
                _copy(connection, query, warehouse, f"matching.{name}")
        ((changed, known),) = persons.execute(
            """
            select
                (
                    select count(*)
                    from held
                    inner join members on held.profile_id = members.profile_id and members.valid_to is null
                    where members.customer_id <> held.customer_id
                ),
                (select count(*) from previous_members where valid_to is null)
            """
        ).fetchall()
        truth = deployment.config_path.parent / settings.truth if settings.truth else None
        against_truth = compare_with_truth(warehouse, truth).figures if truth else None
    return Outcome(
        state=state,
        persons=matched,
        companies=found,
        doubtful_pairs=doubtful,
        changed_profiles=changed,
        known_profiles=known,
        model=about["model"],
        about=about,
        against_truth=against_truth,
    )


def served_state(deployment: Deployment, store: StateStore) -> State | None:
    """The state behind the served version, which tonight starts from."""
    current = VersionStore(deployment.home.published).current()
    name = read_manifest(current.path).models.get(IDENTITY_MODEL) if current else None
    return store.load(name) if name else None


def prune_states(deployment: Deployment) -> None:
    """Delete the states that no published version was made with."""
    versions = VersionStore(deployment.home.published).versions()
    named = {read_manifest(version.path).models.get(IDENTITY_MODEL) for version in versions}
    StateStore(deployment.home.identity).prune({name for name in named if name})


@contextmanager
def _workspace(deployment: Deployment) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory that spills to disk rather than fail."""
    with tempfile.TemporaryDirectory(prefix="matching-", dir=deployment.home.ledger.parent) as folder:
        connection = duckdb.connect()
        try:
            connection.execute("set TimeZone = ?", [deployment.settings.company.time_zone])
            connection.execute("set memory_limit = ?", [deployment.settings.memory_limit])
            connection.execute("set threads = 2")
            connection.execute(f"set temp_directory = {text(folder)}")
            yield connection
        finally:
            connection.close()


def _take(source: duckdb.DuckDBPyConnection, relation: str, target: duckdb.DuckDBPyConnection) -> None:
    _copy(source, f"from {relation}", target, "taken")


def _copy(source: duckdb.DuckDBPyConnection, query: str, target: duckdb.DuckDBPyConnection, table: str) -> None:
    rows = source.sql(query).to_arrow_table()
    target.register("rows_to_copy", rows)
    target.execute(f"create or replace table {table} as from rows_to_copy")
    target.unregister("rows_to_copy")
