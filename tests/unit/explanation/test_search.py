"""The nearest ways into other segments, on rules that Python can say: what is told is true, and nothing is nearer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.explanation.features import Feature, Population, Value
from orchestration.explanation.ladder import Variant
from orchestration.explanation.search import Move, nearest_moves

ORDERS = Feature("feat_customers__purchases", "order_count", "BIGINT")
DAYS = Feature("feat_customers__purchases", "days_since_last_order", "BIGINT")
SHARE = Feature("feat_customers__purchases", "refund_share", "DOUBLE")
COUNTRY = Feature("feat_customers__demographics", "country", "VARCHAR")
POPULATIONS = {
    ORDERS: Population(ORDERS, steps=(0, 0, 0, 1, 1, 2, 3, 12)),
    DAYS: Population(DAYS, steps=tuple(range(0, 1000, 10))),
    SHARE: Population(SHARE, steps=tuple(Decimal(step) / 20 for step in range(21))),
    COUNTRY: Population(COUNTRY, categories=("DE", "AT", "CH")),
}
Values = dict[Feature, Value | None]
Rule = Callable[[Values], str | None]


def moves(rule: Rule, originals: Values) -> list[Move]:
    def try_out(variants: Sequence[Variant]) -> list[str | None]:
        return [rule({**originals, **dict(variant)}) for variant in variants]

    return nearest_moves(try_out, str(rule(originals)), originals, {each: POPULATIONS[each] for each in originals})


@settings(max_examples=150, deadline=None)
@given(
    limits=st.lists(st.integers(1, 990), min_size=1, max_size=4, unique=True).map(sorted),
    original=st.one_of(st.none(), st.integers(0, 990)),
)
def test_the_change_of_a_whole_number_is_exact(limits: list[int], original: int | None) -> None:
    def rule(values: Values) -> str | None:
        days = values[DAYS]
        return "unknown" if days is None else f"band_{bisect_right(limits, int(days))}"

    home = rule({DAYS: original})
    found = moves(rule, {DAYS: original})
    assert found
    for move in found:
        (step,) = move.steps
        assert move.segment_code == rule({DAYS: step.to}) != home
        for end in (step.low, step.high):
            assert end is None or rule({DAYS: end}) == move.segment_code
        if original is not None:
            toward = 1 if int(step.to) > original else -1
            between = range(original, int(step.to), toward)
            assert all(rule({DAYS: value}) != move.segment_code for value in between)
        if step.low is not None and step.low != step.high:
            assert rule({DAYS: int(step.low) - 1}) != move.segment_code or step.low == 0
        if step.high is not None and step.low != step.high:
            assert rule({DAYS: int(step.high) + 1}) != move.segment_code


@settings(max_examples=100, deadline=None)
@given(limit=st.decimals("0.01", "0.99", places=5), original=st.decimals(0, 1, places=5))
def test_the_change_of_a_share_is_told_in_three_digits(limit: Decimal, original: Decimal) -> None:
    def rule(values: Values) -> str | None:
        return "high" if Decimal(str(values[SHARE])) > limit else "low"

    (move,) = moves(rule, {SHARE: original})
    (step,) = move.steps
    to = Decimal(step.to)
    assert rule({SHARE: to}) == move.segment_code != rule({SHARE: original})
    assert len(to.normalize().as_tuple().digits) <= 3
    assert abs(to - limit) <= Decimal("0.001")


def test_features_compare_by_how_many_customers_lie_between() -> None:
    def rule(values: Values) -> str | None:
        if int(values[ORDERS] or 0) >= 2:
            return "often"
        return "recent" if int(values[DAYS] or 0) < 400 else "silent"

    first, second = moves(rule, {ORDERS: 1, DAYS: 450})
    assert (first.segment_code, first.steps[0].feature, first.steps[0].to) == ("recent", DAYS, 399)
    assert (second.segment_code, second.steps[0].feature, second.steps[0].to) == ("often", ORDERS, 2)
    assert first.distance == pytest.approx(0.055)
    assert second.distance == pytest.approx(1.5 / 8)
    (step,) = first.steps
    assert (step.low, step.high) == (None, 399)


def test_a_category_is_exchanged_for_a_common_one() -> None:
    (move,) = moves(lambda values: "alps" if values[COUNTRY] in ("AT", "CH") else "north", {COUNTRY: "DE"})
    (step,) = move.steps
    assert (step.original, step.to, step.low, step.high) == ("DE", "AT", "AT", "AT")


def test_two_features_are_changed_only_where_one_alone_moves_nothing() -> None:
    def rule(values: Values) -> str | None:
        return "vip" if int(values[ORDERS] or 0) >= 3 and int(values[DAYS] or 0) <= 123 else "everybody"

    (move,) = moves(rule, {ORDERS: 0, DAYS: 500, COUNTRY: "DE"})
    assert move.segment_code == "vip"
    assert {step.feature: step.to for step in move.steps} == {ORDERS: 3, DAYS: 123}
    (alone,) = moves(rule, {ORDERS: 5, DAYS: 500, COUNTRY: "DE"})
    assert [(step.feature, step.to) for step in alone.steps] == [(DAYS, 123)]


def test_nobody_is_sent_to_where_nothing_is_known() -> None:
    assert moves(lambda values: "unknown" if values[ORDERS] == 0 else "buyer", {ORDERS: 1}) == []


def test_where_nothing_moves_nothing_is_told() -> None:
    assert moves(lambda _: "all", {ORDERS: 1, DAYS: None, SHARE: Decimal("0.5"), COUNTRY: "DE"}) == []
    assert moves(lambda _: "all", {}) == []


def test_a_feature_that_nobody_has_is_not_tried() -> None:
    def try_out(variants: Sequence[Variant]) -> list[str | None]:
        return ["all" for _ in variants]

    assert (
        nearest_moves(try_out, "all", {DAYS: None, SHARE: None}, {DAYS: Population(DAYS), SHARE: Population(SHARE)})
        == []
    )
