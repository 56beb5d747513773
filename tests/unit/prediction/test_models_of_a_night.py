"""Tonight's models and those of past origins: proved on what they had not seen, kept, found again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, NotEnoughHistoryError
from orchestration.model_store import ModelStore
from orchestration.prediction import return_proof
from orchestration.prediction import tonight as tonights_models
from orchestration.prediction.origin import OriginModels, baseline_on, learn_origin
from orchestration.prediction.panel import NEXT_MARGIN, RETURNED, rows_of
from orchestration.prediction.remembered import FOLDER, RETURNS, Remembered
from orchestration.prediction.return_proof import prove_returns, shortfalls
from orchestration.prediction.scoring import YEAR_DAYS, Scorer
from orchestration.prediction.tables import PREDICTIONS
from orchestration.prediction.tonight import TonightsModels, learn_tonight
from orchestration.prediction.value_proof import BUYING, CELLS, LAST_WINDOW, buying_rows, fit_values
from orchestration.prediction.watch import margins_moved, returns_moved
from tests.unit.prediction.conftest import DATES, FIRST_ORDER, TONIGHT

TESTED_ON = dt.date(2024, 9, 30)
ORIGIN = dt.date(2024, 6, 30)


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Remembered:
    store = ModelStore(tmp_path_factory.mktemp("models"))
    return Remembered(store=store, code="code", inputs={date: number for number, date in enumerate(DATES[:-1])})


def test_who_asks_for_it_gets_no_model_that_was_learnt_before(tmp_path: Path) -> None:
    class Learnt:
        def to_parameters(self) -> dict:
            return {"a": 1}

    store, inputs = ModelStore(tmp_path), {DATES[0]: 1}
    learnt: list[str] = []

    def ask(*, refit: bool) -> None:
        Remembered(store=store, code="code", inputs=inputs, refit=refit).model(
            RETURNS, DATES[0], learn=lambda: learnt.append("again") or Learnt(), rebuild=lambda _: Learnt()
        )

    ask(refit=False)
    ask(refit=False)
    assert len(learnt) == 1
    ask(refit=True)
    assert len(learnt) == 2


@pytest.fixture(scope="module")
def found(panel: pd.DataFrame, remembered: Remembered) -> TonightsModels:
    return learn_tonight(panel, tonight=TONIGHT, first_order=FIRST_ORDER, remembered=remembered, serving=None)


@pytest.fixture(scope="module")
def tonight(panel: pd.DataFrame) -> pd.DataFrame:
    return rows_of(panel, [TONIGHT]).reset_index(drop=True)


def scored(scorer: Scorer, rows: pd.DataFrame, *, before: Scorer | None = None) -> pd.DataFrame:
    (table,) = scorer.rows(iter([rows]), TONIGHT, before=before)
    assert table.schema == PREDICTIONS
    return table.to_pandas()


def test_a_pace_that_cells_do_not_see_is_learnt_and_published(found: TonightsModels) -> None:
    assert found.returns.decision == "promoted"
    assert found.returns.tested_on == TESTED_ON
    assert found.returns.trained_dates[1] <= TESTED_ON - dt.timedelta(days=90)
    assert found.scorer.return_source == "model"


def test_every_factor_is_a_column_and_the_value_is_their_product(found: TonightsModels, tonight: pd.DataFrame) -> None:
    worth = fit_values(
        pd.concat([tonight.assign(**{RETURNED: 1.0, NEXT_MARGIN: 1.0, "as_of_date": pd.Timestamp(ORIGIN)}), tonight]),
        used_on=TONIGHT,
        source=BUYING,
    )
    scorer = Scorer(returns=found.scorer.returns, cells=found.scorer.cells, worth=worth, history_days=730)
    rows = scored(scorer, tonight)
    undiscounted = rows["expected_orders_365d"] * rows["expected_order_value_amount"] * rows["expected_margin_share"]
    ratio = (rows["expected_margin_365d_amount"] / undiscounted)[undiscounted > 1]
    # Of what a year brings, 10 % a year discounted, at least 1 / 1.1 is left and less than all.
    assert ratio.between(1 / 1.1 - 1e-9, 1 - 1e-6).all()
    assert rows["expected_margin_share"].to_numpy() == pytest.approx(0.4)
    assert rows["reasons"].isna().all()


@pytest.mark.parametrize("source", [CELLS, LAST_WINDOW])
def test_a_year_s_value_is_that_of_the_published_90_days_and_no_more_than_as_many_again(
    source: str, panel: pd.DataFrame, found: TonightsModels, tonight: pd.DataFrame
) -> None:
    worth = fit_values(panel, used_on=TONIGHT, source=source)
    rows = scored(Scorer(returns=None, cells=found.scorer.cells, worth=worth, history_days=730), tonight)
    assert set(rows["return_source"]) == {"baseline"}
    assert set(rows["value_source"]) == {source}
    quarter = worth.next_margin(tonight)
    times = rows["expected_margin_365d_amount"].to_numpy()[quarter > 0] / quarter[quarter > 0]
    assert (times >= 1 - 1e-9).all()
    assert (times <= YEAR_DAYS / 90 + 1e-9).all()


def test_tonight_has_reasons_and_windows_in_order(found: TonightsModels, tonight: pd.DataFrame) -> None:
    rows = scored(found.scorer, tonight)
    assert rows["reasons"].map(len).between(1, 3).all()
    first = rows["reasons"].iloc[0][0]
    assert set(first) == {"feature", "value", "effect"}
    # A window that nobody knows the end of is open: its last day, and often its middle, is missing.
    began = rows.dropna(subset=["next_order_from_date", "next_order_expected_date"])
    assert len(began) > 50
    assert (began["next_order_from_date"] > TONIGHT).all()
    assert (began["next_order_from_date"] <= began["next_order_expected_date"]).all()
    ended = rows.dropna(subset=["next_order_to_date"])
    assert (ended["next_order_expected_date"] <= ended["next_order_to_date"]).all()
    assert (rows["p_return_365d"] >= rows["p_return_90d"]).all()


def test_models_of_before_are_asked_as_well_where_they_are_others(
    panel: pd.DataFrame, found: TonightsModels, tonight: pd.DataFrame
) -> None:
    cells = fit_values(panel, used_on=TONIGHT, source=CELLS)
    before = Scorer(returns=None, cells=found.scorer.cells, worth=cells, history_days=730)
    rows = scored(found.scorer, tonight, before=before)
    alone = scored(before, tonight, before=before)
    assert set(rows["previous_value_source"]) == {CELLS}
    assert rows["previous_p_return_90d"].to_numpy() == pytest.approx(alone["p_return_90d"].to_numpy())
    assert (rows["previous_p_return_90d"] != rows["p_return_90d"]).any()
    for name in ("p_return_90d", "expected_margin_365d_amount", "value_source"):
        assert (rows[f"previous_{name}"] == alone[name]).all()
        assert (alone[f"previous_{name}"] == alone[name]).all()
        # On the oldest date nothing was said before.
        assert scored(found.scorer, tonight)[f"previous_{name}"].isna().all()


@pytest.mark.parametrize(("history_days", "is_told"), [(454, False), (455, True)])
def test_a_year_is_told_by_models_that_have_seen_one(
    found: TonightsModels, tonight: pd.DataFrame, history_days: int, is_told: bool
) -> None:
    rows = scored(replace(found.scorer, history_days=history_days), tonight)
    assert set(rows["p_return_365d"].notna()) == {is_told}
    assert rows["p_alive"].notna().all()


def test_why_a_year_is_not_told_stands_among_the_reasons(panel: pd.DataFrame, found: TonightsModels) -> None:
    other = Remembered(store=ModelStore(Path("unused")), code="code", inputs={})
    young = learn_tonight(
        panel, tonight=TONIGHT, first_order=TONIGHT - dt.timedelta(days=454), remembered=other, serving=None
    )
    told = "The chance of an order within 365 days is not told: 455 days of orders are needed for it, 454 are known."
    assert young.returns.reason.endswith(told)
    assert "365 days" not in found.returns.reason


def test_outcomes_that_moved_far_leave_the_baselines_and_the_reason(
    panel: pd.DataFrame, remembered: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = panel["as_of_date"] == pd.Timestamp(TESTED_ON)
    moved = panel.assign(
        **{
            # All but every tenth come back, and bring four times as much.
            RETURNED: panel[RETURNED].mask(newest, (np.arange(len(panel)) % 10 > 0).astype(np.float64)),
            NEXT_MARGIN: panel[NEXT_MARGIN].mask(newest, 4 * panel[NEXT_MARGIN] + 100),
        }
    )
    returns, margins = (how(moved, tested_on=TESTED_ON) for how in (returns_moved, margins_moved))
    assert (returns.result, margins.result) == ("block", "block")
    # A model that proves better all the same is not published.
    monkeypatch.setattr(tonights_models, "returns_moved", lambda *_, **__: returns)
    monkeypatch.setattr(tonights_models, "margins_moved", lambda *_, **__: margins)
    found = learn_tonight(panel, tonight=TONIGHT, first_order=FIRST_ORDER, remembered=remembered, serving=None)
    assert found.scorer.worth is not None
    assert found.scorer.return_source == "baseline"
    assert found.scorer.worth.source in (CELLS, LAST_WINDOW)
    assert found.returns.reason.startswith(f"Not met: returns moved too far to be trusted: {returns.detail}.")
    values = [each for each in found.tested if each.model.startswith("value")]
    assert any(each.reason.startswith("Not met: margins moved too far to be trusted") for each in values)
    assert not any(each.is_published for each in found.tested)


def test_a_company_that_only_loses_customers_is_warned_and_keeps_its_models(found: TonightsModels) -> None:
    # Nobody joined it after the first months, so that fewer of all who ever ordered come back.
    assert (found.return_outcomes.result, found.margin_outcomes.result) == ("warn", "warn")
    assert found.scorer.return_source == "model"
    assert "ordered within 90 days of 2024-09-30" in found.return_outcomes.detail


@pytest.mark.parametrize(("error", "is_too_little"), [(NotEnoughHistoryError, True), (ModelInputError, False)])
def test_only_too_little_data_leaves_the_next_order_out(
    panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, error: type[ModelInputError], is_too_little: bool
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error("next order", expected="this", found="that", fix="mend it")

    monkeypatch.setattr(tonights_models, "fit_next_order", refuse)
    if is_too_little:
        assert tonights_models._next_order(panel, TONIGHT) is None
    else:
        with pytest.raises(ModelInputError):
            tonights_models._next_order(panel, TONIGHT)


def test_the_order_of_the_rows_does_not_matter(
    panel: pd.DataFrame, tonight: pd.DataFrame, found: TonightsModels, tmp_path: Path
) -> None:
    other = Remembered(store=ModelStore(tmp_path), code="code", inputs={})
    again = learn_tonight(
        panel.sample(frac=1, random_state=2), tonight=TONIGHT, first_order=FIRST_ORDER, remembered=other, serving=None
    )
    pd.testing.assert_frame_equal(scored(again.scorer, tonight), scored(found.scorer, tonight))


def test_shuffled_labels_leave_the_baseline_and_the_reason(panel: pd.DataFrame, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    shuffled = panel.copy()
    for places in panel.groupby("as_of_date").indices.values():
        shuffled.loc[panel.index[places], RETURNED] = panel[RETURNED].to_numpy()[draw.permutation(places)]
    other = Remembered(store=ModelStore(tmp_path), code="code", inputs={})
    found = learn_tonight(shuffled, tonight=TONIGHT, first_order=FIRST_ORDER, remembered=other, serving=None)
    assert found.returns.decision == "baseline"
    assert not found.returns.is_published
    assert found.returns.reason.startswith("Not met: ")
    assert found.scorer.return_source == "baseline"
    assert found.scorer.next_order is None


def test_what_was_learnt_of_a_past_date_is_not_learnt_again(
    panel: pd.DataFrame, found: TonightsModels, remembered: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert remembered.store.load(FOLDER, remembered.key(RETURNS, TESTED_ON)) is not None

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("learnt again")

    monkeypatch.setattr(return_proof, "fit_returns", refuse)
    proof = prove_returns(panel, known_until=TONIGHT, remembered=remembered)
    assert np.array_equal(proof.predicted, found.returns.predicted)


@pytest.mark.parametrize("changed", ["code", "inputs"])
def test_other_code_and_other_inputs_are_learnt_anew(remembered: Remembered, changed: str) -> None:
    other = {
        "code": Remembered(store=remembered.store, code="other", inputs=remembered.inputs),
        "inputs": Remembered(store=remembered.store, code="code", inputs={TESTED_ON: -1}),
    }[changed]
    assert other.key(RETURNS, TESTED_ON) != remembered.key(RETURNS, TESTED_ON)


def test_an_origin_comes_back_from_its_document_as_it_was(
    panel: pd.DataFrame, tonight: pd.DataFrame, remembered: Remembered
) -> None:
    models = learn_origin(panel, ORIGIN, first_order=FIRST_ORDER, buyers=600, remembered=remembered)
    assert models.scorer is not None
    # As the store writes it: with sorted keys.
    document = json.loads(json.dumps(models.to_parameters(), sort_keys=True))
    again = OriginModels.from_parameters(document)
    assert again.scorer is not None
    pd.testing.assert_frame_equal(scored(again.scorer, tonight), scored(models.scorer, tonight))


def test_an_origin_is_blind_to_what_came_after_it(panel: pd.DataFrame, tonight: pd.DataFrame, tmp_path: Path) -> None:
    # Whoever looks ahead would learn that nobody ever came back.
    later = panel["as_of_date"] > pd.Timestamp(ORIGIN - dt.timedelta(days=90))
    changed = panel.assign(**{RETURNED: panel[RETURNED].mask(later & panel[RETURNED].notna(), 0.0)})
    scorers = []
    for number, rows in enumerate((panel, changed)):
        fresh = Remembered(store=ModelStore(tmp_path / str(number)), code="code", inputs={})
        scorers.append(learn_origin(rows, ORIGIN, first_order=FIRST_ORDER, buyers=600, remembered=fresh).scorer)
    first, second = (scored(scorer, tonight) for scorer in scorers if scorer is not None)
    pd.testing.assert_frame_equal(first, second)


def test_before_the_first_origin_there_are_cells_and_before_those_nothing(panel: pd.DataFrame) -> None:
    early = baseline_on(panel, dt.date(2023, 10, 31), first_order=FIRST_ORDER)
    assert early is not None
    assert early.return_source == "baseline"
    assert early.worth is not None
    assert early.worth.source == CELLS
    assert baseline_on(panel, dt.date(2023, 6, 30), first_order=FIRST_ORDER) is None


def test_too_few_customers_and_days_are_told_in_sentences(panel: pd.DataFrame) -> None:
    told = shortfalls(panel.head(0), known_until=dt.date(2023, 5, 1), first_order=FIRST_ORDER, buyers=80)
    assert told[0] == "80 customers have an order; a model needs 500."
    assert "The history covers 120 days" in told[1]


def test_who_was_refunded_all_and_more_counts_as_an_order_without_a_value(tonight: pd.DataFrame) -> None:
    rows = buying_rows(tonight.head(2).assign(net_revenue_amount=[-5.0, 50.0], order_days_count=[2.0, 2.0]))
    assert rows["orders_count"].tolist() == [0.0, 2.0]
    assert rows["mean_order_amount"].isna().tolist() == [True, False]


def test_a_panel_without_a_complete_window_is_refused(panel: pd.DataFrame, remembered: Remembered) -> None:
    with pytest.raises(ModelInputError, match="too short"):
        prove_returns(rows_of(panel, [TONIGHT]), known_until=TONIGHT, remembered=remembered)
