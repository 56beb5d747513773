"""Who leaves the house in an export of a campaign, and as what.

Belongs here: the checks before an export, who is in it, its columns and rows. Does not belong here: writing files
(export_files.py), spellings (platforms.py), what a person is asked and told (console).

Names and addresses are read here and nowhere else outside identity; nothing of them goes into a message.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.audiences.identifiers import email_address, mailbox, phone_number, sha256
from orchestration.audiences.platforms import PLATFORMS, Contact, Field, Platform
from orchestration.audiences.suppressions import SuppressionList, find_suppressed, read_suppressions
from orchestration.configuration.audience_settings import Channel
from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.gate.ledger import Ledger
from orchestration.publishing.manifest import read_manifest
from orchestration.publishing.version_store import Version, VersionStore
from orchestration.warehouse_reading import open_warehouse

# What an export reads of the warehouse; all of it must be what the served version was made of.
_READ = ("identity.int_identity__contact_cards", "features.feat_customers__consent", "marts.audiences")
# Columns of consent that must hold for the customer to be contacted.
_ALLOWED: dict[Channel, str] = {
    "email": "is_contactable_by_email",
    "sms": "is_contactable_by_sms",
    "phone": "is_contactable_by_phone",
    "ads": "has_ads_consent and (has_email_address or has_phone_number)",
}


class NotExportableError(TesseraError):
    """An audience that may not leave the house."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """The rows of an export, and what was left out.

    Attributes:
        campaign_id: The campaign.
        platform: For whom.
        version: The version whose audience it is.
        as_of_date: Its night.
        is_plain: Whether addresses and names are readable.
        rows: The columns as the platform takes them, sorted, so that their order says nothing of the customers.
        left_out: How many of the audience are not in it, by why.
    """

    campaign_id: str
    platform: str
    version: str
    as_of_date: dt.date
    is_plain: bool
    rows: pa.Table
    left_out: dict[str, int] = field(default_factory=dict)


def make_export(deployment: Deployment, campaign_id: str, platform_name: str, *, is_plain: bool) -> Export:
    """Make the rows of an export, with consent and suppressions as they are known now.

    Raises:
        NotExportableError: The campaign may not be exported, not for this platform, or too few are left.
        TesseraError: There is no such campaign or version, or the warehouse is not that of the served night.
    """
    campaign = _campaign(deployment, campaign_id)
    platform = PLATFORMS[platform_name]
    channel: Channel = campaign["channel"]
    if platform.takes_ads_only and channel != "ads":
        raise NotExportableError(
            f"{campaign_id} may not be handed to {platform.title}",
            expected="a campaign of the channel ads, whose customers agreed to advertisements",
            found=f"a campaign of the channel {channel}: who agreed to that did not agree to be handed on",
            fix=f"export it with --for generic, or make a campaign of the channel ads in {deployment.config_path}",
        )
    version = _served(deployment, campaign_id)
    listed = read_suppressions(deployment.suppressions_file)
    with open_warehouse(deployment, owner="tessera audiences export") as connection:
        _check_same_night(deployment, version)
        members = _members(connection, version, campaign_id, channel, listed)
    kept, left_out = _reachable(members, platform.fields_for(channel), listed)
    least = int(campaign["minimum_customers"])
    if len(kept) < least:
        raise NotExportableError(
            f"{campaign_id} is not exported",
            expected=f"at least {least} customers who can be reached",
            found=f"{len(kept)}; left out: {_told(left_out)}",
            fix="widen the conditions of a new campaign; who is in a launched one stays",
        )
    return Export(
        campaign_id=campaign_id,
        platform=platform_name,
        version=version.name,
        as_of_date=version.as_of_date,
        is_plain=is_plain,
        rows=_rows(kept, platform, channel, is_plain=is_plain),
        left_out=left_out,
    )


def _campaign(deployment: Deployment, campaign_id: str) -> dict[str, Any]:
    known = {campaign["campaign_id"]: campaign for campaign in deployment.audiences}
    if campaign_id not in known:
        close = difflib.get_close_matches(campaign_id, known, n=1)
        raise TesseraError(
            f"there is no campaign {campaign_id!r} with an audience",
            expected=f"one of {', '.join(known) or 'the campaigns of tessera.yml; it has none with an audience'}",
            found=campaign_id,
            fix=f"did you mean {close[0]}?"
            if close
            else f"correct the name, or see campaigns in {deployment.config_path}",
        )
    return known[campaign_id]


def _served(deployment: Deployment, campaign_id: str) -> Version:
    """The served version, if the campaign may be exported from it."""
    version = VersionStore(deployment.home.published).current()
    marts = read_manifest(version.path).marts if version else {}
    if version is None or "audience_sizes" not in marts:
        raise TesseraError(
            f"no audiences are published in {deployment.home.root}",
            expected="a published version with the mart audience_sizes",
            found="no version" if version is None else f"{version.name}, which is older than audiences are",
            fix="run a night: tessera run",
        )
    with duckdb.connect() as connection:
        found = connection.execute(
            "select is_exported, not_exported_because from read_parquet(?) where campaign_id = ?",
            [str(version.path / "audience_sizes.parquet"), campaign_id],
        ).fetchone()
    if found is None or not found[0]:
        raise NotExportableError(
            f"{campaign_id} may not be exported",
            expected="a campaign that is running in the served version",
            found=f"{version.name} of {version.as_of_date} does not know it" if found is None else str(found[1]),
            fix="run a night: tessera run" if found is None else "see its numbers with: tessera audiences",
        )
    return version


def _check_same_night(deployment: Deployment, version: Version) -> None:
    """Make sure that the warehouse holds what the served version was made of.

    Raises:
        TesseraError: Another night has worked in it since, or a part was built alone.
    """
    results = Ledger(deployment.home.ledger).results()
    other = [name for name in _READ if name not in results or results[name].run_id != version.run_id]
    if other:
        found = results.get(other[0])
        raise TesseraError(
            "the warehouse is not the one that the served version was made of",
            expected=f"{', '.join(_READ)} of the night of {version.as_of_date}, which {version.name} was made of",
            found=f"{other[0]} was last built "
            + (f"for {found.as_of_date} by another run" if found else "by a run that did not end"),
            fix="run the night again and export what it publishes: consent read from another night may have been taken "
            "back since",
        )


@dataclass(frozen=True, slots=True)
class _Member:
    contact: Contact
    is_exportable: bool
    is_held_out: bool
    is_allowed: bool
    is_suppressed: bool


def _members(
    connection: duckdb.DuckDBPyConnection, version: Version, campaign_id: str, channel: Channel, listed: SuppressionList
) -> list[_Member]:
    """The members of both arms, with how they can be reached."""
    connection.register("suppressed_now", find_suppressed(connection, listed))
    found = connection.execute(
        f"""
        select
            audiences.customer_id,
            cards.email,
            cards.phone_number,
            cards.first_name,
            cards.last_name,
            cards.postal_code,
            cards.country_code,
            audiences.is_exportable,
            audiences.arm is not distinct from 'holdout' as is_held_out,
            coalesce({_ALLOWED[channel]}, false) as is_allowed,
            suppressed_now.customer_id is not null as is_suppressed
        from read_parquet(?) as audiences
        left join identity.int_identity__contact_cards as cards on audiences.customer_id = cards.customer_id
        left join features.feat_customers__consent as consent
            on audiences.customer_id = consent.customer_id and consent.as_of_date = ?
        left join suppressed_now on audiences.customer_id = suppressed_now.customer_id
        where audiences.campaign_id = ? and (audiences.is_exportable or audiences.arm = 'holdout')
        order by audiences.customer_id
        """,
        [str(version.path / "audiences.parquet"), version.as_of_date, campaign_id],
    ).fetchall()
    return [_Member(Contact(row[0], email_address(row[1]), phone_number(row[2]), *row[3:7]), *row[7:]) for row in found]


def _reachable(
    members: list[_Member], fields: tuple[Field, ...], listed: SuppressionList
) -> tuple[list[Contact], dict[str, int]]:
    """Who is exported, and how many are left out by why."""
    reaching = {each.reaches for each in fields if each.reaches}
    held_out = {point for member in members if member.is_held_out for point in _points(member.contact, reaching)}
    seen: set[str] = set()
    kept: list[Contact] = []
    left_out: dict[str, int] = {}
    for member in members:
        points = _points(member.contact, reaching)
        if not member.is_exportable or member.is_held_out:
            continue
        if not member.is_allowed:
            why = "consent is missing"
        elif member.is_suppressed or listed.names(email=member.contact.email, phone=member.contact.phone):
            why = "on the list of suppressions"
        elif not points:
            why = "no usable address or number"
        elif points & held_out:
            # Whoever shares a mailbox with somebody who is held out would show them what they must not see.
            why = "shares an address or number with somebody who is held out"
        elif points <= seen:
            why = "shares an address or number with somebody in the export"
        else:
            kept.append(member.contact)
            seen |= points
            continue
        left_out[why] = left_out.get(why, 0) + 1
    return kept, left_out


def _points(contact: Contact, reaching: set[str]) -> set[str]:
    email = mailbox(contact.email) if contact.email and "email" in reaching else None
    phone = contact.phone if "phone" in reaching else None
    return {point for point in (email, phone) if point}


def _rows(contacts: list[Contact], platform: Platform, channel: Channel, *, is_plain: bool) -> pa.Table:
    """The columns that the platform takes."""
    columns = {}
    for each in platform.fields_for(channel):
        values = [each.value(contact) for contact in contacts]
        if each.is_hashed and not is_plain:
            values = [None if value is None else sha256(value) for value in values]
        header = each.plain_header or each.header if is_plain else each.header
        columns[header] = pa.array(values, pa.string())
    table = pa.table(columns)
    return table.sort_by([(name, "ascending") for name in table.column_names])


def _told(left_out: dict[str, int]) -> str:
    return ", ".join(f"{count} ({why})" for why, count in sorted(left_out.items())) or "nobody"
