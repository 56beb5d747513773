"""One night's predictions: which dates are computed, with which models, and the tables that are written.

Belongs here: the order of the steps. Does not belong here: Dagster, each step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ml.errors import NotEnoughDataError
from ml.prediction.return_predictor import ReturnPredictor
from orchestration.model_store import RETURN_MODEL, ModelStore
from orchestration.prediction import categories, responses
from orchestration.prediction.cards import return_card
from orchestration.prediction.kept_dates import MadeFrom, forget_all_but, kept_notes, note
from orchestration.prediction.origin import OriginModels, baseline_on, learn_origin
from orchestration.prediction.panel import (
    HORIZON_DAYS,
    EvaluatedDate,
    evaluated_dates,
    first_order_date,
    learning_panel,
    scored_rows,
)
from orchestration.prediction.remembered import ORIGIN, Remembered
from orchestration.prediction.return_proof import FEATURE_WINDOW_DAYS, MINIMUM, days_known, shortfalls
from orchestration.prediction.schedule import origin_of, origins
from orchestration.prediction.scorecard import Tested, calibration_rows, metric_rows, not_learned
from orchestration.prediction.scoring import Scorer
from orchestration.prediction.tables import (
    NOTES,
    NOTES_TABLE,
    PREDICTIONS_TABLE,
    TABLES,
    append_rows,
    make_tables,
    replace_rows,
)
from orchestration.prediction.tonight import RETURN, TonightsModels, learn_tonight


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What one night's predictions came to.

    Attributes:
        models: Tonight's models; None where there are none.
        fingerprint: Of tonight's model of returns; ``none`` without one.
        computed: Dates whose predictions were computed; the others were kept.
        why_not: Why there is no model, in words.
    """

    models: TonightsModels | None
    fingerprint: str
    computed: tuple[dt.date, ...]
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a night's predictions are worked out from.

    Attributes:
        connection: The warehouse with features and outcomes.
        tonight: The date.
        run_id: Who computes.
        code: Digest of code and settings; what was made by other code is made anew.
        refit_months: Months between the origins of past dates.
        models: Where models are kept.
        is_on: Whether the deployment wants predictions.
        refit: Whether a person wants every model learnt, and every date computed, anew.
    """

    connection: duckdb.DuckDBPyConnection
    tonight: dt.date
    run_id: str
    code: str
    refit_months: int
    models: ModelStore
    is_on: bool = True
    refit: bool = False


def foretell(night: Night) -> Foretold:
    """Compute the predictions that are not there yet and write every table, empty where nothing can be said."""
    make_tables(night.connection)
    if not night.is_on:
        return _nothing(night, "predictions are switched off in tessera.yml", is_told=False)
    dates = evaluated_dates(night.connection)
    buyers = dates[-1].buyers if dates and dates[-1].date == night.tonight else 0
    first_order = first_order_date(night.connection)
    missing = _obvious_shortfalls(buyers, first_order, night.tonight)
    if missing:
        return _nothing(night, " ".join(missing), customers=buyers)
    panel = learning_panel(night.connection, tonight=night.tonight)
    missing = shortfalls(panel, known_until=night.tonight, first_order=first_order, buyers=buyers)
    if missing:
        return _nothing(night, " ".join(missing), customers=buyers)
    remembered = Remembered(
        store=night.models,
        code=night.code,
        inputs={date.date: date.inputs_hash for date in dates if date.date != night.tonight},
        refit=night.refit,
    )
    learnt = _Origins(night, dates, panel, first_order, remembered)
    try:
        found = learn_tonight(
            panel,
            tonight=night.tonight,
            first_order=first_order,
            remembered=remembered,
            serving=learnt.serving_on(night.tonight - dt.timedelta(days=HORIZON_DAYS)),
        )
    except NotEnoughDataError as error:
        return _nothing(night, str(error.what), customers=buyers)
    computed = _write_predictions(night, dates, found, learnt)
    remembered.prune()
    fingerprint = night.models.keep(RETURN_MODEL, found.candidate.to_parameters())
    further, untold = _write_further(night, dates, remembered)
    _write_metrics(night, [*found.tested, *further], untold, fingerprint=fingerprint)
    night.models.keep_card(RETURN_MODEL, fingerprint, return_card(found, fingerprint).to_markdown())
    return Foretold(models=found, fingerprint=fingerprint, computed=computed)


class _Origins:
    """The models of past origins, each learnt, or found again, when it is first asked for."""

    def __init__(
        self,
        night: Night,
        dates: tuple[EvaluatedDate, ...],
        panel: pd.DataFrame,
        first_order: dt.date | None,
        remembered: Remembered,
    ) -> None:
        self._dates = {date.date: date for date in dates}
        self._panel, self._first_order, self._remembered = panel, first_order, remembered
        self._tonight = night.tonight
        self._past = origins(self._dates, tonight=night.tonight, refit_months=night.refit_months)[:-1]
        self._models: dict[dt.date, OriginModels] = {}
        self._baselines: dict[dt.date, Scorer | None] = {}

    def made_from(self, date: dt.date, *, code: str) -> MadeFrom:
        """Return what a past date's predictions are made from."""
        origin = self._origin_of(date) or date
        before = self.date_before(date)
        previous = None if before is None else self._origin_of(before) or before
        return MadeFrom(
            input_date=date,
            inputs_hash=str(self._dates[date].inputs_hash),
            origin_date=origin,
            origin_hash=str(self._dates[origin].inputs_hash),
            previous_origin_date=previous,
            previous_origin_hash=None if previous is None else str(self._dates[previous].inputs_hash),
            code=code,
        )

    def date_before(self, date: dt.date) -> dt.date | None:
        """Return the evaluated date before a date; None for the oldest."""
        return max((other for other in self._dates if other < date), default=None)

    def scorer_of(self, date: dt.date) -> Scorer | None:
        """Return what serves a past date; None where too little was known on it."""
        origin = self._origin_of(date)
        if origin is not None:
            return self._of(origin).scorer
        if date not in self._baselines:
            self._baselines[date] = baseline_on(self._panel, date, first_order=self._first_order)
        return self._baselines[date]

    def serving_on(self, date: dt.date) -> ReturnPredictor | None:
        """Return the published model of returns of the newest origin up to a date, where it has one."""
        origin = self._origin_of(date)
        scorer = None if origin is None else self._of(origin).scorer
        return None if scorer is None else scorer.returns

    def _origin_of(self, date: dt.date) -> dt.date | None:
        usable = [origin for origin in self._past if origin <= date and self._of(origin).scorer is not None]
        return origin_of(date, usable, tonight=self._tonight)

    def _of(self, origin: dt.date) -> OriginModels:
        if origin not in self._models:
            self._models[origin] = self._remembered.model(
                ORIGIN,
                origin,
                learn=lambda: learn_origin(
                    self._panel,
                    origin,
                    first_order=self._first_order,
                    buyers=self._dates[origin].buyers,
                    remembered=self._remembered,
                ),
                rebuild=OriginModels.from_parameters,
            )
        return self._models[origin]


