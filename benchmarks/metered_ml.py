"""One part of the ml stage on a warehouse, in a process of its own for predictions.py: prints what it took as JSON.

Usage: metered_ml.py PART WAREHOUSE MODELS_FOLDER MEMORY_LIMIT

CPU and wall seconds are told by step; the memory is the most that the process has held, DuckDB's included.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from customers_choices import clear_choices, write_choices
from metered_lifetime_value import peak_memory

from ml.lifetime_value.margin_value import MarginValueModel
from ml.prediction.path_attribution import top_factors
from orchestration.assets.ml import write_found
from orchestration.configuration.thresholds import default_thresholds
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.model_store import ModelStore
from orchestration.prediction.categories import category_propensities, learn_categories
from orchestration.prediction.next_orders import fit_next_order
from orchestration.prediction.panel import evaluated_dates, first_order_date, learning_panel, scored_rows
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.responses import learn_responses
from orchestration.prediction.return_proof import days_known, fit_cells, fit_returns, prove_returns
from orchestration.prediction.scoring import REASON_COUNT, Scorer
from orchestration.prediction.tables import PREDICTIONS_TABLE, append_rows, make_tables, replace_rows
from orchestration.prediction.value_proof import BUYING, TREES, buying_rows, fit_values, prove_values


class Meter:
    """Seconds by step; a step may be entered many times."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu[step] += time.process_time() - cpu
        self.wall[step] += time.perf_counter() - wall


def found_scheme(meter: Meter, connection: duckdb.DuckDBPyConnection, tonight: dt.date, name: str) -> None:
    """A scheme that a model finds: its first night, and a night that has a model already."""
    scheme, previous = FOUND_SCHEMES[name], None
    for night in ("first night", "next night"):
        with meter(f"{name}, {night}"):
            found = scheme.find(connection, tonight=tonight, previous=previous, thresholds=default_thresholds())
            write_found(connection, scheme, found)
        previous = None if found.parameters is None else json.loads(json.dumps(found.parameters))
        print(f"{name}: {found.detail}", file=sys.stderr)
        # The nights are processes of their own.
        del found


def predictions(meter: Meter, connection: duckdb.DuckDBPyConnection, tonight: dt.date, models: ModelStore) -> None:
    """Learning and proving everything but categories, and tonight's predictions of all."""
    make_tables(connection)
    remembered = Remembered(store=models, code="bench", inputs={})
    with meter("panel read"):
        panel = learning_panel(connection, tonight=tonight)
    with meter("returns learnt twice and proved"):
        prove_returns(panel, known_until=tonight, remembered=remembered)
        returns = fit_returns(panel, used_on=tonight)
    with meter("values learnt twice and proved"):
        prove_values(panel, known_until=tonight, remembered=remembered)
        trees = fit_values(panel, used_on=tonight, source=TREES)
    with meter("next order learnt"):
        next_order = fit_next_order(panel, used_on=tonight)
    history_days = days_known(first_order_date(connection), tonight)
    cells = fit_cells(panel, used_on=tonight)
    scorer = Scorer(returns=returns, cells=cells, worth=trees, history_days=history_days)
    batches = scored_rows(connection, tonight)
    while True:
        with meter("customers read"):
            rows = next(batches, None)
        if rows is None:
            break
        with meter("returns foretold"):
            scorer.p_return(rows)
        with meter("spending foretold, trees"):
            trees.next_margin(rows)
        with meter("lifetime value foretold"):
            trees.buying.predict_factors(buying_rows(rows), horizon_days=365)
        with meter("next order foretold"):
            next_order.predict(rows)
        with meter("reasons"):
            top_factors(returns.model_, rows, count=REASON_COUNT)
    whole = Scorer(
        returns=returns,
        cells=cells,
        worth=trees,
        history_days=history_days,
        next_order=next_order,
        with_reasons=True,
    )
    with meter("all of it, and written"):
        for table in whole.rows(scored_rows(connection, tonight), tonight, before=scorer):
            append_rows(connection, PREDICTIONS_TABLE, table)


def lifetime_value(meter: Meter, connection: duckdb.DuckDBPyConnection, tonight: dt.date) -> None:
    """The buying models and what goes with them, learnt from all customers; a night takes the panel's."""
    histories = buying_rows(_all_rows(connection, tonight))
    with meter("lifetime value learnt from all"):
        model = MarginValueModel().fit(histories)
    with meter("lifetime value of all at once"):
        model.predict_factors(histories, horizon_days=365)
    with meter(f"the panel's {BUYING}"):
        MarginValueModel().fit(histories.iloc[:8_000])


def _all_rows(connection: duckdb.DuckDBPyConnection, tonight: dt.date) -> pd.DataFrame:
    return connection.execute(
        """
        select
            customer_id,
            cast(order_days_count as double) as order_days_count,
            cast(net_revenue_amount as double) as net_revenue_amount,
            cast(margin_amount as double) as margin_amount,
            cast(first_to_last_order_days as double) as first_to_last_order_days,
            cast(days_since_first_order as double) as days_since_first_order
        from features.feat_customers__purchases
        where as_of_date = $tonight and order_days_count > 0
        order by customer_id
        """,
        {"tonight": tonight},
    ).fetchdf()


def propensities(meter: Meter, connection: duckdb.DuckDBPyConnection, tonight: dt.date, models: ModelStore) -> None:
    """Categories and responses: learnt, proved and foretold of all."""
    make_tables(connection)
    dates = [date.date for date in evaluated_dates(connection)]
    with meter("categories learnt and proved"):
        found = learn_categories(
            connection, dates, tonight=tonight, remembered=Remembered(store=models, code="bench", inputs={})
        )
    with meter("categories foretold and written"):
        for table in category_propensities(connection, found, tonight=tonight):
            append_rows(connection, "ml_customers__category_propensities", table)
    with meter("responses learnt and proved"):
        responses = learn_responses(connection)
    with meter("responses foretold"):
        told = [responses.rows(rows, tonight=tonight) for rows in scored_rows(connection, tonight)]
        replace_rows(connection, "ml_customers__response_propensities", pa.concat_tables(told))


def main() -> None:
    """Run one part and print its steps."""
    part, warehouse, folder, memory_limit = sys.argv[1:]
    meter, models = Meter(), ModelStore(Path(folder))
    with duckdb.connect(warehouse) as connection:
        connection.execute("set threads = 2")
        connection.execute("set enable_progress_bar = false")
        connection.execute("set memory_limit = ?", [memory_limit])
        ((tonight,),) = connection.execute("select as_of_date from features.as_of_dates where is_tonight").fetchall()
        if part == "predictions":
            predictions(meter, connection, tonight, models)
        elif part == "lifetime_value":
            lifetime_value(meter, connection, tonight)
        elif part == "propensities":
            propensities(meter, connection, tonight, models)
        elif part == "needs_by_choices":
            write_choices(connection, tonight)
            found_scheme(meter, connection, tonight, "needs")
            clear_choices(connection)
        else:
            found_scheme(meter, connection, tonight, part)
    print(json.dumps({"cpu": meter.cpu, "wall": meter.wall, "memory": peak_memory()}))


if __name__ == "__main__":
    main()
