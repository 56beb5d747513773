"""What the console shows of a deployment's sources and of published versions.

Belongs here: tables for a person. Does not belong here: schemes and their segments (``scheme_tables``), computing
anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from data_contracts.table_properties import CANONICAL_ENTITIES, SEEDED_ENTITIES
from orchestration.configuration.deployment import Deployment
from orchestration.digest.files import MARKDOWN_NAME
from orchestration.explorer.page import EXPLORER_NAME
from orchestration.notices.ledger import NoticeLedger
from orchestration.publishing.version_store import Version


def show_sources(console: Console, deployment: Deployment) -> None:
    """Print what there is data on, and what no connected source gives."""
    connected = deployment.entities_on
    there = [entity.replace("_", " ") for entity in CANONICAL_ENTITIES if entity in connected]
    without = [entity for entity in CANONICAL_ENTITIES if entity not in connected and entity not in SEEDED_ENTITIES]
    missing = [entity.replace("_", " ") for entity in without]
    console.print(f"data on        {', '.join(there)}", highlight=False, soft_wrap=True)
    if missing:
        console.print(f"no source of   {', '.join(missing)}", highlight=False, soft_wrap=True)


def show_paths(console: Console, version: Version) -> None:
    """Print where the version's files are."""
    current = version.path.parent / "current"
    console.print(f"\nPublished [bold]{version.name}[/]: {current}", highlight=False, soft_wrap=True)
    if (current / EXPLORER_NAME).is_file():
        console.print(f"  to look at it            {current / EXPLORER_NAME}", highlight=False, soft_wrap=True)
    if (current / MARKDOWN_NAME).is_file():
        console.print(f"  what to know of it       {current / MARKDOWN_NAME}", highlight=False, soft_wrap=True)
    console.print(f"  every mart in one file   {current / 'marts.duckdb'}", highlight=False, soft_wrap=True)
    for mart, rows in version.rows.items():
        console.print(f"  {mart + '.parquet':<32} {rows:>12,} rows", highlight=False)


def show_notices(console: Console, deployment: Deployment, run_id: str) -> None:
    """Print who was told of a run, and who could not be."""
    for each in NoticeLedger(deployment.home.notices).deliveries(run_id):
        style = "" if each.status == "sent" else "yellow"
        console.print(f"notice         {each}", style=style, highlight=False, markup=False, soft_wrap=True)


def show_versions(console: Console, versions: Sequence[Version]) -> None:
    """Print every kept version, newest first."""
    table = Table(header_style="bold")
    for heading in ("version", "night", "published", "customers", "served"):
        table.add_column(heading, no_wrap=True)
    for version in sorted(versions, key=lambda version: version.number, reverse=True):
        table.add_row(
            version.name,
            str(version.as_of_date),
            f"{version.published_at:%Y-%m-%d %H:%M} UTC",
            f"{version.rows.get('customers', 0):,}",
            "current" if version.is_current else "",
        )
    console.print(table)
