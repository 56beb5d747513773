"""Everything that says why a customer is in its segments, and what would have to change for others.

Belongs here: putting together what the published version, the catalogue and the trials say. Does not belong here: how
each of them finds it out, showing it (console).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.explanation.catalogue import Catalogue, read_catalogue
from orchestration.explanation.features import Kind
from orchestration.explanation.ladder import Step
from orchestration.explanation.published import (
    Membership,
    find_published,
    published_schemes,
    read_memberships,
)
from orchestration.explanation.scheme_sql import find_scheme_sql
from orchestration.explanation.search import Move, nearest_moves
from orchestration.explanation.treatments import Treatment, read_treatments
from orchestration.explanation.trial import NoTrialError, Workbench
from orchestration.identity.explain import customers_called
from orchestration.identity.left_by_night import check_complete
from orchestration.publishing.version_store import Version, VersionStore
from orchestration.warehouse_reading import open_warehouse

_OWNER = "tessera explain"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of one feature, as a reader is told of it.

    Attributes:
        family: The feature family.
        feature: The feature.
        kind: What its values are: whole numbers, real ones, dates, categories.
        value: The customer's value; None where there is none.
        to: The nearest value that leads into the segment.
        low: The least value that does; None where all below do.
        high: The greatest; None where all above do.
        distance: The share of all customers whose values lie between the two.
    """

    family: str
    feature: str
    kind: Kind | None
    value: str | None
    to: str
    low: str | None
    high: str | None
    distance: float


