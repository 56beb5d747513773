"""The baseline, the calibration, the encoding and the advice, each by itself."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from ml.errors import ModelInputError, ParameterFormatError
from ml.evaluation.classification_metrics import calibration_line
from ml.panels import checked_panel, customer_hash, row_hash
from ml.prediction.feature_encoding import FeatureEncoder
from ml.prediction.probability_calibration import ProbabilityCalibration
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from ml.prediction.what_would_move import what_would_move

RFM = ("days_since_last_order", "order_days_365d_count", "net_revenue_365d_amount")


def rfm_rows(n: int = 4000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = np.column_stack([rng.exponential(90, n), rng.poisson(3, n), rng.lognormal(4, 1, n)])
    frame = pd.DataFrame(values, columns=list(RFM))
    frame.loc[rng.random(n) < 0.1, RFM[2]] = np.nan
    return frame.assign(y=(rng.random(n) < expit(1 - values[:, 0] / 60)).astype(float))


def test_a_large_cell_says_its_own_mean_and_a_small_one_its_parents() -> None:
    rows = rfm_rows()
    own = RfmCellBaseline(outcome_name="y", shrinkage=1e-9).fit(rows)
    shrunk = RfmCellBaseline(outcome_name="y", shrinkage=1e9).fit(rows)
    cells = own._codes(rows[list(RFM)].to_numpy())
    means = rows["y"].groupby([*cells.T]).transform("mean").to_numpy()
    np.testing.assert_allclose(own.predict(rows), means, atol=1e-6)
    np.testing.assert_allclose(shrunk.predict(rows), rows["y"].mean(), atol=1e-3)


def test_a_cell_of_n_rows_is_drawn_to_its_parent_by_k_rows() -> None:
    rows = pd.DataFrame({"r": [1.0, 1, 1, 2], "y": [0.0, 0, 0, 1]})
    model = RfmCellBaseline(outcome_name="y", feature_names=("r",), bands=2, shrinkage=2).fit(rows)
    # Mean of all .25: (0 + 2 x .25) / (3 + 2) = .1 and (1 + 2 x .25) / (1 + 2) = .5.
    np.testing.assert_allclose(model.predict(rows), [0.1, 0.1, 0.1, 0.5])


def test_the_baseline_knows_no_order_of_rows_and_reads_its_document() -> None:
    rows = rfm_rows()
    model = RfmCellBaseline(outcome_name="y").fit(rows)
    shuffled = RfmCellBaseline(outcome_name="y").fit(rows.sample(frac=1, random_state=1))
    assert json.dumps(shuffled.to_parameters()) == json.dumps(model.to_parameters())
    again = RfmCellBaseline.from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    with pytest.raises(ParameterFormatError):
        RfmCellBaseline.from_parameters(model.to_parameters() | {"means": [[0.1]]})


def test_a_baseline_of_nothing_known_is_refused() -> None:
    with pytest.raises(ModelInputError, match="no outcome is known"):
        RfmCellBaseline(outcome_name="y").fit(rfm_rows().assign(y=np.nan))


@pytest.mark.parametrize(("n", "method"), [(400, "platt"), (40_000, "isotonic")])
def test_scores_off_by_a_factor_become_honest_probabilities(n: int, method: str) -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(-1, 1, 2 * n)
    y = (rng.random(2 * n) < expit(truth)).astype(float)
    found = ProbabilityCalibration().fit(3 * truth[:n] + 1, y[:n])
    assert found.method_ == method
    slope, intercept = calibration_line(y[n:], found.predict(3 * truth[n:] + 1))
    assert slope == pytest.approx(1, abs=0.25 if method == "platt" else 0.07)
    assert intercept == pytest.approx(0, abs=0.3 if method == "platt" else 0.07)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([60, 5000]))
def test_a_higher_score_never_becomes_a_lower_probability(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=n)
    y = (rng.random(n) < expit(rng.normal() * scores)).astype(float)
    found = ProbabilityCalibration().fit(scores, y)
    curve = found.predict(np.linspace(-6, 6, 300))
    assert (np.diff(curve) >= 0).all()
    assert ((curve > 0) & (curve < 1)).all()
    order = rng.permutation(n)
    assert ProbabilityCalibration().fit(scores[order], y[order]).to_parameters() == found.to_parameters()


def test_scores_that_order_the_wrong_way_become_the_base_rate() -> None:
    y = np.repeat([1.0, 0.0], [30, 70])
    found = ProbabilityCalibration().fit(-y, y)
    assert found.method_ == "base_rate"
    np.testing.assert_allclose(found.predict(np.array([-1.0, 0.0])), 31 / 102)


def test_text_is_coded_by_frequent_levels_and_the_rest_is_missing() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3, 4, 5], "country": ["DE", "AT", "DE", None, "FR"], "same": 1, "empty": np.nan})
    encoder = FeatureEncoder(feature_names=("n", "country", "same", "empty"), max_levels=2).fit(frame)
    assert encoder.names_ == ["country", "n"]
    assert encoder.levels_ == {"country": ["AT", "DE"]}
    assert encoder.dropped_ == {"same": "every value is the same", "empty": "every value is missing"}
    np.testing.assert_array_equal(encoder.transform(frame)[:, 0], [1, 0, 1, np.nan, np.nan])


def test_an_encoder_reads_a_document_whose_keys_were_sorted() -> None:
    frame = pd.DataFrame({"region": ["n", "s", "n"], "country": ["AT", "DE", "AT"]})
    encoder = FeatureEncoder(feature_names=("region", "country")).fit(frame)
    document = json.loads(json.dumps(encoder.to_parameters(), sort_keys=True))
    assert list(document["levels"]) == ["country", "region"]
    again = FeatureEncoder.from_parameters(document)
    assert np.array_equal(again.transform(frame), encoder.transform(frame))


@pytest.mark.parametrize(
    "values", [[Decimal("1.5"), Decimal("2.5")], pd.to_datetime(["2026-01-01", "2026-01-02"])], ids=["decimal", "date"]
)
def test_what_is_neither_number_nor_text_is_refused_with_a_cast(values: object) -> None:
    frame = pd.DataFrame({"x": values})
    with pytest.raises(ModelInputError, match="cast decimals to double and dates to days"):
        FeatureEncoder(feature_names=("x",)).fit(frame)


def test_a_hash_depends_on_the_keys_and_the_seed_only() -> None:
    panel = pd.DataFrame({"customer_id": [f"c{i}" for i in range(20_000)], "as_of_date": pd.Timestamp("2026-01-31")})
    shuffled = panel.sample(frac=1, random_state=0)
    np.testing.assert_array_equal(row_hash(panel)[shuffled.index], row_hash(shuffled))
    assert not np.array_equal(customer_hash(panel["customer_id"]), customer_hash(panel["customer_id"], seed=1))
    share = np.bincount((customer_hash(panel["customer_id"]) % np.uint64(10)).astype(int)) / len(panel)
    np.testing.assert_allclose(share, 0.1, atol=0.01)
    other_date = panel.assign(as_of_date=pd.Timestamp("2026-02-28"))
    assert not np.isin(row_hash(panel), row_hash(other_date)).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.head(0), "no rows"),
        (lambda p: p.drop(columns="as_of_date"), "'as_of_date' is not in the panel"),
        (lambda p: p.assign(customer_id=None), "a key of the panel is missing"),
        (lambda p: pd.concat([p, p]), "repeated"),
    ],
)
def test_a_panel_without_its_keys_is_refused(change: object, message: str) -> None:
    panel = pd.DataFrame({"customer_id": ["a", "b"], "as_of_date": "2026-01-31"})
    with pytest.raises(ModelInputError, match=message):
        checked_panel(change(panel), owner="test")  # type: ignore[operator]


def people() -> pd.DataFrame:
    return pd.DataFrame({"visits": np.arange(100.0), "silence": np.arange(100.0)[::-1], "wave": np.arange(100.0)})


def by_visits(rows: pd.DataFrame) -> np.ndarray:
    wave = np.where(np.abs(rows["wave"] - 40) < 8, 0.5, 0.0)
    return expit((rows["visits"] - rows["silence"]).to_numpy() / 20) * 0.5 + wave


def test_the_nearest_change_that_others_show_is_told() -> None:
    customer = pd.DataFrame({"visits": [20.0], "silence": [60.0], "wave": [0.0]}, index=["c1"])
    moves = what_would_move(by_visits, customer, people(), actionable={"visits": 1, "silence": -1}, threshold=0.2)
    assert {move.feature for move in moves} == {"visits", "silence"}
    for move in moves:
        changed = customer.assign(**{move.feature: move.to_value})
        assert by_visits(changed)[0] == pytest.approx(move.prediction)
        assert move.prediction >= 0.2 > by_visits(customer)[0]
        # One grid step less is not enough: 19 values over 90 of 100 people are 5 apart.
        back = move.to_value + (5 if move.feature == "silence" else -5)
        assert by_visits(customer.assign(**{move.feature: back}))[0] < 0.2
        assert move.step == pytest.approx(abs(move.to_value - move.from_value) / 100, abs=0.011)
    assert moves == sorted(moves, key=lambda move: move.step)


def test_the_wrong_direction_and_a_lone_dent_are_no_advice() -> None:
    customer = pd.DataFrame({"visits": [20.0], "silence": [60.0], "wave": [0.0]})
    assert what_would_move(by_visits, customer, people(), actionable={"visits": -1}, threshold=0.2) == []
    assert what_would_move(by_visits, customer, people(), actionable={"wave": 0}, threshold=0.2) == []


def test_nothing_beyond_what_others_show_is_advised() -> None:
    customer = pd.DataFrame({"visits": [20.0], "silence": [60.0], "wave": [0.0]})
    assert what_would_move(by_visits, customer, people(), actionable={"visits": 1}, threshold=0.45) == []


def test_one_customer_at_a_time() -> None:
    with pytest.raises(ModelInputError, match="one customer"):
        what_would_move(by_visits, people(), people(), actionable={"visits": 1}, threshold=0.2)
