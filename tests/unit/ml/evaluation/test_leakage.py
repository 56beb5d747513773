"""Features that know the future are caught; honest strong ones are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.evaluation.leakage import changed_without_future, suspicious_features

HONEST = ["days_since_last_order", "orders_in_year", "orders_in_month", "pace", "country", "noise"]


@pytest.fixture(scope="module")
def buying() -> tuple[pd.DataFrame, np.ndarray]:
    """Return a panel of 12 monthly dates and the purchases by customer and month, the last of them unknown."""
    rng = np.random.default_rng(0)
    n, months = 1500, 30
    pace = rng.beta(0.8, 2, n)
    left = rng.geometric(0.03, n)
    bought = (rng.random((n, months)) < pace[:, None]) & (np.arange(months) < left[:, None])
    bought[:, 0] = True
    frames = []
    for month in range(12, months):
        past = bought[:, :month]
        frames.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{i}" for i in range(n)],
                    "as_of_date": pd.Timestamp("2024-01-01") + pd.Timedelta(days=30 * month),
                    "days_since_last_order": 30.0 * (np.argmax(past[:, ::-1], axis=1) + 1),
                    "orders_in_year": past[:, -12:].sum(axis=1).astype(float),
                    "orders_in_month": past[:, -1].astype(float),
                    "pace": pace + rng.normal(0, 0.05, n),
                    "country": np.where(pace > 0.4, "DE", rng.choice(["AT", "CH"], n)),
                    "noise": rng.normal(size=n),
                    "returned_30d": bought[:, month].astype(float),
                }
            )
        )
    return pd.concat(frames, ignore_index=True), bought


def check(panel: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return suspicious_features(panel, "returned_30d", horizon_days=30, feature_names=names).set_index("feature")


def test_recency_and_other_honest_features_pass_however_strong(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    found = check(buying[0], HONEST)
    assert found.loc["days_since_last_order", "future_area"] > 0.8
    assert not found["is_suspicious"].any()


def test_a_feature_made_from_the_future_is_caught_strong_or_faint(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    panel, rng = buying[0], np.random.default_rng(1)
    future = panel["returned_30d"].to_numpy()
    canaries = panel.assign(
        next_order_flag=future,
        orders_around_today=panel["orders_in_month"] + 2 * future + rng.normal(0, 0.3, len(panel)),
        days_since_order_counted_late=np.where(future > 0, 0.0, panel["days_since_last_order"]),
        visits_next_week=rng.poisson(0.4 + 0.9 * future).astype(float),
        welcome_back_status=np.where((future > 0) & (rng.random(len(panel)) < 0.5), "welcomed", None),
        missing_unless_returned=np.where(future > 0, rng.normal(size=len(panel)), np.nan),
    )
    names = [name for name in canaries if name not in panel.columns]
    found = check(canaries, [*HONEST, *names])
    assert found.loc[names, "is_suspicious"].all(), found.to_string()
    assert not found.loc[HONEST, "is_suspicious"].any()
    assert list(found.index[: len(names)]) == list(found.index[found["is_suspicious"]])


def test_a_year_that_reaches_a_month_too_far_is_found_by_proof_only(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    panel = buying[0]
    late = panel.assign(orders_in_year=panel["orders_in_year"] + panel["returned_30d"])
    assert not check(late, HONEST).loc["orders_in_year", "is_suspicious"]
    assert changed_without_future(late, panel, feature_names=HONEST) == {"orders_in_year": panel["returned_30d"].sum()}


def test_the_reason_is_told_in_words(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    panel = buying[0].assign(flag=buying[0]["returned_30d"])
    assert check(panel, ["flag"]).loc["flag", "reason"] == "alone it orders 100.0% of the pairs of the next 30 days"


def test_one_date_alone_has_no_past_to_compare_with(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    panel = buying[0]
    one = panel[panel["as_of_date"] == panel["as_of_date"].max()]
    found = check(one, HONEST)
    assert found["past_area"].isna().all()
    assert not found["is_suspicious"].any()


def test_the_order_of_rows_does_not_matter(buying: tuple[pd.DataFrame, np.ndarray]) -> None:
    panel = buying[0]
    pd.testing.assert_frame_equal(check(panel.sample(frac=1, random_state=1), HONEST), check(panel, HONEST))


def test_features_that_change_without_the_future_are_proven() -> None:
    full = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "as_of_date": pd.Timestamp("2026-01-31"),
            "orders": [1.0, 2.0, np.nan],
            "spend": [0.1 + 0.2, 5.0, np.nan],
            "last_category": ["tea", None, "pots"],
        }
    )
    cut = full.assign(orders=[1.0, 1.0, np.nan], spend=[0.3, 5.0, np.nan]).sample(frac=1, random_state=2)
    names = ["orders", "spend", "last_category"]
    assert changed_without_future(full, cut, feature_names=names) == {"orders": 1}
    assert changed_without_future(full, cut.assign(last_category="tea"), feature_names=["last_category"]) == {
        "last_category": 2
    }
    assert changed_without_future(full, full.head(2), feature_names=["spend"]) == {"spend": 1}
