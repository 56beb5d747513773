"""What tessera.yml says of campaigns reaches dbt as it stands, and what does not fit is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

CAMPAIGNS = """\
campaigns:
  spring:
    name: Spring's first
    holdout_share: 0.25
    launches_on: 2024-03-09
  "18": {}
"""


def test_what_is_said_reaches_dbt_and_what_is_not_is_null(tmp_path: Path) -> None:
    deployment = load_deployment(write_config(tmp_path, more=CAMPAIGNS), tmp_path / "home")
    assert deployment.dbt_vars["campaigns"] == [
        {"campaign_id": "18", "campaign_name": "18", "holdout_share": None, "launches_on": None},
        {
            "campaign_id": "spring",
            "campaign_name": "Spring's first",
            "holdout_share": 0.25,
            "launches_on": "2024-03-09",
        },
    ]


def test_without_the_section_there_are_none(tmp_path: Path) -> None:
    assert load_deployment(write_config(tmp_path), tmp_path / "home").dbt_vars["campaigns"] == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    holdout_share: 0.25", "    holdout_share: 0", "greater than 0"),
        ("    holdout_share: 0.25", "    holdout_share: 1", "less than 1"),
        ("    holdout_share: 0.25", "    holdout: 0.25", "there is no such key; write one of name, holdout_share"),
        ("    launches_on: 2024-03-09", "    launches_on: soon", "launches_on"),
        ("    name: Spring's first", '    name: "two\\nlines"', "write one line of text"),
        ('  "18": {}', "  18: {}", "in quotes where it is a number"),
        ('  "18": {}', '  " spring": {}', "as its source writes it"),
    ],
)
def test_a_wrong_line_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in CAMPAIGNS
    config = write_config(tmp_path, more=CAMPAIGNS.replace(old, new))
    with pytest.raises(TesseraError) as caught:
        load_deployment(config, tmp_path / "home")
    assert told in caught.value.found
    assert f"line {line_of(config, new.strip().splitlines()[0])}" in caught.value.found
