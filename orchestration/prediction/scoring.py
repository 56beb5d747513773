"""From models to the rows of a date: every prediction with its factors and its source.

Belongs here: applying models to the customers of one date, the yearly value made of what is published. Does not belong
here: learning, proving, which date gets which model (``night``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.prediction.next_order_predictor import NextOrderPredictor
from ml.prediction.path_attribution import top_factors
from ml.prediction.return_predictor import ReturnPredictor
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from orchestration.prediction.panel import HORIZON_DAYS
from orchestration.prediction.tables import PREDICTIONS, REASONS, reasons_column
from orchestration.prediction.value_proof import BUYING, ValueModels, buying_rows

MODEL, BASELINE = "model", "baseline"
YEAR_DAYS = 365
# A year to look ahead and a window to look back on: whoever has seen less has not seen who comes back within a year.
LEAST_DAYS_FOR_A_YEAR = YEAR_DAYS + HORIZON_DAYS
REASON_COUNT = 3
# What the models of the date before are asked as well.
COMPARED = ("value_source", "p_return_90d", "expected_margin_365d_amount")


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """What the predictions of one date are made with.

    Attributes:
        returns: The model of returns, where it is published.
        cells: The baseline of returns.
        worth: The models of value; None where there was too little to learn from.
        history_days: Days of orders that the models of value knew.
        next_order: The model of the next order; tonight only, where the model of returns is published.
        with_reasons: Whether reasons are given; tonight only.
    """

    returns: ReturnPredictor | None
    cells: RfmCellBaseline
    worth: ValueModels | None
    history_days: int
    next_order: NextOrderPredictor | None = None
    with_reasons: bool = False

    @property
    def return_source(self) -> str:
        return BASELINE if self.returns is None else MODEL

    def p_return(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the published chance of an order in 90 days, shape (n,)."""
        return (self.returns or self.cells).predict(rows)

    @property
    def tells_a_year(self) -> bool:
        """Whether enough days are known for the chance of an order within a year."""
        return self.history_days >= LEAST_DAYS_FOR_A_YEAR

    def rows(
        self, batches: Iterator[pd.DataFrame], date: dt.date, *, before: Scorer | None = None
    ) -> Iterator[pa.Table]:
        """Yield the predictions of a date's customers, a batch at a time.

        Args:
            batches: Their features.
            date: The date.
            before: What serves the evaluated date before. What it says of them tells a customer who has changed from a
                model that has.
        """
        for rows in batches:
            yield self._scored(rows, date, before)

    def _scored(self, rows: pd.DataFrame, date: dt.date, before: Scorer | None) -> pa.Table:
        said = self._said(rows)
        previously = said if before is self else {} if before is None else before._said(rows)
        columns = {
            "customer_id": pa.array(rows["customer_id"], pa.string()),
            "return_source": pa.repeat(pa.scalar(self.return_source), len(rows)),
            **said,
            **{f"previous_{name}": previously[name] for name in COMPARED if name in previously},
            **self._next_order_columns(rows),
            "reasons": self._reasons(rows),
            "as_of_date": pa.repeat(pa.scalar(date, pa.date32()), len(rows)),
        }
        return pa.table(
            {name: columns.get(name, pa.nulls(len(rows))) for name in PREDICTIONS.names}, schema=PREDICTIONS
        )

    def _said(self, rows: pd.DataFrame) -> dict[str, object]:
        soon = self.p_return(rows)
        return {"p_return_90d": soon, **self._value_columns(rows, soon)}

    def _value_columns(self, rows: pd.DataFrame, soon: np.ndarray) -> dict[str, object]:
        if self.worth is None:
            return {}
        histories = buying_rows(rows)
        year = self.worth.buying.predict_factors(histories, horizon_days=YEAR_DAYS)
        margin = year["discounted_margin"].to_numpy()
        if self.worth.source != BUYING:
            # The contender that won says what 90 days bring; how many times as much a year brings, the buying model.
            quarter = self.worth.buying.predict_factors(histories, horizon_days=HORIZON_DAYS)
            times = year["discounted_orders"].to_numpy() / np.maximum(quarter["expected_orders"].to_numpy(), 1e-12)
            margin = self.worth.next_margin(rows) * np.clip(times, 1.0, YEAR_DAYS / HORIZON_DAYS)
        return {
            "value_source": pa.repeat(pa.scalar(self.worth.source), len(rows)),
            # Two models, one truth: whoever orders within 90 days orders within 365.
            **({"p_return_365d": np.maximum(year["p_return"].to_numpy(), soon)} if self.tells_a_year else {}),
            "p_alive": year["p_alive"].to_numpy(),
            "expected_orders_365d": year["expected_orders"].to_numpy(),
            "expected_order_value_amount": year["expected_order_amount"].to_numpy(),
            "expected_margin_share": year["margin_share"].to_numpy(),
            "expected_margin_365d_amount": margin,
        }

    def _next_order_columns(self, rows: pd.DataFrame) -> dict[str, object]:
        if self.next_order is None:
            return {}
        foreseen = self.next_order.predict(rows)
        names = {"expected": "median_days", "from": "window_from_days", "to": "window_to_days"}
        return {
            f"next_order_{name}_date": pa.array(_dates(rows, foreseen[days]), pa.date32(), from_pandas=True)
            for name, days in names.items()
        }

    def _reasons(self, rows: pd.DataFrame) -> pa.Array:
        if not self.with_reasons or self.returns is None or rows.empty:
            return pa.nulls(len(rows), REASONS)
        factors = top_factors(self.returns.model_, rows, count=REASON_COUNT)
        places = range(1, factors.shape[1] // 2 + 1)
        names = [[None if pd.isna(name) else str(name) for name in factors[f"factor_{k}"]] for k in places]
        return reasons_column(
            names,
            [_values(rows, of_place) for of_place in names],
            [factors[f"effect_{k}"].to_numpy() for k in places],
        )


def _dates(rows: pd.DataFrame, days: pd.Series) -> pd.Series:
    moved = pd.to_datetime(rows["as_of_date"]) + pd.to_timedelta(days.to_numpy(), unit="D")
    return moved.astype("datetime64[s]").dt.date.where(moved.notna(), None)


def _values(rows: pd.DataFrame, names: list[str | None]) -> list[str | None]:
    """Return of each row the value of the feature that is named for it, as text."""
    texts: list[str | None] = [None] * len(rows)
    of_name = pd.Series(names, dtype=object).groupby(pd.Series(names, dtype=object)).indices
    for name, places in of_name.items():
        column = rows[str(name)].to_numpy()
        for place in places:
            value = column[place]
            if not pd.isna(value):
                texts[place] = f"{value:g}" if isinstance(value, float) else str(value)
    return texts
