"""What the console shows of treatments: the rules of the policy, and what one customer gets.

Belongs here: tables and lines for a person. Does not belong here: reading them (``explanation.treatments``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.console.quarantine import safe
from orchestration.explanation.treatments import RuleCounts, Treatment
from orchestration.publishing.version_store import Version


def show_rules(console: Console, rules: Sequence[RuleCounts], *, version: Version) -> None:
    """Print whom each rule of the policy got, what its limits turned away, and what one more place is worth."""
    console.print(f"Treatments of {version.name}, the night of {version.as_of_date}", style="bold", highlight=False)
    table = Table(
        header_style="bold",
        caption="no place: others had more to gain. too often: contacted enough of late. next place: what those with a "
        "place are ranked by, of the first who found none.",
        caption_justify="left",
    )
    table.add_column("rule", overflow="fold")
    table.add_column("gives", overflow="fold")
    for heading in ("customers", "places", "no place", "too often", "cost", "next place"):
        table.add_column(heading, justify="right")
    for _, of_dimension in groupby(rules, key=lambda rule: rule.dimension):
        together = list(of_dimension)
        table.add_section()
        table.add_row(Text(together[0].dimension_name, style="bold"))
        for rule in together:
            table.add_row(
                Text(safe(f"  {rule.rule_name or rule.conditions}")),
                Text(safe(rule.option_name)),
                f"{rule.given_count:,}",
                _number(rule.capacity_count),
                _number(rule.displaced_by_capacity_count or None),
                _number(rule.displaced_by_fatigue_count or None),
                _number(rule.planned_cost_amount),
                _number(rule.first_displaced_gain_amount),
            )
    console.print(table, highlight=False)


def show_treatments(console: Console, treatments: Sequence[Treatment]) -> None:
    """Print what a customer gets in every dimension, and why."""
    if not treatments:
        return
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="italic")
    for heading in ("treatment", "gets", "because"):
        table.add_column(heading, overflow="fold")
    for treatment in treatments:
        table.add_row(*(Text(safe(told)) for told in (treatment.name, treatment.option_name, treatment.reason)))
    console.print()
    console.print(Text("Treatments"), style="bold")
    console.print(table, highlight=False)


def _number(value: float | Decimal | None) -> str:
    return "" if value is None else f"{value:,.0f}"
