"""Cohorts that buy differently, and cohorts too small to say."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, ParameterFormatError
from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.cohort_buying_model import LEAST_SPREAD, CohortBuyingModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel
from tests.support.buyers import simulated

# Customers and alpha (days) of each cohort; the others are the same in all.
COHORTS = {"a": (3_000, 30.0), "b": (3_000, 120.0), "c": (2_000, 60.0), "d": (2_000, 45.0), "e": (25, 30.0)}


def cohorts(sizes: dict[str, tuple[int, float]], *, beyond: float = 0.0) -> pd.DataFrame:
    parts = []
    for seed, (name, (customers, alpha)) in enumerate(sizes.items()):
        ages = np.random.default_rng(100 + seed).integers(60, 730, customers).astype(float)
        part = simulated("beta_geo", (0.6, alpha, 0.8, 2.5), ages, beyond=beyond, seed=seed)
        parts.append(part.set_index(f"{name}_" + part.index).assign(cohort=name))
    return pd.concat(parts)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return cohorts(COHORTS, beyond=180)


@pytest.fixture(scope="module")
def model(people: pd.DataFrame) -> CohortBuyingModel:
    return CohortBuyingModel(model=BetaGeoModel()).fit(people)


def test_large_cohorts_find_their_own_parameters(model: CohortBuyingModel) -> None:
    for name, (customers, alpha) in COHORTS.items():
        if customers < 1_000:
            continue
        found = model.models_[name]
        assert abs(found.parameters_["alpha"] - alpha) < 3.5 * found.standard_errors_["alpha"] + 0.03 * alpha
        assert found.customers_ == customers


def test_a_small_cohort_lies_between_its_own_estimate_and_the_whole(
    model: CohortBuyingModel, people: pd.DataFrame
) -> None:
    # By the rate r / alpha, which a few customers can tell; each of the two alone can hardly be told.
    alone = BetaGeoModel().fit(people[people["cohort"] == "e"])
    own, drawn, whole = (
        np.log(m.parameters_["r"] / m.parameters_["alpha"]) for m in (alone, model.models_["e"], model.pooled_)
    )
    assert min(own, whole) < drawn < max(own, whole)


def test_what_does_not_differ_between_cohorts_is_found_not_to(model: CohortBuyingModel) -> None:
    assert model.spread_["alpha"] > 0.3
    assert model.spread_["a"] < 0.15
    assert model.spread_["b"] < 0.15


def test_cohorts_drawn_by_lot_are_all_like_the_whole(people: pd.DataFrame) -> None:
    drawn = people.assign(cohort=np.random.default_rng(3).choice(list("uvwxyz"), len(people)))
    model = CohortBuyingModel(model=BetaGeoModel()).fit(drawn)
    assert max(model.spread_.values()) < 0.08
    assert min(model.spread_.values()) == pytest.approx(LEAST_SPREAD)
    for cohort in model.models_.values():
        assert cohort.parameters_["alpha"] == pytest.approx(model.pooled_.parameters_["alpha"], rel=0.1)


def test_forecasts_by_cohort_come_truer_than_those_of_the_whole(model: CohortBuyingModel, people: pd.DataFrame) -> None:
    later = people["later_orders"]
    own = model.conditional_expected_orders(people, horizon_days=180)
    whole = model.pooled_.conditional_expected_orders(people, horizon_days=180)
    assert np.mean((own - later) ** 2) < np.mean((whole - later) ** 2)
    for expected, name in ((own, "a"), (own, "b")):
        of_cohort = (people["cohort"] == name).to_numpy()
        error = 4 * later[of_cohort].sem()
        assert expected[of_cohort].mean() == pytest.approx(later[of_cohort].mean(), abs=error)


def test_customers_of_a_cohort_not_seen_are_served_by_the_whole(model: CohortBuyingModel, people: pd.DataFrame) -> None:
    strangers = people.head(50).assign(cohort="new")
    for ask in ("p_return", "conditional_expected_orders", "discounted_expected_orders"):
        expected = getattr(model.pooled_, ask)(strangers, horizon_days=90)
        assert (getattr(model, ask)(strangers, horizon_days=90) == expected).all()
    assert (model.p_alive(strangers) == model.pooled_.p_alive(strangers)).all()


def test_a_cohort_without_repeat_orders_is_served_too() -> None:
    people = cohorts({"a": (800, 30.0), "b": (800, 60.0), "c": (800, 45.0)})
    silent = people.head(5).assign(repeat_orders_count=0, first_to_last_order_days=0, cohort="silent", age_days=400.0)
    model = CohortBuyingModel(model=BetaGeoModel()).fit(pd.concat([people, silent.set_index("silent_" + silent.index)]))
    assert np.isfinite(list(model.models_["silent"].parameters_.values())).all()
    assert model.conditional_expected_orders(silent, horizon_days=90).max() < 0.2


def test_a_missing_cohort_is_a_cohort_and_rows_may_come_in_any_order() -> None:
    people = cohorts({"a": (500, 30.0), "b": (500, 90.0)})
    people["cohort"] = people["cohort"].astype("str").where(people["cohort"] != "b", None)
    mixed = people.sample(frac=1, random_state=2)
    one, other = (CohortBuyingModel(model=BetaGeoModel()).fit(table) for table in (people, mixed))
    assert set(one.models_) == {"a", "missing"}
    assert json.dumps(one.to_parameters()) == json.dumps(other.to_parameters())
    there = pd.Series(other.p_return(mixed, horizon_days=60), mixed.index)
    assert (there[people.index].to_numpy() == one.p_return(people, horizon_days=60)).all()


def test_a_model_comes_back_from_json_as_it_was(model: CohortBuyingModel, people: pd.DataFrame) -> None:
    document = json.loads(json.dumps(model.to_parameters(), allow_nan=False))
    again = CohortBuyingModel.from_parameters(document, model=BetaGeoModel)
    assert again.to_parameters() == model.to_parameters()
    assert (again.p_return(people, horizon_days=90) == model.p_return(people, horizon_days=90)).all()
    with pytest.raises(ParameterFormatError):
        CohortBuyingModel.from_parameters(document, model=ParetoNbdModel)
    with pytest.raises(ParameterFormatError, match="damaged"):
        CohortBuyingModel.from_parameters({**document, "cohorts": None}, model=BetaGeoModel)


def test_a_table_without_cohorts_is_refused(people: pd.DataFrame) -> None:
    with pytest.raises(ModelInputError, match="'cohort' of cohorts is not in the table"):
        CohortBuyingModel(model=BetaGeoModel()).fit(people.drop(columns="cohort"))
