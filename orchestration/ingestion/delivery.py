"""How a file came about: from which source entry, and what it stands for.

Belongs here: the description of a delivery, what it supersedes, and the guard of snapshots. Does not belong here:
fetching anything (``extraction``), loading files (loader.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.errors import NightRefusedError
from orchestration.ingestion.lake import Batch


class SnapshotShrunkError(NightRefusedError):
    """A snapshot has lost more rows than may be lost in one night; the lake was not touched (exit code 1)."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a source entry says about a file it delivers.

    Attributes:
        origin: Names the source entry, without secrets; batches of one entry have the same. None for a file that was
            loaded by hand.
        is_extract: The file was made from a database or an API and exists only for this load.
        cursor: How far the extraction has come when this file is in the lake.
        tail: Digest of the rows that the next extraction will see again.
        records: Records as the sender counted them, or None.
        is_snapshot: The file is the whole table: rows that are not in it have been deleted.
        max_drop_share: How many rows (0-1) a snapshot may have fewer than the one before.
    """

    origin: str | None = None
    is_extract: bool = False
    cursor: str | None = None
    tail: str | None = None
    records: int | None = None
    is_snapshot: bool = False
    max_drop_share: float = 0.5

    def reading(self, options: dict[str, str]) -> dict[str, str]:
        """The options that name a batch: equal extracts of two places are two batches, equal files are one."""
        return {**options, "origin": str(self.origin)} if self.is_extract else options

    def is_in_lake(self, same: Batch, live: Sequence[Batch]) -> bool:
        """Whether nothing is to be done, given a live batch with the same content.

        A snapshot counts only when it is all there is of its origin. An extract counts only when nothing came from
        its origin since: a row that was changed and changed back is news, though its text has been seen before.
        """
        own = [batch.batch_id for batch in self.own(live)]
        if self.is_snapshot:
            return own == [same.batch_id]
        return not self.is_extract or own[-1:] == [same.batch_id]

    def own(self, live: Sequence[Batch]) -> list[Batch]:
        """The live batches that came from the same source entry."""
        return [batch for batch in live if batch.origin == self.origin]

    def superseded(self, live: Sequence[Batch], *, sha256: str) -> list[str]:
        """The batches this delivery takes the place of.

        Args:
            live: The table's live batches.
            sha256: Content of the delivered file: the same content read by other rules replaces itself.
        """
        found = [
            batch.batch_id
            for batch in live
            if (self.is_snapshot and batch.origin == self.origin)
            or (batch.file_sha256 == sha256 and (not self.is_extract or batch.origin == self.origin))
        ]
        return list(dict.fromkeys(found))

    def check_size(self, good: int, live: Sequence[Batch], *, file: str) -> None:
        """Refuse a snapshot that has lost too many rows.

        Args:
            good: Its good rows.
            live: The table's live batches.
            file: Base name, for the message.

        Raises:
            SnapshotShrunkError: A cut-off export must not delete the company's customers.
        """
        before = sum(batch.good for batch in self.own(live))
        if not self.is_snapshot or good >= before * (1 - self.max_drop_share):
            return
        raise SnapshotShrunkError(
            f"{file}: the snapshot has {1 - good / before:.1%} fewer rows than the one before",
            expected=f"at most {self.max_drop_share:.1%} fewer, the source's max_snapshot_drop_share",
            found=f"{good} rows, {before} before, from {self.origin}",
            fix="check that the export is whole; if the rows are really gone, raise max_snapshot_drop_share",
        )
