"""Drift is measured by its size, and chance is not called drift."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from ml.errors import ModelInputError, ParameterFormatError
from ml.evaluation.drift import (
    DriftBands,
    DriftReference,
    jensen_shannon_divergence,
    overall_result,
    population_stability_index,
)


def people(n: int = 5000, *, seed: int = 0, shift: float = 0.0, missing: float = 0.1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    revenue = rng.lognormal(4, 1, n) * np.exp(shift)
    return pd.DataFrame(
        {
            "revenue": np.where(rng.random(n) < missing, np.nan, revenue),
            "country": rng.choice(["DE", "AT", "CH"], n, p=[0.6, 0.3, 0.1]),
            "is_member": rng.random(n) < 0.4,
        }
    )


def result_of(table: pd.DataFrame, column: str) -> str:
    return str(table.set_index("column").loc[column, "result"])


def test_the_index_is_the_sum_over_bins_by_hand() -> None:
    # 60/40 against 40/60: 2 x .2 x ln(1.5) = .1622; a half row more in each of two bins of 10,000 hardly shows.
    assert population_stability_index(np.array([6000, 4000]), np.array([4000, 6000])) == pytest.approx(0.1622, abs=1e-4)
    assert population_stability_index(np.array([5, 5]), np.array([500, 500])) == 0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=12))
def test_the_divergence_is_the_square_of_scipys_distance(counts: list[tuple[int, int]]) -> None:
    e, a = np.array(counts, dtype=float).T
    if e.sum() and a.sum():
        found = jensen_shannon_divergence(e, a)
        assert found == pytest.approx(jensenshannon(e, a, base=2) ** 2, abs=1e-9)
        assert 0 <= found <= 1 + 1e-12


def test_other_customers_of_the_same_kind_are_no_drift() -> None:
    table = DriftReference().fit(people()).compare(people(seed=1))
    assert set(table["result"]) == {"ok"}


def test_a_small_sample_of_the_same_kind_is_no_drift_either() -> None:
    reference = DriftReference().fit(people())
    results = [overall_result(reference.compare(people(40, seed=seed))["result"]) for seed in range(2, 30)]
    assert results.count("ok") >= 25
    raw = [reference.compare(people(40, seed=seed))["population_stability_index"].max() for seed in range(2, 30)]
    assert max(raw) > DriftBands().warn


def test_doubled_amounts_block_and_a_tenth_more_does_not() -> None:
    reference = DriftReference().fit(people())
    assert result_of(reference.compare(people(seed=1, shift=np.log(2))), "revenue") == "block"
    assert result_of(reference.compare(people(seed=1, shift=np.log(1.1))), "revenue") == "ok"


def test_values_that_went_missing_are_drift() -> None:
    table = DriftReference().fit(people()).compare(people(seed=1, missing=0.5))
    assert table.loc[0, "column"] == "revenue"
    assert result_of(table, "revenue") == "block"


def test_a_new_country_is_drift() -> None:
    now = people(seed=1)
    now.loc[:1500, "country"] = "FR"
    assert result_of(DriftReference().fit(people()).compare(now), "country") == "block"


def test_a_reference_is_read_back_from_its_document() -> None:
    reference = DriftReference(bins=5).fit(people())
    again = DriftReference.from_parameters(json.loads(json.dumps(reference.to_parameters(), allow_nan=False)))
    pd.testing.assert_frame_equal(again.compare(people(seed=1)), reference.compare(people(seed=1)))
    shuffled = people().sample(frac=1, random_state=1)
    assert DriftReference(bins=5).fit(shuffled).to_parameters() == reference.to_parameters()
    with pytest.raises(ParameterFormatError):
        DriftReference.from_parameters({"format": "other"})


def test_a_column_that_is_gone_is_an_error_not_a_drift() -> None:
    reference = DriftReference().fit(people())
    with pytest.raises(ModelInputError, match="'country' is not in the table"):
        reference.compare(people().drop(columns="country"))
    with pytest.raises(ModelInputError, match="no rows"):
        reference.compare(people().head(0))


def test_the_worst_result_counts() -> None:
    assert [overall_result(r) for r in (["ok", "ok"], ["ok", "warn"], ["block", "warn"], [])] == [
        "ok", "warn", "block", "ok",
    ]  # fmt: skip
