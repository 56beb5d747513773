"""Records that came in one delivery, though they are loaded by several batches: the delivery's own, and its repairs.

Belongs here: finding what the lake has of a delivery already, so that a key stays unique within it. Does not belong
here: the search for repeated keys (batch_builder.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.ingestion.lake import Lake


@dataclass(frozen=True)
class SameDelivery:
    """Consecutive records of a repair file that came in one delivery.

    Attributes:
        first: Number of the first of them in the repair file, from 1.
        last: Number of the last of them.
        loaded: A select of that delivery's rows in the lake, those that are repaired once more not among them.
    """

    first: int
    last: int
    loaded: str

    def rows(self, contract: Contract, new: str) -> str:
        """A relation of the key columns of both; rows that are in the lake already have number 0.

        Args:
            contract: Its keys are selected.
            new: Relation of the repair file's good rows.
        """
        names = ", ".join(sql.identifier(name) for name in dict.fromkeys(name for key in contract.keys for name in key))
        return (
            f"(select {names}, _row_number from {new} where _row_number between {self.first:d} and {self.last:d} "
            f"union all select {names}, 0 as _row_number from ({self.loaded}) as loaded)"
        )


def same_deliveries(contract: Contract, lake: Lake, repairs: Mapping[str, Sequence[int]]) -> list[SameDelivery]:
    """Describe the deliveries whose records a repair file holds.

    Args:
        contract: The table.
        lake: Has their batches.
        repairs: Record numbers by the batch they were kept out of, in the order of the repair file.
    """
    if not repairs:
        return []
    live = lake.live_batches(contract.name)
    found, before = [], 0
    for batch_id, numbers in repairs.items():
        again = set(numbers)
        parts = [lake.rows_sql(contract, live, of={batch_id})]
        for batch in live:
            rows = [own for own, of, record in batch.repaired if of == batch_id and record not in again]
            if rows:
                listed = ", ".join(map(str, rows))
                own_rows = lake.rows_sql(contract, live, of={batch.batch_id})
                parts.append(f"select * from ({own_rows}) as repaired where _row_number in ({listed})")
        found.append(SameDelivery(before + 1, before + len(numbers), " union all ".join(parts)))
        before += len(numbers)
    return found
