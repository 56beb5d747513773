"""The segments of the simulated company, held against what is true of its customers and worked out a second time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from scripts import scheme_truths
from scripts.truths import held_against_truth as truths
from scripts.truths import true_kinds
from scripts.truths.left_by_night import KnownNight, open_known_night
from tests.support import nights

# About a hundred of these 700 customers answer what they think; below 200 there are no classes.
TOO_FEW_ANSWERS = {"psychographic"}
# No version has chosen a cross yet.
NOT_YET = {"combined"}


@pytest.fixture(scope="module")
def known(company: nights.Night, truth: Path) -> Iterator[KnownNight]:
    with open_known_night(company.deployment.home.root, truth) as night:
        yield night


def test_every_scheme_is_available_and_knows_somebody(company: nights.Night) -> None:
    found = company.mart("select scheme, status, customers_known_share from segmentation_schemes").set_index("scheme")
    assert set(found.index[found["status"] != "available"]) == NOT_YET | TOO_FEW_ANSWERS
    assert (found["customers_known_share"].drop(list(NOT_YET | TOO_FEW_ANSWERS)) > 0.05).all()


def test_a_survey_that_is_too_small_for_classes_says_so(company: nights.Night) -> None:
    asked = "select status, detail from data_quality where is_current and check_name = 'model__{}'"
    refused = company.mart(asked.format("psychographic__are_there_classes")).iloc[0]
    assert refused["status"] == "warn"
    assert "no classes tonight" in refused["detail"]
    assert "at least 200 respondents" in refused["detail"]
    # Needs and benefits are what customers said, as without a model: nothing to look into.
    for scheme in ("needs", "benefits"):
        beyond = company.mart(asked.format(f"{scheme}__are_others_inferred")).iloc[0]
        assert beyond["status"] == "not_available"
        assert "nobody else is inferred" in beyond["detail"]


def test_who_said_it_is_told_apart_from_everybody_else(known: KnownNight) -> None:
    for scheme in ("needs", "benefits"):
        told = known.ask(
            f"""
            select
                reasons[1].value as basis,
                segment_code = 'unknown' as is_unknown,
                count(*) as n,
                min(confidence) as low
            from segment_memberships
            where scheme = '{scheme}' and is_current
            group by all
            order by all
            """
        )
        assert told["basis"].tolist() == ["neither said nor inferred", "said so"]
        assert told["is_unknown"].tolist() == [True, False]
        assert told["low"].iloc[1] == 1


def test_every_customer_is_exactly_once_in_every_scheme_on_every_date(known: KnownNight) -> None:
    schemes = known.ask("select count(*) as n from (select distinct scheme from segment_memberships)")["n"][0]
    spine = known.ask("select count(*) as n from features.int_customers__as_of")["n"][0]
    assert schemes >= 16
    assert truths.not_exactly_once(known) == (0, spine * schemes)


@pytest.mark.parametrize(
    ("stays", "wrong"),
    [
        ("('a', 'may', null), ('b', 'june', null)", 0),
        ("('a', 'may', 'june'), ('a', 'june', null), ('b', 'june', null)", 0),
        ("('a', 'may', 'june'), ('b', 'june', null)", 1),
        ("('a', 'may', null), ('a', 'june', null), ('b', 'june', null)", 1),
        ("('a', 'may', null), ('b', 'may', null)", 1),
        ("('a', 'may', null), ('b', 'june', null), ('c', 'june', null)", 1),
    ],
    ids=["right", "moved", "missing", "twice", "too_early", "nobody"],
)
def test_who_is_missing_or_there_twice_is_counted(stays: str, wrong: int) -> None:
    dated = stays.replace("'may'", "date '2026-05-31'").replace("'june'", "date '2026-06-30'")
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create schema features;
            create table features.as_of_dates as
                from (values (date '2026-05-31'), (date '2026-06-30')) as dates (as_of_date);
            create table features.int_customers__as_of as
                from (values ('a', date '2026-05-31'), ('a', date '2026-06-30'), ('b', date '2026-06-30'))
                as spine (customer_id, as_of_date);
            create table segment_memberships as
                select 'rfm' as scheme, * from (values {dated}) as stays (customer_id, valid_from, valid_to)
            """
        )
        assert truths.not_exactly_once(KnownNight(connection, Path()))[0] == wrong


