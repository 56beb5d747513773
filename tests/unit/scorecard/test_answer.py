"""The sentences that answer which segmentation to use."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.scorecard.answer import are_crosses_worth_it, which_to_use
from orchestration.scorecard.scores import Scorecard, read_scorecard
from tests.unit.scorecard import cards


def card(folder: Path, **rows: str) -> Scorecard:
    with duckdb.connect(str(cards.write_marts(folder / "marts.duckdb", **rows)), read_only=True) as marts:
        return read_scorecard(marts)


def test_only_the_newest_date_is_read_and_each_figure_is_where_it_belongs(tmp_path: Path) -> None:
    found = card(tmp_path)
    assert [score.scheme for score in found.schemes] == ["rfm", "lifecycle", "geographic", "needs"]
    assert (found.days, str(found.as_of_date), str(found.learned_as_of_date)) == (90, "2026-03-31", "2025-12-31")
    first = found.schemes[0]
    assert (first.spend.value, first.spend.lower, first.retention.upper) == (0.31, 0.28, 0.3)
    assert (first.stability, first.coverage, first.reachability) == (0.75, 0.9, 0.4)
    assert (first.segments, first.smallest) == (10, 120)
    assert [pair.name for pair in found.pairs] == ["Market <tier> x RFM", "Lifecycle x RFM"]


def test_the_surest_scheme_is_named_with_its_interval_and_with_those_that_may_be_as_good(tmp_path: Path) -> None:
    assert which_to_use(card(tmp_path)) == (
        "RFM is the surest: it explains 31 % (28 to 34) of the differences in what customers spent in the 90 days "
        "after 2026-03-31. Lifecycle may explain as much."
    )


def test_who_is_clearly_behind_is_not_named(tmp_path: Path) -> None:
    found = which_to_use(card(tmp_path, schemes=cards.SCHEMES.replace("0.27, 0.25, 0.29", "0.25, 0.23, 0.27")))
    assert found.endswith("after 2026-03-31.")


def test_many_that_may_be_as_good_are_counted(tmp_path: Path) -> None:
    rivals = ",".join(
        f"('s{number}', 'S{number}', {number}, 0.3, 0.2, 0.4, 0.1, 0.0, 0.2, null, 3, 9)" for number in range(2, 8)
    )
    first = cards.SCHEMES.strip().splitlines()[0]
    found = which_to_use(card(tmp_path, schemes=f"{first}{rivals}"))
    assert found.endswith("S2, S3, S4 and 3 others may explain as much.")


NOTHING_SURE = (
    "No scheme surely foresees anything of the differences in what customers spent in the 90 days after 2026-03-31; "
    "the best, Needs, explains 0 % (-2 to 2)."
)
UNSURE = "('needs', 'Needs', 1, 0.0, -0.02, 0.02, 0.0, -0.01, 0.01, null, 5, 9)"


@pytest.mark.parametrize(
    ("schemes", "told"),
    [
        (cards.NOBODY, "No scheme is judged yet: the days after the first evaluated date are not over."),
        (cards.UNTOLD, "It is not known yet what the schemes are worth: there is no earlier date."),
        (UNSURE, NOTHING_SURE),
    ],
    ids=["nothing", "nothing_to_learn_from", "nothing_sure"],
)
def test_where_there_is_no_answer_it_says_why(tmp_path: Path, schemes: str, told: str) -> None:
    assert which_to_use(card(tmp_path, schemes=schemes)) == told


CHOSEN = (
    "Two together: Market <tier> x RFM explains 4 points more (2 to 6) than RFM, the best single scheme, "
    "with 20 segments of 150 customers or more."
)
UNWORTHY = (
    "Two together: no cross of two schemes has earned its place. The best, Lifecycle x RFM, explains 1 point more "
    "(-1 to 3) than RFM, the best single scheme"
)
HOLDS = cards.PAIRS.replace("true, true, false, true", "true, true, true, true")
LARGE = cards.NONE_CHOSEN.replace("70, 3, false", "12, 300, true")


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (cards.PAIRS, f"{CHOSEN} It becomes, from the next night on, the scheme combined."),
        (HOLDS, f"{CHOSEN} It stays the scheme combined."),
        (cards.NONE_CHOSEN, f"{UNWORTHY}, but the smallest of its 70 cells has 3 customers."),
        (LARGE, f"{UNWORTHY}."),
        (cards.NO_PAIRS, ""),
    ],
    ids=["chosen", "stays", "too_small", "not_sure", "none_judged"],
)
def test_what_two_schemes_together_add_is_told(tmp_path: Path, pairs: str, told: str) -> None:
    assert are_crosses_worth_it(card(tmp_path, pairs=pairs)) == told