def _write_predictions(
    night: Night, dates: tuple[EvaluatedDate, ...], found: TonightsModels, learnt: _Origins
) -> tuple[dt.date, ...]:
    """Write the predictions of every date that are not there, and return those dates; each is committed as a whole."""
    past = [date.date for date in dates if date.date != night.tonight]
    wanted = {date: learnt.made_from(date, code=night.code) for date in past}
    noted = kept_notes(night.connection)
    kept = set() if night.refit else {date for date in past if wanted[date] in noted}
    forget_all_but(night.connection, kept)
    computed = []
    for date in [*(date for date in past if date not in kept), night.tonight]:
        scorer = found.scorer if date == night.tonight else learnt.scorer_of(date)
        previous = learnt.date_before(date)
        before = None if previous is None else learnt.scorer_of(previous)
        with _transaction(night.connection):
            if scorer is not None:
                for rows in scorer.rows(scored_rows(night.connection, date), date, before=before):
                    append_rows(night.connection, PREDICTIONS_TABLE, rows)
            if date != night.tonight:
                note(night.connection, wanted[date], run_id=night.run_id)
        computed.append(date)
    return tuple(computed)


def _write_further(
    night: Night, dates: tuple[EvaluatedDate, ...], remembered: Remembered
) -> tuple[list[Tested], list[pa.Table]]:
    """Write tonight's propensities; return how their models were judged, and why others could not be learnt."""
    tested, untold = [], []
    try:
        by_category = categories.learn_categories(
            night.connection, [date.date for date in dates], tonight=night.tonight, remembered=remembered
        )
        tables = categories.category_propensities(night.connection, by_category, tonight=night.tonight)
        tested.append(by_category.tested)
    except NotEnoughDataError as error:
        tables = []
        untold.append(_not_learned(night, categories.NAME, error.what, horizon_days=HORIZON_DAYS))
    _replace(night.connection, "ml_customers__category_propensities", tables)
    try:
        of_response = responses.learn_responses(night.connection)
        tables = [
            of_response.rows(rows, tonight=night.tonight) for rows in scored_rows(night.connection, night.tonight)
        ]
        tested.append(of_response.tested)
    except NotEnoughDataError as error:
        tables = []
        untold.append(_not_learned(night, responses.NAME, error.what, horizon_days=responses.HORIZON_DAYS))
    _replace(night.connection, "ml_customers__response_propensities", tables)
    return tested, untold


