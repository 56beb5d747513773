"""The section ``campaigns`` of ``tessera.yml``: what was planned of each campaign.

Belongs here: the form of the section and the defaults. Does not belong here: who is in a campaign, and what it brought
(dbt).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from orchestration.configuration.audience_settings import DEFAULT_PRIORITY, Channel, Fatigue
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
        audience: Conditions on the columns of the mart customers; whom they fit is in the campaign. Without them the
            campaign runs elsewhere, and its exposures tell who was in it.
        channel: By which it contacts them, and which consent and address that needs.
        ends_on: The last day on which it contacts anybody.
        excludes: Campaigns that share no customer with it.
        priority: Of two that share no customer and launch on one day the smaller number chooses first.
        minimum_customers: Fewer are not contacted; never less than the threshold audience_minimum_customers.
        fatigue: After how much contact a customer is left out; by default the thresholds audience_fatigue_*.
    """

    name: OneLine | None = None
    holdout_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    launches_on: dt.date | None = None
    audience: Annotated[dict[str, Any], Field(min_length=1)] | None = None
    channel: Channel | None = None
    ends_on: dt.date | None = None
    excludes: list[CampaignId] = Field(default_factory=list)
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=10_000)
    minimum_customers: int | None = Field(default=None, ge=1)
    fatigue: Fatigue | None = None

    @model_validator(mode="after")
    def _audience_has_what_it_needs(self) -> Campaign:
        missing = [name for name in ("channel", "launches_on") if self.audience and getattr(self, name) is None]
        if missing:
            message = f"a campaign with an audience needs {' and '.join(missing)}"
            raise ValueError(message)
        only = self.model_fields_set - {"name", "holdout_share", "launches_on"}
        if only and self.audience is None:
            message = f"without an audience {', '.join(sorted(only))} would mean nothing; write whom it contacts"
            raise ValueError(message)
        if self.launches_on and self.ends_on and self.ends_on < self.launches_on:
            message = f"it ends on {self.ends_on}, before it launches on {self.launches_on}"
            raise ValueError(message)
        return self


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
