"""Audiences of the simulated company, asked of the night that all tests of it share."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.errors import TesseraError
from tests.support import nights

CAMPAIGNS = ["garden-season-2026", "win-back-2026"]


def test_both_campaigns_say_whom_they_fit_and_who_is_left(company: nights.Night) -> None:
    sizes = company.mart("from audience_sizes order by campaign_id").set_index("campaign_id")
    assert sizes.index.tolist() == CAMPAIGNS
    assert (sizes["listed_count"] > 20).all()
    assert (sizes["no_consent_count"] > 0).all()
    reasons = [name for name in sizes if name.endswith("_count")][1:10]
    everybody = sizes[[*reasons, "contacted_count", "held_out_count"]].sum(axis=1)
    assert everybody.tolist() == sizes["listed_count"].tolist()


def test_too_few_are_left_of_so_few_customers_and_nobody_is_locked(company: nights.Night) -> None:
    sizes = company.mart("from audience_sizes")
    assert set(sizes["status"]) == {"too_small"}
    assert sizes["not_exported_because"].str.contains("fewer than 100 would be contacted").all()
    assert not company.mart("select bool_or(is_exportable or is_locked) as any_of_them from audiences")["any_of_them"][
        0
    ]
    assert list((company.deployment.home.root / "campaigns").iterdir()) == []


def test_who_fits_is_who_the_mart_customers_says_fits(company: nights.Night) -> None:
    found = company.mart(
        """
        select count(*) as n
        from (select customer_id from audiences where campaign_id = 'win-back-2026') as listed
        full join (
            select customer_id
            from customers
            where lifecycle_segment_code in ('cooling', 'at_risk', 'highly_at_risk') and net_revenue_amount >= 150
        ) as fitting on listed.customer_id = fitting.customer_id
        where listed.customer_id is null or fitting.customer_id is null
        """
    )
    assert found["n"][0] == 0


def test_no_name_and_no_address_is_in_the_marts(company: nights.Night) -> None:
    assert company.served is not None
    with duckdb.connect(str(company.deployment.home.warehouse), read_only=True) as con:
        known = con.execute(
            """
            select distinct unnest([email, phone_number, last_name]) as value
            from identity.int_identity__contact_cards
            where customer_id in (select customer_id from marts.audiences)
            """
        ).fetchall()
        values = {value for (value,) in known if value}
        assert len(values) > 50
        for mart in ("audiences", "audience_sizes"):
            columns = [row[0] for row in con.execute(f"describe marts.{mart}").fetchall()]
            for column in columns:
                told = {str(row[0]) for row in con.execute(f"select distinct {column} from marts.{mart}").fetchall()}
                assert not told & values, column


def test_the_command_shows_the_funnel_and_refuses_the_export(company: nights.Night) -> None:
    home = str(company.deployment.home.root)
    shown = CliRunner().invoke(app, ["audiences", "--home", home]).output
    assert all(campaign in shown for campaign in CAMPAIGNS)
    assert "too few left" in shown
    config = str(company.deployment.config_path)
    done = CliRunner().invoke(app, ["audiences", "export", "win-back-2026", "--config", config, "--home", home])
    assert isinstance(done.exception, TesseraError)
    assert "win-back-2026 may not be exported" in str(done.exception)
    assert not (Path(home) / "exports").exists()


@pytest.mark.parametrize("view", ["contact_points", "contact_cards"])
def test_what_tells_how_people_are_reached_is_kept_nowhere_but_in_identity(company: nights.Night, view: str) -> None:
    # Views: what they show is written into no table of its own.
    found = company.warehouse(f"select count(*) as n from duckdb_views() where view_name = 'int_identity__{view}'")
    assert found["n"][0] == 1