def test_customers_that_go_in_come_out(known: KnownNight) -> None:
    found = known.ask(
        """
        select
            (select count(distinct customer_id) from identity.int_identity__customer_map) as known,
            (select count(*) from customers) as published,
            (select count(distinct customer_id) from segment_memberships where is_current) as placed
        """
    )
    assert found["known"][0] == found["published"][0] == found["placed"][0]


@pytest.mark.parametrize("scheme", ["satisfaction", "channel_preference"])
def test_the_same_rule_worked_out_in_pandas_gives_the_same_segment(known: KnownNight, scheme: str) -> None:
    same = truths.recomputed_share(known, scheme)
    assert len(same) == known.ask("select count(*) as n from customers")["n"][0]
    assert same.index[~same].tolist() == []
    # Agreement says little where everybody is in one segment.
    assert known.segments(scheme).nunique() >= 4


def test_who_is_said_to_be_more_content_is(known: KnownNight) -> None:
    assert truths.satisfaction_order(known, "promoter", "detractor") > 0.9
    assert truths.satisfaction_order(known, "promoter", "passive") > 0.7
    assert truths.satisfaction_order(known, "passive", "detractor") > 0.7
    assert truths.satisfaction_order(known, "satisfied_csat", "neutral_csat") > 0.7


def test_value_tiers_have_their_shares_of_the_buyers_whenever_boundaries_are_set(known: KnownNight) -> None:
    tiers = truths.value_tier_shares(known)
    assert len(tiers) == 24 * len(truths.VALUE_TIER_PERCENTS)
    # Never more than the share, and less only where the next customers are equal and cannot be parted.
    assert (tiers["share"] <= tiers["percent"] + 1e-9).all()
    assert (tiers["with_ties"] >= tiers["percent"] - 1e-9).all()


def test_the_lifecycle_tells_who_has_left(known: KnownNight) -> None:
    accuracy = truths.lifecycle_balanced_accuracy(known)
    print(f"lifecycle, balanced accuracy by month end: {accuracy.tail(12).round(3).to_dict()}")
    # In the first months nobody can have been silent for long; half is what guessing gives.
    assert len(accuracy) == 24
    assert accuracy.tail(6).min() > 0.7
    assert accuracy.tail(12).mean() > 0.7


def test_clear_needs_are_mostly_those_of_the_true_class(known: KnownNight) -> None:
    first, first_two = (truths.needs_as_class(known, strongest=strongest) for strongest in (1, 2))
    print(f"needs: {first.mean():.3f} the strongest of the class, {first_two.mean():.3f} one of its two strongest")
    assert len(first) > 40
    # Eight needs are asked for: one in eight and one in four would be chance.
    assert first.mean() > 0.5
    assert first_two.mean() > 0.65


def test_the_benefit_is_the_reason_that_was_given(known: KnownNight) -> None:
    same = truths.benefits_as_reason(known)
    assert len(same) > 50
    # Two of a household who share a mailbox may answer one for the other.
    assert same.mean() > 0.97


def test_companies_are_in_their_size_class_unless_their_record_leaves_a_number_out(known: KnownNight) -> None:
    assert truths.consumers_and_businesses(known).all()
    sizes = truths.company_sizes(known)
    assert len(sizes) > 20
    gaps = known.ask(
        """
        select customer_id
        from features.feat_customers__firmographics
        where as_of_date = (select any_value(as_of_date) from customers)
            and (employees_count is null or annual_revenue_amount is null)
        """
    )
    assert set(sizes.index[~sizes]) <= set(gaps["customer_id"])
    assert sizes.mean() > 0.8


def test_clusters_tell_the_true_kinds_better_than_chance_and_not_better_than_who_knows_them(known: KnownNight) -> None:
    both = true_kinds.clusters_and_kinds(known)
    assert len(both) > 300
    found = true_kinds.clusters_as_kinds(both)
    assert 0.06 < found < true_kinds.kinds_told_by_behaviour(known, both) < 0.6


def test_customers_are_in_their_country(known: KnownNight) -> None:
    right = truths.countries(known)
    assert len(right) > 0.9 * len(known.persons)
    assert right.all()


def test_the_table_has_every_figure(company: nights.Night, truth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scheme_truths.main([str(company.deployment.home.root), str(truth)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert {len(line.split(" | ")) for line in printed} == {5}
    assert "nan" not in "".join(printed)
    assert len(printed) > 10


def test_a_folder_without_a_night_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scheme_truths.main([str(tmp_path), str(tmp_path)]) == 1
    assert str(tmp_path / "warehouse.duckdb") in capsys.readouterr().err