@dataclass(frozen=True, kw_only=True)
class OtherSegment:
    """A way into another segment, all else being equal."""

    segment_code: str
    segment_name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class SchemeExplanation:
    """Why a customer is in one scheme's segment.

    Attributes:
        scheme_name: What the scheme is called.
        membership: The segment, since when and by which values.
        rule: Its rule in words, with the thresholds in force; None where the catalogue has none.
        others: The nearest other segments and what would have to change, the nearest first.
        left_out: Why nothing was tried; None where it was, also if nothing was found.
    """

    scheme_name: str
    membership: Membership
    rule: str | None
    others: tuple[OtherSegment, ...]
    left_out: str | None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a customer is in its segments.

    Attributes:
        customer_id: The customer.
        merged_id: The id that was asked for, where it is one that was merged into the customer.
        version: The published version that says so.
        as_of_date: Its night.
        schemes: One explanation a scheme.
        treatments: What the policy gives the customer, and why; nothing where only some schemes were asked for.
    """

    customer_id: str
    merged_id: str | None
    version: str
    as_of_date: dt.date
    schemes: tuple[SchemeExplanation, ...]
    treatments: tuple[Treatment, ...] = ()


def explain_segments(deployment: Deployment, asked: str, *, schemes: Sequence[str] = ()) -> Explanation:
    """Explain a customer's segments.

    Args:
        deployment: Whose customer.
        asked: A customer_id (also a merged one); where records are matched also a reference or an e-mail address.
        schemes: The schemes; all that are published by default.

    Raises:
        TesseraError: Nothing is published, or there is no such customer or scheme.
    """
    version = _served(deployment)
    with (
        duckdb.connect(str(version.path / "marts.duckdb"), read_only=True) as marts,
        _warehouse(deployment, night=version.as_of_date) as (warehouse, no_warehouse),
    ):
        known = find_published(marts, asked)
        customer_id = known or _find_by_record(deployment, marts, warehouse, asked, no_warehouse)
        chosen = _chosen(schemes, deployment, published_schemes(marts))
        memberships = read_memberships(marts, customer_id, chosen)
        treatments = () if schemes else read_treatments(marts, customer_id)
        catalogue = read_catalogue(deployment, warehouse)
        with _workbench(deployment, warehouse, customer_id, night=version.as_of_date) as bench:
            told = [
                _explained(membership, catalogue, bench, deployment.home.dbt, version.as_of_date, no_warehouse)
                for membership in memberships.values()
            ]
    return Explanation(
        customer_id=customer_id,
        merged_id=asked if known not in (None, asked) else None,
        version=version.name,
        as_of_date=version.as_of_date,
        schemes=tuple(told),
        treatments=treatments,
    )


def _served(deployment: Deployment) -> Version:
    version = VersionStore(deployment.home.published).current()
    if version is None:
        raise TesseraError(
            f"nothing has been published in {deployment.home.root}",
            expected="a published version, which says in which segments a customer is",
            found="none so far",
            fix="run a night first: tessera run",
        )
    return version


@contextmanager
def _warehouse(
    deployment: Deployment, *, night: dt.date
) -> Iterator[tuple[duckdb.DuckDBPyConnection | None, str | None]]:
    """The warehouse of the published night, or None and why there is none."""
    warehouse = None
    with ExitStack() as stack:
        try:
            warehouse = stack.enter_context(open_warehouse(deployment, owner=_OWNER))
            found = _night_of(warehouse)
            reason = None if found == night else f"the warehouse holds {_named(found)}, not the night of {night}"
        except TesseraError as error:
            reason = error.what
        yield None if reason else warehouse, reason


def _named(night: dt.date | None) -> str:
    return "no whole night" if night is None else f"the night of {night}"


def _night_of(warehouse: duckdb.DuckDBPyConnection) -> dt.date | None:
    try:
        nights = warehouse.execute("select as_of_date from features.as_of_dates where is_tonight").fetchall()
    except duckdb.CatalogException:
        return None
    return nights[0][0] if nights else None


def _find_by_record(
    deployment: Deployment,
    marts: duckdb.DuckDBPyConnection,
    warehouse: duckdb.DuckDBPyConnection | None,
    asked: str,
    no_warehouse: str | None,
) -> str:
    """The published customer of a record or an e-mail address.

    Raises:
        TesseraError: There is none, or there are several. Tells no more of them than their ids.
    """
    is_matched = deployment.settings.identity.matching
    found: set[str] = set()
    if is_matched and warehouse is not None:
        check_complete(warehouse)
        called = customers_called(warehouse, asked)
        found = {published for each in called if (published := find_published(marts, each)) is not None}
    if len(found) == 1:
        return found.pop()
    names = "a customer_id" + (", a reference such as hubspot:123 or an e-mail address" if is_matched else "")
    if found:
        raise TesseraError(
            f"{asked} is said of {len(found)} customers",
            expected="what one customer alone is called",
            found=", ".join(sorted(found)),
            fix="choose one of them: tessera explain CUSTOMER_ID",
        )
    raise TesseraError(
        f"there is no customer {asked} in the published version",
        expected=names,
        found="nobody of that name"
        + (
            f"; references and addresses were not looked up, because {no_warehouse}"
            if is_matched and no_warehouse
            else ""
        ),
        fix="take a customer_id from the mart customers"
        + (", or find it with: tessera identity explain" if is_matched else ""),
    )


def _chosen(asked: Sequence[str], deployment: Deployment, published: Sequence[str]) -> list[str]:
    unknown = [scheme for scheme in asked if scheme not in published]
    if unknown:
        raise TesseraError(
            f"there is no scheme {unknown[0]} in the published version",
            expected=f"one of {', '.join(published)}",
            found=", ".join(unknown),
            fix="correct the name, or switch the scheme on and run a night: tessera run",
        )
    # In the catalogue's order, and after it what the catalogue does not know.
    order = {scheme: place for place, scheme in enumerate(deployment.catalog_schemes)}
    return sorted(set(asked or published), key=lambda scheme: (order.get(scheme, len(order)), scheme))


@contextmanager
def _workbench(
    deployment: Deployment, warehouse: duckdb.DuckDBPyConnection | None, customer_id: str, *, night: dt.date
) -> Iterator[Workbench | None]:
    if warehouse is None:
        yield None
        return
    bench = Workbench(deployment.home.warehouse, customer_id=customer_id, night=night)
    try:
        yield bench
    finally:
        bench.close()


def _explained(
    membership: Membership,
    catalogue: Catalogue,
    bench: Workbench | None,
    dbt_folder: Path,
    night: dt.date,
    no_warehouse: str | None,
) -> SchemeExplanation:
    scheme = membership.scheme
    moves: list[Move] = []
    left_out = no_warehouse
    if bench is not None:
        try:
            moves = _moves(membership, bench, dbt_folder, night)
        except NoTrialError as reason:
            left_out = str(reason)
        except duckdb.Error as error:
            left_out = f"its SQL cannot be run on a made-up customer: {str(error).splitlines()[0]}"
    segment = catalogue.segments.get((scheme, membership.segment_code))
    return SchemeExplanation(
        scheme_name=catalogue.scheme_names.get(scheme, scheme),
        membership=membership,
        rule=None if segment is None else segment.rule,
        others=tuple(
            OtherSegment(
                segment_code=move.segment_code,
                segment_name=catalogue.name_of(scheme, move.segment_code),
                changes=tuple(_change(step) for step in move.steps),
            )
            for move in moves
        ),
        left_out=left_out,
    )


def _moves(membership: Membership, bench: Workbench, dbt_folder: Path, night: dt.date) -> list[Move]:
    sql = find_scheme_sql(dbt_folder, membership.scheme, night)
    if sql is None:
        raise NoTrialError(f"the SQL that dbt compiled for it is not in {dbt_folder} any more")
    trial = bench.trial(sql)
    # First the customer unchanged: where the SQL does not give the published segment, it is not what published it.
    (unchanged,) = trial.try_out([()])
    if unchanged != membership.segment_code:
        raise NoTrialError(
            f"the warehouse gives {unchanged or 'no segment'} now, the published version {membership.segment_code}"
        )
    return nearest_moves(trial.try_out, membership.segment_code, trial.originals(), trial.populations())


def _change(step: Step) -> Change:
    told = step.feature.told
    return Change(
        family=step.feature.family,
        feature=step.feature.column,
        kind=step.feature.kind,
        value=told(step.original),
        to=told(step.to) or "",
        low=told(step.low),
        high=told(step.high),
        distance=round(step.distance, 4),
    )
