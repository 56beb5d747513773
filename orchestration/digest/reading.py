"""What the digest reads of a version: rows of its marts, and the fingerprints of its models.

Belongs here: the queries. Does not belong here: what is said of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TesseraError
from orchestration.explorer.reading import Marts, opened
from orchestration.explorer.summaries import totals
from orchestration.publishing.manifest import read_manifest
from orchestration.publishing.version_store import VersionStore

Row = dict[str, Any]

_MOVES = """
with newest as (
    select * from segment_transitions where as_of_date = (select max(as_of_date) from segment_transitions)
),
-- Once for the segment that a step leads to and once for the one that it comes from; who stays is in both.
ends as (
    select
        scheme, to_segment_code as segment_code, customers_count as now_count, 0 as before_count,
        case when from_segment_code = 'entered' then customers_count else 0 end as entered_count,
        case when from_segment_code not in ('entered', to_segment_code) then customer_changed_count else 0 end
            as changed_count,
        case when from_segment_code not in ('entered', to_segment_code) then boundary_moved_count else 0 end
            as boundary_count,
        case when from_segment_code not in ('entered', to_segment_code) then margin_before_amount end as moved_amount
    from newest
    union all by name
    select
        scheme, from_segment_code as segment_code, 0 as now_count, customers_count as before_count,
        0 as entered_count,
        case when from_segment_code <> to_segment_code then -customer_changed_count else 0 end as changed_count,
        case when from_segment_code <> to_segment_code then -boundary_moved_count else 0 end as boundary_count,
        case when from_segment_code <> to_segment_code then -margin_before_amount end as moved_amount
    from newest
    where from_segment_code <> 'entered'
),
summed as (
    select
        scheme, segment_code,
        sum(now_count)::bigint as now_count, sum(before_count)::bigint as before_count,
        sum(entered_count)::bigint as entered_count, sum(changed_count)::bigint as changed_count,
        sum(boundary_count)::bigint as boundary_count, sum(moved_amount) as moved_amount
    from ends
    group by scheme, segment_code
)
select
    summed.*, profiles.segment_name, schemes.scheme_name,
    (select max(previous_as_of_date) from newest) as previous_as_of_date
from summed
inner join segment_profiles as profiles
    on summed.scheme = profiles.scheme and summed.segment_code = profiles.segment_code and profiles.is_current
inner join segmentation_schemes as schemes on summed.scheme = schemes.scheme
order by summed.scheme, summed.segment_code
"""
_MOVES_NEED = {
    "segment_transitions": (
        "scheme",
        "from_segment_code",
        "to_segment_code",
        "customers_count",
        "customer_changed_count",
        "boundary_moved_count",
        "margin_before_amount",
        "previous_as_of_date",
        "as_of_date",
    ),
    "segment_profiles": ("scheme", "segment_code", "segment_name", "is_current"),
    "segmentation_schemes": ("scheme", "scheme_name"),
}
# Of each check tonight's row, and since which night it has warned without a break, as far as the mart remembers.
_CHECKS = """
with tonight as (
    select * from data_quality where is_current
),
earlier as (
    select history.check_name, history.status, history.as_of_date, history.checked_at
    from data_quality as history
    inner join tonight on history.check_name = tonight.check_name and history.as_of_date <= tonight.as_of_date
),
last_good as (
    select check_name, max(checked_at) as checked_at from earlier where status <> 'warn' group by check_name
),
unbroken as (
    select earlier.check_name, min(earlier.as_of_date) as since_date
    from earlier
    left join last_good on earlier.check_name = last_good.check_name
    where earlier.status = 'warn' and (last_good.checked_at is null or earlier.checked_at > last_good.checked_at)
    group by earlier.check_name
)
select
    tonight.check_name, tonight.check_kind, tonight.subject, tonight.status, tonight.failures_count,
    tonight.rejected_count, tonight.detail, unbroken.since_date
