"""The mart data_quality: results of this night, and of the published nights before it.

Belongs here: the rows of the mart. Does not belong here: writing it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from orchestration.gate.verdict import Verdict

HISTORY_NIGHTS = 90


def quality_frame(verdict: Verdict, *, served: Path | None) -> pd.DataFrame:
    """Return one row per check and run: this build's, then those the served version carries.

    Args:
        verdict: The judgement on this build.
        served: Folder of the served version, whose history is carried on for ``HISTORY_NIGHTS`` nights.
    """
    rows = pd.DataFrame([asdict(result) for result in verdict.results]).rename(
        columns={
            "name": "check_name",
            "kind": "check_kind",
            "failures": "failures_count",
            "records": "records_count",
            "rejected": "rejected_count",
            "completed_at": "checked_at",
        }
    )
    rows = rows.drop(columns="started_at").assign(
        question=rows["check_name"].map(dict(verdict.questions)),
        is_current=True,
        checked_at=_utc_without_zone(rows["checked_at"]),
    )
    rows[["records_count", "rejected_count"]] = rows[["records_count", "rejected_count"]].astype("Int64")
    earlier = served / "data_quality.parquet" if served else None
    if earlier is None or not earlier.is_file():
        return rows
    history = pd.read_parquet(earlier)
    history = history.assign(is_current=False, checked_at=_utc_without_zone(history["checked_at"]))
    known = set(zip(rows["check_name"], rows["run_id"], strict=True))
    is_new = [key not in known for key in zip(history["check_name"], history["run_id"], strict=True)]
    history = history[is_new]
    nights = sorted(history["as_of_date"].unique())[-HISTORY_NIGHTS:]
    history = history[history["as_of_date"].isin(nights)]
    if not len(history):
        return rows
    # The served version may be of a release that kept fewer columns.
    return pd.concat([rows, history.reindex(columns=rows.columns)], ignore_index=True)


def _utc_without_zone(moments: pd.Series) -> pd.Series:
    """Clients differ in how they show a zone, and some need a package for it."""
    return pd.to_datetime(moments, utc=True).dt.tz_localize(None)
