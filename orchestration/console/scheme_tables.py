"""What the console shows of the ways of segmenting.

Belongs here: schemes with their status, and the segments of a published version, as tables for a person. Does not
belong here: computing anything that is not in the marts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.configuration.deployment import Deployment
from orchestration.publishing.version_store import Version

# Segments of fewer customers are told in one line: a dozen of them would hide the others.
SMALLEST_SHARE = 0.005


@dataclass(frozen=True)
class _Line:
    """A segment, or several small ones together."""

    name: str
    customers: int
    share: float
    revenue_share: float | None
    mean_revenue: float | None

    def cells(self) -> tuple[str, ...]:
        return (
            f"  {self.name}",
            f"{self.customers:,}",
            f"{self.share:.1%}",
            # Adding zero turns minus zero, which refunds of last year's orders leave, into zero.
            "" if self.revenue_share is None else f"{round(self.revenue_share, 3) + 0.0:.1%}",
            "" if self.mean_revenue is None else f"{round(self.mean_revenue) + 0:,.0f}",
        )


def show_segments(console: Console, version: Version, deployment: Deployment) -> None:
    """Print tonight's segments of every scheme from the published file, and the schemes that have none."""
    with duckdb.connect(str(version.path / "marts.duckdb"), read_only=True) as marts:
        schemes = marts.execute(
            "select scheme, scheme_name, question, status, status_reason from segmentation_schemes"
        ).fetchall()
        segments = marts.execute(
            """
            select scheme, segment_name, customers_count, customers_share, net_revenue_365d_share,
                cast(net_revenue_365d_mean_amount as double)
            from segment_profiles
            where is_current
            order by scheme, display_order, segment_code
            """
        ).fetchall()
    lines = {scheme: [_Line(*row[1:]) for row in rows] for scheme, rows in groupby(segments, key=lambda row: row[0])}
    order = {scheme: place for place, scheme in enumerate(deployment.catalog_schemes)}
    # A scheme that the catalogue does not know comes after those it does.
    schemes.sort(key=lambda row: (order.get(row[0], len(order)), row[0]))
    table = Table(title=f"Segments on {version.as_of_date}", title_justify="left", header_style="bold")
    table.add_column("scheme and segment", min_width=40)
    for heading in ("customers", "of customers", "of revenue", f"{deployment.settings.company.currency} a year each"):
        table.add_column(heading, justify="right", no_wrap=True)
    for scheme, name, question, status, _ in schemes:
        if status != "available":
            continue
        table.add_section()
        table.add_row(f"[bold]{name}[/]: {question}")
        for line in _with_small_ones_together(lines.get(scheme, [])):
            table.add_row(*line.cells())
    console.print(table)
    _show_missing(console, [(name, reason) for _, name, _, status, reason in schemes if status != "available"])


def show_schemes(console: Console, deployment: Deployment) -> None:
    """Print every scheme of the catalogue with its question, and of those that are not built why."""
    by_name = {status.scheme: status for status in deployment.scheme_status}
    table = Table(header_style="bold")
    for heading in ("scheme", "question", "status"):
        table.add_column(heading)
    for scheme in deployment.catalog:
        status = by_name[scheme.name]
        told = status.status.replace("_", " ") + (f": {status.reason}" if status.status == "not_available" else "")
        table.add_row(scheme.name, scheme.question, told)
    console.print(table, highlight=False)


def _with_small_ones_together(lines: Sequence[_Line]) -> list[_Line]:
    small = [line for line in lines if line.share < SMALLEST_SHARE]
    if len(small) < 2:
        return list(lines)
    shares = [line.revenue_share for line in small if line.revenue_share is not None]
    together = _Line(
        name=f"{len(small)} segments of less than {SMALLEST_SHARE:.1%} each",
        customers=sum(line.customers for line in small),
        share=sum(line.share for line in small),
        revenue_share=sum(shares) if shares else None,
        mean_revenue=None,
    )
    return [*(line for line in lines if line.share >= SMALLEST_SHARE), together]


def _show_missing(console: Console, missing: Sequence[tuple[str, str]]) -> None:
    if missing:
        console.print("no segments of", highlight=False)
        for name, reason in missing:
            console.print(f"  {name}: {reason}", highlight=False, soft_wrap=True, markup=False)
