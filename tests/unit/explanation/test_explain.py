"""Explanations of a published night: by the schemes' own SQL, and without it where it is not to be had."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.explanation.explain import Explanation, SchemeExplanation, explain_segments
from orchestration.home import Home
from orchestration.night_lock import night_lock
from orchestration.repository import DBT_PROJECT
from tests.support.explained_home import (
    NIGHT,
    RFM,
    SCHEMES,
    ExplainedHome,
    explained_home,
    publish_memberships,
    rfm_rule,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> ExplainedHome:
    return explained_home(tmp_path_factory.mktemp("explained"))


@pytest.fixture
def own(home: ExplainedHome, tmp_path: Path) -> Deployment:
    """A copy of the home that a test may damage."""
    shutil.copytree(home.deployment.home.root, tmp_path / "home", symlinks=True)
    return replace(home.deployment, home=Home(tmp_path / "home"))


def scheme(told: Explanation) -> SchemeExplanation:
    (only,) = told.schemes
    return only


def test_the_mark_of_the_date_is_that_of_the_macro() -> None:
    macro = (DBT_PROJECT / "macros" / "computed_now.sql").read_text(encoding="utf-8")
    mark = re.search(r"macro as_of_mark\(\) -%}\s*(.+?)\s*{%", macro)
    assert mark is not None
    assert mark[1] in RFM


def test_every_published_scheme_is_explained(home: ExplainedHome) -> None:
    told = explain_segments(home.deployment, home.maria)
    assert (told.customer_id, told.merged_id, told.as_of_date) == (home.maria, None, NIGHT)
    assert {each.membership.scheme for each in told.schemes} == set(SCHEMES)
    rfm = next(each for each in told.schemes if each.membership.scheme == "rfm")
    assert (rfm.scheme_name, rfm.membership.segment_code) == ("RFM", "new")
    assert rfm.rule == "R 5 and F 1, first order within 60 days"
    assert rfm.membership.is_since_before
    assert [each.feature for each in rfm.membership.reasons] == ["order_count"]


def test_what_is_told_is_true_and_nothing_of_the_same_feature_is_nearer(home: ExplainedHome) -> None:
    with duckdb.connect(str(home.deployment.home.warehouse), read_only=True) as con:
        known = {
            customer_id: {
                "order_count": order_count,
                "days_since_last_order": days,
                "net_revenue_amount": float(amount),
            }
            for customer_id, order_count, days, amount in con.execute(
                "select customer_id, order_count, days_since_last_order, net_revenue_amount "
                "from features.feat_customers__purchases where as_of_date = ?",
                [NIGHT],
            ).fetchall()
        }
    moved = set()
    for customer_id in home.customers()[:30]:
        told = scheme(explain_segments(home.deployment, customer_id, schemes=["rfm"]))
        segment = rfm_rule(**known[customer_id])
        assert told.membership.segment_code == segment
        assert told.left_out is None
        assert told.others
        for other in told.others:
            moved.add((segment, other.segment_code))
            values = {change.feature: float(Decimal(change.to)) for change in other.changes}
            assert rfm_rule(**{**known[customer_id], **values}) == other.segment_code != segment
            if len(values) > 1:
                continue
            (change,) = other.changes
            if change.value is None or change.kind != "whole":
                continue
            start, end = int(change.value), int(change.to)
            for nearer in range(start, end, 1 if end > start else -1):
                assert rfm_rule(**{**known[customer_id], change.feature: nearer}) != other.segment_code
    assert len(moved) > 10


def test_categories_change_too_and_words_of_a_comment_are_no_features(home: ExplainedHome) -> None:
    # Neither country nor has_card is read by scheme rfm, whose comment names them.
    rfm = scheme(explain_segments(home.deployment, home.maria, schemes=["rfm"]))
    assert {change.family for other in rfm.others for change in other.changes} == {"purchases"}
    cards = scheme(explain_segments(home.deployment, "c_004", schemes=["cards"]))
    assert cards.membership.segment_code == "none"
    assert {other.segment_code: (change.value, change.to) for other in cards.others for change in other.changes} == {
        "holder": ("false", "true"),
        "neighbour": ("DE", "AT"),
    }


def test_dates_change_by_the_day(home: ExplainedHome) -> None:
    told = scheme(explain_segments(home.deployment, "c_010", schemes=["cohorts"]))
    (other,) = told.others
    (change,) = other.changes
    assert (told.membership.segment_code, other.segment_code) == ("young", "old")
    assert (change.value, change.to, change.low, change.high) == ("2026-04-21", "2026-01-31", None, "2026-01-31")


def test_of_a_model_with_several_schemes_the_asked_one_counts(home: ExplainedHome) -> None:
    vip = scheme(explain_segments(home.deployment, home.maria, schemes=["vip"]))
    (other,) = vip.others
    assert (vip.scheme_name, vip.rule, other.segment_code) == ("vip", None, "vip")
    assert {change.feature: change.to for change in other.changes} == {
        "order_count": "3",
        "days_since_last_order": "10",
    }
    fixed = scheme(explain_segments(home.deployment, home.maria, schemes=["fixed"]))
    assert (fixed.others, fixed.left_out) == ((), None)


def test_a_prediction_is_tried_like_a_feature(home: ExplainedHome) -> None:
    # Number 54 ordered twice, 18 days ago: 18 of 120 is the chance that is predicted.
    told = scheme(explain_segments(home.deployment, "c_054", schemes=["chances"]))
    assert (told.membership.segment_code, told.left_out) == ("unlikely", None)
    assert {each.segment_code for each in told.others} == {"likely"}
    (change,) = told.others[0].changes
    assert (change.family, change.feature, change.kind) == ("predictions", "p_return_365d", "real")
    assert float(str(change.value)) == 0.15
    assert 0.6 < float(change.to) < 0.61


def test_without_a_prediction_the_features_are_tried(home: ExplainedHome) -> None:
    told = scheme(explain_segments(home.deployment, "c_001", schemes=["chances"]))
    assert told.membership.segment_code == "recent"
    assert [(each.segment_code, each.changes[0].feature, each.changes[0].to) for each in told.others] == [
        ("silent", "days_since_last_order", "31")
    ]


def test_of_clusters_only_the_reasons_are_told(home: ExplainedHome) -> None:
    told = scheme(explain_segments(home.deployment, home.maria, schemes=["clusters"]))
    assert told.membership.segment_code == "c01"
    assert told.others == ()
    assert "ml.ml_customers__clusters" in str(told.left_out)


@pytest.mark.parametrize("asked", ["hubspot:1", "MM@shop.example"])
def test_a_customer_is_found_by_what_its_records_are_called(home: ExplainedHome, asked: str) -> None:
    told = explain_segments(home.deployment, asked, schemes=["rfm"])
    assert (told.customer_id, told.merged_id) == (home.maria, None)


def test_a_merged_id_leads_to_what_it_is_called_today(home: ExplainedHome) -> None:
    told = explain_segments(home.deployment, "c_merged", schemes=["rfm"])
    assert (told.customer_id, told.merged_id) == ("c_001", "c_merged")


def test_whom_nobody_knows_nobody_like_it_is_named(home: ExplainedHome) -> None:
    with pytest.raises(TesseraError, match=r"there is no customer mm@shop\.exampel") as error:
        explain_segments(home.deployment, "mm@shop.exampel")
    assert "mm@shop.example" not in str(error.value).replace("mm@shop.exampel", "")


def test_a_scheme_that_is_not_published_is_not_explained(home: ExplainedHome) -> None:
    with pytest.raises(TesseraError, match="there is no scheme lifecycle") as error:
        explain_segments(home.deployment, home.maria, schemes=["rfm", "lifecycle"])
    assert "rfm" in error.value.expected


def test_before_anything_is_published_there_is_nothing_to_explain(home: ExplainedHome, tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="nothing has been published") as error:
        explain_segments(replace(home.deployment, home=Home(tmp_path)), home.maria)
    assert "tessera run" in error.value.fix


def test_without_the_warehouse_the_rest_is_told(own: Deployment) -> None:
    own.home.warehouse.unlink()
    told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert (told.membership.segment_code, told.rule, told.others) == (
        "new",
        "R 5 and F 1, first order within 60 days",
        (),
    )
    assert "there is no warehouse" in str(told.left_out)
    with pytest.raises(TesseraError, match="there is no customer hubspot:1") as error:
        explain_segments(own, "hubspot:1")
    assert "not looked up" in error.value.found


def test_while_a_night_is_at_work_the_rest_is_told(own: Deployment) -> None:
    with night_lock(own.home.night_lock, owner="a night"):
        told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert "another run is working" in str(told.left_out)


def test_a_warehouse_of_another_night_tries_nothing(own: Deployment) -> None:
    publish_memberships(own, night=NIGHT.replace(day=2))
    told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert told.left_out == f"the warehouse holds the night of {NIGHT}, not the night of 2026-06-02"


def test_sql_that_gives_another_segment_than_was_published_tries_nothing(own: Deployment) -> None:
    with duckdb.connect(str(own.home.warehouse)) as con:
        con.execute("update segmentations.int_rfm__boundaries set recency_days = 0")
    told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert told.left_out == "the warehouse gives lost now, the published version new"
    assert told.others == ()


def test_the_sql_that_was_compiled_last_counts(own: Deployment) -> None:
    (old,) = own.home.dbt.rglob("seg_customers__rfm.sql")
    os.utime(old, (0, 0))
    newer = own.home.dbt / "target" / "a_night" / old.relative_to(own.home.dbt / "target" / "night")
    newer.parent.mkdir(parents=True)
    newer.write_text(RFM.replace("> 250", "> 1"), encoding="utf-8")
    told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert told.left_out == "the warehouse gives champions now, the published version new"
    shutil.rmtree(own.home.dbt)
    assert "is not in" in str(scheme(explain_segments(own, "c_001", schemes=["rfm"])).left_out)


def test_a_table_that_is_gone_is_told(own: Deployment) -> None:
    with duckdb.connect(str(own.home.warehouse)) as con:
        con.execute("drop table seeds.rfm_map")
    told = scheme(explain_segments(own, "c_001", schemes=["rfm"]))
    assert told.left_out == "the warehouse does not hold seeds.rfm_map any more"
