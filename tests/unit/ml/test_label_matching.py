"""Codes stay with their cluster, whatever the numbering of the moment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.evaluation.label_matching import canonical_order, format_code, match_labels

CODES = ["c01", "c02", "c03", "c04"]
CORNERS = np.array([[0.0, 0.0], [0.0, 4.0], [4.0, 0.0], [4.0, 4.0]])


def matched(current: np.ndarray, previous: np.ndarray, codes: list[str], *, limit: float = 1.0, first: int = 5):
    return match_labels(current, previous, codes, max_distance=limit, next_number=first, order=range(len(current)))


def test_without_a_previous_version_codes_follow_the_declared_order() -> None:
    order = canonical_order(np.array([5.0, 9.0, 7.0]), np.eye(3))
    match = match_labels(np.eye(3), np.empty((0, 3)), [], max_distance=1, next_number=1, order=order)
    assert match.codes == ("c03", "c01", "c02")
    assert match.next_number == 4


def test_a_small_move_keeps_every_code() -> None:
    assert matched(CORNERS + 0.3, CORNERS, CODES).codes == tuple(CODES)


def test_a_cluster_without_a_near_match_gets_a_code_never_used() -> None:
    current = np.vstack([CORNERS[:3], [[20.0, 20.0]]])
    match = matched(current, CORNERS, CODES)
    assert match.codes == ("c01", "c02", "c03", "c05")
    assert match.retired == ("c04",)
    assert match.distances[3] is None
    assert match.next_number == 6


def test_a_far_cluster_does_not_push_others_from_their_near_match() -> None:
    previous = np.array([[0.0], [0.9]])
    # A plain assignment would pair 0.9 with 0.0 and 50 with 0.9, because their sum is no larger.
    match = matched(np.array([[0.9], [50.0]]), previous, ["c01", "c02"])
    assert match.codes == ("c02", "c05")


def test_fewer_clusters_retire_a_code_and_more_issue_one() -> None:
    assert matched(CORNERS[:2], CORNERS, CODES).retired == ("c03", "c04")
    assert matched(np.vstack([CORNERS, [[9.0, 9.0]]]), CORNERS, CODES).codes[-1] == "c05"


def test_codes_past_ninety_nine_stay_distinct() -> None:
    assert [format_code(n) for n in (1, 99, 100)] == ["c01", "c99", "c100"]


points = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=1, max_size=6, unique=True).map(
    lambda rows: np.array(rows, dtype=float) / 10
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(current=points, previous=points, data=st.data())
def test_the_order_of_rows_never_matters(current: np.ndarray, previous: np.ndarray, data: st.DataObject) -> None:
    codes = [format_code(n + 1) for n in range(len(previous))]
    order = canonical_order(current[:, 0], current)
    plain = match_labels(current, previous, codes, max_distance=1.0, next_number=9, order=order)
    now = data.draw(st.permutations(range(len(current))))
    then = data.draw(st.permutations(range(len(previous))))
    mixed = match_labels(
        current[now],
        previous[then],
        [codes[i] for i in then],
        max_distance=1.0,
        next_number=9,
        order=canonical_order(current[now][:, 0], current[now]),
    )
    assert mixed.codes == tuple(plain.codes[i] for i in now)
    assert (mixed.retired, mixed.next_number) == (plain.retired, plain.next_number)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(current=points, previous=points, limit=st.floats(0.05, 5))
def test_codes_are_distinct_near_and_never_reissued(current: np.ndarray, previous: np.ndarray, limit: float) -> None:
    codes = [format_code(n + 1) for n in range(len(previous))]
    match = matched(current, previous, codes, limit=limit, first=50)
    assert len(set(match.codes)) == len(current)
    for i, code in enumerate(match.codes):
        if code in codes:
            apart = np.sqrt(((current[i] - previous[codes.index(code)]) ** 2).mean())
            assert apart == pytest.approx(match.distances[i])
            assert apart < limit
        else:
            assert int(code[1:]) >= 50
    assert set(match.retired) == set(codes) - set(match.codes)
