"""What forecasting demand costs: seconds for 500 monthly series by method, and how far each is off.

Belongs here: drawing the series, timing, the table. Does not belong here: forecasters (``ml.demand``).

Series are three years of months with a season, a trend and noise of their own; the last six months are forecast. CPU
seconds are those of fitting and forecasting alone.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from ml.demand.demand_forecast import MAKERS
from ml.demand.forecast_metrics import mean_absolute_scaled_error
from ml.demand.rolling_origin import error_scale, rolling_errors

SERIES, MONTHS, STEPS = 500, 36, 6


def drawn_series(number: int) -> np.ndarray:
    """Return one series, shape (MONTHS,)."""
    draw = np.random.default_rng(number)
    months = np.arange(MONTHS)
    season = np.exp(draw.normal(0, 0.25, 12))[months % 12]
    growth = np.exp(draw.normal(0.1, 0.15) * months / 12)
    return np.round(draw.lognormal(5, 1) * season * growth * np.exp(draw.normal(0, 0.15, MONTHS)))


def main() -> None:
    """Print the table."""
    series = [drawn_series(number) for number in range(SERIES)]
    table = Table(
        "method", "CPU seconds", "MASE", title=f"{SERIES} series of {MONTHS} months, the last {STEPS} forecast"
    )
    for name, make in MAKERS.items():
        with threadpool_limits(limits=1):
            began = time.process_time()
            for y in series:
                make().fit(y[:-STEPS]).forecast(STEPS)
            seconds = time.process_time() - began
            errors = [
                rolling_errors(
                    str(number),
                    y,
                    {name: make},
                    origins=range(MONTHS - STEPS, MONTHS - STEPS + 1),
                    steps=STEPS,
                    scale=error_scale(y, is_seasonal=True),
                )
                for number, y in enumerate(series)
            ]
        table.add_row(name, f"{seconds:.2f}", f"{mean_absolute_scaled_error(pd.concat(errors, ignore_index=True)):.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
