"""Who was in a campaign when it began, kept for good: one Parquet file a campaign, written once.

Belongs here: writing and reading these files. Does not belong here: who is in a campaign (dbt_project), what became of
customers' ids since (tables.py).

    campaigns/
      win-back.parquet          campaign_id, customer_id, arm, planned_holdout_share, launched_date
      .win-back.parquet.writing  left by a killed run; the next one writes it anew
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.configuration.audience_settings import AUDIENCE_ID
from orchestration.errors import TesseraError
from orchestration.ingestion.durable_files import replace_file

SCHEMA = pa.schema(
    [
        pa.field("campaign_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("arm", pa.string(), nullable=False),
        pa.field("planned_holdout_share", pa.float64(), nullable=False),
        pa.field("launched_date", pa.date32(), nullable=False),
    ]
)
ARMS = frozenset({"treatment", "holdout"})


class LockStore:
    """The members of launched campaigns below a folder.

    Nothing here changes or deletes a file: an arm that changed after people were contacted would make every comparison
    of the arms wrong.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def campaigns(self) -> list[str]:
        """The campaigns whose members are locked, in their order."""
        return sorted(path.stem for path in self._root.glob("*.parquet") if re.fullmatch(AUDIENCE_ID, path.stem))

    def keep(self, campaign_id: str, members: pa.Table) -> bool:
        """Lock the members of a campaign, durably; those that are locked already stay as they are.

        Args:
            campaign_id: The campaign.
            members: Columns of ``SCHEMA``, in any order of rows.

        Returns:
            Whether they were locked now.
        """
        final = self._root / f"{campaign_id}.parquet"
        if final.exists():
            return False
        self._root.mkdir(parents=True, exist_ok=True)
        temporary = final.with_name(f".{final.name}.writing")
        # In one order, so that the same members give the same bytes.
        pq.write_table(members.select(SCHEMA.names).cast(SCHEMA).sort_by("customer_id"), temporary)
        replace_file(temporary, final)
        return True

    def members(self) -> pa.Table:
        """Return the members of every launched campaign, with the ids that they had at the launch.

        Raises:
            TesseraError: A file is damaged or belongs to another campaign.
        """
        return pa.concat_tables([SCHEMA.empty_table(), *(self._read(campaign) for campaign in self.campaigns())])

    def _read(self, campaign_id: str) -> pa.Table:
        path = self._root / f"{campaign_id}.parquet"
        try:
            # One file alone: with its folder, the reader would look for partitions in the path.
            table = pq.ParquetFile(path).read().select(SCHEMA.names).cast(SCHEMA)
        except (OSError, KeyError, ValueError, pa.ArrowException) as error:
            raise _damaged(path, str(error).splitlines()[0]) from error
        ids, arms = set(table["campaign_id"].to_pylist()), set(table["arm"].to_pylist())
        if ids - {campaign_id} or arms - ARMS or len(set(table["customer_id"].to_pylist())) < table.num_rows:
            raise _damaged(path, f"{table.num_rows} rows of the campaigns {sorted(ids)} in the arms {sorted(arms)}")
        return table


def _damaged(path: Path, found: str) -> TesseraError:
    return TesseraError(
        f"{path} does not hold the members of the campaign {path.stem}",
        expected=f"the file as a night wrote it: {', '.join(SCHEMA.names)}, every customer once",
        found=found,
        fix="put the file back from a backup; without it nobody knows who was held out. To give the campaign up, move "
        "the file away and give the campaign another key",
    )
