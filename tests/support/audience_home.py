"""A home with a served night in which one campaign runs, small enough to look at every customer of it.

What dbt would build is written by SQL with the models' columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.gate.ledger import Ledger, Result
from orchestration.publishing.manifest import MANIFEST_NAME, Manifest, MartEntry, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.support.deployments import write_config

NIGHT = dt.date(2024, 6, 30)
RUN = "run-of-the-served-night"
CAMPAIGNS = """\
thresholds: {audience_minimum_customers: 5}
suppressions: {file: never.csv}
campaigns:
  spring:
    name: Spring
    channel: ads
    audience: {order_count: ">= 1"}
    launches_on: 2024-06-01
  letters:
    channel: email
    audience: {order_count: ">= 1"}
    launches_on: 2024-06-01
  later:
    channel: email
    audience: {order_count: ">= 1"}
    launches_on: 2024-09-01
"""
# customer, e-mail, number, first name, arm, exportable
PEOPLE = [
    ("c_00", "Ann.Berg+news@Gmail.com", "+491761234567", "Ann", "treatment", True),
    ("c_01", "bea@mail.example", None, "=HYPERLINK(1)", "treatment", True),
    ("c_02", "cem@mail.example", "+493012345678", "Cem", "treatment", True),
    ("c_03", "dan@mail.example", "+493012345679", "-Dan", "treatment", True),
    ("c_04", "eve@mail.example", "+493012345680", "Eve", "treatment", True),
    ("c_05", "fay@mail.example", "+493012345681", "Fay", "treatment", True),
    # In the house of somebody who is held out.
    ("c_06", "house@mail.example", None, "Gus", "treatment", True),
    ("c_07", "House@mail.example", None, "Hal", "holdout", False),
    # The same mailbox as Ann.
    ("c_08", "annberg@googlemail.com", None, "Ida", "treatment", True),
    # No address that anybody takes.
    ("c_09", "=1+1@mail.example", None, "Jon", "treatment", True),
    # May not be contacted.
    ("c_10", "kim@mail.example", "+493012345682", "Kim", "treatment", False),
    # Consent was taken back, which the mart of another night would not know.
    ("c_11", "lou@mail.example", "+493012345683", "Lou", "treatment", True),
]
EXPORTED = ("c_00", "c_01", "c_02", "c_03", "c_04", "c_05")


@dataclass(frozen=True)
class AudienceHome:
    """A deployment with a served night."""

    deployment: Deployment
    config: Path

    @property
    def places(self) -> list[str]:
        """The options that name it on the command line."""
        return ["--config", str(self.config), "--home", str(self.deployment.home.root)]

    @property
    def suppressions(self) -> Path:
        return self.config.parent / "never.csv"


def audience_home(folder: Path) -> AudienceHome:
    config = write_config(folder, more=CAMPAIGNS)
    (folder / "never.csv").write_text("email,phone\n", encoding="utf-8")
    deployment = load_deployment(config, folder / "home")
    deployment.home.create()
    people = [
        {"customer_id": customer, "email": email, "phone": phone, "name": name, "arm": arm, "exportable": exportable}
        for customer, email, phone, name, arm, exportable in PEOPLE
    ]
    with duckdb.connect(str(deployment.home.warehouse)) as con:
        con.execute("create table people (customer_id text, email text, phone text, name text, arm text, ok boolean)")
        con.executemany("insert into people values (?, ?, ?, ?, ?, ?)", [list(each.values()) for each in people])
        _write_warehouse(con)
        publish(deployment, con)
    note(deployment)
    return AudienceHome(deployment, config)


def note(deployment: Deployment, *, run_id: str = RUN, names: tuple[str, ...] = ()) -> None:
    """Leave the results of a run in the ledger."""
    now = dt.datetime(2024, 7, 1, 2, tzinfo=dt.UTC)
    built = names or ("identity.int_identity__contact_cards", "features.feat_customers__consent", "marts.audiences")
    Ledger(deployment.home.ledger).record(
        Result(name=name, kind="build", subject=name, severity="error", status="pass", as_of_date=NIGHT, run_id=run_id,
               started_at=now, completed_at=now)
        for name in built
    )  # fmt: skip


def publish(deployment: Deployment, con: duckdb.DuckDBPyConnection) -> None:
    """Serve a version with the marts of the warehouse."""
    store = VersionStore(deployment.home.published)
    marts = ("audiences", "audience_sizes")
    with store.build() as draft:
        for mart in marts:
            con.execute(f"copy marts.{mart} to '{draft.folder / mart}.parquet'")
        manifest = Manifest(
            version=draft.name,
            as_of_date=NIGHT,
            published_at=dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC),
            run_id=RUN,
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={mart: MartEntry(rows=1, columns=()) for mart in marts},
        )
        (draft.folder / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)


def _write_warehouse(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"""
        create schema identity; create schema features; create schema marts;
        create table identity.int_identity__contact_cards as
        select customer_id, email, phone as phone_number, name as first_name, 'Muster' as last_name,
            '10115' as postal_code, 'DE' as country_code
        from people;
        create table identity.int_identity__contact_points as
        select customer_id, 'shop:' || customer_id as customer_ref, lower(email) as mailbox, phone as phone_number
        from people;
        create table features.feat_customers__consent as
        select customer_id, email is not null as has_email_address, phone is not null as has_phone_number,
            customer_id <> 'c_11' as has_ads_consent, customer_id <> 'c_11' as is_contactable_by_email,
            false as is_contactable_by_sms, false as is_contactable_by_phone, date '{NIGHT}' as as_of_date
        from people;
        create table marts.audiences as
        select campaign_id, customer_id, arm, ok as is_exportable
        from people cross join (select unnest(['spring', 'letters']) as campaign_id);
        create table marts.audience_sizes as
        select campaign_id, campaign_id as campaign_name, channel, 'running' as status,
            if(campaign_id = 'later', 'it launches on 2024-09-01', null) as not_exported_because,
            12 as listed_count, 1 as no_consent_count, 0 as no_address_count, 0 as unsubscribed_count,
            0 as suppressed_count, 0 as in_both_arms_count, 0 as contacted_too_often_count,
            0 as in_other_campaign_count, 0 as joined_after_launch_count, 0 as audience_too_small_count,
            10 as contacted_count, 1 as held_out_count, 0.1 as planned_holdout_share, 0.09 as holdout_share,
            0.01 as holdout_share_low, 0.3 as holdout_share_high, campaign_id <> 'later' as is_exported,
            if(campaign_id = 'later', null, date '{NIGHT}') as launched_date
        from (values ('spring', 'ads'), ('letters', 'email'), ('later', 'email')) as campaigns (campaign_id, channel)
        """
    )