from tonight
left join unbroken on tonight.check_name = unbroken.check_name
order by tonight.check_name
"""
_CHECKS_NEED = {
    "data_quality": (
        "check_name",
        "check_kind",
        "subject",
        "status",
        "failures_count",
        "rejected_count",
        "detail",
        "is_current",
        "as_of_date",
        "checked_at",
    )
}
# Columns, condition and order of the rows that are told as they are.
_PLAIN: dict[str, tuple[str, str, str]] = {
    "kpi_alerts": (
        "segment_name kpi_name unit direction sentence kpi_value target_at_least target_at_most is_alert is_target_met",
        "is_alert or is_target_met = false",
        "abs(effect_size) desc nulls last, scheme, segment_code, period_kind, kpi",
    ),
    "segmentation_schemes": ("scheme scheme_name status status_reason", "true", "scheme"),
    "audience_sizes": (
        "campaign_id campaign_name status not_exported_because contacted_count launches_on_date launched_date",
        "true",
        "launches_on_date, campaign_id",
    ),
    "treatment_rules": (
        "dimension dimension_name rule_code option_name displaced_by_capacity_count first_displaced_gain_amount",
        "displaced_by_capacity_count > 0",
        "first_displaced_gain_amount desc nulls last, displaced_by_capacity_count desc, dimension, rule_code",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What one version says, as far as a digest needs it.

    Attributes:
        version: Its name.
        as_of_date: Its night, as ISO text.
        totals: Customers, active customers and net revenue of all of them; None where not known.
        rows: Rows by mart, and ``moves`` (one a segment) and ``checks`` (one a check of the night).
        decisions: Of each model that is judged, the decision and its reason.
        models: Fingerprints of its models.
    """

    version: str
    as_of_date: str
    totals: Mapping[str, float | None]
    rows: Mapping[str, tuple[Row, ...]]
    decisions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


def read_edition(folder: Path, *, version: str, models: Mapping[str, str]) -> Edition:
    """Read a version.

    Args:
        folder: Its folder.
        version: Its name.
        models: Fingerprints of its models.

    Raises:
        TesseraError: A mart cannot be read, or there is no segment of the night.
    """
    with opened(folder) as marts:
        profiled = _rows(
            marts,
            "select max(as_of_date) as night from segment_profiles where is_current",
            {"segment_profiles": ("as_of_date", "is_current")},
        )
        if not profiled or profiled[0]["night"] is None:
            raise TesseraError(
                f"{version}: there is nothing to tell of this version",
                expected="the mart segment_profiles with at least one current segment",
                found="no such mart, or no current segment",
                fix="publish again: tessera run",
            )
        plain = {
            mart: _rows(
                marts,
                f"select {columns.replace(' ', ', ')} from {mart} where {where} order by {order}",
                {mart: tuple(columns.split())},
            )
            for mart, (columns, where, order) in _PLAIN.items()
        }
        decided = _rows(
            marts,
            "select distinct model, decision, coalesce(reason, '') as reason from model_metrics order by all",
            {"model_metrics": ("model", "decision", "reason")},
        )
        return Edition(
            version=version,
            as_of_date=profiled[0]["night"],
            totals={name: total.value for name, total in totals(marts).items()},
            rows={
                **plain,
                "moves": _rows(marts, _MOVES, _MOVES_NEED),
                "checks": _rows(marts, _CHECKS, _CHECKS_NEED),
            },
            decisions={row["model"]: (row["decision"], row["reason"]) for row in decided},
            models=dict(models),
        )


def served_edition(store: VersionStore) -> Edition | None:
    """The version that is served now; None where there is none or it cannot be read."""
    try:
        served = store.current()
        if served is None:
            return None
        models = read_manifest(served.path).models
        return read_edition(served.path, version=served.name, models={name: str(code) for name, code in models.items()})
    except (TesseraError, duckdb.Error, OSError):
        # What was published before is only compared with: that it is damaged must not stop the night that replaces it.
        return None


def _rows(marts: Marts, sql: str, needed: Mapping[str, tuple[str, ...]]) -> tuple[Row, ...]:
    """The answer to a query; nothing where the version lacks a mart or column of it."""
    if any(not set(columns) <= set(marts.columns(mart)) for mart, columns in needed.items()):
        return ()
    return tuple(marts.query(sql).records())
