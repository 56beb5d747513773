"""A campaign over several nights: refused, killed, launched, and after consent was taken back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from orchestration.assets import gate
from orchestration.audiences.export import make_export
from orchestration.errors import TesseraError
from orchestration.publishing.version_store import VersionStore
from tests.support import nights, small_company

# Four nights of their own; each step is tested without a night: `make test-slow`.
pytestmark = pytest.mark.slow

LAUNCH, LATER = dt.date(2024, 11, 30), dt.date(2024, 12, 31)
CAMPAIGNS = """\
predictions: {enabled: false}
schemes: {clusters: false, behavioural: false, product_preference: false, value_tier: false, predictive: false}
thresholds: {audience_minimum_customers: 20}
suppressions: {file: never.csv}
campaigns:
  winter:
    channel: email
    audience: {order_count: ">= 1"}
    holdout_share: 0.2
    launches_on: 2024-11-01
    excludes: [regulars]
  regulars:
    channel: email
    audience: {order_count: ">= 10"}
    launches_on: 2024-12-15
  calls:
    channel: phone
    audience: {order_count: ">= 1"}
    launches_on: 2024-11-01
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaigns")
    config = small_company.write_company(folder / "data", schemes=CAMPAIGNS)
    (folder / "data" / "never.csv").write_text("email\nPerson1@Example.org\n", encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def lock(company: Path) -> Path:
    return company.parent.parent / "home" / "campaigns" / "winter.parquet"


@pytest.fixture(scope="module")
def refused(company: Path, lock: Path) -> tuple[nights.Night, bool]:
    """A night that is built whole and refused at the gate, and whether it locked anybody."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gate, "customers_kept", lambda **_: ("fail", "half of the customers are gone"))
        night = nights.run(company, lock.parents[1], LAUNCH)
    return night, lock.exists()


@pytest.fixture(scope="module")
def killed(refused: object, company: Path, lock: Path) -> tuple[nights.Night, bytes]:
    """A night that dies between locking and serving, and what it locked."""
    with pytest.MonkeyPatch.context() as patched:

        def dies(*_: object) -> None:
            raise RuntimeError("the power went out")

        patched.setattr(VersionStore, "swap_to", dies)
        night = nights.run(company, lock.parents[1], LAUNCH)
    return night, lock.read_bytes()


@pytest.fixture(scope="module")
def launched(killed: object, company: Path, lock: Path) -> nights.Night:
    night = nights.run(company, lock.parents[1], LAUNCH)
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


@pytest.fixture(scope="module")
def first_day(launched: nights.Night) -> pd.DataFrame:
    return launched.mart("from audiences where campaign_id = 'winter' order by customer_id")


@pytest.fixture(scope="module")
def later(first_day: pd.DataFrame, company: Path, lock: Path) -> nights.Night:
    """A month later ten customers have taken their consent back."""
    file = company.parent / "customers.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for record in records[5:45]:
        record["consent_email"] = False
        record["updated_at"] = "2024-12-10T08:00:00Z"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    night = nights.run(company, lock.parents[1], LATER)
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


def test_a_night_that_is_refused_locks_nobody(refused: tuple[nights.Night, bool]) -> None:
    night, locked = refused
    assert night.outcome.exit_code == 1
    assert not locked
    # The audience itself was built.
    assert night.warehouse("select count(*) as n from marts.audiences where is_locked")["n"][0] > 100


def test_a_night_that_dies_after_locking_is_served_with_the_same_members(
    killed: tuple[nights.Night, bytes], launched: nights.Night, first_day: pd.DataFrame, lock: Path
) -> None:
    night, before = killed
    assert night.outcome.exit_code != 0
    assert lock.read_bytes() == before
    kept = pd.read_parquet(lock).set_index("customer_id")["arm"]
    assert first_day[first_day["is_locked"]].set_index("customer_id")["arm"].to_dict() == kept.to_dict()
    assert {path.name for path in lock.parent.iterdir()} == {"winter.parquet"}


def test_the_held_out_share_is_what_was_planned(first_day: pd.DataFrame) -> None:
    members = first_day[first_day["arm"].notna()]
    held_out = (members["arm"] == "holdout").sum()
    assert len(members) > 150
    assert stats.binomtest(int(held_out), len(members), 0.2).pvalue > 0.001


def test_whoever_is_on_the_list_is_in_no_arm(first_day: pd.DataFrame) -> None:
    assert (first_day["exclusion_reason"] == "suppressed").sum() == 1


def test_a_month_later_every_arm_is_the_same(later: nights.Night, first_day: pd.DataFrame, lock: Path) -> None:
    audiences = later.mart("from audiences where campaign_id = 'winter' order by customer_id").set_index("customer_id")
    before = first_day[first_day["is_locked"]].set_index("customer_id")["arm"]
    assert audiences.loc[before.index, "arm"].to_dict() == before.to_dict()
    assert audiences["is_locked"].sum() == len(before)
    assert set(audiences["launched_date"]) == {pd.Timestamp(LAUNCH)}
    sizes = later.mart("from audience_sizes where campaign_id = 'winter'").iloc[0]
    assert sizes["treatment_count"] + sizes["holdout_count"] == sizes["launched_count"] == len(before)


def test_who_took_consent_back_stays_in_the_arm_and_leaves_the_export(
    later: nights.Night, first_day: pd.DataFrame
) -> None:
    audiences = later.mart("from audiences where campaign_id = 'winter'").set_index("customer_id")
    gone = audiences[audiences["is_locked"] & (audiences["exclusion_reason"] == "no_consent")]
    assert len(gone) > 20
    assert gone["arm"].notna().all()
    assert not gone["is_exportable"].any()
    made = make_export(later.deployment, "winter", "generic", is_plain=True)
    exported = set(made.rows["customer_id"].to_pylist())
    assert exported == set(audiences.index[audiences["is_exportable"]])
    assert not exported & set(gone.index)
    assert not exported & set(audiences.index[audiences["arm"] == "holdout"])


def test_a_campaign_that_excludes_it_takes_none_of_its_members(later: nights.Night) -> None:
    found = later.mart(
        """
        select regulars.exclusion_reason, count(*) as n, count(winter.arm) as members
        from audiences as regulars
        left join audiences as winter on regulars.customer_id = winter.customer_id and winter.campaign_id = 'winter'
        where regulars.campaign_id = 'regulars' and regulars.arm is null
        group by all
        """
    ).set_index("exclusion_reason")
    assert found.loc["in_other_campaign", "n"] == found.loc["in_other_campaign", "members"] > 10


def test_nobody_agreed_to_calls_and_nobody_is_called(launched: nights.Night, later: nights.Night) -> None:
    calls = later.mart("from audience_sizes where campaign_id = 'calls'").iloc[0]
    assert (calls["status"], calls["no_consent_count"]) == ("too_small", calls["listed_count"])
    with pytest.raises(TesseraError, match="calls may not be exported"):
        make_export(later.deployment, "calls", "generic", is_plain=False)


def test_going_back_a_version_unlocks_nobody(later: nights.Night, lock: Path) -> None:
    before = lock.read_bytes()
    VersionStore(later.deployment.home.published).rollback()
    assert lock.read_bytes() == before
    # The warehouse is of the later night, so what consent says there is not what the served version knew.
    with pytest.raises(TesseraError, match="not the one that the served version was made of"):
        make_export(later.deployment, "winter", "generic", is_plain=False)
