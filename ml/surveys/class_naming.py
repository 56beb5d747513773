"""Names and descriptions of classes of respondents, from what sets each apart.

Belongs here: statements that a class can be above or below the average on, and the words made of them. Does not
belong here: how a class is found; names of clusters of purchase features (``ml.clusters.naming``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.clusters.naming import NOTABLE, STRONG, ClusterName

DESCRIBED = 2
# The second strongest aspect joins a name from this share of the strongest on; below it, it is an aside.
COMPANION = 0.6


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Something that one class of respondents says more than another.

    Attributes:
        aspect: What it is about, in a word or two; statements of one aspect speak together in a name.
        high: What somebody above the average does, such as ``agree with "I wait for a sale"``.
        low: What somebody below the average does.
    """

    aspect: str
    high: str
    low: str


def plain_words(identifier: str) -> str:
    """Return ``price sensitivity`` for ``price_sensitivity``."""
    return " ".join(identifier.replace("_", " ").split())


def scale_statement(*, item: str, text: str | None, construct: str | None, is_reversed: bool) -> Statement:
    """Return the statement of an item on a scale, whose values are turned towards what it measures."""
    quoted = f"\u201c{(text or plain_words(item)).strip().rstrip('.')}\u201d"
    agree, disagree = f"agree with {quoted}", f"disagree with {quoted}"
    return Statement(
        aspect=plain_words(construct or text or item),
        high=disagree if is_reversed else agree,
        low=agree if is_reversed else disagree,
    )


def item_statements(items: pd.DataFrame) -> dict[str, Statement]:
    """Return the statements of the items of an answer matrix, by question_id.

    Args:
        items: ``AnswerMatrix.items``: text, construct and reversed, indexed by question_id.
    """
    return {
        str(item): scale_statement(
            item=str(item),
            text=str(row["text"]) if pd.notna(row["text"]) else None,
            construct=str(row["construct"]) if pd.notna(row["construct"]) else None,
            is_reversed=bool(row["reversed"]),
        )
        for item, row in items.to_dict(orient="index").items()
    }


def _aspect_effects(effects: np.ndarray, statements: Sequence[Statement]) -> dict[str, float]:
    """Return the mean effect of each aspect, the strongest first."""
    by_aspect: dict[str, list[float]] = {}
    for statement, effect in zip(statements, effects.tolist(), strict=True):
        by_aspect.setdefault(statement.aspect, []).append(effect)
    means = {aspect: sum(each) / len(each) for aspect, each in by_aspect.items()}
    return dict(sorted(means.items(), key=lambda pair: (-pair[1], pair[0])))


def _candidate_names(aspects: dict[str, float]) -> list[str]:
    """Return names for one class, the preferred first."""
    above = [aspect for aspect, effect in aspects.items() if effect >= NOTABLE]
    below = [aspect for aspect, effect in reversed(aspects.items()) if effect <= -NOTABLE]
    if not above and not below:
        return ["no strong leanings"]
    if not above:
        return [f"{below[0]} last", *(f"{below[0]} and {other} last" for other in below[1:])]
    first = f"{above[0]} first"
    pairs = [f"{above[0]} and {other} first" for other in above[1:]]
    contrasts = [f"{first}, {other} last" for other in below]
    both = [f"{pair}, {other} last" for pair in pairs for other in below]
    if pairs and aspects[above[1]] >= COMPANION * aspects[above[0]]:
        return [*pairs[:1], first, *pairs[1:], *contrasts, *both]
    return [first, *contrasts, *pairs, *both]


def _description(effects: np.ndarray, statements: Sequence[Statement], *, share: float) -> str:
    """Return one sentence: what the class says more and less than the average."""
    order = np.argsort(-effects, kind="stable").tolist()
    above = [j for j in order if effects[j] >= NOTABLE][:DESCRIBED]
    below = [j for j in reversed(order) if effects[j] <= -NOTABLE][:DESCRIBED]
    clauses = []
    if above:
        how = "far more" if effects[above[0]] >= STRONG else "more"
        clauses.append(f"{how} than the average they {' and '.join(statements[j].high for j in above)}")
    if below:
        how = "Far more" if effects[below[0]] <= -STRONG else "More"
        clauses.append(f"{how} than the average they {' and '.join(statements[j].low for j in below)}")
    if not clauses:
        clauses.append("they answer like the average")
    told = ". ".join(f"{clause[:1].upper()}{clause[1:]}" for clause in clauses)
    return f"{told}. {share:.0%} of the respondents."


def name_classes(
    effects: np.ndarray,
    statements: Sequence[Statement],
    shares: Sequence[float] | np.ndarray,
    *,
    order: Sequence[int] | np.ndarray,
    reserved: Collection[str] = (),
) -> list[ClusterName]:
    """Name every class so that no two names are equal.

    Args:
        effects: Standardised difference of each class from all respondents, shape (k, s).
        statements: What the s columns say.
        shares: Share of each class, 0-1, shape (k,).
        order: Positions in which classes choose; the first gets the name it prefers.
        reserved: Names that may not be given, such as those kept from the last version.

    Returns:
        One name and description per class, in the order of ``effects``.
    """
    taken = {name.casefold() for name in reserved}
    named: dict[int, ClusterName] = {}
    for position in map(int, order):
        candidates = _candidate_names(_aspect_effects(effects[position], statements))
        numbered = [f"{candidates[0]}, group {number}" for number in range(2, len(taken) + 3)]
        name = next(name for name in (*candidates, *numbered) if name.casefold() not in taken)
        taken.add(name.casefold())
        named[position] = ClusterName(
            name=f"{name[:1].upper()}{name[1:]}",
            description=_description(effects[position], statements, share=float(shares[position])),
        )
    return [named[position] for position in range(len(effects))]
