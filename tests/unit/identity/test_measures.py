"""Figures of a clustering, against their definitions counted pair by pair."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.identity.measures import compare_clusterings

labels = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40)


def by_definition(found: list[int], truth: list[int]) -> tuple[float, ...]:
    """Precision and recall of pairs, and B-cubed (Bagga and Baldwin 1998) record by record."""
    pairs = list(combinations(range(len(found)), 2))
    linked = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    true = {pair for pair in pairs if truth[pair[0]] == truth[pair[1]]}
    precisions, recalls = [], []
    for record in range(len(found)):
        cluster = {other for other in range(len(found)) if found[other] == found[record]}
        person = {other for other in range(len(found)) if truth[other] == truth[record]}
        precisions.append(len(cluster & person) / len(cluster))
        recalls.append(len(cluster & person) / len(person))
    return (
        len(linked & true) / len(linked) if linked else 1.0,
        len(linked & true) / len(true) if true else 1.0,
        sum(precisions) / len(precisions) if precisions else 1.0,
        sum(recalls) / len(recalls) if recalls else 1.0,
    )


@settings(max_examples=150, deadline=None)
@given(pairs=labels)
def test_figures_are_those_of_the_definitions(pairs) -> None:
    found, truth = [one for one, _ in pairs], [other for _, other in pairs]
    figures = compare_clusterings(found, truth)
    told = (figures.precision, figures.recall, figures.b3_precision, figures.b3_recall)
    assert told == pytest.approx(by_definition(found, truth))
    assert figures.records == len(pairs)
    for f1, one, other in (
        (figures.f1, figures.precision, figures.recall),
        (figures.b3_f1, figures.b3_precision, figures.b3_recall),
    ):
        assert f1 == pytest.approx(2 * one * other / (one + other) if one + other else 0)


@settings(max_examples=60, deadline=None)
@given(pairs=labels, order=st.randoms(use_true_random=False))
def test_neither_names_of_clusters_nor_the_order_of_records_count(pairs, order) -> None:
    shuffled = list(pairs)
    order.shuffle(shuffled)
    plain = compare_clusterings([one for one, _ in pairs], [other for _, other in pairs])
    renamed = compare_clusterings([f"c_{one * 7}" for one, _ in shuffled], [other - 100 for _, other in shuffled])
    assert plain.f1 == pytest.approx(renamed.f1)
    assert plain.b3_f1 == pytest.approx(renamed.b3_f1)


@settings(max_examples=60, deadline=None)
@given(pairs=labels)
def test_precision_and_recall_change_places_with_the_sides(pairs) -> None:
    there = compare_clusterings([one for one, _ in pairs], [other for _, other in pairs])
    back = compare_clusterings([other for _, other in pairs], [one for one, _ in pairs])
    assert (there.precision, there.recall) == pytest.approx((back.recall, back.precision))
    assert (there.b3_precision, there.b3_recall) == pytest.approx((back.b3_recall, back.b3_precision))


def test_the_example_of_the_paper() -> None:
    # Bagga and Baldwin (1998): persons 1-5, 6-7 and 8-12; the second response joins the first and the last of them.
    truth = [1] * 5 + [2] * 2 + [3] * 5
    wrong_small = compare_clusterings([1] * 5 + [2] * 7, truth)
    wrong_large = compare_clusterings([1] * 5 + [2] * 2 + [1] * 5, truth)
    assert wrong_small.b3_precision == pytest.approx(0.76, abs=0.005)
    assert wrong_large.b3_precision == pytest.approx(0.58, abs=0.005)
    assert wrong_small.b3_recall == wrong_large.b3_recall == 1


def test_a_perfect_clustering_and_one_of_strangers() -> None:
    perfect = compare_clusterings(["a", "a", "b"], [1, 1, 2])
    assert (perfect.f1, perfect.b3_f1) == (1, 1)
    nobody = compare_clusterings(["a", "b", "c"], [1, 1, 2])
    assert (nobody.precision, nobody.recall, nobody.f1) == (1, 0, 0)
    assert nobody.b3_recall == pytest.approx(2 / 3)
