"""The scheme that is the cross of two others: not there on the first night, there once a version has chosen a pair."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.combined_pair import NO_PAIR
from tests.support import nights, small_company

# Two more nights; the choice itself and the crosses are held by tests without one.
pytestmark = pytest.mark.slow

PAIR = ("rfm", "value_tier")


@pytest.fixture(scope="module")
def next_night(small_night: nights.Night, small_config: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    """The night after a version that has chosen a pair; the company itself is too small for cells of a hundred."""
    home = tmp_path_factory.mktemp("combined") / "home"
    shutil.copytree(small_night.deployment.home.root, home, symlinks=True)
    with duckdb.connect(str(home / "published" / "current" / "marts.duckdb")) as marts:
        marts.execute("update scheme_pairs set is_chosen = (first_scheme, second_scheme) = (?, ?)", PAIR)
    night = nights.run(small_config, home)
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


def test_the_first_night_says_why_there_is_no_cross(small_night: nights.Night) -> None:
    (found,) = small_night.mart(
        "select status, status_reason, segments_count from segmentation_schemes where scheme = 'combined'"
    ).to_dict("records")
    assert (found["status"], found["status_reason"]) == ("not_available", NO_PAIR)
    assert small_night.mart("select count(combined_segment_code) as n from customers")["n"][0] == 0
    assert small_night.warehouse("select count(*) as n from segmentations.seg_customers__combined")["n"][0] == 0


def test_crosses_are_judged_though_none_is_large_enough(small_night: nights.Night) -> None:
    pairs = small_night.mart("select * from scheme_pairs order by gain_rank")
    # Six schemes, each with each other one.
    assert len(pairs) == 15
    assert pairs["gain_rank"].tolist() == list(range(1, 16))
    assert not pairs[["is_large_enough", "has_earned_its_place", "is_combined", "is_chosen"]].to_numpy().any()
    card = small_night.mart(
        "select scheme, explained_spend_share from scheme_scorecard where is_newest order by 2 desc"
    )
    assert set(pairs["best_scheme"]) == {card["scheme"][0]}
    assert (pairs["explained_spend_share"] - pairs["gain_share"]).to_numpy() == pytest.approx(
        card["explained_spend_share"][0]
    )
    assert "clusters" not in {*pairs["first_scheme"], *pairs["second_scheme"]}


def test_the_pair_that_was_chosen_is_the_scheme_of_the_next_night(next_night: nights.Night) -> None:
    found = next_night.mart(
        "select customer_id, combined_segment_code, rfm_segment_code, value_tier_segment_code from customers"
    )
    assert len(found) == small_company.CUSTOMERS + 12
    crossed = found["rfm_segment_code"] + "__" + found["value_tier_segment_code"]
    known = (found[["rfm_segment_code", "value_tier_segment_code"]] != "unknown").all(axis=1)
    assert known.sum() > 200
    assert (found["combined_segment_code"] == crossed.where(known, "unknown")).all()
    status = next_night.mart("select status from segmentation_schemes where scheme = 'combined'")["status"][0]
    assert status == "available"


def test_everybody_is_in_one_cell_on_every_date_and_each_cell_has_its_name(next_night: nights.Night) -> None:
    counts = next_night.warehouse(
        """
        select count(*) as n, count(distinct (customer_id, as_of_date)) as different,
            (select count(*) from features.int_customers__as_of) as spine,
            count(*) filter (where segment_code not in (
                select segment_code from segmentations.int_segmentations__catalog where scheme = 'combined'
            )) as nameless
        from segmentations.seg_customers__combined
        """
    )
    assert counts["n"][0] == counts["different"][0] == counts["spine"][0]
    assert counts["nameless"][0] == 0
    name = next_night.mart(
        "select segment_name from segment_profiles where scheme = 'combined' and segment_name like '% x %' limit 1"
    )
    assert len(name) == 1


def test_the_cross_is_judged_like_any_scheme_and_is_no_part_of_another(next_night: nights.Night) -> None:
    pairs = next_night.mart("select * from scheme_pairs").set_index(["first_scheme", "second_scheme"])
    assert pairs.index[pairs["is_combined"]].tolist() == [PAIR]
    assert "combined" not in {*pairs.index.get_level_values(0), *pairs.index.get_level_values(1), *pairs["best_scheme"]}
    # Its cells are too small here: it is given up, and none has earned its place.
    assert not pairs["is_chosen"].any()
    card = next_night.mart("select * from scheme_scorecard where is_newest").set_index("scheme")
    assert card.loc["combined", "explained_spend_share"] == pytest.approx(pairs.loc[PAIR, "explained_spend_share"])


def test_whoever_is_in_a_cell_is_there_for_the_first_reason_of_each_scheme(next_night: nights.Night) -> None:
    wrong = next_night.warehouse(
        """
        select count(*) as n
        from segmentations.seg_customers__combined as combined
        inner join segmentations.seg_customers__rfm as rfm using (customer_id, as_of_date)
        inner join segmentations.seg_customers__value_tier as tier using (customer_id, as_of_date)
        where combined.reasons is distinct from
            case when rfm.reasons is not null then [rfm.reasons[1], tier.reasons[1]] end
        """
    )
    assert wrong["n"][0] == 0
