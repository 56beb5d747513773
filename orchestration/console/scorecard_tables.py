"""What the console shows of the scorecard.

Belongs here: the schemes and what they explain as a table for a person. Does not belong here: sentences and figures
(``scorecard``).
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from orchestration.scorecard.answer import are_crosses_worth_it, percent, which_to_use, with_interval
from orchestration.scorecard.scores import Estimate, Scorecard

_NOTHING = "-"


def show_scorecard(console: Console, card: Scorecard) -> None:
    """Print the answer, the table of the newest date, and what crosses of two schemes add."""
    console.print(which_to_use(card), style="bold", highlight=False, markup=False)
    if not card.schemes:
        return
    table = Table(
        title=f"Schemes on {card.as_of_date}, judged by the {card.days} days after it",
        title_justify="left",
        header_style="bold",
        caption="explains: share of the differences between customers that the segments foresaw, with its interval of "
        "95 %; 0 % is no better than one mean for all. steady: in the same segment as a month before. covers: in a "
        "segment at all. reachable: may be contacted, in the segment where fewest may.",
        caption_justify="left",
    )
    table.add_column("", justify="right")
    table.add_column("scheme", no_wrap=True)
    for heading in (
        "explains spending",
        "explains who returns",
        "steady",
        "covers",
        "segments",
        "smallest",
        "reachable",
    ):
        table.add_column(heading, justify="right")
    for score in card.schemes:
        table.add_row(
            str(score.rank or _NOTHING),
            score.scheme_name,
            _explained(score.spend),
            _explained(score.retention),
            _share(score.stability),
            percent(score.coverage),
            str(score.segments),
            _NOTHING if score.smallest is None else f"{score.smallest:,}",
            _share(score.reachability),
        )
    console.print(table, highlight=False)
    crosses = are_crosses_worth_it(card)
    if crosses:
        console.print(crosses, highlight=False, markup=False)


def _explained(estimate: Estimate | None) -> str:
    return _NOTHING if estimate is None else with_interval(estimate)


def _share(share: float | None) -> str:
    return _NOTHING if share is None else percent(share)
