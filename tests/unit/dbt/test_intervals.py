"""Intervals and deviations of results, held against another implementation."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from scripts.dbt_macros import macros

MACROS = macros("intervals")
AMOUNTS = st.lists(st.integers(min_value=-100_000_000, max_value=100_000_000), min_size=2, max_size=60)


def bounds(con: duckdb.DuckDBPyConnection, successes: int, total: int) -> tuple[float | None, float | None]:
    found = con.execute(
        f"select {MACROS.share_bound('successes', 'total', -1)}, {MACROS.share_bound('successes', 'total', 1)} "
        "from (select $1::bigint as successes, $2::bigint as total)",
        [successes, total],
    ).fetchone()
    assert found is not None
    return found


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=1, max_value=10_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_that_of_wilson(con, counts: tuple[int, int]) -> None:
    successes, total = counts
    expected = proportion_confint(successes, total, alpha=0.05, method="wilson")
    low, high = bounds(con, successes, total)
    assert (low, high) == pytest.approx(expected, abs=1e-6)
    assert 0 <= low <= successes / total + 1e-12
    assert successes / total - 1e-12 <= high <= 1


def test_of_nobody_there_is_no_interval(con) -> None:
    assert bounds(con, 0, 0) == (None, None)


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_the_deviation_of_exact_sums_is_that_of_the_sample(con, cents: list[int]) -> None:
    amounts = [cent / 100 for cent in cents]
    found = con.execute(
        f"select {MACROS.deviation('squares', 'total', 'number')} from ("
        "select sum(cast(amount as decimal(38, 4)) * amount) as squares, sum(amount) as total, count(*) as number "
        "from (select cast(unnest($1::double[]) as decimal(18, 4)) as amount))",
        [amounts],
    ).fetchone()
    assert found is not None
    assert found[0] == pytest.approx(np.std(amounts, ddof=1), rel=1e-6, abs=max(abs(a) for a in amounts) * 1e-6)


def ratio_bounds(con: duckdb.DuckDBPyConnection, customers: pd.DataFrame) -> pd.DataFrame:
    """Low and high end of the ratio of ``now`` to ``before``, and the ratio, for each ``sample`` of customers."""
    with con.cursor() as own:
        own.register("customers", customers)
        return own.execute(
            f"""
            with sums as (
                select sample, count(*) as customers_count, sum(before) as before, sum(now) as now,
                    sum(before * before) as before_squares, sum(now * now) as now_squares, sum(now * before) as products
                from customers
                group by sample
            ), terms as (
                select sample, now / before as ratio,
                    {MACROS.fieller_term("now_squares", "now", "now", "customers_count")} as now_term,
                    {MACROS.fieller_term("products", "now", "before", "customers_count")} as cross_term,
                    {MACROS.fieller_term("before_squares", "before", "before", "customers_count")} as before_term
                from sums
            )
            select sample, ratio, {MACROS.ratio_bound("now_term", "cross_term", "before_term", -1)} as low,
                {MACROS.ratio_bound("now_term", "cross_term", "before_term", 1)} as high
            from terms
            order by sample
            """
        ).df()


def shoppers(draw: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
    """What customers spent in two periods: four in ten bought at all, and of these six in ten did again."""
    level = draw.lognormal(3.5, 0.6, number)
    before = (draw.random(number) < 0.4) * level * draw.lognormal(0, 0.8, number)
    now = (draw.random(number) < np.where(before > 0, 0.6, 0.2)) * level * draw.lognormal(0, 0.8, number)
    return before, now


KEPT = {"net": lambda before, now: now, "gross": lambda before, now: np.minimum(before, now)}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(-500, 5_000)), min_size=2, max_size=60))
def test_a_ratio_ends_where_chance_may_just_have_made_it(con, spent: list[tuple[int, int]]) -> None:
    before, now = (np.array(each, dtype=float) for each in zip(*spent, strict=True))
    assume(before.sum() > 0)
    (found,) = ratio_bounds(con, pd.DataFrame({"sample": 0, "before": before, "now": now})).to_dict("records")
    number, z = len(spent), 1.959963984540054
    is_sure = before.sum() > z * np.sqrt(number * before.var(ddof=1))
    assert pd.isna(found["low"]) == pd.isna(found["high"]) == (not is_sure)
    if not is_sure:
        return
    assert found["low"] - 1e-9 <= found["ratio"] <= found["high"] + 1e-9
    for end in (found["low"], found["high"]):
        off = now - end * before
        # Wide intervals have far ends, where both sides are large.
        scale = number * (np.abs(now).max() + abs(end) * before.max()) ** 2
        assert off.sum() ** 2 == pytest.approx(z**2 * number * off.var(ddof=1), abs=1e-6 * number * scale)


def test_of_a_single_customer_no_ratio_has_an_interval(con) -> None:
    found = ratio_bounds(con, pd.DataFrame({"sample": [0], "before": [10.0], "now": [5.0]}))
    assert found[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("number", [50, 400])
@pytest.mark.parametrize("kind", KEPT)
def test_intervals_of_ratios_hold_the_truth_as_often_as_they_promise(con, kind: str, number: int) -> None:
    draw, samples = np.random.default_rng(17), 2_000
    before, now = shoppers(draw, 2_000_000)
    truth = KEPT[kind](before, now).sum() / before.sum()
    before, now = shoppers(draw, samples * number)
    found = ratio_bounds(
        con,
        pd.DataFrame(
            {"sample": np.repeat(np.arange(samples), number), "before": before, "now": KEPT[kind](before, now)}
        ),
    )
    told = found.dropna()
    assert len(told) > 0.95 * samples
    assert 0.92 < ((told["low"] <= truth) & (truth <= told["high"])).mean() < 0.98


@pytest.mark.parametrize("kind", KEPT)
def test_intervals_of_ratios_are_near_those_of_a_bootstrap(con, kind: str) -> None:
    draw = np.random.default_rng(5)
    before, now = shoppers(draw, 600)
    kept = KEPT[kind](before, now)
    (found,) = ratio_bounds(con, pd.DataFrame({"sample": 0, "before": before, "now": kept})).to_dict("records")
    again = draw.integers(0, 600, (4_000, 600))
    low, high = np.quantile(kept[again].sum(axis=1) / before[again].sum(axis=1), [0.025, 0.975])
    width = high - low
    assert found["low"] == pytest.approx(low, abs=0.1 * width)
    assert found["high"] == pytest.approx(high, abs=0.1 * width)
