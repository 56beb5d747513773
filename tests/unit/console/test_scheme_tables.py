"""What the console says of schemes and their segments."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.console.scheme_tables import show_schemes, show_segments
from orchestration.publishing.version_store import Version
from tests.support.deployments import write_config


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return load_deployment(write_config(tmp_path, more="schemes: {clusters: false}\n"), tmp_path / "home")


@pytest.fixture
def version(tmp_path: Path) -> Version:
    with duckdb.connect(str(tmp_path / "marts.duckdb")) as marts:
        marts.execute(
            """
            create table segmentation_schemes as from (values
                ('predictive', 'Predictive', 'Worth it?', 'not_available', 'no source of order lines is connected'),
                ('lifecycle', 'Lifecycle', 'Where are they?', 'available', null),
                ('rfm', 'RFM', 'How often?', 'available', null)
            ) as schemes (scheme, scheme_name, question, status, status_reason);
            create table segment_profiles as
            select * replace (
                cast(customers_share as double) as customers_share,
                cast(net_revenue_365d_share as double) as net_revenue_365d_share
            ), true as is_current
            from (values
                ('rfm', 'champions', 'Champions', 1, 9900, 0.99, 1.02, 120.4),
                ('rfm', 'lost', 'Lost', 2, 100, 0.01, -0.02, null),
                ('lifecycle', 'loyal', 'Loyal', 1, 9920, 0.992, 1.0, 10.0),
                ('lifecycle', 'new', 'New', 2, 40, 0.004, -0.0001, 0.0),
                ('lifecycle', 'other', 'Other (small segments)', 1000, 40, 0.004, null, null)
            ) as profiles (scheme, segment_code, segment_name, display_order, customers_count, customers_share,
                net_revenue_365d_share, net_revenue_365d_mean_amount);
            """
        )
    return Version(
        number=1,
        name="v000001",
        path=tmp_path,
        as_of_date=dt.date(2024, 12, 30),
        published_at=dt.datetime(2024, 12, 31, tzinfo=dt.UTC),
        run_id="run",
        rows={},
        is_current=True,
    )


def lines_of(show, *arguments) -> list[str]:
    console = Console(width=120, record=True, file=io.StringIO())
    show(console, *arguments)
    return [" ".join(line.split()) for line in console.export_text().splitlines()]


def test_segments_stand_below_their_scheme_in_the_order_of_the_catalogue(
    deployment: Deployment, version: Version
) -> None:
    shown = lines_of(show_segments, version, deployment)
    told = ("RFM: How often?", "Champions", "Lost", "Lifecycle: Where are they?", "Loyal")
    places = [next(at for at, line in enumerate(shown) if words in line) for words in told]
    assert places == sorted(places)
    assert "│ Champions │ 9,900 │ 99.0% │ 102.0% │ 120 │" in shown


def test_small_segments_are_told_together(deployment: Deployment, version: Version) -> None:
    shown = lines_of(show_segments, version, deployment)
    assert "│ 2 segments of less than 0.5% each │ 80 │ 0.8% │ 0.0% │ │" in shown
    assert not any("Other (small" in line for line in shown)


def test_a_scheme_without_segments_is_named_with_its_reason(deployment: Deployment, version: Version) -> None:
    shown = lines_of(show_segments, version, deployment)
    assert shown[-2:] == ["no segments of", "Predictive: no source of order lines is connected"]


def test_every_scheme_of_the_catalogue_is_listed_with_its_status(deployment: Deployment) -> None:
    shown = "\n".join(lines_of(show_schemes, deployment))
    assert "│ rfm │ How recently and how often did they buy? │ available │" in shown
    assert "│ clusters │ Which ways of buying are there? │ switched off │" in shown
    assert "│ predictive │ Who is worth winning back or keeping? │ available │" in shown