def _write_metrics(night: Night, tested: list[Tested], untold: list[pa.Table], *, fingerprint: str) -> None:
    told = [metric_rows(model, version=_version(model, fingerprint), tonight=night.tonight) for model in tested]
    _replace(night.connection, "ml_models__metrics", [*told, *untold])
    honest = [
        calibration_rows(model, version=_version(model, fingerprint), tonight=night.tonight)
        for model in tested
        if "log_loss" in model.metrics
    ]
    _replace(night.connection, "ml_models__calibration", honest)


def _version(model: Tested, fingerprint: str) -> str:
    """Return the fingerprint of a model that is kept; the others are learnt anew each night and named by it."""
    return fingerprint if model.model == RETURN else f"{model.tested_on}"


def _nothing(night: Night, why_not: str, *, customers: int = 0, is_told: bool = True) -> Foretold:
    """Leave every table empty, but for the reason where somebody waits for predictions."""
    for name, schema in {**TABLES, NOTES_TABLE: NOTES}.items():
        replace_rows(night.connection, name, schema.empty_table())
    if is_told:
        reason = _not_learned(night, RETURN, why_not, horizon_days=HORIZON_DAYS, customers=customers)
        _replace(night.connection, "ml_models__metrics", [reason])
    return Foretold(models=None, fingerprint="none", computed=(), why_not=why_not)


def _not_learned(night: Night, model: str, reason: str, *, horizon_days: int, customers: int = 0) -> pa.Table:
    return not_learned(model, reason, horizon_days=horizon_days, customers=customers, tonight=night.tonight)


def _replace(connection: duckdb.DuckDBPyConnection, name: str, tables: list[pa.Table]) -> None:
    replace_rows(connection, name, pa.concat_tables(tables) if tables else TABLES[name].empty_table())


def _obvious_shortfalls(buyers: int, first_order: dt.date | None, tonight: dt.date) -> tuple[str, ...]:
    """Return what is missing as far as it can be seen without reading a panel."""
    return MINIMUM.shortfalls(
        customers=buyers,
        history_days=days_known(first_order, tonight),
        feature_window_days=FEATURE_WINDOW_DAYS,
        horizon_days=HORIZON_DAYS,
        # Whoever has too few customers or days is told of that alone.
        outcomes=np.repeat([0.0, 1.0], MINIMUM.outcomes_each),
    )


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
