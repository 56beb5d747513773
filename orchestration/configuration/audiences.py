"""Campaigns with an audience as dbt takes them: conditions compiled, defaults filled in, exclusions both ways.

Belongs here: what can be refused of campaigns together, and the variable ``audience_campaigns``. Does not belong here:
the form of the section (campaign_settings.py, audience_settings.py), who is in an audience (dbt).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.configuration.audience_settings import AUDIENCE_ID, DEFAULT_HOLDOUT_SHARE
from orchestration.configuration.campaign_settings import Campaign
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.coverage import check_is_reached
from orchestration.configuration.conditions.sql import when_sql
from orchestration.configuration.conditions.when import When, WhenReader, gathered
from orchestration.configuration.conditions.words import when_in_words
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

SECTION = "campaigns"


@dataclass(frozen=True, kw_only=True)
class Audience(When):
    """Whom a campaign contacts."""

    campaign_id: str

    @property
    def label(self) -> str:
        return self.campaign_id


def compile_audiences(
    campaigns: Mapping[str, Campaign],
    *,
    catalog: Mapping[str, Column],
    thresholds: Mapping[str, Any],
    file: YamlFile,
) -> tuple[dict[str, Any], ...]:
    """Read, check and compile every campaign that has an audience.

    Args:
        campaigns: The section of ``tessera.yml``.
        catalog: The columns of customers that conditions may use, by name.
        thresholds: Those in force.
        file: The ``tessera.yml``, for the lines of what is wrong.

    Returns:
        One entry per campaign, by their keys, as the variable ``audience_campaigns`` of the dbt project describes it.

    Raises:
        TesseraError: A condition cannot be read, or campaigns do not fit together.
    """
    own = {key: campaign for key, campaign in campaigns.items() if campaign.audience is not None}
    for key, campaign in own.items():
        _check(key, campaign, own=own, least=int(thresholds["audience_minimum_customers"]), file=file)
    return tuple(
        _compiled(key, own[key], own=own, catalog=catalog, thresholds=thresholds, file=file) for key in sorted(own)
    )


def _compiled(
    key: str,
    campaign: Campaign,
    *,
    own: Mapping[str, Campaign],
    catalog: Mapping[str, Column],
    thresholds: Mapping[str, Any],
    file: YamlFile,
) -> dict[str, Any]:
    place = (SECTION, key, "audience")
    parts = WhenReader(catalog, file).parts(campaign.audience or {}, place)
    when = Audience(campaign_id=key, line=file.line_of(place), **parts)
    whens = gathered([when], catalog=catalog, file=file)
    check_is_reached(whens, when, (), file=file)
    fatigue = campaign.fatigue
    # Two campaigns share no customer, whichever of them says so.
    excludes = {*campaign.excludes, *(other for other, each in own.items() if key in each.excludes)}
    launches_on = campaign.launches_on
    return {
        "campaign_id": key,
        "campaign_name": campaign.name or key,
        "channel": campaign.channel,
        "audience": when_in_words(whens, when),
        "when_sql": when_sql(whens, when),
        "holdout_share": DEFAULT_HOLDOUT_SHARE if campaign.holdout_share is None else campaign.holdout_share,
        "minimum_customers": campaign.minimum_customers or int(thresholds["audience_minimum_customers"]),
        "fatigue_contacts": fatigue.contacts if fatigue else int(thresholds["audience_fatigue_contacts"]),
        "fatigue_days": fatigue.days if fatigue else int(thresholds["audience_fatigue_days"]),
        "priority": campaign.priority,
        "excludes": sorted(excludes),
        "launches_on": launches_on.isoformat() if launches_on else None,
        "ends_on": campaign.ends_on.isoformat() if campaign.ends_on else None,
    }


def _check(key: str, campaign: Campaign, *, own: Mapping[str, Campaign], least: int, file: YamlFile) -> None:
    if not re.fullmatch(AUDIENCE_ID, key):
        raise TesseraError(
            f"{file.path} line {file.line_of((SECTION, key))}: the key of a campaign with an audience does not fit",
            expected="small letters, digits, - and _, at most 80, because it is the name of files",
            found=key,
            fix="choose another key, such as win-back-2026",
        )
    for at, other in enumerate(campaign.excludes):
        if other == key or other not in own:
            close = difflib.get_close_matches(other, own.keys() - {key}, n=1)
            raise TesseraError(
                f"{file.path} line {file.line_of((SECTION, key, 'excludes', at))}: {key} cannot exclude {other!r}",
                expected="the key of another campaign that has an audience",
                found=other,
                fix=f"did you mean {close[0]}?" if close else "correct the key, or remove it",
            )
    if campaign.minimum_customers is not None and campaign.minimum_customers < least:
        raise TesseraError(
            f"{file.path} line {file.line_of((SECTION, key, 'minimum_customers'))}: {key} would contact too few",
            expected=f"at least {least} customers, the threshold audience_minimum_customers",
            found=str(campaign.minimum_customers),
            fix="write a larger number; who has to go lower says so in thresholds, for every campaign",
        )
