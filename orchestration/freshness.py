"""By when Dagster expects what a night makes, and how often it tries again what could not be read.

Belongs here: freshness policies and the retry policy of readers, out of ``tessera.yml``. Does not belong here: how old
the newest record of a delivery may be (``gate.deliveries``), which errors are worth another try (``errors``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import dagster as dg

from data_contracts.contract import Contract
from orchestration.configuration.settings import Nights, Settings
from orchestration.configuration.source_settings import Source

_MINUTES_A_DAY = 24 * 60


def latency_of(contract: Contract, sources: Sequence[Source]) -> float | None:
    """Return how many days old the newest record of a table may be: the strictest of its sources, else the contract."""
    declared = [source.latency_days for source in sources if source.latency_days is not None]
    return min(declared, default=contract.rules.latency_days)


def source_freshness(nights: Nights, *, latency_days: float | None) -> dg.FreshnessPolicy | None:
    """Return how long a raw table may go without being read.

    It warns when a night was missed, and fails when the newest record that may be expected by the source's promise is
    a night late as well.

    Args:
        nights: When nights run; where the data has ended there is nothing to expect, and no policy.
        latency_days: How old the newest record may be by the source's promise, None without one.
    """
    if nights.last is not None:
        return None
    missed = dt.timedelta(days=1, hours=nights.due_after_hours)
    return dg.FreshnessPolicy.time_window(
        warn_window=missed, fail_window=missed + dt.timedelta(days=max(latency_days or 0.0, 1.0))
    )


def publication_freshness(settings: Settings) -> dg.FreshnessPolicy | None:
    """Return by when of each day a version must have been published since the night began; None where data ended."""
    if settings.nights.last is not None:
        return None
    return dg.FreshnessPolicy.cron(
        deadline_cron=_cron(publication_due(settings.nights)),
        lower_bound_delta=dt.timedelta(hours=settings.nights.due_after_hours),
        timezone=settings.company.time_zone,
    )


def publication_due(nights: Nights) -> dt.time:
    """Return the time of day by which the night's version is expected."""
    begin = dt.time.fromisoformat(nights.run_at)
    due = begin.hour * 60 + begin.minute + round(nights.due_after_hours * 60)
    return dt.time(due % _MINUTES_A_DAY // 60, due % 60)


def reader_retries(nights: Nights) -> dg.RetryPolicy | None:
    """Return how often, and after which waits, a table is read again whose source did not answer; None for never.

    Waits double, and each is longer or shorter by chance so that readers of one server do not come back together.
    """
    if nights.source_retries == 0:
        return None
    return dg.RetryPolicy(
        max_retries=nights.source_retries,
        delay=nights.retry_wait_seconds,
        backoff=dg.Backoff.EXPONENTIAL,
        jitter=dg.Jitter.PLUS_MINUS,
    )


def _cron(time: dt.time) -> str:
    return f"{time.minute} {time.hour} * * *"
