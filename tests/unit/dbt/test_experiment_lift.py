"""Lift by the project's own SQL: the figures of other tools, and what is never called lift."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.support.campaigns import customers_of, drawn, measured

ORDERS = ("all", "all", "orders")


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return drawn(3000, seed=5)


@pytest.fixture(scope="module")
def segments(customers: pd.DataFrame) -> pd.Series:
    draw = np.random.default_rng(6)
    codes = draw.choice(["loyal", "new", "rare"], len(customers), p=[0.6, 0.395, 0.005])
    # A hundred were strangers on the month end.
    return pd.Series(codes, index=customers["customer_id"]).iloc[100:]


@pytest.fixture(scope="module")
def found(customers: pd.DataFrame, segments: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    return measured(customers, segments)


def test_the_difference_of_means_is_that_of_welch(customers: pd.DataFrame, found) -> None:
    row = found[0].loc[ORDERS]
    contacted, held = (customers.loc[customers["arm"] == arm, "order_count"] for arm in ("treatment", "holdout"))
    welch = stats.ttest_ind(contacted, held, equal_var=False)
    assert row["difference"] == pytest.approx(contacted.mean() - held.mean())
    assert (row["difference_low"], row["difference_high"]) == pytest.approx(tuple(welch.confidence_interval()))
    assert row["p_value"] == pytest.approx(welch.pvalue, abs=2e-7)


def test_the_sleep_data_give_what_r_prints() -> None:
    # Student 1908, as in R's t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939,
    # 95 percent confidence interval -3.3654832 to 0.2054832.
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    nights = customers_of(np.arange(20) < 10, np.ones(20, np.int64), np.zeros(20, np.int64))
    row = measured(nights.assign(net_revenue_amount=[*first, *second]), planned=())[0].loc[
        ("all", "all", "net_revenue")
    ]
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert row["p_value"] == pytest.approx(0.07939, abs=5e-6)


def test_rates_are_tested_by_chi_square(customers: pd.DataFrame, found) -> None:
    row = found[0].loc[("all", "all", "response_rate")]
    table = pd.crosstab(customers["arm"], customers["has_ordered"])
    assert row["p_value"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=2e-7)
    assert row["difference_low"] < row["difference"] < row["difference_high"]


def test_the_adjusted_difference_is_that_of_a_regression_on_arm_and_covariate(customers: pd.DataFrame, found) -> None:
    row = found[0].loc[ORDERS]
    treated, before = (customers["arm"] == "treatment").to_numpy(float), customers["order_before_count"].to_numpy(float)
    design = np.c_[np.ones(len(customers)), treated, before]
    coefficients = np.linalg.lstsq(design, customers["order_count"].to_numpy(float), rcond=None)[0]
    assert row["adjusted_difference"] == pytest.approx(coefficients[1])
    left = customers["order_count"] - coefficients[2] * before
    cleaned = stats.ttest_ind(left[treated == 1], left[treated == 0], equal_var=False).confidence_interval()
    assert (row["adjusted_low"], row["adjusted_high"]) == pytest.approx(tuple(cleaned), abs=1e-6)
    narrower = (row["adjusted_high"] - row["adjusted_low"]) / (row["difference_high"] - row["difference_low"])
    assert row["variance_reduction_share"] == pytest.approx(1 - narrower**2, abs=1e-4)
    # The true correlation of orders before and after makes about a quarter of the variance.
    assert 0.1 < row["variance_reduction_share"] < 0.4


def test_the_ends_of_fiellers_interval_are_where_the_ratio_is_just_not_refused(customers: pd.DataFrame, found) -> None:
    row = found[0].loc[ORDERS]
    contacted, held = (customers.loc[customers["arm"] == arm, "order_count"] for arm in ("treatment", "holdout"))
    assert row["relative_lift_share"] == pytest.approx(contacted.mean() / held.mean() - 1)
    for end in ("relative_lift_low", "relative_lift_high"):
        ratio = row[end] + 1
        error = np.sqrt(contacted.var() / len(contacted) + ratio**2 * held.var() / len(held))
        # The degrees of freedom are those of the difference, thousands.
        assert abs(contacted.mean() - ratio * held.mean()) / error == pytest.approx(1.96, abs=0.003)


def test_what_could_be_found_is_found_in_four_of_five_cases(found) -> None:
    row = found[0].loc[ORDERS]
    error = (row["adjusted_high"] - row["adjusted_low"]) / 2 / 1.96
    power = stats.norm.sf(1.959964 - row["minimum_detectable_effect"] / error)
    assert power == pytest.approx(0.8, abs=0.002)


def test_segments_add_up_and_small_ones_and_strangers_are_told_together(found, customers: pd.DataFrame) -> None:
    lift = found[0]
    by_segment = lift.xs("orders", level="metric").loc["rfm"]
    assert sorted(by_segment.index) == ["loyal", "new", "other"]
    counts = by_segment[["treatment_customers_count", "holdout_customers_count"]].sum()
    assert counts.tolist() == customers["arm"].value_counts()[["treatment", "holdout"]].tolist()
    weighted = (by_segment["treatment_mean"] * by_segment["treatment_customers_count"]).sum()
    assert weighted == pytest.approx(customers.loc[customers["arm"] == "treatment", "order_count"].sum())


def test_over_the_segments_of_a_scheme_chances_are_corrected_by_holm(found) -> None:
    of_orders = found[0].xs("orders", level="metric").loc["rfm"].sort_values("adjusted_difference_p_value")
    plain = of_orders["adjusted_difference_p_value"].to_numpy()
    expected = np.minimum(np.maximum.accumulate(plain * np.arange(len(plain), 0, -1)), 1)
    assert of_orders["adjusted_p_value"].to_numpy() == pytest.approx(expected)
    assert found[0].loc[ORDERS, "adjusted_p_value"] == found[0].loc[ORDERS, "adjusted_difference_p_value"]


def test_a_campaign_tells_its_margin_and_return(found, customers: pd.DataFrame) -> None:
    lift, campaigns = found
    (campaign,) = campaigns.to_dict("records")
    contacted = int((customers["arm"] == "treatment").sum())
    gained = lift.loc[("all", "all", "margin"), "adjusted_difference"] * contacted
    assert float(campaign["incremental_margin_amount"]) == pytest.approx(gained, abs=0.01)
    assert campaign["roi_share"] == pytest.approx(gained / (0.5 * contacted) - 1)
    assert campaign["roi_share_low"] < campaign["roi_share"] < campaign["roi_share_high"]
    assert campaign["is_sample_ratio_ok"]
    assert campaign["is_balanced"]


def lifts(lift: pd.DataFrame) -> pd.DataFrame:
    return lift.filter(regex="^(difference|adjusted_|relative_|p_value|minimum_|variance_)")


def test_a_holdout_that_lost_customers_gives_no_lift(customers: pd.DataFrame) -> None:
    lost = customers[(customers["arm"] == "treatment") | (np.arange(len(customers)) % 4 > 0)]
    lift, campaigns = measured(lost)
    assert not campaigns["is_sample_ratio_ok"][0]
    assert "25.0 % were to be held out and 2" in campaigns["why_not"][0]
    assert lifts(lift).isna().all(axis=None)
    assert lift.loc[ORDERS, "treatment_mean"] > 0
    # Nobody said what was planned: then nothing says that anybody is missing.
    assert measured(lost, planned=())[1]["is_randomised"][0]


def test_a_holdout_of_customers_who_buy_little_gives_no_lift(customers: pd.DataFrame) -> None:
    arm = np.where(customers["order_before_count"] <= 1, "holdout", "treatment")
    lift, campaigns = measured(customers.assign(arm=arm), planned=())
    assert not campaigns["is_balanced"][0]
    assert campaigns["why_not"][0].startswith("The arms were not alike before the campaign")
    assert lifts(lift).isna().all(axis=None)
    assert not lift["is_randomised"].any()


def test_without_a_holdout_there_is_a_response_and_no_lift(customers: pd.DataFrame) -> None:
    lift, campaigns = measured(customers.assign(arm="treatment"), planned=())
    assert campaigns["finding"][0].endswith("they would have done anyway.")
    assert lifts(lift).isna().all(axis=None)
    assert lift["holdout_mean"].isna().all()
    assert lift.loc[ORDERS, "treatment_mean"] == pytest.approx(customers["order_count"].mean())


def test_where_nobody_ever_buys_nothing_is_divided_by_nothing() -> None:
    nothing = np.zeros(60, np.int64)
    lift, campaigns = measured(customers_of(np.arange(60) < 45, nothing, nothing))
    row = lift.loc[ORDERS]
    assert row["difference"] == row["adjusted_difference"] == 0
    assert row[["p_value", "relative_lift_share", "relative_lift_low", "adjusted_low", "finding"]].isna().all()
    assert campaigns["is_randomised"][0]


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.integers(45, 400), st.permutations([0, 1, 2, 3]))
def test_the_order_of_rows_and_the_names_of_customers_do_not_matter(seed: int, count: int, blocks: list[int]) -> None:
    rows = drawn(count, seed=seed)
    shuffled = pd.concat([rows.iloc[block::4] for block in blocks])
    renamed = shuffled.assign(customer_id="x" + shuffled["customer_id"])
    lift, campaigns = measured(rows)
    for one, other in zip((lift, campaigns), measured(renamed), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    low, middle, high = (lift[f"adjusted_{end}"] for end in ("low", "difference", "high"))
    assert ((low <= middle) & (middle <= high) | low.isna()).all()
