"""What the console shows of matching as a whole: the queue of doubtful pairs, the figures of a night.

Belongs here: tables for a person. Does not belong here: one customer (identity_explanation.py), the commands.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from orchestration.console.identity_explanation import cells, decide_commands, table_of
from orchestration.console.quarantine import safe
from orchestration.identity.doubtful_pairs import SHOWN, DoubtfulPair
from orchestration.identity.measures import ClusteringFigures
from orchestration.identity.overrides import Override
from orchestration.identity.standing import Standing


def show_queue(console: Console, pairs: Sequence[DoubtfulPair], *, of: int) -> None:
    """Print doubtful pairs side by side, each with the commands that decide it."""
    for pair in pairs:
        probability = "" if pair.probability is None else f"probability {pair.probability:.3f}, "
        table = table_of("", "left", "right", title=f"{pair.position:,}  {probability}{pair.doubt}")
        table.add_row(*cells("record", pair.left_record, pair.right_record))
        for name in SHOWN:
            left, right = pair.left[name], pair.right[name]
            if left or right:
                # What both say the same is what brought them together.
                told = cells(name.replace("_", " "), left, right)
                table.add_row(*told, style="green" if left == right else None)
        console.print(table)
        for command in decide_commands(pair.left_record, pair.right_record):
            console.print(Text(safe(command)), soft_wrap=True)
        console.print()
    console.print(f"{len(pairs):,} of {of:,} doubtful pairs, the likeliest first.", highlight=False)


def show_standing(console: Console, standing: Standing, *, served: str | None) -> None:
    """Print the figures of a night.

    Args:
        console: Where to print.
        standing: The figures.
        served: The version that serves the night's state, or None.
    """
    about = standing.state.about
    veto = about["veto"]
    table = table_of("", "", title=f"Matching, night of {about['night']}")
    table.show_header = False
    told = {
        "state": f"{standing.state.name}, {f'served as {served}' if served else 'not served'}",
        "all pairs scored on": about["full_run_on"],
        "model estimated on": about["model_night"],
        "profiles": f"{standing.profiles:,}",
        "customers": f"{standing.customers:,}, and {standing.merged_ids:,} ids that were merged into theirs",
        "companies": f"{standing.companies:,}",
        "links": ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in standing.links.items()),
        "refused links": f"{standing.refused:,}",
        "precision, estimated": _share(about["estimates"].get("precision")),
        "recall, estimated": _share(about["estimates"].get("recall")),
        "  by identifiers alone": _share(about["estimates"].get("by_identifiers")),
        "  by the model alone": _share(about["estimates"].get("by_model")),
        "different given names": f"{'keep people apart' if veto['holds'] else 'may be a slip'}: "
        f"{veto['same_birth']:,} of {veto['pairs']:,} such pairs at one address have the same birth date",
        "doubtful pairs": f"{standing.doubtful:,}: tessera identity review" if standing.doubtful else "none",
    }
    for name, value in told.items():
        table.add_row(*cells(name, value))
    console.print(table)
    _show_shared(console, standing)
    _show_decisions(console, standing.pending, "Decisions that the next night takes up")
    _show_decisions(console, standing.waiting, "Decisions that wait for a record that is not there")


def show_figures(console: Console, figures: ClusteringFigures, *, unknown: int) -> None:
    """Print how the customers compare with the truth."""
    table = table_of(
        "of", "precision", "recall", "F1", title=f"{figures.records:,} records against the truth",
        numbers=("precision", "recall", "F1"),
    )  # fmt: skip
    for of, shares in {
        "pairs of records": (figures.precision, figures.recall, figures.f1),
        "records (B-cubed)": (figures.b3_precision, figures.b3_recall, figures.b3_f1),
    }.items():
        table.add_row(of, *(f"{share:.4f}" for share in shares))
    console.print(table)
    if unknown:
        console.print(f"{unknown:,} records of the file are not in the warehouse and were left out.", highlight=False)


def _show_shared(console: Console, standing: Standing) -> None:
    if not standing.shared:
        return
    table = table_of("status", "kind", "values", "with the most profiles", title="Identifiers of several people",
                     numbers=("values",))  # fmt: skip
    for shared in standing.shared:
        biggest = "\n".join(safe(f"{value}: {profiles:,}, {why}") for value, profiles, why in shared.biggest)
        table.add_row(shared.status, shared.kind.replace("_", " "), f"{shared.values:,}", Text(biggest))
    console.print(table)


def _show_decisions(console: Console, decisions: Sequence[Override], title: str) -> None:
    if not decisions:
        return
    table = table_of("decision", "record", "record", "why", "by", "on", title=title)
    for each in decisions:
        table.add_row(*cells(each.decision, each.left_record, each.right_record, each.reason),
                      *cells(each.decided_by, each.decided_on))  # fmt: skip
    console.print(table)


def _share(value: float | None) -> str:
    return "too few pairs to tell" if value is None else f"{value:.4f}"
