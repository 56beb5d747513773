"""What models may look at."""

from __future__ import annotations

from orchestration.configuration.feature_catalog import FAMILY_PREFIX, feature_catalog
from orchestration.prediction.panel import DERIVED_FEATURES, model_features
from orchestration.prediction.prediction_features import PREDICTION_FEATURES, prediction_features

# What a customer is, not what a customer does.
TRAITS = ("gender", "age_", "income", "education", "marital", "children", "household", "occupation")


def test_every_feature_is_in_the_family_that_is_named() -> None:
    catalog = feature_catalog()
    for family, names in PREDICTION_FEATURES.items():
        for name in names:
            assert catalog[name].table == FAMILY_PREFIX + family, name


def test_no_feature_is_there_twice() -> None:
    names = model_features()
    assert len(names) == len(set(names)) == len(prediction_features()) + len(DERIVED_FEATURES)


def test_models_are_not_told_who_somebody_is() -> None:
    assert [name for name in model_features() if name.startswith(TRAITS)] == []
    # The words do find what the families have.
    assert {"gender", "age_band", "income_band"} <= {name for name in feature_catalog() if name.startswith(TRAITS)}
