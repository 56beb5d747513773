"""A small published folder with every mart that the explorer can show, those included that a night may not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.explored import action_marts, judged_marts, segment_marts
from tests.support.explored.common import ABOUT, CUSTOMERS, DATES, NIGHT, Rows, segments

__all__ = ["ABOUT", "CUSTOMERS", "DATES", "HOSTILE", "NIGHT", "Rows", "with_hostile_names", "write"]

HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
HOSTILE_NAMES = (HOSTILE, '=HYPERLINK("http://x")', "\u202eabc\u2066 שלום")


def write(folder: Path, *, change: Callable[[str, Rows], Rows | None] = lambda _, rows: rows) -> Path:
    """Write the marts.

    Args:
        folder: Where to.
        change: Given a mart's name and rows, gives other rows, or None for no mart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _marts():
        changed = change(name, rows)
        if changed is not None:
            pq.write_table(pa.Table.from_pylist(changed), folder / f"{name}.parquet")
    return folder


def with_hostile_names(name: str, rows: Rows) -> Rows:
    """Every name, sentence and reason is one that tries to get out of the page."""
    texts = (
        "_name",
        "finding",
        "sentence",
        "detail",
        "reason",
        "question",
        "words",
        "trait_value",
        "owner",
        "conditions",
    )
    return [
        {
            column: HOSTILE_NAMES[place % 3] if isinstance(value, str) and column.endswith(texts) else value
            for column, value in row.items()
        }
        for place, row in enumerate(rows)
    ]


def _marts() -> Iterator[tuple[str, Rows]]:
    yield "segmentation_schemes", segment_marts.schemes()
    yield "customers", segment_marts.customers()
    yield "segment_memberships", segment_marts.memberships()
    yield "segment_profiles", [segment_marts.profile(date, *segment) for date in DATES for segment in segments()]
    yield "segment_traits", segment_marts.traits()
    yield "segment_transitions", segment_marts.transitions()
    yield (
        "segment_boundaries",
        [
            {
                "scheme": "rfm",
                "boundary_name": "recency",
                "boundary_number": 1,
                "boundary_value": 30.0,
                "boundaries_set_date": NIGHT,
            }
        ],
    )
    yield "scheme_scorecard", judged_marts.scorecard()
    yield "scheme_pairs", [judged_marts.pair()]
    yield (
        "model_metrics",
        [judged_marts.metric("return_90d", 0.5, 0.53, True), judged_marts.metric("value_90d", 60.0, 59.0, False)],
    )
    yield (
        "model_calibration",
        [
            {
                "model": "return_90d",
                "version": "1",
                "decile": tenth,
                "customers_count": 40,
                "predicted_share": tenth / 12,
                "observed_share": tenth / 12.5,
                "as_of_date": NIGHT,
            }
            for tenth in range(1, 11)
        ],
    )
    yield "data_quality", judged_marts.quality()
    yield "segment_kpis", judged_marts.kpis()
    yield "segment_growth", [judged_marts.growth(code, name, scheme) for _, scheme, code, name, _ in segments()]
    yield "cohort_retention", judged_marts.cohorts()
    yield "kpi_alerts", [judged_marts.alert()]
    yield "treatments", action_marts.treatments()
    yield "treatment_rules", action_marts.treatment_rules()
    yield "treatment_fairness", [action_marts.fairness()]
    yield "product_affinities", [action_marts.affinity()]
    yield "audience_sizes", [action_marts.audience()]
    yield "campaigns", [action_marts.campaign()]
    yield "experiment_lift", action_marts.lift()
    yield "category_demand", action_marts.demand()
    yield "demand_backtest", action_marts.backtest()
