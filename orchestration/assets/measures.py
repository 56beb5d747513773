"""What every materialization tells, so that Dagster can draw it over the nights.

Belongs here: the names of these figures. Does not belong here: figures of one asset.
"""

import datetime as dt

import dagster as dg

ROWS = "dagster/row_count"
# dagster-dbt's name for it, so that models and Python assets can be compared.
SECONDS = "Execution Duration"


def measures(rows: int, *, started_at: dt.datetime) -> dict[str, dg.MetadataValue]:
    """Return the rows of a table and the seconds since its step began.

    Args:
        rows: Of the table as it is now.
        started_at: When the step began, with a time zone.
    """
    seconds = (dt.datetime.now(tz=dt.UTC) - started_at).total_seconds()
    return {ROWS: dg.MetadataValue.int(rows), SECONDS: dg.MetadataValue.float(round(seconds, 3))}
