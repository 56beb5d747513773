"""Models are kept by what is in them."""

from __future__ import annotations

from pathlib import Path

from orchestration.model_store import ModelStore

PARAMETERS = {"k": 3, "centers": [[0.1, -2.5e-17], [1 / 3, 4.0]], "names": {"c01": "Große Käufer"}, "none": None}


def test_what_is_kept_is_loaded_to_the_last_bit(tmp_path: Path) -> None:
    fingerprint = ModelStore(tmp_path / "models").keep("clusters", PARAMETERS)
    assert ModelStore(tmp_path / "models").load("clusters", fingerprint) == PARAMETERS


def test_the_same_parameters_in_any_order_are_one_file(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    turned = dict(reversed(list(PARAMETERS.items())))
    assert store.keep("clusters", PARAMETERS) == store.keep("clusters", turned)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_the_least_difference_is_another_model(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    other = {**PARAMETERS, "centers": [[0.1, -2.5e-17], [1 / 3, 4.000000000000001]]}
    first, second = store.keep("clusters", PARAMETERS), store.keep("clusters", other)
    assert first != second
    assert store.load("clusters", first) == PARAMETERS
    assert store.load("clusters", second) == other


def test_a_fingerprint_is_the_same_in_every_store(tmp_path: Path) -> None:
    assert ModelStore(tmp_path / "a").keep("m", PARAMETERS) == ModelStore(tmp_path / "b").keep("m", PARAMETERS)


def test_a_model_that_is_not_kept_is_none(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    fingerprint = store.keep("clusters", PARAMETERS)
    assert store.load("clusters", "0" * 16) is None
    assert store.load("churn", fingerprint) is None


def test_a_model_that_is_looked_for_by_what_it_was_learnt_from_is_kept_under_that_key(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert store.keep("learnt", PARAMETERS, key="of-june") == "of-june"
    assert store.load("learnt", "of-june") == PARAMETERS


def test_pruning_leaves_what_is_to_be_kept_and_other_names(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    for key in ("may", "june"):
        store.keep("learnt", PARAMETERS, key=key)
    other = store.keep("clusters", PARAMETERS)
    store.prune("learnt", keep={"june", "july"})
    assert store.load("learnt", "may") is None
    assert store.load("learnt", "june") == PARAMETERS
    assert store.load("clusters", other) == PARAMETERS


def test_a_card_lies_beside_its_model(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    fingerprint = store.keep("return", PARAMETERS)
    assert store.card("return", fingerprint) is None
    store.keep_card("return", fingerprint, "# The card\n")
    assert store.card("return", fingerprint) == "# The card\n"
    assert store.load("return", fingerprint) == PARAMETERS
