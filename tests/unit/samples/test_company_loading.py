"""Every file of a simulated company goes through the loader; only the rows that are bad on purpose stay behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine
from orchestration.samples.sample import put_sample

LOADED_AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


class Loaded:
    """A company of 500 customers in a lake."""

    def __init__(self, root: Path, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.lake, self.quarantine = con, Lake(root / "lake"), Quarantine(root / "quarantine")
        folder = root / "company"
        config = put_sample("company", folder, customers=500)
        self.bad = pd.read_parquet(root / "company-truth" / "bad_rows.parquet")
        self.deployment: Deployment = load_deployment(config, root / "home")
        self.reports: dict[Path, LoadReport] = {}
        for source in self.deployment.settings.sources:
            for path in self.deployment.files_of(source):
                self.reports[path] = load_file(
                    con,
                    self.deployment.inbound[source.contract],
                    path,
                    lake=self.lake,
                    quarantine=self.quarantine,
                    options=FileOptions(time_zone="Europe/Berlin"),
                    loaded_at=LOADED_AT,
                )

    def rejected(self, report: LoadReport) -> set[tuple[int, str]]:
        """Record number and reason of everything of a file that was turned away."""
        if not report.rejected:
            return set()
        path = str(self.quarantine.path(report.table, report.batch_id))
        query = "select record_number, unnest(reasons).reason from read_parquet(?)"
        return set(self.con.execute(query, [path]).fetchall())

    def raw(self, contract: str) -> pd.DataFrame:
        self.lake.create_raw_view(self.con, self.deployment.inbound[contract])
        return self.con.sql(f"select * from raw.{contract}").df()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false; set memory_limit = '512MB'; set threads = 2; create schema raw")
    yield Loaded(tmp_path_factory.mktemp("loaded"), con)
    con.close()


def test_exactly_the_rows_that_are_bad_on_purpose_are_rejected_for_their_reasons(loaded: Loaded) -> None:
    assert len(loaded.bad) >= 5
    for path, report in loaded.reports.items():
        own = loaded.bad[loaded.bad["file"] == path.name]
        expected = set(zip(own["record_number"], own["reason"], strict=True))
        found = {(number, reason) for number, reason in loaded.rejected(report) if reason != "rejected_with_group"}
        assert found == expected, path.name


def test_the_other_rows_of_a_bad_order_go_with_it_and_nothing_else(loaded: Loaded) -> None:
    for path, report in loaded.reports.items():
        expected = set(loaded.bad.loc[loaded.bad["file"] == path.name, "record_number"])
        if path.name.startswith("shopify"):
            names = pd.read_csv(path, dtype=str)["Name"]
            spoilt = names.iloc[[number - 1 for number in expected]]
            expected = set(names.index[names.isin(spoilt)] + 1)
        assert {number for number, _ in loaded.rejected(report)} == expected, path.name


def test_bad_rows_are_well_below_one_percent(loaded: Loaded) -> None:
    reports = loaded.reports.values()
    assert 0 < sum(report.rejected for report in reports) < 0.01 * sum(report.records for report in reports)


def test_every_column_that_the_sample_fills_arrives(loaded: Loaded) -> None:
    contacts = loaded.raw("hubspot__contacts")
    for column in ("email", "first_name", "phone", "associated_company_id", "postal_code", "email_optout"):
        assert contacts[column].notna().any(), column
    orders = loaded.raw("shopify__orders")
    assert set(orders["currency"].dropna()) == {"EUR", "GBP", "CHF"}
    assert orders["created_at"].min() >= pd.Timestamp("2024-06-30 22:00", tz="UTC")
    engagements = loaded.raw("hubspot__engagements")
    assert engagements["contact_associations"].str.contains('"id"').any()
    assert loaded.raw("typeform__responses")["answers"].str.startswith("[").all()
    assert loaded.raw("delighted__responses")["person_email"].notna().all()
    assert loaded.raw("hubspot__email_events")["event_type"].isin(["SENT", "OPEN", "CLICK", "STATUSCHANGE"]).all()
    mentions = loaded.raw("brandwatch__mentions")
    assert mentions["x_followers"].notna().any()
    assert set(loaded.raw("crm__campaign_exposures")["arm"]) == {"treatment", "holdout"}
    assert loaded.raw("transactions__products")["unit_cost"].gt(0).any()
    handles = loaded.raw("social__handles")
    assert (handles["customer_ref"].notna() ^ handles["email"].notna()).all()


def test_customer_numbers_of_other_files_are_contacts(loaded: Loaded) -> None:
    contacts = set("hubspot:" + loaded.raw("hubspot__contacts")["id"])
    assert len(set(loaded.raw("crm__campaign_exposures")["customer_ref"]) - contacts) <= 2
    assert len(set(loaded.raw("social__handles")["customer_ref"].dropna()) - contacts) <= 2
