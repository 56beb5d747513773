"""A night's further models: too little data leaves their tables empty and says so, anything else ends the night."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from ml.errors import (
    ModelInputError,
    NoRepeatOrdersError,
    NotEnoughAnswersError,
    NotEnoughCustomersError,
    NotEnoughDataError,
    NotEnoughHistoryError,
    NotEnoughOutcomesError,
    ParameterFormatError,
)
from orchestration.model_store import ModelStore
from orchestration.prediction import categories, responses
from orchestration.prediction import night as prediction_night
from orchestration.prediction.night import Night
from orchestration.prediction.panel import BUYERS_AT_A_TIME, EvaluatedDate, _in_batches
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.tables import make_tables

TONIGHT = dt.date(2024, 12, 31)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    connection = duckdb.connect()
    make_tables(connection)
    return Night(
        connection=connection,
        tonight=TONIGHT,
        run_id="run",
        code="code",
        refit_months=6,
        models=ModelStore(tmp_path),
    )


def further(night: Night) -> list[tuple[str, str]]:
    """Model and reason of those that could not be learnt."""
    remembered = Remembered(store=night.models, code="code", inputs={})
    _, untold = prediction_night._write_further(night, (), remembered)
    return [(row["model"], row["reason"]) for table in untold for row in table.to_pylist()]


def refuse(error: type[ModelInputError], monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def learn(*_: object, **__: object) -> None:
        raise error("it cannot be learnt", expected="this", found="that", fix="mend it")

    for name in names:
        module = {"learn_categories": categories, "learn_responses": responses}[name]
        monkeypatch.setattr(module, name, learn)


def test_too_little_data_leaves_the_tables_empty_and_says_why(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(NotEnoughOutcomesError, monkeypatch, "learn_categories", "learn_responses")
    told = [("category_90d", "it cannot be learnt"), ("response_30d", "it cannot be learnt")]
    assert further(night) == told
    for table in ("ml_customers__category_propensities", "ml_customers__response_propensities"):
        assert night.connection.execute(f"select count(*) from ml.{table}").fetchall() == [(0,)]


@pytest.mark.parametrize("name", ["learn_categories", "learn_responses"])
def test_what_a_model_cannot_use_is_not_passed_over(night: Night, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    refuse(NotEnoughOutcomesError, monkeypatch, "learn_categories", "learn_responses")
    refuse(ModelInputError, monkeypatch, name)
    with pytest.raises(ModelInputError, match="it cannot be learnt"):
        further(night)


@pytest.mark.parametrize(
    ("error", "is_too_little"),
    [
        (NotEnoughCustomersError, True),
        (NotEnoughAnswersError, True),
        (NotEnoughHistoryError, True),
        (NotEnoughOutcomesError, True),
        (NoRepeatOrdersError, True),
        (ParameterFormatError, False),
        (ModelInputError, False),
    ],
)
def test_which_errors_say_that_there_is_too_little(error: type[ModelInputError], is_too_little: bool) -> None:
    assert issubclass(error, NotEnoughDataError) == is_too_little


def test_dates_are_read_together_while_their_customers_fit() -> None:
    buyers = [BUYERS_AT_A_TIME // 4, BUYERS_AT_A_TIME // 2, BUYERS_AT_A_TIME // 4, 1, 3 * BUYERS_AT_A_TIME, 1]
    dates = [EvaluatedDate(TONIGHT + dt.timedelta(days=day), day, count) for day, count in enumerate(buyers)]
    batches = [[(date - TONIGHT).days for date in batch] for batch in _in_batches(dates)]
    assert batches == [[0, 1, 2], [3], [4], [5]]
    assert _in_batches([]) == []
