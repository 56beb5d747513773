"""The scorecard in sentences: which segmentation to use, and whether a cross of two is worth it.

Belongs here: what a person is told. Does not belong here: figures (``scores``), tables (``console``), pictures
(``plot``).
"""

from __future__ import annotations

from orchestration.scorecard.scores import Estimate, PairScore, Scorecard

# More names than these make a list that nobody reads.
_NAMED = 3


def percent(share: float) -> str:
    """A share for a reader; adding zero turns minus zero into zero."""
    return f"{round(100 * share) + 0} %"


def with_interval(estimate: Estimate) -> str:
    """A share and its interval of 95 %: ``31 % (28 to 34)``."""
    return f"{percent(estimate.value)} ({_number(estimate.lower)} to {_number(estimate.upper)})"


def may_be_best(estimate: Estimate, best: Estimate) -> bool:
    """Whether an interval reaches that of the best one, so that the two are not told apart."""
    return estimate.upper >= best.lower


def which_to_use(card: Scorecard) -> str:
    """The sentence that answers which segmentation to use."""
    if not card.schemes:
        return "No scheme is judged yet: the days after the first evaluated date are not over."
    told = [(score.scheme_name, score.spend) for score in card.schemes if score.spend is not None]
    if not told:
        return f"It is not known yet what the schemes are worth: {card.schemes[0].reason}."
    name, best = told[0]
    of_what = f"of the differences in what customers spent in the {card.days} days after {card.as_of_date}"
    if best.lower <= 0:
        return f"No scheme surely foresees anything {of_what}; the best, {name}, explains {with_interval(best)}."
    rivals = [rival for rival, spend in told[1:] if may_be_best(spend, best)]
    also = f" {_listed(rivals)} may explain as much." if rivals else ""
    return f"{name} is the surest: it explains {with_interval(best)} {of_what}.{also}"


def are_crosses_worth_it(card: Scorecard) -> str:
    """The sentence on crosses of two schemes; empty where none was judged."""
    if not card.pairs:
        return ""
    chosen = next((pair for pair in card.pairs if pair.is_chosen), None)
    if chosen:
        since = "stays" if chosen.is_combined else "becomes, from the next night on,"
        return (
            f"Two together: {chosen.name} {_gains(chosen)} than {chosen.best_scheme_name}, the best single scheme, "
            f"with {chosen.cells} segments of {chosen.smallest:,} customers or more. It {since} the scheme combined."
        )
    best = card.pairs[0]
    why = f", but the smallest of its {best.cells} cells has {best.smallest or 0:,} customers"
    why = "" if best.is_large_enough else why
    return (
        f"Two together: no cross of two schemes has earned its place. The best, {best.name}, {_gains(best)} than "
        f"{best.best_scheme_name}, the best single scheme{why}."
    )


def _gains(pair: PairScore) -> str:
    if pair.gain is None:
        return "explains no more"
    points = round(100 * pair.gain.value) + 0
    interval = f"({_number(pair.gain.lower)} to {_number(pair.gain.upper)})"
    return f"explains {points} point{'' if abs(points) == 1 else 's'} more {interval}"


def _number(share: float) -> str:
    return str(round(100 * share) + 0)


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= _NAMED + 1 else [*names[:_NAMED], f"{len(names) - _NAMED} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
