"""What tessera.yml says of audiences reaches dbt compiled, and what does not fit is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from tests.support.deployments import CUSTOM_SCHEMES, line_of, write_config

CAMPAIGNS = (
    CUSTOM_SCHEMES
    + """\
suppressions: {file: never.csv}
campaigns:
  elsewhere:
    holdout_share: 0.25
  win-back:
    name: Come back
    channel: email
    audience:
      lifecycle_segment_code: [at_risk, lost]
      net_revenue_amount: ">= 100"
      last_order_date: "> 60 days ago"
    holdout_share: 0.2
    launches_on: 2024-03-09
    ends_on: 2024-04-09
    minimum_customers: 250
    fatigue: {contacts: 2, days: 14}
    excludes: [new-things]
  new-things:
    channel: ads
    audience:
      any: [{food_delivery_segment_code: lapsed}, {country: DE}]
    launches_on: 2024-05-01
    priority: 5
"""
)


def audiences(folder: Path, text: str = CAMPAIGNS):
    return load_deployment(write_config(folder, more=text), folder / "home")


def test_campaigns_with_an_audience_are_compiled_with_what_they_leave_out_filled_in(tmp_path: Path) -> None:
    deployment = audiences(tmp_path)
    assert deployment.suppressions_file == tmp_path / "never.csv"
    new, back = deployment.dbt_vars["audience_campaigns"]
    assert (new["campaign_id"], back["campaign_id"]) == ("new-things", "win-back")
    assert {key: new[key] for key in ("campaign_name", "holdout_share", "minimum_customers", "fatigue_contacts")} == {
        "campaign_name": "new-things",
        "holdout_share": 0.1,
        "minimum_customers": 100,
        "fatigue_contacts": 3,
    }
    # An exclusion holds both ways, whichever campaign says it.
    assert (new["excludes"], back["excludes"]) == (["win-back"], ["new-things"])
    assert (back["fatigue_contacts"], back["fatigue_days"], back["minimum_customers"]) == (2, 14, 250)
    assert (back["launches_on"], back["ends_on"], new["ends_on"]) == ("2024-03-09", "2024-04-09", None)
    assert "\"custom_segment_codes\"['food_delivery']" in new["when_sql"]
    assert '("as_of_date" - "last_order_date") > 60' in back["when_sql"]
    assert back["audience"].startswith("Lifecycle is At risk or Lost and net revenue is at least 100")


def test_a_smaller_minimum_for_all_is_a_threshold(tmp_path: Path) -> None:
    text = CAMPAIGNS.replace("minimum_customers: 250", "minimum_customers: 20")
    deployment = audiences(tmp_path, text + "thresholds: {audience_minimum_customers: 20}\n")
    assert [each["minimum_customers"] for each in deployment.audiences] == [20, 20]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    channel: email\n", "", "needs channel"),
        ("    launches_on: 2024-05-01\n", "", "needs launches_on"),
        ("    channel: email", "    channel: fax", "channel"),
        ("    ends_on: 2024-04-09", "    ends_on: 2024-03-01", "before it launches"),
        ("    holdout_share: 0.25", "    channel: sms", "without an audience channel would mean nothing"),
        ("    fatigue: {contacts: 2, days: 14}", "    fatigue: {contacts: 0, days: 14}", "greater than or equal to 1"),
        ("    priority: 5", "    priority: 0", "greater than or equal to 1"),
        (
            "    audience:\n      any: [{food_delivery_segment_code: lapsed}, {country: DE}]",
            "    audience: {}",
            "at least 1",
        ),
        ("suppressions: {file: never.csv}", "suppressions: {files: never.csv}", "no such key; write one of file"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in CAMPAIGNS
    with pytest.raises(TesseraError) as caught:
        audiences(tmp_path, CAMPAIGNS.replace(old, new))
    assert told in caught.value.found


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ("excludes: [new-things]", "excludes: [new-thing]", "new-thing]", "did you mean new-things"),
        ("excludes: [new-things]", "excludes: [win-back]", "excludes", "cannot exclude 'win-back'"),
        ("excludes: [new-things]", "excludes: [elsewhere]", "excludes", "another campaign that has an audience"),
        ("minimum_customers: 250", "minimum_customers: 99", "minimum_customers", "at least 100"),
        ("  win-back:", "  Win Back:", "Win Back", "the name of files"),
        ("[at_risk, lost]", "[at_rsk]", "at_rsk", "lifecycle_segment_code"),
        ('net_revenue_amount: ">= 100"', "net_revenu: 1", "net_revenu: 1", "did you mean net_revenue_amount"),
        ('net_revenue_amount: ">= 100"', 'net_revenue_amount: "> 5 and < 3"', "audience", "can never hold"),
    ],
)
def test_campaigns_that_do_not_fit_are_told_with_their_line(
    tmp_path: Path, old: str, new: str, at: str, told: str
) -> None:
    assert old in CAMPAIGNS
    text = CAMPAIGNS.replace(old, new)
    with pytest.raises(TesseraError) as caught:
        audiences(tmp_path, text)
    assert told in str(caught.value)
    lines = [number for number, line in enumerate((tmp_path / "tessera.yml").read_text().splitlines(), 1) if at in line]
    assert any(f"line {number}" in caught.value.what for number in lines)
    assert line_of(tmp_path / "tessera.yml", at) in lines


def test_the_campaigns_of_the_guide_can_be_built(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "audiences.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    garden, back = audiences(tmp_path, written).audiences
    assert (garden["excludes"], back["excludes"]) == (["win-back-2026"], ["garden-season-2026"])
    assert back["minimum_customers"] == 200
