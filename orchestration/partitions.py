"""Nights as Dagster partitions: one per as-of date, in the company's time zone."""

from __future__ import annotations

import datetime as dt

import dagster as dg

from orchestration.configuration.settings import Settings

# A run builds one night, also in a backfill; every asset must say the same, or Dagster mixes policies.
ONE_NIGHT_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def nightly_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Return one partition a day from the first night; it ends with the last night where the data has ended."""
    end = settings.nights.last + dt.timedelta(days=1) if settings.nights.last else None
    return dg.DailyPartitionsDefinition(
        start_date=settings.nights.first.isoformat(),
        end_date=end.isoformat() if end else None,
        timezone=settings.company.time_zone,
    )
