"""Print how good the segments of a night on the sample company are, as the table of docs/how-good-it-is.md.

Belongs here: which figures there are and what they mean, the command line. Does not belong here: working them out
(``truths``).

    python -m scripts.scheme_truths .tessera .tessera/samples-truth/company
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from orchestration.errors import TesseraError
from scripts.truths import held_against_truth as truths
from scripts.truths import true_kinds
from scripts.truths.left_by_night import KnownNight, open_known_night

_MONTHS = 12


def table(night: KnownNight) -> str:
    """The figures of a night as a Markdown table."""
    head = ("scheme", "held against", "what is counted", "of", "figure")
    lines = [head, ("---", "---", "---", "--:", "--:"), *_rows(night)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _rows(night: KnownNight) -> Iterator[tuple[str, str, str, str, str]]:
    wrong, count = truths.not_exactly_once(night)
    yield "all", "customers known on each date", "customers without exactly one segment", f"{count:,}", str(wrong)
    for scheme in ("satisfaction", "channel_preference"):
        same = truths.recomputed_share(night, scheme)
        yield scheme, "the same rule in pandas", "customers with the same segment", *_share(same)
    tiers = truths.value_tier_shares(night)
    distance = (tiers["share"] - tiers["percent"]).abs().max()
    percents = ", ".join(map(str, truths.VALUE_TIER_PERCENTS))
    dates = tiers["date"].nunique()
    yield (
        "value_tier",
        f"{percents} % of the buyers",
        "largest distance of a tier's share, in percentage points",
        f"{dates} dates",
        f"{distance:.3f}",
    )
    content = truths.satisfaction_order(night, "promoter", "detractor")
    yield (
        "satisfaction",
        "true satisfaction",
        "pairs of a promoter and a detractor of whom the promoter is the more content",
        "",
        f"{content:.3f}",
    )
    lasting = truths.lifecycle_balanced_accuracy(night).tail(_MONTHS)
    yield (
        "lifecycle",
        "who has really left",
        f"balanced accuracy of at risk and worse, mean of the last {_MONTHS} month ends",
        f"{len(lasting)} dates",
        f"{lasting.mean():.3f}",
    )
    for strongest, words in ((1, "the strongest"), (2, "one of the two strongest")):
        needs = truths.needs_as_class(night, strongest=strongest)
        yield (
            "needs",
            "true class of needs",
            f"respondents whose own clear need is {words} of their class",
            *_share(needs),
        )
    for scheme, about in (("needs", "true class of needs"), ("psychographic", "true class of attitudes")):
        # A survey that is too small for classes leaves none.
        if night.segments(scheme).str.fullmatch("[np][0-9]+").any():
            respondents, index = truths.classes_as_true(night, scheme)
            yield scheme, about, "respondents: adjusted Rand index of the classes", f"{respondents:,}", f"{index:.3f}"
    reasons = truths.benefits_as_reason(night)
    yield "benefits", "true reason to buy", "respondents whose benefit is that reason", *_share(reasons)
    for scheme in ("needs", "psychographic", "benefits"):
        inferred = truths.inferred_as_true(night, scheme)
        if len(inferred):
            yield scheme, "the same", "others whose inferred segment stands for it", *_share(inferred)
    consumers = truths.consumers_and_businesses(night)
    yield "firmographic", "true kind of account", "customers rightly taken for consumers or not", *_share(consumers)
    sizes = truths.company_sizes(night)
    yield "firmographic", "true staff and revenue", "buyers for a company of known size in its class", *_share(sizes)
    yield from _clusters(night)
    yield "geographic", "true country", "customers in their country", *_share(truths.countries(night))


def _clusters(night: KnownNight) -> Iterator[tuple[str, str, str, str, str]]:
    both = true_kinds.clusters_and_kinds(night)
    held, count = "true kind of the customer", f"{len(both):,}"
    found, told = true_kinds.clusters_as_kinds(both), true_kinds.kinds_told_by_behaviour(night, both)
    yield "clusters", held, "adjusted Rand index of clusters and kinds", count, f"{found:.3f}"
    yield "clusters", held, "... of a classifier that has learnt the kinds, on unseen customers", count, f"{told:.3f}"


def _share(is_right: pd.Series) -> tuple[str, str]:
    return f"{len(is_right):,}", f"{is_right.mean():.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.scheme_truths", description=__doc__)
    parser.add_argument("home", type=Path, help="the home of a night on the sample company")
    parser.add_argument("truth", type=Path, help="the truth's folder")
    chosen = parser.parse_args(arguments)
    try:
        with open_known_night(chosen.home, chosen.truth) as night:
            print(table(night))
    except TesseraError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
