"""Which features a scheme uses is read from its SQL, through every step."""

from __future__ import annotations

import pytest

from scripts.feature_lineage import features_used

FAMILIES = {
    "feat_customers__purchases": ["order_count", "order_days_count", "days_since_last_order"],
    "feat_customers__channels": ["web_share", "app_share"],
}
IMPORTS = "with p as (select * from feat_customers__purchases), c as (from feat_customers__channels), "


@pytest.mark.parametrize(
    ("steps", "features"),
    [
        ("s as (select customer_id from p) from s", []),
        ("s as (select p.order_count as n from p) from s", ["order_count"]),
        # A column that a step names like another feature is not that feature.
        (
            "s as (select order_count as order_days_count from p), t as (select order_days_count from s) from t",
            ["order_count"],
        ),
        (
            "s as (select p.*, 1 as one from p), t as (select order_count from s) from t",
            ["order_count"],
        ),
        (
            "s as (select *, order_count > 0 as b from p), t as (select b, days_since_last_order from s) from t",
            ["days_since_last_order", "order_count"],
        ),
        ("s as (select used.web_share from p as bought join c as used using (customer_id)) from s", ["web_share"]),
        (
            "s as (from p union all by name from c), t as (select app_share from s) from t",
            ["app_share"],
        ),
        ("s as (from p where exists (select 1 from c where app_share > 0.5)) from s", ["app_share"]),
        (
            "s as (select count(*) filter (where order_count > 1), median(order_days_count) from p) from s",
            ["order_count", "order_days_count"],
        ),
        ("s as (select list_transform([order_count], lambda x: x + 1) as n from p) from s", ["order_count"]),
        ("s as (select v.order_count from (values (1)) as v (order_count)) from s", []),
    ],
)
def test_features_are_followed_through_the_steps(steps: str, features: list[str]) -> None:
    assert sorted(column for _, column in features_used(IMPORTS + steps, FAMILIES)) == features


def test_a_feature_is_told_with_its_family() -> None:
    assert features_used("select web_share from feat_customers__channels", FAMILIES) == {
        ("feat_customers__channels", "web_share")
    }
