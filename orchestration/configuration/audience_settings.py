"""What ``tessera.yml`` says of audiences: the part of a campaign that chooses whom it contacts, and who never is.

Belongs here: the form of these settings and the defaults. Does not belong here: names and plans of campaigns
(campaign_settings.py), what conditions mean (``conditions``), whether campaigns fit together (audiences.py).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from orchestration.configuration.setting_types import Section

Channel = Literal["email", "sms", "phone", "ads"]
# Where a campaign does not say which share is held out.
DEFAULT_HOLDOUT_SHARE = 0.1
DEFAULT_PRIORITY = 100
# What was sent longer ago is not looked at.
LONGEST_FATIGUE_DAYS = 365
# It is the name of a file.
AUDIENCE_ID = r"[a-z0-9][a-z0-9_-]{0,79}"


class Fatigue(Section):
    """After how much contact a customer is left in peace.

    Attributes:
        contacts: Campaigns that contacted a customer within the days, from which on none more does.
        days: How many days it looks back.
    """

    contacts: int = Field(ge=1)
    days: Annotated[int, Field(ge=1, le=LONGEST_FATIGUE_DAYS)]


class Suppressions(Section):
    """Who must not be contacted, whatever else is known.

    Attributes:
        file: CSV with columns among email, phone, customer_ref and customer_id, beside tessera.yml.
    """

    file: str | None = None
