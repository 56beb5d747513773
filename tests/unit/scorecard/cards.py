"""A scorecard to be shown, in marts as they are published."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

SCHEMES = """
    ('rfm', 'RFM', 1, 0.31, 0.28, 0.34, 0.28, 0.26, 0.30, null, 10, 120),
    ('lifecycle', 'Lifecycle', 2, 0.27, 0.25, 0.29, 0.29, 0.27, 0.31, null, 8, 90),
    ('geographic', 'Market <tier>', 3, 0.002, -0.01, 0.012, 0.0, -0.01, 0.01, null, 2, 400),
    ('needs', 'Needs', 4, -0.3, -0.5, -0.1, -0.02, -0.04, 0.0, null, 5, 1234)
"""
# Before there is a date to learn from.
UNTOLD = """
    ('rfm', 'RFM', null, null, null, null, null, null, null, 'there is no earlier date', 10, 120)
"""
NOBODY = "('rfm', 'RFM', null, null, null, null, null, null, null, null, 0, null)"
PAIRS = """
    ('geographic', 'rfm', 'Market <tier>', 'RFM', 1, 0.04, 0.02, 0.06, 20, 150, true, true, false, true),
    ('lifecycle', 'rfm', 'Lifecycle', 'RFM', 2, 0.01, -0.01, 0.03, 70, 3, false, false, false, false)
"""
NONE_CHOSEN = """
    ('lifecycle', 'rfm', 'Lifecycle', 'RFM', 1, 0.01, -0.01, 0.03, 70, 3, false, false, false, false)
"""
NO_PAIRS = "(null, null, null, null, null, null, null, null, null, null, null, null, null, null)"


def write_marts(path: Path, *, schemes: str = SCHEMES, pairs: str = PAIRS) -> Path:
    """Write both marts with these rows, and an older date that must not be shown."""
    # What DuckDB reads as decimals is double in the marts.
    schemes, pairs = (re.sub(r"\d+\.\d+", r"\g<0>e0", rows) for rows in (schemes, pairs))
    with duckdb.connect(str(path)) as marts:
        marts.execute(
            f"""
            create table scheme_scorecard as
            select *, 0.75e0 as stability_share, 0.9e0 as coverage_share, 0.4e0 as reachability_share,
                true as is_newest, date '2026-03-31' as as_of_date, date '2026-06-29' as outcomes_until_date,
                date '2025-12-31' as learned_as_of_date
            from (values {schemes}) as card (
                scheme, scheme_name, usefulness_rank,
                explained_spend_share, explained_spend_share_lower, explained_spend_share_upper,
                explained_retention_share, explained_retention_share_lower, explained_retention_share_upper,
                explained_reason, segments_count, smallest_segment_customers_count
            )
            where segments_count > 0;
            insert into scheme_scorecard select * replace (false as is_newest, date '2026-02-28' as as_of_date)
            from scheme_scorecard;
            create table scheme_pairs as
            select *, 'RFM' as best_scheme_name
            from (values {pairs}) as pairs (
                first_scheme, second_scheme, first_scheme_name, second_scheme_name, gain_rank,
                gain_share, gain_share_lower, gain_share_upper, cells_count, smallest_cell_customers_count,
                is_large_enough, has_earned_its_place, is_combined, is_chosen
            )
            where first_scheme is not null
            """
        )
    return path
