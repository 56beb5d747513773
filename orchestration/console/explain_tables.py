"""What the console shows of why a customer is in its segments.

Belongs here: lines and tables for a person. Does not belong here: gathering what is in them (``explanation``).
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.console.quarantine import safe
from orchestration.console.treatment_tables import show_treatments
from orchestration.explanation.explain import Change, Explanation, SchemeExplanation
from orchestration.explanation.numbers import shown_value
from orchestration.explanation.published import Reason


def show_segments_explained(console: Console, told: Explanation) -> None:
    """Print a customer's segments, the rules and values that chose them, and the ways into others."""
    if told.merged_id is not None:
        _line(console, f"{told.merged_id} was merged; its records now belong to:")
    _line(console, f"{told.customer_id}, night of {told.as_of_date}, {told.version}", style="bold")
    for each in told.schemes:
        _show_scheme(console, each)
    show_treatments(console, told.treatments)


def change_in_words(change: Change) -> str:
    """A change as a reader says it: ``days_since_last_order 75 -> 60 or fewer``."""
    shown = _shown(change.feature, change.value)
    if shown == _shown(change.feature, change.to):
        # Nearer to the boundary than rounding tells.
        shown = str(change.value)
    return f"{change.feature} {shown} -> {_range(change)}"


def _show_scheme(console: Console, told: SchemeExplanation) -> None:
    membership = told.membership
    since = f"since {membership.since}{' or before' if membership.is_since_before else ''}"
    measures = {"score": membership.score, "confidence": membership.confidence}
    shown = "".join(f", {name} {value:.2f}" for name, value in measures.items() if value is not None)
    console.print()
    _line(console, f"{told.scheme_name}: {membership.segment_name}, {since}{shown}", style="bold")
    if told.rule is not None:
        _line(console, f"  rule: {told.rule}")
    if membership.reasons:
        console.print(_reasons(membership.reasons))
    if told.left_out is not None:
        _line(console, f"  What would have to change was not tried: {told.left_out}.")
    elif not told.others:
        _line(console, "  Nothing in one or two of the values that its rule reads would change it.")
    else:
        _line(console, "  nearest other segments, all else being equal", style="italic")
    for other in told.others:
        changes = " and ".join(change_in_words(change) for change in other.changes)
        _line(console, f"  {changes}: {other.segment_name}")


def _reasons(reasons: tuple[Reason, ...]) -> Table:
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="italic")
    table.add_column("because of", overflow="fold")
    table.add_column("value", justify="right", overflow="fold")
    table.add_column("effect", justify="right")
    for reason in reasons:
        value = _shown(reason.feature, reason.value)
        table.add_row(Text(safe(reason.feature)), Text(safe(value)), Text(_effect(reason.effect)))
    return table


def _shown(feature: str, value: str | None) -> str:
    return "nothing" if value is None else shown_value(feature, value)


def _effect(effect: float | None) -> str:
    return "" if effect is None or round(effect, 2) == 0 else f"{effect:+.2f}"


def _range(change: Change) -> str:
    low, high = (each and shown_value(change.feature, each) for each in (change.low, change.high))
    if low is None and high is None:
        return f"any value, such as {_shown(change.feature, change.to)}"
    if low is None:
        return f"{high} or {_less(change)}"
    if high is None:
        return f"{low} or {'later' if change.kind == 'date' else 'more'}"
    # The low bound first, also where the customer comes from above: the other way round a range reads like a mistake.
    return low if low == high else f"{low} to {high}"


def _less(change: Change) -> str:
    if change.kind == "date":
        return "earlier"
    return "fewer" if change.kind == "whole" else "less"


def _line(console: Console, text: str, *, style: str | None = None) -> None:
    console.print(Text(safe(text)), style=style, highlight=False, soft_wrap=True)
