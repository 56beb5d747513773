"""Best-worst classes find who was simulated, say how sure they are, and stay the same."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from ml.errors import ModelInputError, NoEligibleClustersError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys import best_worst_mixture, max_diff
from ml.surveys.best_worst_logit import choice_scores, log_choices
from ml.surveys.choice_tasks import NOT_ASKED, ChoiceCodes, choice_tasks, choice_tasks_of_codes
from ml.surveys.max_diff import MaxDiffClasses
from tests.unit.ml.surveys.conftest import MAX_DIFF_ITEMS, MAX_DIFF_UTILITIES, max_diff_choices

Choices = tuple[pd.DataFrame, np.ndarray]


@pytest.fixture(scope="module")
def fitted(choices: Choices) -> MaxDiffClasses:
    return MaxDiffClasses(starts=2).fit(choices[0])


def document(model: MaxDiffClasses) -> str:
    return json.dumps(model.to_parameters(), allow_nan=False)


def test_the_simulated_classes_are_found(fitted: MaxDiffClasses, choices: Choices) -> None:
    assert fitted.k_selection_.set_index("k")["chosen"].idxmax() == 4
    assert adjusted_rand_score(choices[1], fitted.predict(choices[0])) >= 0.85


def test_utilities_are_the_simulated_ones_within_their_standard_errors(fitted: MaxDiffClasses) -> None:
    truth = MAX_DIFF_UTILITIES - MAX_DIFF_UTILITIES.mean(axis=1, keepdims=True)
    # Codes run by size, as the simulated classes do.
    z = (fitted.utilities_.to_numpy() - truth) / fitted.standard_errors_.to_numpy()
    assert np.abs(z).max() < 4
    assert 0.6 < z.std() < 1.4


def test_names_say_what_each_class_chooses(fitted: MaxDiffClasses) -> None:
    names = fitted.segments_["name"].tolist()
    assert len(set(names)) == 4
    for name, item in zip(names, ("price", "design", "gift wrapping", "service"), strict=True):
        assert name.casefold().startswith(item)


def test_probabilities_are_calibrated(fitted: MaxDiffClasses, choices: Choices) -> None:
    truth = pd.Series(choices[1], index=sorted(choices[0]["customer_id"].unique()))
    codes = truth.map(dict(enumerate(fitted.segments_["segment_code"])))
    chances = fitted.posterior(choices[0])
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    right = (chances.idxmax(axis=1) == codes).mean()
    assert right == pytest.approx(float(chances.max(axis=1).mean()), abs=0.03)


def test_the_same_choices_in_another_order_give_the_same_bytes(fitted: MaxDiffClasses, choices: Choices) -> None:
    mixed = choices[0].sample(frac=1, random_state=3)
    again = MaxDiffClasses(starts=2).fit(mixed)
    assert document(again) == document(fitted)
    pd.testing.assert_series_equal(again.predict(mixed), fitted.predict(choices[0]))
    alone = mixed[mixed["customer_id"] == "cust_00007"]
    expected = fitted.posterior(choices[0]).loc[["cust_00007"]]
    pd.testing.assert_frame_equal(again.posterior(alone), expected, rtol=1e-12)


def test_plain_parameters_bring_the_model_back(fitted: MaxDiffClasses, choices: Choices) -> None:
    back = MaxDiffClasses.from_parameters(json.loads(document(fitted)))
    assert document(back) == document(fitted)
    pd.testing.assert_frame_equal(back.posterior(choices[0]), fitted.posterior(choices[0]))
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        MaxDiffClasses.from_parameters({"format": "other"})
    with pytest.raises(ParameterFormatError, match="damaged"):
        MaxDiffClasses.from_parameters(fitted.to_parameters() | {"weights": [1.0]})


def test_codes_and_names_stay_with_their_classes(fitted: MaxDiffClasses) -> None:
    # Fewer of the largest class: without matching, sizes would deal the codes anew.
    later, truth = max_diff_choices(600, seed=9)
    small = {f"cust_{person:05d}" for person in np.flatnonzero(truth == 0)[40:]}
    later = later[~later["customer_id"].isin(small)]
    model = MaxDiffClasses(starts=2, max_k=5).fit(later, previous=fitted.to_parameters())
    assert model.segments_["segment_code"].tolist() == ["n01", "n02", "n03", "n04"]
    assert model.segments_["name"].tolist() == fitted.segments_["name"].tolist()
    assert model.segments_["customers"].idxmin() == 0


def test_best_choices_alone_are_enough_for_classes() -> None:
    choices, truth = max_diff_choices(600, seed=2, tasks=12, with_worst=False)
    model = MaxDiffClasses(starts=2, max_k=4).fit(choices)
    assert len(model.segments_) == 4
    assert adjusted_rand_score(truth, model.predict(choices)) >= 0.75


def test_one_choice_each_is_refused() -> None:
    choices, _ = max_diff_choices(250, tasks=1, with_worst=False)
    with pytest.raises(ModelInputError, match="one choice per respondent"):
        MaxDiffClasses().fit(choices)


def test_choices_by_chance_give_no_classes() -> None:
    choices, _ = max_diff_choices(300, seed=4)
    rng = np.random.default_rng(0)
    drawn = [rng.permutation(list(shown))[:2] for shown in choices["shown"]]
    random = choices.assign(best_item=[pair[0] for pair in drawn], worst_item=[pair[1] for pair in drawn])
    with pytest.raises(NoEligibleClustersError, match="one class for everybody"):
        MaxDiffClasses(starts=1, max_k=4).fit(random)


def test_too_few_respondents_are_refused(choices: Choices) -> None:
    with pytest.raises(NotEnoughAnswersError, match="too few respondents"):
        MaxDiffClasses().fit(choices[0].head(8 * 150))


def test_reasons_speak_for_the_class(fitted: MaxDiffClasses, choices: Choices) -> None:
    reasons = fitted.explain(choices[0])
    first = [row[0]["effect"] for row in reasons if row]
    assert np.mean(np.array(first) > 0) > 0.9
    assert all(sum(abs(reason["effect"]) for reason in row) <= 1 + 1e-9 for row in reasons)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"best_item": "nothing"}, "'nothing'"),
        ({"worst_item": "price", "best_item": "price"}, "price"),
        ({"task_id": None}, "without an id"),
    ],
)
def test_choices_that_cannot_be_are_named(choices: Choices, change: dict[str, str], message: str) -> None:
    broken = choices[0].copy()
    for column, value in change.items():
        broken.loc[0, column] = value
    with pytest.raises(ModelInputError, match=message):
        MaxDiffClasses().fit(broken)


def test_tables_and_settings_that_cannot_be_are_named(choices: Choices) -> None:
    with pytest.raises(ModelInputError, match="no column 'shown'"):
        MaxDiffClasses().fit(choices[0].drop(columns="shown"))
    with pytest.raises(ModelInputError, match="min_k=7, max_k=6"):
        MaxDiffClasses(min_k=7).fit(choices[0])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=10, max_size=10))
def test_the_scores_are_the_gradient_of_the_log_chance(utilities: list[float]) -> None:
    choices, _ = max_diff_choices(10, tasks=3)
    choices.loc[::2, "worst_item"] = None
    tasks = choice_tasks(choices, MAX_DIFF_ITEMS)
    at = np.array(utilities)
    scores = choice_scores(tasks, at)
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-12)
    for item in range(10):
        step = np.zeros(10)
        step[item] = 1e-5
        slope = (log_choices(tasks, at + step) - log_choices(tasks, at - step)) / 2e-5
        np.testing.assert_allclose(scores[:, item], slope, atol=1e-6)


def test_equal_utilities_make_every_pair_of_best_and_worst_as_likely() -> None:
    choices, _ = max_diff_choices(10, tasks=3)
    tasks = choice_tasks(choices, MAX_DIFF_ITEMS)
    np.testing.assert_allclose(np.exp(log_choices(tasks, np.zeros(10))), 1 / (4 * 3))


def test_tasks_of_more_items_than_a_word_has_bits_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    items = tuple(f"item {number:03d}" for number in range(90))
    rows = []
    for row in range(300):
        # Few items often, so that tasks repeat; some of them in both words.
        shown = rng.choice([0, 5, 63, 64, 70, 89], size=3, replace=False).tolist()
        named = [items[item] for item in shown]
        rows.append({"customer_id": f"c{row % 50}", "task_id": row, "shown": named, "best_item": named[0]})
    choices = pd.DataFrame(rows)
    choices["worst_item"] = choices["shown"].str[1].where(choices.index % 2 == 0, None)
    tasks = choice_tasks(choices, items)
    distinct = {(frozenset(row.shown), row.best_item, row.worst_item) for row in choices.itertuples()}
    assert len(tasks.best) == len(distinct) < 300
    assert tasks.counts.sum() == 300
    counts = tasks.item_counts()
    told = choices[choices["customer_id"] == tasks.customers[7]]
    assert counts.best[7, 64] == (told["best_item"] == items[64]).sum()
    assert counts.worst[7, 64] == (told["worst_item"] == items[64]).sum()
    assert counts.shown[7, 64] == told["shown"].map(lambda shown: items[64] in shown).sum()


def test_some_respondents_alone_and_in_blocks_have_the_same_chances(
    fitted: MaxDiffClasses, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = choice_tasks(choices[0], fitted.items_)
    whole = fitted.posterior(tasks)
    monkeypatch.setattr(best_worst_mixture, "BLOCK_RESPONDENTS", 70)
    pd.testing.assert_frame_equal(fitted.posterior(tasks), whole, rtol=1e-12)
    some = tasks.rows(np.array([5, 17, 300]))
    pd.testing.assert_frame_equal(fitted.posterior(some), whole.iloc[[5, 17, 300]], rtol=1e-12)
    assert len(some.best) < len(tasks.best)


def test_the_same_choices_give_the_previous_version_back(
    fitted: MaxDiffClasses, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(max_diff, "fit_choice_classes", not_again)
    again = MaxDiffClasses(starts=2).fit(choices[0], previous=json.loads(document(fitted)))
    assert document(again) == document(fitted)
    with pytest.raises(AssertionError):
        MaxDiffClasses(starts=3).fit(choices[0], previous=json.loads(document(fitted)))


def test_choices_of_other_items_are_refused(fitted: MaxDiffClasses, choices: Choices) -> None:
    with pytest.raises(ModelInputError, match="other items"):
        fitted.predict(choice_tasks(choices[0], (*fitted.items_, "zeal")))


def test_long_items_are_cut_in_names_unless_that_makes_two_alike() -> None:
    alike = ["the same beginning of a very long item, here", "the same beginning of a very long item, there"]
    short = max_diff._short_names(["price", "x" * 60, *alike])
    assert short == ["price", "x" * 40 + "\u2026", *alike]


def coded(choices: pd.DataFrame, items: tuple[str, ...]) -> tuple[ChoiceCodes, list[str]]:
    """The choices as a database numbers them, and the respondents."""
    customers = sorted(set(choices["customer_id"]))
    return ChoiceCodes(
        respondent=choices["customer_id"].map(customers.index).to_numpy(),
        task=choices["task_id"].str[1:].astype(int).to_numpy(),
        lengths=choices["shown"].map(len).to_numpy(),
        offered=np.array([items.index(item) for shown in choices["shown"] for item in shown]),
        best=choices["best_item"].map(items.index).to_numpy(),
        worst=np.array([NOT_ASKED if pd.isna(item) else items.index(item) for item in choices["worst_item"]]),
    ), customers


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_choices_as_numbers_are_the_same_as_texts_in_whatever_order(seed: int, with_worst: bool) -> None:
    choices, _ = max_diff_choices(12, seed=seed, tasks=3, with_worst=with_worst)
    choices.loc[::3, "worst_item"] = None
    codes, customers = coded(choices.sample(frac=1, random_state=seed), MAX_DIFF_ITEMS)
    tasks = choice_tasks_of_codes(codes, customers=customers, items=MAX_DIFF_ITEMS)
    told = choice_tasks(choices, MAX_DIFF_ITEMS)
    assert tasks.digest() == told.digest()
    assert tasks.customers.equals(told.customers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"respondent": 600}, "respondent number 600"),
        ({"respondent": -1}, "without an id"),
        ({"task": 1}, "there twice"),
        ({"offered": 10}, "item number 10"),
        ({"best": -1}, "item number -1"),
        ({"worst": -2}, "item number -2"),
        ({"best": 6, "worst": 6}, "'origin' and worst 'origin' of"),
    ],
)
def test_numbers_that_cannot_be_are_named(choices: Choices, change: dict[str, int], message: str) -> None:
    codes, customers = coded(choices[0], MAX_DIFF_ITEMS)
    for name, value in change.items():
        codes = dataclasses.replace(codes, **{name: np.r_[value, getattr(codes, name)[1:]]})
    with pytest.raises(ModelInputError, match=message):
        choice_tasks_of_codes(codes, customers=customers, items=MAX_DIFF_ITEMS)
