"""How many customers may vanish overnight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.gate.drift import customers_kept


@pytest.mark.parametrize(
    ("tonight", "served", "max_drop", "status"),
    [
        (100, 100, 0.2, "pass"),
        (250, 100, 0.2, "pass"),
        (80, 100, 0.2, "pass"),
        (79, 100, 0.2, "fail"),
        (0, 100, 0.2, "fail"),
        (0, 100, 1.0, "pass"),
        (100, 100, 0.0, "pass"),
        (99, 100, 0.0, "fail"),
        (999_999, 1_000_000, 0.0, "fail"),
        (0, None, 0.2, "pass"),
        (5, None, 0.0, "pass"),
        (5, 0, 0.0, "pass"),
    ],
)
def test_a_drop_of_more_than_the_share_stops_the_night(
    tonight: int, served: int | None, max_drop: float, status: str
) -> None:
    assert customers_kept(tonight=tonight, served=served, max_drop_share=max_drop)[0] == status


@given(percent=st.integers(0, 100), hundreds=st.integers(1, 10_000))
def test_exactly_the_share_is_let_through_and_one_customer_more_is_not(percent: int, hundreds: int) -> None:
    served, left = hundreds * 100, hundreds * (100 - percent)
    assert customers_kept(tonight=left, served=served, max_drop_share=percent / 100)[0] == "pass"
    if left:
        assert customers_kept(tonight=left - 1, served=served, max_drop_share=percent / 100)[0] == "fail"


def test_the_answer_gives_both_counts_and_the_limit() -> None:
    _, detail = customers_kept(tonight=1_500, served=2_000, max_drop_share=0.2)
    assert detail == "1,500 customers against 2,000 served (-25.0%; at most -20% is let through)"
    assert "no earlier night" in customers_kept(tonight=1_500, served=None, max_drop_share=0.2)[1]
