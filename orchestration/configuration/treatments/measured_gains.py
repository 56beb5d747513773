"""What experiments have measured of segments: the margin that being treated brought, in the served version.

Belongs here: reading it, and which of several measurements of a segment counts. Does not belong here: how lift is
measured (mart ``experiment_lift``), who is ranked by it (``int_treatments__choices``).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

# The difference per customer assigned, where assignment was random and chance alone does not explain it, also after
# counting how many segments were looked at: of dozens of intervals of 95 % some lie off 0 by luck, and whoever ranks
# by the greatest would pick just those. Of several experiments the one that knows most exactly counts.
_MEASURED = """
    select scheme, segment_code, adjusted_difference, campaign_id
    from experiment_lift
    where
        metric = 'margin'
        and is_randomised
        and is_significant
        and isfinite(adjusted_difference)
    qualify row_number() over (
        partition by scheme, segment_code
        order by adjusted_high - adjusted_low asc, campaign_id asc
    ) = 1
    order by scheme asc, segment_code asc
"""


def served_lifts(published: Path, *, schemes: Collection[str]) -> tuple[dict[str, Any], ...]:
    """Return what the served version has measured; nothing where nothing is certain.

    Tonight's experiments are summed up after tonight's policy has decided; what the last night knew holds for this one.

    Args:
        published: The folder of the published versions.
        schemes: The schemes that tonight's customers have segments of.

    Returns:
        Of each scheme and segment ``scheme, segment_code, gain`` and the ``campaign_id`` it comes from.
    """
    # The version itself and not the pointer, which may move meanwhile.
    marts = (published / "current").resolve() / "marts.duckdb"
    if not marts.is_file():
        return ()
    # Imported here because most commands of a home without a version need no database.
    import duckdb

    try:
        with duckdb.connect(str(marts), read_only=True) as connection:
            found = connection.execute(_MEASURED).fetchall()
    except duckdb.Error:
        # A version from before there were experiments, or a damaged one: serving and checking versions tells of that.
        return ()
    return tuple(
        {"scheme": scheme, "segment_code": code, "gain": round(float(gain), 4), "campaign_id": campaign}
        for scheme, code, gain, campaign in found
        if scheme in schemes
    )
