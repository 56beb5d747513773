"""Boosted probabilities: close to the truth, the same every time, and readable without running anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ml.errors import ModelInputError, ParameterFormatError
from ml.evaluation.classification_metrics import area_under_roc, calibration_line, log_loss
from ml.evaluation.time_splits import PanelParts
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from ml.prediction.tree_ensemble import TreeEnsemble

FEATURES = (
    "days_since_last_order", "order_days_365d_count", "net_revenue_365d_amount",
    "engagement_score", "country", "is_member", "noise",
)  # fmt: skip


def unfitted(**settings: Any) -> BoostedClassifier:
    return BoostedClassifier(feature_names=FEATURES, outcome_name="returned_30d", **settings)


@pytest.fixture(scope="module")
def model(parts: PanelParts) -> BoostedClassifier:
    return unfitted().fit(parts)


def test_it_reaches_nearly_all_of_what_can_be_known(model: BoostedClassifier, test_rows: pd.DataFrame) -> None:
    y = test_rows["returned_30d"].to_numpy()
    reached = area_under_roc(y, model.predict(test_rows)) - 0.5
    attainable = area_under_roc(y, test_rows["true_probability"].to_numpy()) - 0.5
    assert 0.95 < reached / attainable < 1.02


def test_it_beats_the_baseline_by_log_loss(
    model: BoostedClassifier, parts: PanelParts, test_rows: pd.DataFrame
) -> None:
    y = test_rows["returned_30d"].to_numpy()
    baseline = RfmCellBaseline(outcome_name="returned_30d").fit(parts.train)
    assert log_loss(y, model.predict(test_rows)) < log_loss(y, baseline.predict(test_rows)) - 0.005


def test_its_probabilities_mean_what_they_say(model: BoostedClassifier, test_rows: pd.DataFrame) -> None:
    slope, intercept = calibration_line(test_rows["returned_30d"].to_numpy(), model.predict(test_rows))
    assert 0.85 < slope < 1.15
    assert abs(intercept) < 0.2


def test_a_document_gives_the_same_predictions_to_the_last_bit(model: BoostedClassifier, panel: pd.DataFrame) -> None:
    again = BoostedClassifier.from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))
    np.testing.assert_array_equal(again.predict(panel), model.predict(panel))
    assert again.to_parameters() == json.loads(json.dumps(model.to_parameters()))


def test_the_trees_score_as_scikit_learn_does(panel: pd.DataFrame) -> None:
    # The insides of scikit-learn's trees are private: this fails when a new version changes them.
    features = panel[["is_member", "days_since_last_order", "engagement_score"]].to_numpy(dtype=np.float64)
    features[:, 0] = np.arange(len(features)) % 40
    y = (panel["returned_30d"].to_numpy() + (features[:, 0] % 3 == 0) > 0.5).astype(int)
    with threadpool_limits(1):
        theirs = HistGradientBoostingClassifier(max_iter=20, categorical_features=[0], random_state=0).fit(features, y)
    ours = TreeEnsemble.from_estimator(theirs, level_counts=[40], tree_count=20)
    assert any(len(sets) for sets in ours.category_sets)
    np.testing.assert_array_equal(ours.raw_score(features), theirs.decision_function(features))
    again = TreeEnsemble.from_parameters(json.loads(json.dumps(ours.to_parameters(), allow_nan=False)))
    np.testing.assert_array_equal(again.raw_score(features), theirs.decision_function(features))


def test_the_order_of_the_rows_does_not_matter(model: BoostedClassifier, parts: PanelParts) -> None:
    def shuffled(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.sample(frac=1, random_state=3)

    mixed = PanelParts(
        train=shuffled(parts.train), stopping=shuffled(parts.stopping), calibration=shuffled(parts.calibration)
    )
    assert json.dumps(unfitted().fit(mixed).to_parameters()) == json.dumps(model.to_parameters())


def test_two_threads_learn_the_same_bytes_as_one(parts: PanelParts, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = []
    for threads in (1, 2):
        monkeypatch.setattr("ml.prediction.boosted_trees.THREADS", threads)
        monkeypatch.setattr("ml.prediction.tree_ensemble.THREADS", threads)
        documents.append(json.dumps(unfitted(max_trees=4).fit(parts).to_parameters()))
    assert documents[0] == documents[1]


def test_rows_beyond_the_bound_are_drawn_by_their_keys(parts: PanelParts) -> None:
    small = unfitted(max_rows=2000, max_trees=10)
    assert small.fit(parts).rows_ == 2000
    mixed = PanelParts(
        train=parts.train.sample(frac=1, random_state=5), stopping=parts.stopping, calibration=parts.calibration
    )
    assert unfitted(max_rows=2000, max_trees=10).fit(mixed).learnt_from_ == small.learnt_from_


def test_a_monotone_feature_never_works_the_other_way(parts: PanelParts, test_rows: pd.DataFrame) -> None:
    model = unfitted(monotone={"days_since_last_order": -1, "noise": 1}, max_trees=60).fit(parts)
    for name, sign in (("days_since_last_order", -1), ("noise", 1)):
        values = np.quantile(test_rows[name], np.linspace(0, 1, 15))
        curves = np.column_stack([model.raw_score(test_rows.assign(**{name: value})) for value in values])
        assert (np.diff(curves, axis=1) * sign >= -1e-12).all()


@pytest.mark.parametrize("monotone", [{"days_since_last_ordr": -1}, {"country": 1}, {"noise": 2}])
def test_a_constraint_that_cannot_bind_is_refused(parts: PanelParts, monotone: dict[str, int]) -> None:
    with pytest.raises(ModelInputError, match="cannot be monotone"):
        unfitted(monotone=monotone).fit(parts)


def test_a_level_never_seen_is_like_a_missing_one(model: BoostedClassifier, test_rows: pd.DataFrame) -> None:
    np.testing.assert_array_equal(
        model.predict(test_rows.assign(country="Atlantis")), model.predict(test_rows.assign(country=None))
    )


def test_rows_without_an_outcome_do_not_teach(model: BoostedClassifier, parts: PanelParts) -> None:
    unknown = parts.train.assign(
        returned_30d=np.nan, as_of_date=parts.train["as_of_date"] - pd.Timedelta(days=4000), noise=1e6
    )
    more = PanelParts(train=pd.concat([parts.train, unknown]), stopping=parts.stopping, calibration=parts.calibration)
    assert unfitted().fit(more).learnt_from_ == model.learnt_from_


def test_one_outcome_only_is_refused_with_a_way_out(parts: PanelParts) -> None:
    never = PanelParts(
        train=parts.train.assign(returned_30d=0.0), stopping=parts.stopping, calibration=parts.calibration
    )
    with pytest.raises(ModelInputError, match="publish the baseline"):
        unfitted().fit(never)


def damaged(change: Callable[[dict[str, Any]], None], document: dict[str, Any]) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    change(copied)
    return copied


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(format="builtins.eval"),
        lambda d: d.update(format_version=99),
        lambda d: d["settings"].update(command="rm"),
        lambda d: d["trees"]["trees"][0]["left"].__setitem__(0, 10**6),
        lambda d: d["trees"]["trees"][0]["left"].__setitem__(0, -1),
        lambda d: d["trees"]["trees"][0]["right"].__setitem__(0, d["trees"]["trees"][0]["left"][0]),
        lambda d: d["trees"]["trees"][0]["feature"].__setitem__(0, 40),
        lambda d: d["trees"]["trees"][0]["value"].__setitem__(1, float("nan")),
        lambda d: d["trees"]["trees"][0].update(left=[0]),
        lambda d: d["trees"].update(feature_count=3),
        lambda d: d["encoder"]["levels"].update(country=["AT"]),
        lambda d: d["calibration"].update(method="pickle"),
        lambda d: d.pop("trees"),
    ],
)  # fmt: skip
def test_a_foreign_or_damaged_document_is_refused(
    model: BoostedClassifier, change: Callable[[dict[str, Any]], None]
) -> None:
    with pytest.raises(ParameterFormatError, match="not its parameters"):
        BoostedClassifier.from_parameters(damaged(change, model.to_parameters()))


def test_a_tree_that_never_ends_is_refused(model: BoostedClassifier) -> None:
    document = copy.deepcopy(model.to_parameters())
    tree = document["trees"]["trees"][0]
    inner = [number for number, left in enumerate(tree["left"]) if left][-1]
    tree["left"][inner] = 0
    with pytest.raises(ParameterFormatError):
        BoostedClassifier.from_parameters(document)
