"""The section ``campaigns`` of ``tessera.yml``: what was planned of each campaign.

Belongs here: the form of the section and the defaults. Does not belong here: who is in a campaign, and what it brought
(dbt).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from orchestration.configuration.custom_scheme_settings import LONGEST_TEXT, OneLine
from orchestration.configuration.setting_types import Section


def _campaign_id(value: object) -> object:
    # Unquoted, YAML reads 18 as a number and 2026-03-09 as a date, and the source's key is a text.
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or value != value.strip()
        or not 1 <= len(value) <= LONGEST_TEXT
    ):
        message = (
            f"{value!r} does not fit; write the key of the campaign as its source writes it, in quotes where it is a "
            f'number, such as "18": one line of 1 to {LONGEST_TEXT} characters'
        )
        raise ValueError(message)
    return value


CampaignId = Annotated[str, BeforeValidator(_campaign_id)]


class Campaign(Section):
    """A campaign, by the key under which its exposures come.

    Attributes:
        name: What people call it; by default its key.
        holdout_share: The share of its customers that was to be held out. What was held out is checked against it.
        launches_on: The day from which it contacts customers.
    """

    name: OneLine | None = None
    holdout_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    launches_on: dt.date | None = None


def campaigns_variable(campaigns: dict[str, Campaign]) -> list[dict[str, Any]]:
    """Return the campaigns as the dbt variable ``campaigns`` describes them, by their keys."""
    return [
        {
            "campaign_id": campaign_id,
            "campaign_name": campaign.name or campaign_id,
            "holdout_share": campaign.holdout_share,
            "launches_on": campaign.launches_on.isoformat() if campaign.launches_on else None,
        }
        for campaign_id, campaign in sorted(campaigns.items())
    ]
