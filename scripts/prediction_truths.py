"""Print how good the predictions of a night are: beside simple baselines, and on the sample company beside the truth.

Belongs here: the table, the command line. Does not belong here: the proof (``orchestration.prediction``), what is true
(``truths``).

    python -m scripts.prediction_truths .tessera
    python -m scripts.prediction_truths .tessera .tessera/samples-truth/company
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.sql_quoting import path
from orchestration.errors import TesseraError
from scripts.truths.left_by_night import open_known_night
from scripts.truths.returns import attained_by_truth

SHOWN = ("area_under_roc", "log_loss", "calibration_slope", "mean_absolute_error", "gini", "total_forecast_error")


def metrics_table(home: Path) -> str:
    """The metrics of the served version as a Markdown table, a row a model, metric and baseline.

    How many it happened to is told of chances.

    Raises:
        TesseraError: No version is served.
    """
    mart = home / "published" / "current" / "model_metrics.parquet"
    if not mart.is_file():
        raise TesseraError(
            f"{home} serves no predictions",
            expected=str(mart),
            found="no such file",
            fix="name the home of a night that was published",
        )
    calibration = mart.with_name("model_calibration.parquet")
    with duckdb.connect() as connection:
        metrics = connection.execute(
            f"""
            with happened as (
                select model, sum(observed_share * customers_count) / sum(customers_count) as happened_share
                from read_parquet({path(calibration.resolve())})
                group by model
            )

            select metrics.*, happened.happened_share
            from read_parquet({path(mart.resolve())}) as metrics
            left join happened on metrics.model = happened.model
            where metrics.slice = 'all'
            order by metrics.model, metrics.metric, metrics.baseline
            """
        ).fetchdf()
    head = (
        *("model", "customers", "days after", "happened to", "metric"),
        *("baseline", "model", "baseline", "difference (95 %)", "decision"),
    )
    aligned = ("---", "--:", "---", "--:", "---", "---", "--:", "--:", "--:", "---")
    lines = [head, aligned, *_rows(metrics)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _rows(metrics: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    for row in metrics.to_dict("records"):
        if row["decision"] == "not_learned":
            yield row["model"], f"{row['customers_count']:,}", "", "", "", "", "", "", "", row["reason"]
        elif row["metric"] in SHOWN:
            interval = f"{row['difference_lower']:.4g} to {row['difference_upper']:.4g}"
            yield (
                row["model"],
                f"{row['customers_count']:,}",
                f"{row['tested_on_date']:%Y-%m-%d}",
                "" if pd.isna(row["happened_share"]) else f"{row['happened_share']:.1%}",
                row["metric"].replace("_", " "),
                row["baseline"].replace("_", " "),
                f"{row['model_value']:.4g}",
                f"{row['baseline_value']:.4g}",
                interval,
                row["decision"],
            )


def truth_table(home: Path, truth: Path) -> str:
    """How near the chances of returning come to those of the true process, as a Markdown table."""
    with open_known_night(home, truth) as night:
        found = attained_by_truth(night)
    lines = ["| whose chances | area under the curve | share of it that the model reaches |", "|---|--:|--:|"]
    lines += [f"| {name} | {area:.4f} | {found['the model'] / area:.1%} |" for name, area in found.items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.prediction_truths", description=__doc__)
    parser.add_argument("home", type=Path, help="the home of a night")
    parser.add_argument("truth", type=Path, nargs="?", help="the truth's folder, for the sample company")
    chosen = parser.parse_args(arguments)
    try:
        print(metrics_table(chosen.home))
        if chosen.truth is not None:
            print()
            print(truth_table(chosen.home, chosen.truth))
    except TesseraError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
