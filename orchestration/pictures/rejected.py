"""Records that were turned away, by reason and by delivery, as pictures.

Belongs here: what of a table's deliveries is shown. Does not belong here: why a record is turned away
(``ingestion``), drawing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from orchestration.ingestion.lake import Batch
from orchestration.pictures.bars import bars_svg
from orchestration.pictures.lines import Line, lines_svg

# Loads that the trend goes back.
_LOADS = 30


def reasons_svg(reasons: Mapping[str, int]) -> str | None:
    """Return rejected records by reason, the most frequent first; None where none were rejected."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return bars_svg("Why were records turned away?", ordered, unit="records") if ordered else None


def trend_svg(batches: Sequence[Batch]) -> str | None:
    """Return the share of rejected records of each load; None where there are fewer than two loads, or no rejections.

    Args:
        batches: Of one table, in the order of loading; those of one load have the same ``loaded_at``.
    """
    loads: dict[str, tuple[int, int]] = {}
    for batch in batches:
        if not batch.repairs:
            records, rejected = loads.get(batch.loaded_at, (0, 0))
            loads[batch.loaded_at] = (records + batch.records, rejected + batch.rejected)
    newest = [(when, rejected / records) for when, (records, rejected) in loads.items() if records][-_LOADS:]
    if len(newest) < 2 or not any(share for _, share in newest):
        return None
    return lines_svg(
        "What share of each load was turned away?",
        [f"{dt.datetime.fromisoformat(when):%d %b}" for when, _ in newest],
        [Line(points=[(place, share) for place, (_, share) in enumerate(newest)], has_dots=True)],
        told=f"{newest[-1][1]:.1%} of the newest load, {newest[-2][1]:.1%} of the one before.",
        is_share=True,
    )
