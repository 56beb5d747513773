"""What the console shows of audiences and exports.

Belongs here: tables for a person. Does not belong here: whom campaigns fit (dbt_project), exports (``audiences``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.publishing.version_store import Version, VersionStore

_NOTHING = "-"
# Columns of the mart that take customers away, and what the table calls them.
_REASONS = {
    "no_consent_count": "no consent",
    "no_address_count": "no address",
    "unsubscribed_count": "unsubscribed",
    "suppressed_count": "suppressed",
    "in_both_arms_count": "merged from both arms",
    "contacted_too_often_count": "contacted too often",
    "in_other_campaign_count": "in another campaign",
    "joined_after_launch_count": "fit since the launch",
    "audience_too_small_count": "too few left",
}


def read_sizes(home: Home) -> tuple[Version, list[dict[str, Any]]]:
    """Return the served version and its campaigns, by their keys.

    Raises:
        TesseraError: No version has audiences yet.
    """
    import duckdb

    version = VersionStore(home.published).current()
    if version is None or "audience_sizes" not in version.rows:
        raise TesseraError(
            "there are no audiences yet",
            expected=f"a published version with the mart audience_sizes in {home.published}",
            found="no version" if version is None else f"{version.name}, from before there were any",
            fix="run a night: tessera run",
        )
    with duckdb.connect() as connection:
        found = connection.execute(
            "from read_parquet(?) order by campaign_id", [str(version.path / "audience_sizes.parquet")]
        )
        names = [column[0] for column in found.description or ()]
        return version, [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def show_sizes(console: Console, version: Version, campaigns: Sequence[dict[str, Any]]) -> None:
    """Print the funnel of every campaign, and why some are not exported."""
    if not campaigns:
        console.print(
            "No campaign of tessera.yml has an audience. How to write one is in docs/audiences.md.", highlight=False
        )
        return
    table = Table(
        title=f"Audiences on {version.as_of_date} ({version.name})",
        title_justify="left",
        header_style="bold",
        caption="Every customer whom a campaign fits, or who was in it at its launch, is counted once: under the first "
        "reason that keeps them out, as held out or as contacted. held out: share of the members, with its interval of "
        "95 %.",
        caption_justify="left",
    )
    table.add_column("", no_wrap=True)
    for campaign in campaigns:
        table.add_column(campaign["campaign_id"], justify="right")
    rows = {
        "channel": [campaign["channel"] for campaign in campaigns],
        "status": [campaign["status"].replace("_", " ") for campaign in campaigns],
        "launched": [_date(campaign["launched_date"]) for campaign in campaigns],
        "fit": [_count(campaign["listed_count"]) for campaign in campaigns],
        **{
            f"  {title}": [_count(-campaign[name]) for campaign in campaigns]
            for name, title in _REASONS.items()
            if any(campaign[name] for campaign in campaigns)
        },
        "  held out": [_count(-campaign["held_out_count"]) for campaign in campaigns],
        "contacted": [_count(campaign["contacted_count"]) for campaign in campaigns],
        "held out share": [_share(campaign) for campaign in campaigns],
        "planned": [f"{campaign['planned_holdout_share']:.0%}" for campaign in campaigns],
        "may be exported": ["yes" if campaign["is_exported"] else "no" for campaign in campaigns],
    }
    for title, cells in rows.items():
        table.add_row(title, *cells)
    console.print(table, highlight=False)
    for campaign in campaigns:
        if campaign["not_exported_because"]:
            told = f"{campaign['campaign_id']} is not exported: {campaign['not_exported_because']}"
            console.print(told, highlight=False, markup=False, soft_wrap=True)


def show_exports(console: Console, entries: Sequence[dict[str, Any]]) -> None:
    """Print the ledger of exports."""
    if not entries:
        console.print("Nothing has been exported.", highlight=False)
        return
    table = Table(title="Exports of audiences", title_justify="left", header_style="bold")
    for heading in ("when", "by", "campaign", "for", "form", "customers", "version", "SHA-256"):
        table.add_column(heading, justify="right" if heading == "customers" else "left")
    for entry in entries:
        table.add_row(
            entry["exported_at"][:19].replace("T", " "),
            entry["exported_by"],
            entry["campaign_id"],
            entry["exported_for"],
            f"{entry['format']}, {'readable' if entry['is_plain'] else 'hashed'}",
            f"{entry['rows']:,}",
            entry["version"],
            entry["sha256"][:12],
        )
    console.print(table, highlight=False)


def _count(count: int) -> str:
    return f"{count:,}" if count else _NOTHING


def _date(date: Any) -> str:
    return str(date) if date else "not yet"


def _share(campaign: dict[str, Any]) -> str:
    if campaign["holdout_share"] is None:
        return _NOTHING
    low, high = campaign["holdout_share_low"], campaign["holdout_share_high"]
    return f"{campaign['holdout_share']:.1%} ({low:.1%} to {high:.1%})"
